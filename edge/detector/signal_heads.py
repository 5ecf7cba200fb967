"""The state of a signal head that a network has boxed: no lamp's place is known beforehand.

A state is said only where the place of the glowing spot along the head and its colour agree and nothing
else in the head glows against it; all else is `unknown`, and nobody is accused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol, TypedDict

import numpy as np

from edge.detector.images import check_image
from edge.detector.lamp_shape import Arrow, arrow_of, countdown_of
from edge.detector.lit_lamp import Spot, Upright, middle, spots, upright
from edge.detector.signals import Lamp
from edge.detector.types import Box, Image, SignalState

if TYPE_CHECKING:
    from edge.detector.models import Sight

SMALLEST_PX: Final = 8
"""A head shorter than this is not read."""

_LONGEST: Final = 6.0
_SLENDER: Final = 1.4
_PLACES: Final[dict[Lamp, tuple[float, float]]] = {
    "red": (-0.02, 0.46),
    "amber": (0.36, 0.64),
    "green": (0.54, 1.02),
}
_RED_UNDER_DEG: Final = 12.0
_AMBER_OVER_DEG: Final = 44.0
_RED_ABOVE: Final = 0.38
_AMBER_BELOW: Final = 0.4
_LEAST_SCORE: Final = 0.16
_ORANGE_DEG: Final = 20.0
_LEAST_ORANGE: Final = 0.4
_SURE_SCORE: Final = 0.8
_RIVAL: Final = 0.5
_RIVAL_ALIKE: Final = 0.35
_RIVAL_ORANGE: Final = 0.75
_ENDS: Final = (0.06, 0.94)
_APART: Final = (0.18, 0.42)
_NEIGHBOUR: Final = 0.15
_LEAST_FOUND: Final = 0.3
_SAME: Final = 0.6
_DARK_PX: Final = 16
_DARK_VALUE: Final = 0.4
_DARK_CHROMA: Final = 0.22
_DARK_SCORE: Final = 0.08
_DARK_SURE: Final = 0.5


@dataclass(frozen=True, slots=True)
class HeadReading:
    """What one look at a signal head says.

    `confidence` 0 to 1; `arrow` the shape of the lit lamp (`none` for a disc, `unknown` where it cannot be
    told); `countdown` True when digits are seen to glow in or beside the head, `countdown_s` what they say;
    `lamp` the lit lamp in picture px; `reasons` why the state is what it is, in plain words.
    """

    state: SignalState
    confidence: float
    reasons: tuple[str, ...]
    arrow: Arrow = "unknown"
    countdown: bool = False
    countdown_s: int | None = None
    lamp: Box | None = None


SignalObject = TypedDict(
    "SignalObject",
    {
        "class": str,
        "box": list[float],
        "confidence": float,
        "state": SignalState,
        "state_confidence": float,
        "arrow": Arrow,
        "countdown": bool,
        "countdown_s": int | None,
    },
)
"""A signal head as `phatnguoi-edge detect` reports it; `box` is x, y, width, height in px."""


class Finder(Protocol):
    """What finds signal heads in a picture: the vehicle detector does."""

    def look(self, image: Image) -> Sight:
        """Everything found in one pass over an H x W x 3 BGR picture."""


def signals_in(
    image: Image, finder: Finder, *, closely: bool = False, seen: Sight | None = None
) -> list[tuple[Box, float, HeadReading]]:
    """The signal heads of a picture: box (px), score 0 to 1 and what it shows, most certain first.

    Args:
        image: H x W x 3 BGR.
        finder: finds the heads.
        seen: what the finder found in the whole picture, if it has looked already.
        closely: look again at overlapping quarters of the picture, each twice as large to the finder: far
            heads are small. For stills; it costs four more passes.

    Raises:
        ImageError: `image` is not such an array.
    """
    check_image(image, "signals_in(image)")
    found = list((seen or finder.look(image)).signals)
    if closely:
        for x, y, piece in _quarters(image):
            found += [
                (Box(box.x + x, box.y + y, box.w, box.h), score) for box, score in finder.look(piece).signals
            ]
    kept: list[tuple[Box, float]] = []
    for box, score in sorted(found, key=lambda one: -one[1]):
        if score >= _LEAST_FOUND and all(
            box.intersection(other) < _SAME * min(box.area, other.area) for other, _ in kept
        ):
            kept.append((box, score))
    return [(box, score, read_head(image, box)) for box, score in kept]


def signal_objects(
    image: Image, finder: Finder, *, closely: bool = False, seen: Sight | None = None
) -> list[SignalObject]:
    """The signal heads of a picture in the form of `phatnguoi-edge detect` (see `signals_in`)."""
    return [
        {
            "class": "signal",
            "box": [round(side, 1) for side in (box.x, box.y, box.w, box.h)],
            "confidence": round(score, 3),
            "state": reading.state,
            "state_confidence": round(reading.confidence, 3),
            "arrow": reading.arrow,
            "countdown": reading.countdown,
            "countdown_s": reading.countdown_s,
        }
        for box, score, reading in signals_in(image, finder, closely=closely, seen=seen)
    ]


def _quarters(image: Image) -> list[tuple[int, int, Image]]:
    """Four overlapping pieces of a picture with the place of their upper left corner, px."""
    height, width = image.shape[:2]
    tall, wide = -(-height * 11 // 20), -(-width * 11 // 20)
    return [(x, y, image[y : y + tall, x : x + wide]) for y in (0, height - tall) for x in (0, width - wide)]


def read_head(image: Image, box: Box) -> HeadReading:
    """Read the head at `box` (px, up to a fifth too wide or narrow on any side) of an H x W x 3 BGR picture.

    A head that lies down is read with its red lamp on the left, as the law has it. A box with one lamp is
    read only when that lamp shows an arrow: an arrow's head hangs under or beside the main one.

    Raises:
        ImageError: `image` is not such an array.
    """
    check_image(image, "read_head(image)")
    if max(box.w, box.h) < SMALLEST_PX:
        return _unread(f"shorter than {SMALLEST_PX} px")
    if max(box.w, box.h) > _LONGEST * min(box.w, box.h):
        return _unread("not the shape of a signal head")
    head = upright(image, box)
    if head is None:
        return _unread("outside the picture")
    countdown = countdown_of(image, box)
    found = spots(head)
    if countdown is not None:
        found = [one for one in found if not _inside(head.to_picture(one.box), countdown[1])]
    reading = judge(head, found)
    if reading.state == "unknown" and found:
        reading = _single_arrow(image, head, found[0]) or reading
    if reading.lamp is not None and reading.arrow == "unknown":
        shape = arrow_of(image, reading.lamp, head.diameter_px / head.scale)
        reading = replace(reading, arrow=shape)
    if countdown is not None:
        reading = replace(reading, countdown=True, countdown_s=countdown[0])
    return reading


def _inside(spot: Box, digits: Box) -> bool:
    return spot.intersection(digits) > _SAME * spot.area


def _single_arrow(image: Image, head: Upright, spot: Spot) -> HeadReading | None:
    """The reading of a box with one lamp that shows an arrow; None when it does not."""
    width, height = head.box.w, head.box.h
    if max(width, height) > _SLENDER * min(width, height) or spot.score < _LEAST_SCORE:
        return None
    lamp = head.to_picture(spot.box)
    arrow = arrow_of(image, lamp, min(width, height) * 0.8)
    if arrow in {"none", "unknown"} or (spot.colour != "green" and spot.hue_deg > _RED_UNDER_DEG):
        return None
    sure = min(1.0, spot.score / _SURE_SCORE)
    return HeadReading(spot.colour, sure, (f"one {spot.colour} arrow",), arrow, lamp=lamp)


def judge(head: Upright, found: Sequence[Spot]) -> HeadReading:
    """What the glowing spots of a head, best first, say together.

    Red and amber together (as some heads show before green) count as red.
    """
    best = found[0].score if found else 0.0
    if best < _LEAST_SCORE:
        if best < _DARK_SCORE and _is_dark(head):
            return HeadReading("dark", _DARK_SURE, ("nothing glows",), "none")
        return _unread("no lamp glows clearly")
    spot = _lamp_rather_than_digits(found, head)
    colour = _colour(spot)
    if colour is None or not _credible(spot):
        return _unread("between red and amber")
    rivals = [one for one in found[1:] if _rivals(one, spot)]
    others = {_colour(one) or colour for one in rivals} - {colour}
    if {colour, *others} == {"red", "amber"} and _red_and_amber([spot, *rivals]):
        colour, spot = "red", min([spot, *rivals], key=lambda one: one.along)
    elif others or (rivals and _is_orange(spot)):
        return _unread("it glows in two places")
    if not _agrees(colour, spot, head):
        return _unread(f"{colour}, but {spot.along:.2f} of the way along the head")
    sure = min(1.0, spot.score / _SURE_SCORE)
    lamp = head.to_picture(spot.box)
    return HeadReading(colour, sure, (f"{colour} glows at its place",), lamp=lamp)


def _lamp_rather_than_digits(found: Sequence[Spot], head: Upright) -> Spot:
    """The best spot; or, when it is past an end of the head, the next that is at its lamp's place."""
    best = found[0]
    if _ENDS[0] < best.along < _ENDS[1]:
        return best
    for one in found[1:]:
        colour = _colour(one)
        strong = one.score > _RIVAL * best.score and _ENDS[0] < one.along < _ENDS[1]
        if strong and colour is not None and _agrees(colour, one, head):
            return one
    return best


