"""The colour a vehicle is painted in, as a registration would name it: a hint for whoever compares, no proof.

Pixels are judged in CIELAB (L 0 to 100, a and b about -100 to 100) after the road beside the vehicle has been
made grey. The body is looked for where paint is: below the rear window and above the bumper's shadow, without
the plate. How often it is right is measured by `benchmarks.vehicle_colours`; see docs/models/body_colour.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.images import crop
from edge.detector.types import Box, Image, VehicleClass
from edge.report import BodyColour, BodyColourName, NoColour

if TYPE_CHECKING:
    from collections.abc import Mapping

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

_AROUND: Final = 0.2
_LONGEST_PX: Final = 96
_SMALLEST_PX: Final = 30
_MOST_LOOKS: Final = 6
_AGREEING: Final = 0.67

_ZONE: Final = (0.14, 0.86, 0.42, 0.82)
_RIM: Final = 0.035
_ROAD_FROM: Final = 0.35
_ROAD_CHROMA: Final = 16.0
_ROAD_SHARE: Final = 0.35
_ROAD_PX: Final = 12
_BODY_PX: Final = 100
_DARK_L: Final = 33.0
_GAIN: Final = 1.25
_GAMMA: Final = 2.2
_LIGHT: Final = (np.arange(256, dtype=np.float64) / 255) ** _GAMMA

_TINTED: Final = 14.0
_PAINTED_SHARE: Final = 0.4
_LEAST_PAINTED: Final = 0.25
_GLASS_L: Final = 35.0
_ONE_HUE: Final = 0.65
_VIVID: Final = 20.0
_VIVID_BLUE: Final = 24.0
_GREY_C: Final = 11.0
_GREY_SHARE: Final = 0.2
_BLACK_L: Final = 48.0
_BLACK_LIGHTEST_L: Final = 56.0
_BELOW_ROAD_L: Final = 3.0
_GREY_L: Final = (53.0, 74.0)
_WHITE_L: Final = 78.0
_BROWN_L: Final = 45.0
_BROWN_C: Final = 38.0
_HUES: Final[tuple[tuple[float, BodyColourName], ...]] = (
    (42.0, "red"),
    (64.0, "orange"),
    (108.0, "yellow"),
    (200.0, "green"),
    (310.0, "blue"),
    (342.0, "unknown"),
    (360.0, "red"),
)
"""Up to which hue angle of CIELAB, in degrees, a colour reaches; violet and pink have no name here."""
_BROWN_HUES: Final = (30.0, 90.0)
_HUE_STEP: Final = 15
_HUE_REACH: Final = 30.0

_RIGHT: Final[Mapping[str, float]] = MappingProxyType(
    {
        "white": 0.68,
        "grey": 0.83,
        "black": 0.91,
        "red": 0.92,
        "orange": 0.33,
        "yellow": 0.75,
        "brown": 0.5,
        "green": 0.67,
        "blue": 0.83,
    }
)
"""How often a colour said was right, to the word, on the tuning part: (right + 1) of (said + 2). So a colour
seldom met is not trusted."""


@dataclass(frozen=True, slots=True)
class BodyView:
    """One look at a vehicle: `piece`, small, with what lies round it; `box` and `plate` in its pixels."""

    piece: Image
    box: Box
    plate: Box | None
    tall_px: float


@dataclass(frozen=True, slots=True)
class _Judged:
    name: BodyColourName
    why: NoColour | None
    bgr: tuple[int, int, int] | None


def view_of(image: Image, vehicle: Box, plate: Box | None = None) -> BodyView:
    """Cut a vehicle out of an H x W x 3 BGR picture, both boxes in its px, and shrink it to 96 px."""
    piece, place = crop(image, vehicle.expanded(_AROUND))
    longest = max(piece.shape[:2], default=0)
    scale = min(1.0, _LONGEST_PX / longest) if longest else 1.0
    if scale < 1:
        size = (max(round(piece.shape[1] * scale), 1), max(round(piece.shape[0] * scale), 1))
        piece = np.asarray(cv2.resize(piece, size, interpolation=cv2.INTER_AREA), np.uint8)
    return BodyView(
        np.array(piece),
        _moved(vehicle, place, scale),
        _moved(plate, place, scale) if plate else None,
        vehicle.h,
    )


def body_colour(kind: VehicleClass, views: Sequence[BodyView]) -> BodyColour:
    """What several looks say of the paint. `unknown` says why in `why`.

    Of a motorbike its rider and of a lorry its load hide the paint that is registered: neither is judged.
    """
    if kind not in {"car", "bus"}:
        return _nothing("hidden")
    near = sorted(views, key=lambda view: view.tall_px, reverse=True)[:_MOST_LOOKS]
    near = [view for view in near if _shown_px(view) >= _SMALLEST_PX]
    if not near:
        return _nothing("too_small")
    judged = [_judge(view) for view in near]
    names = Counter(one.name for one in judged if one.name != "unknown")
    if not names:
        return _nothing(Counter(one.why for one in judged).most_common(1)[0][0] or "unclear", len(near))
    name, agreeing = names.most_common(1)[0]
    if agreeing < _AGREEING * len(near):
        return _nothing("looks_differ", len(near))
    seen = np.median([one.bgr for one in judged if one.name == name and one.bgr], axis=0)
    return BodyColour(
        name=name,
        confidence=round(_RIGHT[name] * agreeing / len(near), 3),
        looks=len(near),
        agreeing=agreeing,
        seen_rgb="#{2:02x}{1:02x}{0:02x}".format(*(int(part) for part in seen)),
    )


def _nothing(why: NoColour, looks: int = 0) -> BodyColour:
    return BodyColour(name="unknown", confidence=0.0, looks=looks, agreeing=0, why=why)


def _judge(view: BodyView) -> _Judged:
    across, down = _places(view)
    lab = _lab(view.piece)
    inside = (across > -_RIM) & (across < 1 + _RIM) & (down < 1 + _RIM)
    beside = ~inside & (down > _ROAD_FROM)
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    road = beside & (chroma < _ROAD_CHROMA)
    if road.sum() < max(_ROAD_PX, _ROAD_SHARE * beside.sum()):
        return _Judged("unknown", "coloured_light" if beside.sum() >= _ROAD_PX else "unclear", None)
    road_l = float(np.median(lab[road][:, 0]))
    if road_l < _DARK_L:
        return _Judged("unknown", "dark", None)
    body = view.piece[_body(view, across, down)]
    if len(body) < _BODY_PX:
        return _Judged("unknown", "too_small", None)
    return _name(_grey_road(body, view.piece[road]), road_l)


def _name(pixels: Image, road_l: float) -> _Judged:
    """The colour of N x 3 BGR pixels of a body on a road of lightness `road_l`."""
    lab = _lab(pixels[None])[0]
    chroma = np.hypot(lab[:, 1], lab[:, 2])
    hue = np.degrees(np.arctan2(lab[:, 2], lab[:, 1])) % 360
    tinted = chroma > _TINTED
    share = float(tinted.mean())
    lit = tinted | (lab[:, 0] > _GLASS_L)
    if share >= _LEAST_PAINTED and share >= _PAINTED_SHARE * lit.mean():
        return _painted(pixels[lit], lab[lit], chroma[lit], hue[lit])
    if share > _GREY_SHARE or float(np.median(chroma)) > _GREY_C:
        return _Judged("unknown", "unclear", None)
    lightness = float(np.percentile(lab[:, 0], 70))
    near = np.abs(lab[:, 0] - lightness) < 10  # noqa: PLR2004 - about the paint's own lightness
    bgr = _median(pixels[near])
    lightest = float(np.percentile(lab[:, 0], 85))
    if lightness <= min(_BLACK_L, road_l - _BELOW_ROAD_L) and lightest < _BLACK_LIGHTEST_L:
        return _Judged("black", None, bgr)
    if _GREY_L[0] <= lightness <= _GREY_L[1]:
        return _Judged("grey", None, bgr)
    return _Judged("white", None, bgr) if lightness >= _WHITE_L else _Judged("unknown", "unclear", bgr)


def _painted(pixels: Image, lab: Floats, chroma: Floats, hue: Floats) -> _Judged:
    tinted = chroma > _TINTED
    steps = np.arange(0, 360, _HUE_STEP)
    apart = np.abs((hue[None] - steps[:, None] + 180) % 360 - 180)
    counts = ((apart < _HUE_REACH) & tinted[None]).sum(axis=1)
    best = int(np.argmax(counts))
    mine = (apart[best] < _HUE_REACH) & tinted
    if counts[best] < _ONE_HUE * tinted.sum():
        return _Judged("unknown", "mixed", None)
    direction = np.median(lab[mine], axis=0)
    angle = float(np.degrees(np.arctan2(direction[2], direction[1])) % 360)
    vivid = float(np.percentile(chroma[mine], 60))
    name = next(name for reach, name in _HUES if angle < reach)
    if _BROWN_HUES[0] < angle < _BROWN_HUES[1] and direction[0] < _BROWN_L and vivid < _BROWN_C:
        name = "brown"
    if name == "unknown" or vivid < (_VIVID_BLUE if name == "blue" else _VIVID):
        return _Judged("unknown", "unclear", None)
    return _Judged(name, None, _median(pixels[mine]))


def _shown_px(view: BodyView) -> float:
    """The shorter side of what the piece shows of the vehicle."""
    rows, columns = view.piece.shape[:2]
    shown = view.box.clipped(columns, rows)
    return min(shown.w, shown.h)


def _places(view: BodyView) -> tuple[Floats, Floats]:
    """Of every pixel, how far across and down the vehicle's box it lies: 0 to 1 inside."""
    rows, columns = view.piece.shape[:2]
    across = (np.arange(columns, dtype=np.float32) + 0.5 - view.box.x) / view.box.w
    down = (np.arange(rows, dtype=np.float32) + 0.5 - view.box.y) / view.box.h
    return np.broadcast_to(across, (rows, columns)), np.broadcast_to(down[:, None], (rows, columns))


