"""Which lamp of a signal head is lit, by comparing the lamps with one another.

The camera file says where the lamps are. A lamp counts as lit when it is both brighter and more its own
colour than the others; where the lamps do not tell, the answer is `unknown` and nobody is accused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.errors import ImageError
from edge.detector.images import check_image, crop
from edge.detector.types import Box, Image, SignalState

Lamp = Literal["red", "amber", "green"]
LAMPS: Final[tuple[Lamp, ...]] = ("red", "amber", "green")
HEAD: Final = "head"

_HUES_DEG: Final[dict[Lamp, tuple[float, float]]] = {"red": (-24, 22), "amber": (18, 66), "green": (75, 200)}
_LIT: Final = 0.12
_FAINT: Final = 0.06
_LEAD: Final = 1.6
_BRIGHT_SHARE: Final = 85
_CORE: Final = -0.08
_ALONE_LIT: Final = 0.08
_ALONE_DARK: Final = 0.04
_DARK_CASE: Final = 0.45


@dataclass(frozen=True, slots=True)
class SignalReading:
    """The state of a head; `confidence` 0 to 1; `scores`: how lit each lamp looks, 0 to 1."""

    state: SignalState
    confidence: float
    scores: Mapping[Lamp, float]


def read_signal(image: Image, lamps: Mapping[str, Box], *, horizontal: bool = False) -> SignalReading:
    """Read a signal head in an H x W x 3 BGR picture.

    Args:
        image: the whole frame.
        lamps: boxes (px) of the lamps `red`, `amber`, `green` (amber may be left out), or one box `head`,
            which is cut into equal thirds from red to green; or one lamp alone, as an arrow may have it.
        horizontal: with `head`: the thirds stand side by side, red on the left.

    Raises:
        ImageError: the picture is no H x W x 3 bytes, or the lamps needed are not named.
    """
    check_image(image, "read_signal(image)")
    boxes = _thirds(lamps[HEAD], horizontal=horizontal) if HEAD in lamps else lamps
    known = [lamp for lamp in LAMPS if lamp in boxes]
    if len(known) != 1 and ("red" not in known or "green" not in known):
        raise ImageError(
            f"lamps named: {sorted(lamps)}", where="read_signal(lamps)", remedy="Name red and green, or head."
        )
    pieces = {lamp: crop(image, boxes[lamp].expanded(_CORE))[0] for lamp in known}
    if any(piece.size == 0 for piece in pieces.values()):
        return SignalReading("unknown", 0.0, dict.fromkeys(known, 0.0))
    if len(known) == 1:
        return _judge_alone(known[0], pieces[known[0]])
    return judge({lamp: lamp_score(piece, lamp) for lamp, piece in pieces.items()})


def lamp_score(piece: Image, lamp: Lamp) -> float:
    """How lit a lamp's picture looks, 0 to 1: brightness of its own colour, or white glare ringed by it.

    Taken over the brightest part of the box: the box is wider than the lamp, a far lamp is a few pixels.
    """
    hsv = cv2.cvtColor(piece, cv2.COLOR_BGR2HSV).astype(np.float32)
    hue, saturation, value = hsv[..., 0] * 2, hsv[..., 1] / 255, hsv[..., 2] / 255
    own = _within(hue, _HUES_DEG[lamp])
    colour = own * saturation * value
    glare = np.where((value > 0.92) & (saturation < 0.35), value, 0.0) * _ring(colour)  # noqa: PLR2004
    glow = np.maximum(colour, glare)
    floor = np.percentile(glow, _BRIGHT_SHARE)
    return float(np.clip(glow[glow >= floor].mean(), 0.0, 1.0))


def judge(scores: Mapping[Lamp, float]) -> SignalReading:
    """Compare the lamps' scores with one another.

    Faint scores that are much alike are unlit glass. Red and amber together (as some heads show before
    green) count as red.
    """
    ranked = sorted(scores, key=lambda lamp: -scores[lamp])
    best, rest = ranked[0], ranked[1:]
    top = scores[best]
    second = scores[rest[0]]
    if top < _FAINT or (top < _LIT and top < _LEAD * second):
        return SignalReading("dark", float(1 - top / _LIT), dict(scores))
    if {best, rest[0]} == {"red", "amber"} and second * _LEAD > top:
        best, second = "red", scores.get("green", 0.0)
    lead = top / max(second, 1e-3)
    if top < _LIT or lead < _LEAD:
        return SignalReading("unknown", 0.0, dict(scores))
    return SignalReading(
        best, float(min(1.0, (1 - 1 / lead) * min(1.0, top / (2 * _LIT)) * 1.25)), dict(scores)
    )


def _judge_alone(lamp: Lamp, piece: Image) -> SignalReading:
    """A lamp with no other to compare it with: lit, dark in its dark case, or unknown.

    Something in front of a lamp must not pass for a dark one, so the case has to be seen dark.
    """
    score = lamp_score(piece, lamp)
    if score > _ALONE_LIT:
        return SignalReading(lamp, min(1.0, score / (2 * _LIT)), {lamp: score})
    case_is_dark = float(np.median(piece.max(axis=2))) < _DARK_CASE * 255
    if score < _ALONE_DARK and case_is_dark:
        return SignalReading("dark", 1 - score / _ALONE_DARK, {lamp: score})
    return SignalReading("unknown", 0.0, {lamp: score})


def _thirds(head: Box, *, horizontal: bool) -> dict[str, Box]:
    if horizontal:
        width = head.w / 3
        return {lamp: Box(head.x + place * width, head.y, width, head.h) for place, lamp in enumerate(LAMPS)}
    height = head.h / 3
    return {lamp: Box(head.x, head.y + place * height, head.w, height) for place, lamp in enumerate(LAMPS)}


def _within(hue_deg: npt.NDArray[np.float32], span_deg: tuple[float, float]) -> npt.NDArray[np.float32]:
    """1 inside the span of hues, falling to 0 within 15 degrees outside it."""
    low, high = span_deg
    off = np.abs((hue_deg - (low + high) / 2 + 180) % 360 - 180) - (high - low) / 2
    return np.asarray(np.clip(1 - off / 15, 0, 1), np.float32)


def _ring(colour: npt.NDArray[np.floating]) -> float:
    """How much of the box glows in the lamp's colour, 0 to 1: tells an overexposed lamp from a white wall."""
    return float(np.clip((colour > 0.25).mean() * 8, 0, 1))  # noqa: PLR2004
