"""Whose riders to look at, when: while a motorbike is near, alone and whole in the picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from edge.capture import Frame
from edge.detector.rider_look import RiderLook
from edge.detector.types import Box, Image
from edge.report import RuleName
from edge.rules.types import RiderSighting
from edge.tracking import Observation, Seen

RIDER_RULES: Final[frozenset[RuleName]] = frozenset({"helmet", "passenger_helmet", "too_many_riders"})

_SMALLEST_MOTORBIKE_PX: Final = 90
_AGAIN_S: Final = 0.12
_STANDING_AGAIN_S: Final = 1.0
_CHANGED: Final = 1.03
_NEAR_SHARE: Final = 0.7
_UPPER: Final = 0.6
_CROWDED: Final = 0.02
_OWN: Final = 0.6
_WHOLE: Final = 1.8
"""Cut by the lower edge, a box this much taller than wide still shows the riders to the seat."""
_SHOWN: Final = 0.35


class RiderEyes(Protocol):
    """Anything that judges the riders of motorbikes."""

    def look_at_all(self, image: Image, motorbikes: Sequence[Box]) -> list[RiderLook]:
        """One look for each motorbike's box (px)."""


@dataclass(frozen=True, slots=True)
class RiderSettings:
    """How many looks a motorbike gets, and how many are taken in one picture."""

    most_looks: int = 16
    per_frame: int = 2


@dataclass(slots=True)
class _File:
    sightings: list[tuple[float, RiderSighting]] = field(default_factory=list)
    last_s: float = -1e9
    last_height_px: float = 0.0


class RiderDesk:
    """Spends a budget of looks a picture where they show most, and keeps what was seen."""

    def __init__(
        self,
        eyes: RiderEyes | None,
        picture_size_px: tuple[int, int],
        settings: RiderSettings | None = None,
    ) -> None:
        """`eyes` None: no rule asks who rides, nobody is looked at."""
        self._eyes = eyes
        self._size_px = picture_size_px
        self._settings = settings or RiderSettings()
        self._files: dict[int, _File] = {}
        self.looks_total = 0

    @property
    def sees(self) -> bool:
        """Whether there are eyes to look with."""
        return self._eyes is not None

    def look(
        self,
        frame: Frame,
        present: Sequence[tuple[Seen, Observation]],
        people: Iterable[Box],
        *,
        at_most: int,
    ) -> None:
        """Look at riders in this picture. `people`: boxes of persons, who may stand beside a motorbike."""
        if self._eyes is None:
            return
        on_foot = list(people)
        ranked = [
            (rank, seen, now)
            for seen, now in present
            if (rank := self._rank(seen, now, frame.t_s)) is not None
            and not _crowded(now.box, [one.box for one, _ in present if one.id != seen.id], on_foot)
        ]
        ranked.sort(key=lambda one: one[0], reverse=True)
        chosen = ranked[: min(at_most, self._settings.per_frame)]
        if not chosen:
            return
        boxes = [now.box for _, _, now in chosen]
        image = frame.picture.window(*(box.expanded(_SHOWN) for box in boxes))
        looks = self._eyes.look_at_all(image, boxes)
        for (_, seen, now), look in zip(chosen, looks, strict=True):
            self._keep(seen.id, now, RiderSighting(frame.index, frame.t_s, look))

    def sightings(self, track: int) -> tuple[RiderSighting, ...]:
        """The looks at a motorbike's riders while it was nearest, oldest first."""
        file = self._files.get(track)
        if file is None:
            return ()
        tallest_px = max((height_px for height_px, _ in file.sightings), default=0.0)
        return tuple(one for height_px, one in file.sightings if height_px >= _NEAR_SHARE * tallest_px)

    def forget(self, track: int) -> None:
        """The motorbike is gone."""
        self._files.pop(track, None)

    def _rank(self, seen: Seen, now: Observation, t_s: float) -> tuple[float, ...] | None:
        """What a look at this vehicle is worth now; None for nothing."""
        box = now.box
        if seen.kind != "motorbike" or now.kind != "motorbike" or box.h < _SMALLEST_MOTORBIKE_PX:
            return None
        width_px, height_px = self._size_px
        if box.x <= 1 or box.y <= 1 or box.x2 >= width_px - 1:
            return None
        if box.y2 >= height_px - 1 and box.h < _WHOLE * box.w:
            return None
        file = self._files.setdefault(seen.id, _File())
        changed = max(box.h, file.last_height_px) / max(min(box.h, file.last_height_px), 1.0)
        wait_s = _AGAIN_S if changed >= _CHANGED else _STANDING_AGAIN_S
        if t_s - file.last_s < wait_s:
            return None
        count = len(file.sightings)
        if count >= self._settings.most_looks and box.h <= min(height for height, _ in file.sightings):
            return None
        return -float(count), box.h

    def _keep(self, track: int, now: Observation, sighting: RiderSighting) -> None:
        """Keep the look; when there are too many, the one from farthest goes."""
        self.looks_total += 1
        file = self._files[track]
        file.last_s, file.last_height_px = sighting.t_s, now.box.h
        file.sightings.append((now.box.h, sighting))
        if len(file.sightings) > self._settings.most_looks:
            file.sightings.remove(min(file.sightings, key=lambda one: one[0]))


def _crowded(box: Box, vehicles: Sequence[Box], people: Sequence[Box]) -> bool:
    """Whether somebody else's head may be taken for a rider's: another box reaches over the riders.

    A person most of whom lies within the machine's box is one of its riders.
    """
    riders = Box(box.x, box.y, box.w, _UPPER * box.h)
    strangers = [one for one in people if one.intersection(box) < _OWN * one.area]
    return any(one.intersection(riders) > _CROWDED * riders.area for one in (*vehicles, *strangers))
