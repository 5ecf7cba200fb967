from __future__ import annotations

from tests.backend.world import (
    case,
    cheap_passwords,
    outside,
    outside_process,
    plain_papers,
    real_papers,
    settings,
)

__all__ = [
    "case",
    "cheap_passwords",
    "outside",
    "outside_process",
    "plain_papers",
    "real_papers",
    "settings",
]
