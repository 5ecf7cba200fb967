"""Looks at one drawn plate while its vehicle comes nearer: to measure what a vote over them is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from edge.detector.training.chance import happens
from edge.detector.training.plate_texts import PlateText, random_text
from edge.detector.training.spoil import Hardship, view_plate
from edge.detector.training.synthetic_plates import draw_plate, random_face
from edge.detector.types import Image

_FEWEST_LOOKS: Final = 3
_MOST_LOOKS: Final = 12
_FIRST_PX: Final = (26.0, 40.0)
_GROWTH: Final = (1.2, 2.2)
_LONG_FACTOR: Final = 1.6
_LONG: Final = 3.0


@dataclass(frozen=True, slots=True)
class DrawnTrack:
    """One plate and the crops of it, the farthest first."""

    plate: PlateText
    crops: tuple[Image, ...]


def drawn_tracks(fonts: Sequence[str], seed: int, count: int, *, dark: bool = False) -> Iterator[DrawnTrack]:
    """`count` tracks, always the same for one seed; `dark`: all of them at night."""
    for number in range(count):
        yield _track(fonts, np.random.default_rng([seed, number]), dark=dark)


def _track(fonts: Sequence[str], random: np.random.Generator, *, dark: bool) -> DrawnTrack:
    """One plate with its wear; light, blur, tilt and noise differ from look to look."""
    plate = random_text(random)
    drawn = draw_plate(plate, random_face(fonts, random), random)
    looks = int(random.integers(_FEWEST_LOOKS, _MOST_LOOKS + 1))
    long = _LONG_FACTOR if plate.aspect > _LONG else 1.0
    first_px = random.uniform(*_FIRST_PX) * long
    widths = first_px * np.geomspace(1.0, random.uniform(*_GROWTH), looks)
    night = 1.0 if dark else float(happens(random, 0.15))
    base = Hardship(tilt_deg=6, skew=0.05, margin_least=0.02, margin_most=0.1, night=night)
    crops = []
    for width in widths:
        size = replace(base, narrowest_px=width, narrowest_long_px=width, widest_px=width * 1.001)
        crops.append(view_plate(drawn.image, drawn.centres, size, random).image)
    return DrawnTrack(plate, tuple(crops))
