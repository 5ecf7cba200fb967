"""What has moved before a still camera: cheap enough for every picture, on the decoder's own brightness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from edge.capture.picture import Plane
from edge.detector.types import Box

_COLUMNS: Final = 240
_MEMORY_S: Final = 2.0
_LEAST_STEP: Final = 9.0
_NOISES: Final = 3.0
_LEAST_CELLS: Final = 3
_ALL_NEW: Final = 0.35
_SMEAR: Final = 3
_LONGEST_GAP_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Motion:
    """What moved since the last time somebody asked.

    `boxes`: px of the full picture, of each thing that moved. `all_new`: so much is different that the scene
    or its light has changed: nothing seen before says anything about it.
    """

    boxes: tuple[Box, ...]
    all_new: bool


class MotionGate:
    """Compares each picture, at a 240th of its width, with a background that forgets in seconds."""

    def __init__(self) -> None:
        self._background: np.ndarray | None = None
        self._moved: Plane | None = None
        self._step = 1
        self._last_s = 0.0
        self._all_new = True

    @property
    def any_motion(self) -> bool:
        """Whether anything has moved since `take`, or the scene is new."""
        return self._all_new or (self._moved is not None and _cells(self._moved) >= _LEAST_CELLS)

    def look(self, t_s: float, luma: Plane) -> None:
        """Take in the brightness (H x W) of the picture at `t_s`."""
        self._step = max(luma.shape[1] // _COLUMNS, 1)
        middle = self._step // 2
        small = cv2.blur(luma[middle :: self._step, middle :: self._step], (3, 3)).astype(np.float32)
        gap_s, self._last_s = t_s - self._last_s, t_s
        known = self._background
        if known is None or known.shape != small.shape or not 0 < gap_s < _LONGEST_GAP_S:
            self._background, self._moved, self._all_new = small, None, True
            return
        apart = cv2.absdiff(small, known)
        step = max(_LEAST_STEP, _NOISES * float(cv2.mean(apart)[0]))
        moved = np.asarray(apart > step, np.uint8)
        cv2.accumulateWeighted(small, known, 1 - float(np.exp(-gap_s / _MEMORY_S)))
        self._moved = moved if self._moved is None else np.asarray(cv2.max(self._moved, moved), np.uint8)
        if _cells(moved) > _ALL_NEW * moved.size:
            self._background, self._all_new = small, True

    def take(self) -> Motion:
        """What moved since the last call; begins anew."""
        moved, self._moved = self._moved, None
        all_new, self._all_new = self._all_new, False
        if moved is None:
            return Motion((), all_new)
        joined = cv2.dilate(moved, np.ones((_SMEAR, _SMEAR), np.uint8))
        count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
        smallest = _LEAST_CELLS + _SMEAR * _SMEAR - 1
        step = self._step
        boxes = tuple(
            Box(float(x * step), float(y * step), float(w * step), float(h * step))
            for x, y, w, h, cells in stats[1:count].tolist()
            if cells >= smallest
        )
        return Motion(boxes, all_new)


def _cells(moved: Plane) -> int:
    return int(cv2.countNonZero(moved))
