"""When a camera's process that ended is started again. Pure: times in, times out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
STEADY_AFTER_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Restarts:
    """How often a process has ended in a row. One that ran for a minute begins anew."""

    begun_s: float
    failures: int = 0
    total: int = 0

    def ended(self, at_s: float) -> Restarts:
        """The process has ended."""
        failures = 1 if at_s - self.begun_s >= STEADY_AFTER_S else self.failures + 1
        return replace(self, failures=failures, total=self.total + 1)

    def begun(self, at_s: float) -> Restarts:
        """The process was started again."""
        return replace(self, begun_s=at_s)

    @property
    def pause_s(self) -> float:
        """How long to wait before the next start: doubling, never above half a minute."""
        return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(max(self.failures - 1, 0), 16))
