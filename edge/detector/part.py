"""Looking at a part of a picture as if at the whole: same scale, same grid, so the same boxes, for less."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from edge.detector.decode import RawBox
from edge.detector.letterbox import Letterbox
from edge.detector.types import Box, Image

_STRIDE_PX: Final = 32
_CONTEXT_PX: Final = 24
_CUT_PX: Final = 2.0
_GREY: Final = (114, 114, 114)


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a network's input: its first and last column and row, px, whole strides."""

    left: int
    top: int
    right: int
    bottom: int

    def letterbox(self, whole: Letterbox) -> Letterbox:
        """How the picture fits into an input that is this part."""
        return replace(
            whole,
            pad_x_px=whole.pad_x_px - self.left,
            pad_y_px=whole.pad_y_px - self.top,
            width_px=self.right - self.left,
            height_px=self.bottom - self.top,
        )

    def cuts(self, found: RawBox, whole: Letterbox) -> bool:
        """Whether something found (picture px) reaches an edge of the part that is none of the picture."""
        box = whole.to_input(found.box)
        return (
            (self.left > 0 and box.x < self.left + _CUT_PX)
            or (self.top > 0 and box.y < self.top + _CUT_PX)
            or (self.right < whole.width_px and box.x2 > self.right - _CUT_PX)
            or (self.bottom < whole.height_px and box.y2 > self.bottom - _CUT_PX)
        )


def part_of(area: Box | None, whole: Letterbox) -> Part:
    """The part of an input that shows `area` (picture px) and a little around it; None for all."""
    if area is None:
        return Part(0, 0, whole.width_px, whole.height_px)
    box = whole.to_input(area)
    left, right = _strides(box.x, box.x2, whole.width_px)
    top, bottom = _strides(box.y, box.y2, whole.height_px)
    return Part(left, top, right, bottom)


def padded(small: Image, whole: Letterbox) -> Image:
    """A picture that has been scaled already, with the grey margins of its input."""
    height, width = small.shape[:2]
    top, left = int(whole.pad_y_px), int(whole.pad_x_px)
    below, right = whole.height_px - height - top, whole.width_px - width - left
    return np.asarray(
        cv2.copyMakeBorder(small, top, below, left, right, cv2.BORDER_CONSTANT, value=_GREY), np.uint8
    )


def _strides(first: float, last: float, length_px: int) -> tuple[int, int]:
    start = max(math.floor((first - _CONTEXT_PX) / _STRIDE_PX), 0) * _STRIDE_PX
    end = min(math.ceil((last + _CONTEXT_PX) / _STRIDE_PX) * _STRIDE_PX, length_px)
    start = min(start, length_px - _STRIDE_PX)
    return start, max(end, start + _STRIDE_PX)
