from __future__ import annotations

from tests.backend.world import outside, outside_process, settings

__all__ = ["outside", "outside_process", "settings"]
