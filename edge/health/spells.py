"""From single looks to faults: bad for long enough begins one, good for long enough ends it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import inf
from typing import Final

from edge.health.types import Fault, Spell

_REMEMBERED: Final = 256


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment on both scales: stream seconds, and the clock that never steps."""

    t_s: float
    now_s: float


@dataclass(slots=True)
class Watch:
    """One fault of one camera. Times come with the looks; nothing here reads a clock."""

    fault: Fault
    confirm_s: float
    heal_s: float
    past: deque[Spell] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    _last_good: Moment | None = None
    _bad: Moment | None = None
    _good: Moment | None = None
    _from: Moment | None = None

    @property
    def since_s(self) -> float | None:
        """Since when it holds, on the clock that never steps; None when it does not."""
        return None if self._from is None else self._from.now_s

    def judge(self, at: Moment, *, bad: bool) -> None:
        """One look says so."""
        if bad:
            self._good = None
            self._bad = self._bad or at
            if self._from is None and at.now_s - self._bad.now_s >= self.confirm_s:
                self._from = self._last_good or self._bad
            return
        self._bad = None
        self._good = self._good or at
        if self._from is not None and at.now_s - self._good.now_s >= self.heal_s:
            self.past.append(Spell(self.fault, self._from.t_s, self._good.t_s))
            self._from = None
        if self._from is None:
            self._last_good = at

    def unsure(self) -> None:
        """One look cannot tell: what was suspected must be seen anew, what holds goes on."""
        self._bad = self._good = None

    def begin(self, at: Moment) -> None:
        """It holds since then, without waiting."""
        self._from = self._from or at

    def end(self, at: Moment) -> None:
        """It holds no longer, without waiting."""
        if self._from is not None:
            self.past.append(Spell(self.fault, self._from.t_s, at.t_s))
        self._from, self._bad, self._last_good = None, None, at

    def spells(self) -> tuple[Spell, ...]:
        """What was, and what still is."""
        now = () if self._from is None else (Spell(self.fault, self._from.t_s, inf),)
        return (*self.past, *now)
