"""Fitting a picture into a network's input and bringing boxes back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.types import Box, Image

_STRIDE_PX = 32
_GREY = (114, 114, 114)


@dataclass(frozen=True, slots=True)
class Letterbox:
    """How a picture was scaled and padded: input_px = picture_px * scale + pad_px."""

    scale: float
    pad_x_px: float
    pad_y_px: float
    width_px: int
    height_px: int

    def to_input(self, box: Box) -> Box:
        """A box of the picture, in the pixels of the network's input."""
        scale = self.scale
        return Box(box.x * scale + self.pad_x_px, box.y * scale + self.pad_y_px, box.w * scale, box.h * scale)

    def to_picture(self, box: Box) -> Box:
        """A box of the network's input, in the pixels of the picture."""
        scale = self.scale
        return Box(
            (box.x - self.pad_x_px) / scale, (box.y - self.pad_y_px) / scale, box.w / scale, box.h / scale
        )


def fit(width_px: int, height_px: int, input_width_px: int, input_height_px: int) -> Letterbox:
    """The largest centred fit of a picture into a fixed input, all sizes in px."""
    scale = min(input_width_px / width_px, input_height_px / height_px)
    pad_x = math.floor((input_width_px - max(round(width_px * scale), 1)) / 2)
    pad_y = math.floor((input_height_px - max(round(height_px * scale), 1)) / 2)
    return Letterbox(scale, pad_x, pad_y, input_width_px, input_height_px)


def fit_long_side(width_px: int, height_px: int, long_side_px: int) -> Letterbox:
    """The fit whose long side is `long_side_px`; the short side is rounded up to a whole stride (32 px)."""
    scale = long_side_px / max(width_px, height_px)
    input_width, input_height = (
        max(math.ceil(round(side * scale) / _STRIDE_PX), 1) * _STRIDE_PX for side in (width_px, height_px)
    )
    return fit(width_px, height_px, input_width, input_height)


def to_blob(image: Image, box: Letterbox) -> npt.NDArray[np.float32]:
    """Scale and pad `image` as `box` says: 1 x 3 x height x width, RGB, 0 to 1."""
    width = max(round(image.shape[1] * box.scale), 1)
    height = max(round(image.shape[0] * box.scale), 1)
    scaled = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
    top, left = int(box.pad_y_px), int(box.pad_x_px)
    padded = cv2.copyMakeBorder(
        scaled,
        top,
        box.height_px - height - top,
        left,
        box.width_px - width - left,
        cv2.BORDER_CONSTANT,
        value=_GREY,
    )
    return np.asarray(cv2.dnn.blobFromImage(padded, 1 / 255, swapRB=True), dtype=np.float32)
