"""Glowing spots in the picture of a signal head: where they are along the head, what colour, what shape.

Everything happens in a small upright copy of the head, `LENGTH_PX` long, so that the measures do not depend
on how far away the head is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.images import crop
from edge.detector.signals import LAMPS, Lamp
from edge.detector.types import Box, Image

LENGTH_PX: Final = 96
MARGIN: Final = 0.15
"""Share of the box that is looked at beyond each of its sides."""

_Plane = npt.NDArray[np.float32]
_Mask = npt.NDArray[np.bool_]

_SPANS_DEG: Final[dict[Lamp, tuple[float, float]]] = {"red": (-40, 30), "amber": (18, 64), "green": (85, 205)}
_SOFT_DEG: Final = 10.0
_RED_WRAP_DEG: Final = 320
_LEVELS: Final = (0.4, 0.6, 0.8)
_LEAST_CHROMA: Final = 0.15
_CORES: Final = ((0.82, 0.32), (0.92, 0.55))
_LEAST_RIM: Final = 0.1
_RIM: Final = (0.12, 0.36)
_RIM_PERCENT: Final = 75
_RIM_FALL: Final = 0.4
_RIM_FALL_WHITE: Final = 0.12
_FADES: Final = 0.97
_HALO_FALL: Final = 0.9
_HALO_SECTORS: Final = 8
_HALO_AROUND: Final = 6
_WHITE_BONUS: Final = 0.35
_NARROWEST: Final = 0.25
_WIDEST: Final = 1.6
_WIDEST_WHITE: Final = 2.1
_LONGEST: Final = 2.4
_OFF_MIDDLE: Final = 0.38
_LEAST_CONTRAST: Final = 0.08
_FULL_CONTRAST: Final = 0.25
_FULL_AREA: Final = 0.25
_CUT: Final = 0.6


@dataclass(frozen=True, slots=True)
class Upright:
    """A head's picture turned upright (red end first) and scaled to `LENGTH_PX` without its margin.

    `pixels` includes the margin; `scale` is upright px per picture px; `sideways` says it lay down.
    """

    pixels: Image
    covered: Box
    box: Box
    scale: float
    sideways: bool

    @property
    def diameter_px(self) -> float:
        """About how wide a lamp of a head with three lamps is, upright px."""
        across = min(self.box.w, self.box.h) * self.scale
        return min(across, LENGTH_PX / 3) * 0.85

    def along(self, row_px: float) -> float:
        """Place of an upright row along the head: 0 at the red end of the box, 1 at the other."""
        start = self.covered.x if self.sideways else self.covered.y
        box_start = self.box.x if self.sideways else self.box.y
        return (row_px / self.scale + start - box_start) / max(self.box.w, self.box.h)

    def across(self, column_px: float) -> float:
        """Place of an upright column across the head, 0 to 1 inside the box."""
        if self.sideways:
            return (self.covered.y2 - column_px / self.scale - self.box.y) / self.box.h
        return (column_px / self.scale + self.covered.x - self.box.x) / self.box.w

    def to_picture(self, spot: Box) -> Box:
        """An upright rectangle in the pixels of the picture."""
        x, y, w, h = (side / self.scale for side in (spot.x, spot.y, spot.w, spot.h))
        if self.sideways:
            return Box(self.covered.x + y, self.covered.y2 - x - w, h, w)
        return Box(self.covered.x + x, self.covered.y + y, w, h)


@dataclass(frozen=True, slots=True)
class Spot:
    """One glowing spot.

    `box` is in upright px; `along` and `across` its middle, 0 to 1 in the head's box; `hue_deg` -40 to 320,
    weighted by colour; `glow` 0 to 1 how bright and coloured; `solidity` the share of its convex hull that
    glows; `contrast` how much brighter it is than the rest of the head, 0 to 1; `overexposed` when its middle
    is white.
    """

    colour: Lamp
    box: Box
    along: float
    across: float
    hue_deg: float
    glow: float
    area_px: float
    solidity: float
    contrast: float
    overexposed: bool
    mask: _Mask
    score: float = 0.0


def upright(image: Image, box: Box) -> Upright | None:
    """Cut a head out of the picture and turn it upright; None when the box lies outside or is empty."""
    piece, covered = crop(image, box.expanded(MARGIN))
    if piece.size == 0 or box.w <= 0 or box.h <= 0:
        return None
    sideways = box.w > 1.25 * box.h
    if sideways:
        piece = np.asarray(cv2.rotate(piece, cv2.ROTATE_90_CLOCKWISE), np.uint8)
    scale = LENGTH_PX / max(box.w, box.h)
    size = (max(round(piece.shape[1] * scale), 1), max(round(piece.shape[0] * scale), 1))
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    pixels = np.asarray(cv2.resize(piece, size, interpolation=how), np.uint8)
    return Upright(pixels, covered, box, scale, sideways)


def spots(head: Upright) -> list[Spot]:
    """The spots of a head that are as large as a lamp, best first; none of them overlap.

    Sky, walls and unlit glass are none: they are too large, cut by the edge, or no brighter than the head.
    """
    planes = _planes(head)
    found = [*_white_spots(head, planes)]
    for colour in LAMPS:
        glow = planes.own(colour)
        peak = float(np.percentile(planes.inner(glow), 98))
        for share in _LEVELS:
            found += _coloured_spots(head, planes, colour, glow > max(_LEAST_CHROMA, peak * share))
    kept: list[Spot] = []
    for spot in sorted(found, key=lambda one: -one.score):
        if not any((spot.mask & other.mask).any() for other in kept):
            kept.append(spot)
    return kept


def middle(head: Upright) -> tuple[_Plane, _Plane]:
    """Value and chroma, 0 to 1, of the middle half of the head across, over its whole length."""
    planes = _planes(head)
    width = planes.columns.stop - planes.columns.start
    columns = slice(planes.columns.start + width // 4, planes.columns.stop - width // 4)
    return planes.value[planes.rows, columns], planes.chroma[planes.rows, columns]


@dataclass(frozen=True, slots=True)
class _Planes:
    """Hue in degrees (-40 to 320), chroma and value (0 to 1) of an upright head, and its box in it."""

    hue_deg: _Plane
    chroma: _Plane
    value: _Plane
    rows: slice
    columns: slice

    def own(self, colour: Lamp) -> _Plane:
        """Chroma where the hue is that of a lamp of `colour`."""
        low, high = _SPANS_DEG[colour]
        off = np.maximum(low - self.hue_deg, self.hue_deg - high)
        return np.asarray(np.clip(1 - off / _SOFT_DEG, 0, 1) * self.chroma, np.float32)

    def inner(self, plane: _Plane) -> _Plane:
        """The part of a plane inside the head's box."""
        return plane[self.rows, self.columns]