def _credible(spot: Spot) -> bool:
    """Whether a spot may be a lamp at all: wood, leaves and yellow cases in the sun are faintly orange."""
    orange = spot.colour != "green" and spot.hue_deg > _ORANGE_DEG and spot.along < _RED_ABOVE
    return spot.score >= (_LEAST_ORANGE if orange else _LEAST_SCORE)


def _rivals(one: Spot, spot: Spot) -> bool:
    """Whether `one` glows strongly enough, elsewhere in the head, to make `spot` doubtful.

    A second orange spot makes an orange one doubtful (yellow cases shine in several places), less so a red
    or a green one.
    """
    if not _ENDS[0] < one.along < _ENDS[1] or abs(one.along - spot.along) < _NEIGHBOUR:
        return False
    if not _is_orange(one):
        return one.score > _RIVAL * spot.score and _credible(one)
    return one.score > (_RIVAL_ALIKE if _is_orange(spot) else _RIVAL_ORANGE) * spot.score


def _is_orange(spot: Spot) -> bool:
    return spot.colour != "green" and spot.hue_deg > _ORANGE_DEG


def _red_and_amber(glowing: Sequence[Spot]) -> bool:
    """Whether two spots are a red and an amber lamp of one head: by their hues, and one lamp apart."""
    first, second = sorted(glowing, key=lambda one: one.along)[:2]
    apart = _APART[0] < second.along - first.along < _APART[1] and first.along > 0
    return len(glowing) == 2 and apart and first.hue_deg < _ORANGE_DEG  # noqa: PLR2004


