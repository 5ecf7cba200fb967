"""What trackers are tried on: pictures with their truth and with what a detector made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.mot_metrics import Named
from edge.detector.types import Box, Detection, VehicleClass

SIZE_PX: Final = (1920, 1080)
_LEAST_VISIBLE: Final = 0.3
_LEAST_SIDE_PX: Final = 14.0


@dataclass(frozen=True, slots=True)
class TrueBox:
    """A vehicle in a picture: its whole box inside the picture, the visible share of it, and the box left."""

    id: int
    kind: VehicleClass
    box: Box
    visible: float
    left: Box

    @property
    def judged(self) -> bool:
        """Whether a tracker ought to have it: not too small and not too hidden."""
        return self.visible >= _LEAST_VISIBLE and min(self.box.w, self.box.h) >= _LEAST_SIDE_PX

    def named(self) -> Named:
        """The box with its identity only."""
        return Named(self.id, self.box)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture the detector looked at."""

    t_s: float
    frame: int
    truth: tuple[TrueBox, ...]
    found: tuple[Detection, ...]


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip in the order of time; `rate` is how often the detector looked, pictures a second."""

    name: str
    rate: float
    size_px: tuple[int, int]
    pictures: tuple[Picture, ...]


def every(clip: Clip, step: int, name: str | None = None) -> Clip:
    """The clip when the detector looks at every `step`th picture only."""
    return Clip(name or clip.name, clip.rate / step, clip.size_px, tuple(clip.pictures[::step]))


def vehicles(clip: Clip) -> int:
    """How many different vehicles are to be followed."""
    return len({one.id for picture in clip.pictures for one in picture.truth if one.judged})


def without_people(found: Sequence[Detection]) -> tuple[Detection, ...]:
    """What the edge gives its tracker: vehicles."""
    return tuple(one for one in found if one.kind != "person")