def _planes(head: Upright) -> _Planes:
    hsv = cv2.cvtColor(head.pixels.astype(np.float32) / 255, cv2.COLOR_BGR2HSV)
    hue = np.where(hsv[..., 0] > _RED_WRAP_DEG, hsv[..., 0] - 360, hsv[..., 0]).astype(np.float32)
    height, width = hue.shape
    rows = [row for row in range(height) if 0 <= head.along(row) <= 1]
    columns = [column for column in range(width) if 0 <= head.across(column) <= 1]
    return _Planes(
        hue,
        np.asarray(hsv[..., 1] * hsv[..., 2], np.float32),
        np.asarray(hsv[..., 2], np.float32),
        slice(rows[0], rows[-1] + 1) if rows else slice(0, height),
        slice(columns[0], columns[-1] + 1) if columns else slice(0, width),
    )


def _white_spots(head: Upright, planes: _Planes) -> list[Spot]:
    """Overexposed lamps: white patches with a rim of a lamp's colour."""
    reach = max(round(head.diameter_px * 0.22), 2)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    found: list[Spot] = []
    cores = [(planes.value > value) & (planes.chroma < chroma) for value, chroma in _CORES]
    for patch in (patch for core in cores for patch in _patches(core, head, _WIDEST_WHITE)):
        near = cv2.dilate(patch.astype(np.uint8), kernel)
        rim = (near > 0) & ~patch
        beyond = (cv2.dilate(near, kernel, iterations=2) > 0) & (near == 0)
        glows = {colour: float(planes.own(colour)[rim].mean()) for colour in LAMPS}
        colour = max(glows, key=lambda one: glows[one])
        own = planes.own(colour)
        fading = not beyond.any() or float(own[beyond].mean()) < glows[colour] * _FADES
        if glows[colour] > _LEAST_RIM and (fading or _is_halo(planes.value, own, patch, rim, beyond)):
            found.append(_measure(head, planes, colour, patch, rim, overexposed=True))
    return [spot for spot in found if spot.score > 0]


def _is_halo(value: _Plane, own: _Plane, core: _Mask, rim: _Mask, beyond: _Mask) -> bool:
    """Whether the light round a white core is the wide halo of a dazzling lamp at night.

    Next to the core it is bleached, so that its colour grows outwards; but it gets darker, which a coloured
    wall round a white thing does not, and it has the lamp's colour nearly all around.
    """
    if float(value[beyond].mean()) > float(value[rim].mean()) * _HALO_FALL:
        return False
    middle_row, middle_column = (float(places.mean()) for places in np.nonzero(core))
    rows, columns = np.nonzero(rim | beyond)
    turns = np.arctan2(rows - middle_row, columns - middle_column) / (2 * np.pi)
    sectors = np.floor(turns * _HALO_SECTORS).astype(np.int64) % _HALO_SECTORS
    seen = np.bincount(sectors, minlength=_HALO_SECTORS)
    glow = np.bincount(sectors, own[rows, columns], _HALO_SECTORS)
    return int(((seen > 0) & (glow > _LEAST_RIM * seen)).sum()) >= _HALO_AROUND


