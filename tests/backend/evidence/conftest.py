from __future__ import annotations

from tests.backend.world import case, outside, plain_papers, settings

__all__ = ["case", "outside", "plain_papers", "settings"]
