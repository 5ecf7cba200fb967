"""Whose plate to look at, when: while vehicles are near, long before it is known who will break a rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np

from edge.analysis_crops import CropShelf
from edge.capture.picture import Picture
from edge.detector.body_colour import BodyView, view_of
from edge.detector.plate_grammar import canonical
from edge.detector.plates import combine
from edge.detector.types import Box, Image, PlateConsensus, PlateRead
from edge.report import Plate, PlateLook
from edge.rules.acts import is_plated
from edge.tracking import Observation, Seen

_SMALLEST_VEHICLE_PX: Final = 36
_WINDOW: Final = 0.2
_CROP_MARGIN: Final = 0.35
_GROWN: Final = 1.03
_AGAIN_S: Final = 0.07
_STANDING_AGAIN_S: Final = 1.0
_AGAIN_KEPT_S: Final = 0.035
_GROWN_KEPT: Final = 1.01
_STANDING_KEPT_S: Final = 0.4
_ENOUGH_AGREEING: Final = 3
_SURE_READ: Final = 0.8
_STRANGERS: Final = 3
_NEAR_SHARE: Final = 0.7
_VOTING_SHARE: Final = 0.5
"""Of the tallest plate; docs/models/plate_reader.md has the table that it was chosen from."""
_DISPLAYED: Final = 12


class PlateEyes(Protocol):
    """Anything that reads the plate of one vehicle in a full-size picture."""

    def read(self, image: Image, vehicle: Box) -> PlateRead | None:
        """None when no plate shows."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a plate, with the picture (BGR) that was read, and a small one of the whole vehicle."""

    frame: int
    t_s: float
    read: PlateRead
    crop: Image
    body: BodyView | None = None


@dataclass(frozen=True, slots=True)
class PlateSettings:
    """How many looks a vehicle gets: `most_looks` for anyone, `most_armed` for who may be breaking a rule.

    `on_demand`: of anyone else up to `most_kept` pictures are kept, and read once that plate is asked for.
    """

    most_looks: int = 7
    most_armed: int = 12
    per_frame: int = 3
    on_demand: bool = False
    most_kept: int = 18


@dataclass(slots=True)
class _File:
    looks: list[Look] = field(default_factory=list)
    tries: int = 0
    last_try_s: float = -1e9
    last_height_px: float = 0.0
    tallest_px: float = 0.0
    put_by: bool = False
    consensus: PlateConsensus | None = None

    def note(self, t_s: float, box: Box) -> None:
        """A picture of the vehicle was read, or kept to be read."""
        self.tries += 1
        self.last_try_s, self.last_height_px = t_s, box.h

    def may_show(self, box: Box) -> None:
        """A picture of the vehicle shows a plate, or may: one of it much smaller would only add noise."""
        self.tallest_px = max(self.tallest_px, box.h)


