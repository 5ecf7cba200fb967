"""Which pictures are looked at, and what is given up first when the work does not keep up with the camera.

Every picture is decoded, kept as evidence, and read for what the signals show; looking for vehicles is what
costs. How often depends on what is at stake:

- `armed`: somebody may be breaking a rule just now. He is looked at in every picture (12.5 a second where the
  camera sends more), however far behind.
- `watch`: something moves.
- `quiet`: vehicles stand, and nothing moves.
- `empty`: nothing moves, and nobody is there.

Behind, at level 1 fewer plates are read in one picture; from level 2 on `watch` pictures are looked at less
often.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

Need = Literal["armed", "watch", "quiet", "empty"]
Look = Literal["all", "suspects"]
"""Everybody, or only those who may be breaking a rule and whoever is close to them."""

_UNHURRIED_LOOKS: Final = 8
_SMOOTHING: Final = 0.15
_BUSY: Final = 0.9
_IDLE: Final = 0.6
_LEVELS: Final = 3
_EARLY: Final = 0.75
"""This share of a gap after the last look is enough: a camera of 10 a second is seen at 10, not 5."""
_EARLY_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class Plan:
    """Seconds of the stream from one look for vehicles to the next, by what is at stake."""

    armed_s: float = 0.08
    watch_s: float = 0.4
    quiet_s: float = 0.5
    empty_s: float = 4.0

    def gap_s(self, need: Need) -> float:
        """The gap for this need."""
        return {
            "armed": self.armed_s,
            "watch": self.watch_s,
            "quiet": self.quiet_s,
            "empty": self.empty_s,
        }[need]


EVERY_PICTURE: Final = Plan(0.0, 0.0, 0.0, 0.0)


class Pace:
    """Compares the time a picture takes with the time until the next one. Levels 0 (all) to 3 (least).

    `every`: look at every so manieth picture at most, unless armed. The tracker thinks in seconds, so it
    keeps its vehicles over the pictures between. `looked` counts the pictures looked at; `shed` those that
    would have been but for the level.
    """

    def __init__(
        self,
        steady: Callable[[], float] = time.monotonic,
        *,
        adaptive: bool = True,
        every: int = 1,
        plan: Plan = EVERY_PICTURE,
    ) -> None:
        self.plan = plan
        self.level = 0
        self.looked: Counter[Look] = Counter()
        self.shed = 0
        self._steady = steady
        self._adaptive = adaptive
        self._every = every
        self._load = 0.0
        self._last_t_s: float | None = None
        self._looked_s = self._looked_all_s = float("-inf")
        self._since_look = 0
        self._settling = 0

    @classmethod
    def none(cls, *, every: int = 1) -> Pace:
        """No hurry: every picture, or every `every`th, gets everything, however long it takes."""
        return cls(adaptive=False, every=every)

    @property
    def sparing(self) -> bool:
        """Whether work is saved where nothing is at stake; otherwise every picture gets everything."""
        return self.plan != EVERY_PICTURE

    @property
    def looks(self) -> int:
        """How many plates may be read in this picture."""
        return _UNHURRIED_LOOKS if not self._adaptive else max(2 - self.level, 1)

    @property
    def load(self) -> float:
        """Seconds of work for a second of the stream, smoothed; over 1 it falls behind."""
        return self._load

    def look(self, t_s: float, need: Need) -> Look | None:
        """Whom to look for in the picture taken at `t_s`; None when nobody looks."""
        self._since_look += 1
        found = self._due(t_s, need)
        if found is not None:
            self.looked[found] += 1
            self._looked_s = t_s
        if found == "all":
            self._since_look, self._looked_all_s = 0, t_s
        return found

    def _due(self, t_s: float, need: Need) -> Look | None:
        armed = need == "armed"
        every = 1 if armed and not self.sparing else self._every
        gap_s = self.plan.gap_s("watch" if armed else need)
        if self._all_due(t_s, every, gap_s):
            slower = self.level if self.level > 1 and not (armed and not self.sparing) else 1
            if self._all_due(t_s, max(every, slower), gap_s * slower):
                return "all"
            self.shed += 1
        if armed and self.sparing and t_s - self._looked_s >= _EARLY * self.plan.armed_s:
            return "suspects"
        return None

    def _all_due(self, t_s: float, every: int, gap_s: float) -> bool:
        return self._since_look >= every and t_s - self._looked_all_s >= gap_s - _EARLY_S

    @contextmanager
    def timing(self, t_s: float) -> Iterator[None]:
        """Time the work on the picture taken at `t_s`."""
        begun_s = self._steady()
        yield
        if self._last_t_s is not None and self._adaptive and t_s > self._last_t_s:
            share = (self._steady() - begun_s) / (t_s - self._last_t_s)
            self._load += _SMOOTHING * (min(share, 5.0) - self._load)
            self._shift()
        self._last_t_s = t_s

    def _shift(self) -> None:
        self._settling = max(self._settling - 1, 0)
        if self._settling:
            return
        step = 1 if self._load > _BUSY else -1 if self._load < _IDLE else 0
        level = min(max(self.level + step, 0), _LEVELS)
        if level != self.level:
            self.level, self._settling = level, round(2 / _SMOOTHING)
