"""The same plate looked at several times over: a little wider, turned, lighter, so that chance evens out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.images import crop
from edge.detector.types import Box, Image


@dataclass(frozen=True, slots=True)
class View:
    """A small change: `margin` and shifts in shares of the plate's size, turns in degrees, a gamma.

    `straighten_deg` is a turn of a plate that fills its box aslant: the box becomes smaller with it.
    """

    margin: float = 0.06
    across: float = 0.0
    down: float = 0.0
    turn_deg: float = 0.0
    gamma: float = 1.0
    straighten_deg: float = 0.0


_LEAST_LEFT: Final = 0.4

PLAIN: Final = View()
VIEWS: Final[tuple[View, ...]] = (
    PLAIN,
    View(margin=0.02),
    View(margin=0.1),
    View(turn_deg=2.5),
    View(turn_deg=-2.5),
    View(gamma=0.7),
    View(gamma=1.4),
    View(margin=0.04, across=0.025, down=0.03),
    View(margin=0.04, across=-0.025, down=-0.03),
)
"""The plain look first."""

STRAIGHTENED: Final[tuple[View, ...]] = tuple(View(straighten_deg=turn) for turn in (-18, -12, -7, 7, 12, 18))
"""For plates that hang aslant: turned upright, and cut to what is left of the box around them."""


def cut_view(image: Image, plate: Box, view: View) -> Image:
    """The plate at `plate` (px of `image`) as `view` shows it; empty when it lies outside."""
    if view.straighten_deg:
        return _upright(image, plate, view)
    moved = Box(plate.x + view.across * plate.w, plate.y + view.down * plate.h, plate.w, plate.h)
    piece, _ = crop(image, moved.expanded(view.margin))
    if not piece.size:
        return piece
    if view.turn_deg:
        height, width = piece.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), view.turn_deg, 1.0)
        piece = np.asarray(
            cv2.warpAffine(piece, turn, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8
        )
    return piece if view.gamma == 1.0 else _lighter(piece, view.gamma)


def reader_blob(piece: Image, size_px: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Stretch a plate crop to the reader's input (width, height): 1 x 3 x height x width, RGB, 0 to 1."""
    shrinking = piece.shape[1] > size_px[0]
    scaled = cv2.resize(piece, size_px, interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR)
    return np.asarray(cv2.dnn.blobFromImage(scaled, 1 / 255, swapRB=True), dtype=np.float32)


def _upright(image: Image, plate: Box, view: View) -> Image:
    """The plate whose upright hull is `plate`, turned back by `straighten_deg`."""
    angle = float(np.deg2rad(abs(view.straighten_deg)))
    cos, sin, both = np.cos(angle), np.sin(angle), np.cos(2 * angle)
    width = max((plate.w * cos - plate.h * sin) / both, plate.w * _LEAST_LEFT) * (1 + 2 * view.margin)
    height = max((plate.h * cos - plate.w * sin) / both, plate.h * _LEAST_LEFT) * (1 + 2 * view.margin)
    turn = cv2.getRotationMatrix2D((plate.cx, plate.cy), view.straighten_deg, 1.0)
    turn[:, 2] += (width / 2 - plate.cx, height / 2 - plate.cy)
    size = max(round(width), 1), max(round(height), 1)
    return np.asarray(cv2.warpAffine(image, turn, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _lighter(piece: Image, gamma: float) -> Image:
    table = (255 * (np.arange(256) / 255) ** gamma).round().astype(np.uint8)
    return np.asarray(cv2.LUT(piece, table), np.uint8)
