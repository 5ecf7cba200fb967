"""Keeping up with a live camera: first fewer plate looks, then fewer detections, never on red."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_UNHURRIED_LOOKS: Final = 8
_SMOOTHING: Final = 0.15
_BUSY: Final = 0.9
_IDLE: Final = 0.6
_LEVELS: Final = 3


class Pace:
    """Compares the time a picture takes with the time until the next one. Levels 0 (all) to 3 (least).

    `every`: detect in every so manieth picture even without hurry. The tracker thinks in seconds, so it keeps
    its vehicles over the pictures between.
    """

    def __init__(
        self, steady: Callable[[], float] = time.monotonic, *, adaptive: bool = True, every: int = 1
    ) -> None:
        self._steady = steady
        self._adaptive = adaptive
        self._every = every
        self._load = 0.0
        self._last_t_s: float | None = None
        self._since_detection = 0
        self._settling = 0
        self.level = 0

    @classmethod
    def none(cls, *, every: int = 1) -> Pace:
        """No hurry: every picture, or every `every`th, gets everything, however long it takes."""
        return cls(adaptive=False, every=every)

    @property
    def looks(self) -> int:
        """How many plates may be read in this picture."""
        return _UNHURRIED_LOOKS if not self._adaptive else max(2 - self.level, 1)

    def skips_detection(self, *, armed: bool) -> bool:
        """Whether this picture goes undetected: every other one at level 2, two of three at level 3.

        `armed`: a red light makes every picture count.
        """
        every = 1 if armed else max(self.level, self._every)
        self._since_detection += 1
        if self._since_detection < every:
            return True
        self._since_detection = 0
        return False

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