def _body(view: BodyView, across: Floats, down: Floats) -> Mask:
    left, right, top, bottom = _ZONE
    body = (across > left) & (across < right) & (down > top) & (down < bottom)
    if view.plate is not None:
        rows, columns = view.piece.shape[:2]
        plate = view.plate.expanded(0.1).clipped(columns, rows)
        body[int(plate.y) : int(plate.y2) + 1, int(plate.x) : int(plate.x2) + 1] = False
    return np.asarray(body, np.bool_)


def _grey_road(pixels: Image, road: Image) -> Image:
    """N x 3 pixels in the light in which the road's are grey; a quarter more or less of a channel at most."""
    seen = _LIGHT[np.median(road, axis=0).astype(np.uint8)]
    gain = np.clip(seen.mean() / np.maximum(seen, 1e-4), 1 / _GAIN, _GAIN)
    table = np.rint(255 * np.clip(_LIGHT[:, None] * gain, 0, 1) ** (1 / _GAMMA)).astype(np.uint8)
    return np.stack([table[pixels[:, channel], channel] for channel in range(3)], axis=1)


def _lab(bgr: Image) -> Floats:
    return np.asarray(cv2.cvtColor(bgr.astype(np.float32) / 255, cv2.COLOR_BGR2Lab), np.float32)


def _median(pixels: Image) -> tuple[int, int, int]:
    blue, green, red = (int(part) for part in np.median(pixels, axis=0))
    return blue, green, red


def _moved(box: Box, place: Box, scale: float) -> Box:
    return Box((box.x - place.x) * scale, (box.y - place.y) * scale, box.w * scale, box.h * scale)
