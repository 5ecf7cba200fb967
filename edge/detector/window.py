"""Square windows round single things, as the networks see them that look at one thing again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.images import crop
from edge.detector.types import Box, Image

_SHRINKING: Final = 0.6
_GREY: Final = 114


def square_window(image: Image, box: Box, side_px: int, context: float) -> Image:
    """`box` (px) and `context` of its longer side around it, in the middle of `side_px` x `side_px` px, BGR.

    What lies outside the picture repeats its edge; a box outside altogether gives grey.
    """
    side = max(box.w, box.h) * (1 + 2 * context)
    scale = side_px / max(side, 1.0)
    corner_x, corner_y = box.cx - side / 2, box.cy - side / 2
    piece, covered = crop(image, Box(corner_x, corner_y, side, side))
    if piece.size == 0:
        return np.full((side_px, side_px, 3), _GREY, np.uint8)
    if scale < _SHRINKING:
        piece = np.asarray(cv2.blur(piece, (round(0.5 / scale) * 2 + 1,) * 2), np.uint8)
    shift_x, shift_y = (covered.x - corner_x) * scale, (covered.y - corner_y) * scale
    move = np.array([[scale, 0, shift_x], [0, scale, shift_y]], dtype=np.float32)
    size = (side_px, side_px)
    return np.asarray(cv2.warpAffine(piece, move, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def each_mirrored_too(windows: Sequence[Image]) -> list[Image]:
    """Every window, and after it the same with left and right changed: 2 N windows."""
    return [side for window in windows for side in (window, np.asarray(window[:, ::-1], np.uint8))]


def windows_blob(windows: Sequence[Image]) -> npt.NDArray[np.float32]:
    """Windows as a network takes them: N x 3 x side x side, RGB, 0 to 1."""
    stack = np.stack(windows)[..., ::-1].transpose(0, 3, 1, 2)
    return np.ascontiguousarray(stack, dtype=np.float32) / np.float32(255)
