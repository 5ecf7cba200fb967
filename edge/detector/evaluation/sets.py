"""What can be measured on: pictures with the truth about them, in one form whatever file it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Literal

from edge.detector.images import read_image
from edge.detector.types import Box, Image

Unit = Literal["px", "share"]
"""Boxes in pixels, or in shares of the picture's width and height."""

VEHICLES: Final = frozenset({"motorbike", "car", "bus", "truck", "bicycle", "person"})


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to be looked at when its turn comes; `name` is for messages."""

    name: str
    load: Callable[[], Image]

    @classmethod
    def at(cls, path: Path) -> Picture:
        """The picture file at `path`; loading raises ImageError when it cannot be read."""
        return cls(str(path), partial(read_image, path))


@dataclass(frozen=True, slots=True)
class Thing:
    """One labelled object: its class by our name, its box, and for a signal head its state if known."""

    kind: str
    box: Box
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture with its boxes; what lies in `not_judged` may be found or not."""

    picture: Picture
    things: tuple[Thing, ...]
    not_judged: tuple[Box, ...] = ()
    unit: Unit = "px"


@dataclass(frozen=True, slots=True)
class PlateTruth:
    """A plate's text (capitals and digits) and, if known, where it is."""

    text: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class PlateScene:
    """A picture with its plates: a whole scene or a crop."""

    picture: Picture
    plates: tuple[PlateTruth, ...]
    unit: Unit = "px"


@dataclass(frozen=True, slots=True)
class SignalScene:
    """A picture with the state of its signal; `head` is the box of the head, None to have it found."""

    picture: Picture
    state: str
    head: Box | None = None
    unit: Unit = "px"


@dataclass(frozen=True, slots=True)
class RiderScene:
    """A crop of one motorbike with its riders: `helmet` or `no_helmet`."""

    picture: Picture
    kind: str


@dataclass(frozen=True, slots=True)
class BoxSet:
    """Pictures with boxes of `kinds`; `scenes` starts anew at each call."""

    name: str
    kinds: tuple[str, ...]
    scenes: Callable[[], Iterator[Scene]]


@dataclass(frozen=True, slots=True)
class PlateSet:
    """Pictures with plate texts."""

    name: str
    scenes: Callable[[], Iterator[PlateScene]]


@dataclass(frozen=True, slots=True)
class SignalSet:
    """Pictures with the state of one signal each."""

    name: str
    scenes: Callable[[], Iterator[SignalScene]]


@dataclass(frozen=True, slots=True)
class RiderSet:
    """Rider crops."""

    name: str
    scenes: Callable[[], Iterator[RiderScene]]


AnySet = BoxSet | PlateSet | SignalSet | RiderSet


def in_px(box: Box, unit: Unit, width_px: int, height_px: int) -> Box:
    """A box in the pixels of a picture of that size."""
    if unit == "px":
        return box
    return Box(box.x * width_px, box.y * height_px, box.w * width_px, box.h * height_px)