def _coloured_spots(head: Upright, planes: _Planes, colour: Lamp, glowing: _Mask) -> list[Spot]:
    found = [
        _measure(head, planes, colour, patch, patch, overexposed=False)
        for patch in _patches(glowing, head, _WIDEST)
    ]
    return [spot for spot in found if spot.score > 0]


def _patches(mask: _Mask, head: Upright, widest: float) -> list[_Mask]:
    """The connected parts of a mask that are at most `widest` times as wide as a lamp, and not tiny."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    low, high = head.diameter_px * _NARROWEST, head.diameter_px * widest
    kept: list[_Mask] = []
    for number in range(1, count):
        w, h = (int(side) for side in stats[number][2:4])
        if min(w, h) >= low and max(w, h) <= high and max(w, h) <= _LONGEST * min(w, h):
            kept.append(labels == number)
    return kept


def _measure(
    head: Upright, planes: _Planes, colour: Lamp, mask: _Mask, tinted: _Mask, *, overexposed: bool
) -> Spot:
    weight = np.where(tinted, planes.own(colour), 0)
    points = cv2.findNonZero(mask.astype(np.uint8))
    x, y, w, h = cv2.boundingRect(points)
    hull = max(cv2.contourArea(cv2.convexHull(points)) + (w + h) / 2, 1.0)
    rows, columns = np.nonzero(mask)
    spot = Spot(
        colour=colour,
        box=Box(x, y, w, h),
        along=head.along(float(rows.mean()) + 0.5),
        across=head.across(float(columns.mean()) + 0.5),
        hue_deg=float((weight * planes.hue_deg).sum() / max(float(weight.sum()), 1e-6)),
        glow=float(weight[tinted].mean()) + (_WHITE_BONUS if overexposed else 0.0),
        area_px=float(mask.sum()),
        solidity=float(min(mask.sum() / hull, 1.0)),
        contrast=float(planes.value[mask].mean()) - _rest(head, planes, Box(x, y, w, h)),
        overexposed=overexposed,
        mask=mask,
    )
    glow, fall = (planes.value, _RIM_FALL_WHITE) if overexposed else (planes.own(colour), _RIM_FALL)
    alone = _alone(glow, mask, head.diameter_px, fall)
    return replace(spot, score=_score(spot, head, mask.shape) * alone)


def _alone(glow: _Plane, mask: _Mask, diameter_px: float, fall: float) -> float:
    """1 for a spot that ends at its rim; less for a piece of a larger one, such as digits or a case."""
    inner, outer = (
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
        for reach in (max(round(diameter_px * share), 1) for share in _RIM)
    )
    bytes_ = mask.astype(np.uint8)
    rim = (cv2.dilate(bytes_, outer) > 0) & (cv2.dilate(bytes_, inner) == 0)
    if not rim.any():
        return 1.0
    left = float(np.percentile(glow[rim], _RIM_PERCENT)) / max(float(glow[mask].mean()), 1e-6)
    return float(np.clip((1 - left) / fall, 0, 1))


def _score(spot: Spot, head: Upright, shape: tuple[int, ...]) -> float:
    """How much a spot looks like a lit lamp, 0 to 1; 0 when off the middle or no brighter."""
    cut = spot.box.x <= 0 or spot.box.y <= 0 or spot.box.x2 >= shape[1] or spot.box.y2 >= shape[0]
    if abs(spot.across - 0.5) > _OFF_MIDDLE or spot.contrast < _LEAST_CONTRAST:
        return 0.0
    whole = _CUT if cut else 1.0
    hull_px = spot.area_px / spot.solidity
    size = whole * min(1.0, hull_px / (_FULL_AREA * head.diameter_px**2))
    return min(1.0, spot.glow) * size * min(1.0, spot.contrast / _FULL_CONTRAST) * (0.5 + spot.solidity / 2)


def _rest(head: Upright, planes: _Planes, spot: Box) -> float:
    """How bright the head is before or after the spot, in the spot's columns: the darker of the two."""
    reach, far = max(round(spot.h * 0.25), 2), round(head.diameter_px)
    strip = planes.value[:, round(spot.x) : round(spot.x2)]
    first, last = round(spot.y) - reach, round(spot.y2) + reach
    sides = (strip[max(first - far, 0) : max(first, 0)], strip[last : last + far])
    means = [float(side.mean()) for side in sides if side.shape[0] > 1]
    return min(means) if means else 1.0
