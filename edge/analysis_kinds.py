"""Which vehicles to look at again to tell their kind, when: a few times each, as they come nearer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from edge.capture import Frame
from edge.detector.types import Detection, Image, VehicleClass
from edge.tracking import Observation, Seen, Tracker

_SMALLEST_PX: Final = 24
_NEARER: Final = 1.15
_AGAIN_S: Final = 1.0
_AROUND: Final = 0.2


class KindEyes(Protocol):
    """Anything that tells the chances of the kinds of vehicles."""

    @property
    def word(self) -> float:
        """How many times as likely the first network's kind is taken to be beforehand."""

    def odds(self, image: Image, found: Sequence[Detection]) -> Sequence[Mapping[VehicleClass, float]]:
        """For each vehicle (box px of `image`) the chance of each kind of its group, together 1."""


@dataclass(frozen=True, slots=True)
class KindSettings:
    """How many looks a vehicle gets, and how many are taken in one picture."""

    most_looks: int = 6
    per_frame: int = 3


@dataclass(slots=True)
class _File:
    looks: int = 0
    height_px: float = 0.0
    last_s: float = -1e9


class KindDesk:
    """Spends a few looks on each vehicle, and tells the tracker what they say."""

    def __init__(self, eyes: KindEyes | None, settings: KindSettings | None = None) -> None:
        """`eyes` None: nobody looks again, the first network's word stands."""
        self._eyes = eyes
        self._settings = settings or KindSettings()
        self._files: dict[int, _File] = {}

    def look(
        self, frame: Frame, present: Sequence[tuple[Seen, Observation]], tracker: Tracker, *, at_most: int
    ) -> None:
        """Look at vehicles in this picture, those looked at least first."""
        if self._eyes is None:
            return
        due = [(seen, now) for seen, now in present if self._is_due(seen, now)]
        due.sort(key=lambda one: (self._files[one[0].id].looks, -one[1].box.h))
        chosen = due[: min(at_most, self._settings.per_frame)]
        if not chosen:
            return
        found = [Detection(now.box, now.kind, now.confidence) for _, now in chosen]
        image = frame.picture.window(*(one.box.expanded(_AROUND) for one in found))
        for (seen, now), odds in zip(chosen, self._eyes.odds(image, found), strict=True):
            file = self._files[seen.id]
            file.looks, file.height_px, file.last_s = file.looks + 1, now.box.h, now.t_s
            tracker.told(seen.id, odds, word=self._eyes.word)

    def forget(self, track: int) -> None:
        """The vehicle is gone."""
        self._files.pop(track, None)

    def _is_due(self, seen: Seen, now: Observation) -> bool:
        if now.kind == "person" or min(now.box.w, now.box.h) < _SMALLEST_PX or not now.contact_clear:
            return False
        file = self._files.setdefault(seen.id, _File())
        if file.looks >= self._settings.most_looks:
            return False
        return now.box.h >= _NEARER * file.height_px or now.t_s - file.last_s >= _AGAIN_S
