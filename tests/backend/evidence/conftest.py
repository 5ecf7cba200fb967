from __future__ import annotations

from tests.backend.world import case, outside, outside_process, plain_papers, settings

__all__ = ["case", "outside", "outside_process", "plain_papers", "settings"]