class PlateDesk:
    """Spends a budget of looks a picture where they help most, and keeps what was read."""

    def __init__(
        self,
        eyes: PlateEyes,
        picture_size_px: tuple[int, int],
        settings: PlateSettings | None = None,
        vote: Callable[[Sequence[PlateRead]], PlateConsensus] = combine,
    ) -> None:
        self._eyes = eyes
        self._size_px = picture_size_px
        self._settings = settings or PlateSettings()
        self._vote = vote
        self._files: dict[int, _File] = {}
        self._shelf = CropShelf()
        self.looks_total = 0
        self.put_off_total = 0

    def look(
        self,
        frame: int,
        t_s: float,
        picture: Picture,
        wanted: Iterable[tuple[Seen, Observation, bool]],
        *,
        at_most: int,
    ) -> None:
        """Read plates in this picture. `wanted`: each vehicle, its sighting, and whether a rule is armed."""
        ranked = [
            (rank, seen, now, armed)
            for seen, now, armed in wanted
            if (rank := self._rank(seen, now, t_s, armed=armed)) is not None
        ]
        ranked.sort(key=lambda one: one[0], reverse=True)
        limit = min(at_most, self._settings.per_frame)
        self.put_off_total += max(len(ranked) - limit, 0)
        for _, seen, now, armed in ranked[:limit]:
            if self._settings.on_demand and not armed:
                self._put_by(seen.id, frame, t_s, picture, now.box)
            else:
                self._read_crops(seen.id)
                self._read(seen.id, frame, t_s, picture.window(now.box.expanded(_WINDOW)), now.box)

    def looks(self, track: int) -> tuple[Look, ...]:
        """The looks at a vehicle's plate that showed characters; far ones are left out for near ones."""
        self._read_crops(track)
        file = self._files.get(track)
        return near_looks(file.looks) if file else ()

    def consensus(self, track: int) -> PlateConsensus:
        """What the looks say together."""
        self._read_crops(track)
        return self._consensus(track)

    def _consensus(self, track: int) -> PlateConsensus:
        file = self._files.setdefault(track, _File())
        if file.consensus is None:
            file.consensus = self._vote([look.read for look in near_looks(file.looks)])
        return file.consensus

    def is_settled(self, track: int) -> bool:
        """Whether more looks would add nothing."""
        self._read_crops(track)
        return self._is_settled(track)

    def _is_settled(self, track: int) -> bool:
        said = self._consensus(track)
        return said.accepted and said.agreeing >= _ENOUGH_AGREEING

    def forget(self, track: int) -> None:
        """The vehicle is gone and reported."""
        self._files.pop(track, None)
        self._shelf.take(track)

    def _rank(self, seen: Seen, now: Observation, t_s: float, *, armed: bool) -> tuple[float, ...] | None:
        """What a look at this vehicle is worth now; None for nothing."""
        box = now.box
        if not is_plated(seen.kind) or not now.contact_clear or box.h < _SMALLEST_VEHICLE_PX:
            return None
        if box.x <= 1 or box.x2 >= self._size_px[0] - 1:
            return None
        file = self._files.setdefault(seen.id, _File())
        most = self._most(armed=armed)
        if file.tries >= most or self._is_settled(seen.id):
            return None
        if box.h < _NEAR_SHARE * file.tallest_px and (file.looks or file.put_by):
            return None
        changed = max(box.h, file.last_height_px) / max(min(box.h, file.last_height_px), 1.0)
        wait_s = self._wait_s(changed)
        if t_s - file.last_try_s < wait_s:
            return None
        return float(armed), -float(file.tries), box.h

    def _wait_s(self, changed: float) -> float:
        """How long after the last picture of a vehicle the next is worth it; `changed`: how much it grew."""
        if self._settings.on_demand:
            return _AGAIN_KEPT_S if changed >= _GROWN_KEPT else _STANDING_KEPT_S
        return _AGAIN_S if changed >= _GROWN else _STANDING_AGAIN_S

    def _most(self, *, armed: bool) -> int:
        if self._settings.on_demand:
            return self._settings.most_kept
        return self._settings.most_armed if armed else self._settings.most_looks

    def _put_by(self, track: int, frame: int, t_s: float, picture: Picture, box: Box) -> None:
        self._files[track].note(t_s, box)
        self._files[track].may_show(box)
        self._files[track].put_by = True
        self._shelf.put(track, frame, t_s, picture, box)

    def _read_crops(self, track: int) -> None:
        """Read what was put by, the nearest first, until more would add nothing."""
        crops = self._shelf.take(track)
        for crop in sorted(crops, key=lambda one: one.box.h, reverse=True):
            if self._is_settled(track):
                break
            self._read_now(track, crop.frame, crop.t_s, crop.in_full(self._size_px), crop.box)
        if crops:
            self._files[track].looks.sort(key=lambda look: look.frame)

    def _read(self, track: int, frame: int, t_s: float, image: Image, box: Box) -> None:
        self._files[track].note(t_s, box)
        self._read_now(track, frame, t_s, image, box)

    def _read_now(self, track: int, frame: int, t_s: float, image: Image, box: Box) -> None:
        file = self._files[track]
        self.looks_total += 1
        read = self._eyes.read(image, box)
        if read is None or not read.text:
            return
        file.may_show(box)
        file.looks.append(Look(frame, t_s, read, _cut(image, read.box), view_of(image, box, read.box)))
        file.consensus = None


def near_looks(looks: Sequence[Look]) -> tuple[Look, ...]:
    """The looks at a plate at least half as tall as the tallest: the others only add noise."""
    tallest_px = max((look.read.box.h for look in looks), default=0.0)
    return tuple(look for look in looks if look.read.box.h >= _VOTING_SHARE * tallest_px)


def two_plates(looks: Sequence[Look]) -> bool:
    """Whether sure looks at one track show two plates that are no misreading of each other: two vehicles."""
    sure = Counter(look.read.text for look in looks if look.read.confidence >= _SURE_READ)
    repeated = [text for text, count in sure.items() if count >= 2]  # noqa: PLR2004 - once may be a slip
    return any(_differences(one, other) >= _STRANGERS for one in repeated for other in repeated)


def reported_plate(consensus: PlateConsensus, looks: Sequence[Look]) -> tuple[Plate, Image] | None:
    """The agreed plate as reported, and the picture it was best read from; None when not accepted."""
    if not consensus.accepted or consensus.text is None or not looks:
        return None
    best = looks[consensus.best_look]
    agreeing = [look for look in looks if look.read.text == consensus.text]
    colours = Counter(look.read.ground_colour for look in agreeing or looks)
    plate = Plate(
        text=canonical(consensus.text),
        display=consensus.display or consensus.text,
        confidence=round(consensus.confidence, 4),
        layout=best.read.layout,
        ground_colour=colours.most_common(1)[0][0],
        looks=tuple(
            PlateLook(
                frame=look.frame,
                t_s=round(look.t_s, 4),
                text=look.read.text,
                confidence=round(look.read.confidence, 4),
            )
            for look in looks[:_DISPLAYED]
        ),
    )
    return plate, best.crop


def _cut(image: Image, box: Box) -> Image:
    height, width = image.shape[:2]
    piece = box.expanded(_CROP_MARGIN).clipped(width, height)
    x, y = int(piece.x), int(piece.y)
    return np.array(image[y : max(int(np.ceil(piece.y2)), y + 1), x : max(int(np.ceil(piece.x2)), x + 1)])


def _differences(one: str, other: str) -> int:
    if len(one) != len(other):
        return max(len(one), len(other))
    return sum(a != b for a, b in zip(one, other, strict=True))
