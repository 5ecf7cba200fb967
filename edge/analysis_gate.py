"""What has moved before a still camera: cheap enough for every picture, on the decoder's own brightness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from edge.capture.picture import Plane
from edge.detector.types import Box

_COLUMNS: Final = 240
_LEAST_STEP: Final = 10.0
_NOISES: Final = 4.0
_LEAST_CELLS: Final = 3
_ALL_NEW: Final = 0.35
_SMEAR: Final = 3


@dataclass(frozen=True, slots=True)
class Motion:
    """What looks different from when `take` was last called.

    `boxes`: px of the full picture, of each thing that moved, where it was and where it is. `all_new`: so
    much is different that the scene or its light has changed: nothing seen before says anything about it.
    """

    boxes: tuple[Box, ...]
    all_new: bool


class MotionGate:
    """Compares each picture, made 240 px wide, with the one at the last look."""

    def __init__(self, blind: Sequence[Box] = ()) -> None:
        """`blind`: places (px) to leave out."""
        self._blind = tuple(blind)
        self._then: Plane | None = None
        self._now: Plane | None = None
        self._moved: Plane | None = None
        self._all_new = True
        self._step = 1

    @property
    def any_motion(self) -> bool:
        """Whether anything has moved since `take`, or the scene is new."""
        return self._all_new or (self._moved is not None and _cells(self._moved) >= _LEAST_CELLS)

    def look(self, luma: Plane) -> None:
        """Take in the brightness of the next picture, H x W."""
        self._step = max(luma.shape[1] // _COLUMNS, 1)
        middle = self._step // 2
        now = np.asarray(cv2.blur(luma[middle :: self._step, middle :: self._step], (3, 3)), np.uint8)
        self._now, self._moved = now, None
        if self._then is None or self._then.shape != now.shape:
            self._all_new = True
            return
        apart = np.asarray(cv2.absdiff(now, self._then), np.uint8)
        step = max(_LEAST_STEP, _NOISES * float(cv2.mean(apart)[0]))
        moved = _over(apart, step)
        for box in self._blind:
            moved[self._rows(box)] = 0
        self._moved = moved
        self._all_new = _cells(_over(apart, _LEAST_STEP)) > _ALL_NEW * moved.size

    def _rows(self, box: Box) -> tuple[slice, slice]:
        step = self._step
        return (
            slice(max(int(box.y / step), 0), int(box.y2 / step) + 1),
            slice(max(int(box.x / step), 0), int(box.x2 / step) + 1),
        )

    def peek(self) -> Motion:
        """What moved since the last `take`."""
        return Motion(self._boxes(), self._all_new)

    def take(self) -> Motion:
        """What moved since the last call; begins anew."""
        motion = self.peek()
        self._then, self._moved, self._all_new = self._now, None, self._now is None
        return motion

    def _boxes(self) -> tuple[Box, ...]:
        moved = self._moved
        if moved is None or _cells(moved) < _LEAST_CELLS:
            return ()
        joined = cv2.dilate(moved, np.ones((_SMEAR, _SMEAR), np.uint8))
        count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
        smallest = _LEAST_CELLS + _SMEAR * _SMEAR - 1
        step = self._step
        return tuple(
            Box(float(x * step), float(y * step), float(w * step), float(h * step))
            for x, y, w, h, cells in stats[1:count].tolist()
            if cells >= smallest
        )


def _over(apart: Plane, step: float) -> Plane:
    return np.asarray(cv2.threshold(apart, step, 255, cv2.THRESH_BINARY)[1], np.uint8)


def _cells(moved: Plane) -> int:
    return int(cv2.countNonZero(moved))
