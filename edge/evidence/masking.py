"""The copy of a picture that others than officers may see: one vehicle clear, everybody else destroyed.

Nothing has to be found to be hidden. The whole picture is made coarse - cells so large that no face and no
plate survives in them - and only the accused vehicle and the signal lamps are put back, less whoever else is
in front of it. Known road users get larger cells, fixed to them, so that many pictures of one tell no
more than one does; colours are rounded. What is hidden is gone: the copy is encoded anew from these pixels.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.types import Box, Image
from edge.evidence.sights import Scenery
from edge.evidence.view import View, plain_view

_OWN_MARGIN: Final = 0.05
_OTHERS_MARGIN: Final = 0.08
_MOST_MARGIN_PX: Final = 12
_HEAD_MARGIN: Final = 0.15
_KNOWN_COARSER: Final = 2.0
_COLOUR_STEP: Final = 8
_CORE: Final = 0.3

Mask = npt.NDArray[np.bool_]


def masked(image: Image, view: View | None, scenery: Scenery | None) -> Image:
    """A copy of `image` (BGR, of any scale of the view's picture) in which only the accused can be made out.

    Without `scenery` nobody knows who is in the picture, and no vehicle is shown.
    """
    height, width = image.shape[:2]
    view = view or plain_view(width, height)
    scale = width / view.picture_size_px[0]
    copy = _coarse(image, view, scale)
    others = [_scaled(_widened(box), scale) for box in scenery.others] if scenery else []
    for box in others:
        _blot(copy, image, box, _KNOWN_COARSER * _cell_px(view, box.y2 / scale) * scale)
    kept = np.zeros((height, width), dtype=bool)
    if scenery is not None and scenery.own is not None:
        _set(kept, _scaled(scenery.own, scale).expanded(_OWN_MARGIN), to=True)
        for box in others:
            _hide(kept, box, _scaled(scenery.own, scale))
    for head in view.heads:
        _set(kept, _scaled(head, scale).expanded(_HEAD_MARGIN), to=True)
    return np.asarray(cv2.copyTo(image, kept.view(np.uint8), copy), np.uint8)


def _coarse(image: Image, view: View, scale: float) -> Image:
    """The picture in cells, each row of them as coarse as the view says, colours rounded."""
    height, width = image.shape[:2]
    copy = np.empty_like(image)
    for band in view.bands:
        top, bottom = round(band.top * scale), min(round(band.bottom * scale), height)
        if bottom > top:
            cell = band.cell_px * scale
            copy[top:bottom] = _cells(image[top:bottom], round(width / cell), round((bottom - top) / cell))
    last = min(round(view.bands[-1].bottom * scale), height)
    copy[last:] = copy[last - 1 : last]
    return copy


def _cells(piece: Image, columns: int, rows: int) -> Image:
    height, width = piece.shape[:2]
    small = cv2.resize(piece, (max(columns, 1), max(rows, 1)), interpolation=cv2.INTER_AREA)
    rounded = small // _COLOUR_STEP * _COLOUR_STEP + _COLOUR_STEP // 2
    return np.asarray(cv2.resize(rounded, (width, height), interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


def _blot(copy: Image, image: Image, box: Box, cell_px: float) -> None:
    """Put one road user's own cells over its place, none finer than `cell_px`."""
    x, y, x2, y2 = _edges(box, image.shape[1], image.shape[0])
    if x2 > x and y2 > y:
        copy[y:y2, x:x2] = _cells(image[y:y2, x:x2], int((x2 - x) / cell_px), int((y2 - y) / cell_px))


def _cell_px(view: View, row_px: float) -> int:
    """How coarse the picture is shown at this row of the full-size picture."""
    return next((band.cell_px for band in view.bands if row_px < band.bottom), view.bands[-1].cell_px)


def _hide(kept: Mask, other: Box, own: Box) -> None:
    """Take another road user out of what is shown: all of it in front of the accused, behind it its sides."""
    if other.y2 >= own.y2:
        _set(kept, other, to=False)
        return
    left, right = own.cx - _CORE * own.w, own.cx + _CORE * own.w
    _set(kept, Box(other.x, other.y, min(left - other.x, other.w), other.h), to=False)
    start = max(right, other.x)
    _set(kept, Box(start, other.y, other.x2 - start, other.h), to=False)


def _set(kept: Mask, box: Box, *, to: bool) -> None:
    x, y, x2, y2 = _edges(box, kept.shape[1], kept.shape[0])
    if x2 > x and y2 > y:
        kept[y:y2, x:x2] = to


def _edges(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    inside = box.clipped(width, height)
    return int(inside.x), int(inside.y), int(np.ceil(inside.x2)), int(np.ceil(inside.y2))


def _widened(box: Box) -> Box:
    """A road user's box with what a detector may leave out of it."""
    dx, dy = (min(_OTHERS_MARGIN * side, _MOST_MARGIN_PX) for side in (box.w, box.h))
    return Box(box.x - dx, box.y - dy, box.w + 2 * dx, box.h + 2 * dy)


def _scaled(box: Box, scale: float) -> Box:
    return Box(box.x * scale, box.y * scale, box.w * scale, box.h * scale)
