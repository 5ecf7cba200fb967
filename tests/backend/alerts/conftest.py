from __future__ import annotations

from tests.backend.world import outside, settings

__all__ = ["outside", "settings"]