def _unread(reason: str) -> HeadReading:
    return HeadReading("unknown", 0.0, (reason,))


def _colour(spot: Spot) -> Lamp | None:
    """The lamp a spot's hue says; orange may be either, and its place along the head decides."""
    if spot.colour == "green":
        return "green"
    if spot.hue_deg < _RED_UNDER_DEG:
        return "red"
    if spot.hue_deg > _AMBER_OVER_DEG or spot.along > _AMBER_BELOW:
        return "amber"
    return "red" if spot.along < _RED_ABOVE else None


def _agrees(colour: Lamp, spot: Spot, head: Upright) -> bool:
    """Whether a lamp of this colour may be at the spot's place: a stout box tells its ends apart only."""
    low, high = _PLACES[colour]
    if max(head.box.w, head.box.h) < _SLENDER * min(head.box.w, head.box.h):
        return colour != "amber" and low <= spot.along <= high and abs(spot.along - 0.5) > 0.5 - _RED_ABOVE
    return low <= spot.along <= high


def _is_dark(head: Upright) -> bool:
    """Whether the head, seen well enough to tell, is dark and colourless all along its middle."""
    if max(head.box.w, head.box.h) < _DARK_PX or max(head.box.w, head.box.h) < _SLENDER * min(
        head.box.w, head.box.h
    ):
        return False
    value, chroma = middle(head)
    return float(np.median(value)) < _DARK_VALUE and float(np.percentile(chroma, 98)) < _DARK_CHROMA
