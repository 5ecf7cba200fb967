"""Follows vehicles from picture to picture: one id for one vehicle, through misses and short occlusions.

A constant-velocity Kalman filter a vehicle, in real seconds, and ByteTrack's two rounds of matching (sure
detections first, weak ones only to keep a known vehicle alive), so it works at 6 frames a second as at 30.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.types import Box, Detection, VehicleClass
from edge.tracking_filter import GATE, BoxFilter
from edge.tracking_match import assign

_UNMATCHED: Final = 1.8
"""The cost of leaving a vehicle without a detection: nobody is pushed into a dearer pair."""
_MIN_IOU: Final = 0.3
_MATURE_HITS: Final = 4
_MATURE_IOU: Final = 0.1
_ROOM_PER_S: Final = 0.5
_MOST_ROOM: Final = 0.5
_OTHER_GROUP_IOU: Final = 0.6
_OTHER_KIND_COST: Final = 0.2
_OTHER_GROUP_COST: Final = 0.6
_UNSEEN_COST_PER_S: Final = 0.3
_TWIN_IOU: Final = 0.65
_GROUPS: Final[dict[VehicleClass, int]] = {
    "motorbike": 0,
    "bicycle": 0,
    "car": 1,
    "bus": 1,
    "truck": 1,
    "person": 2,
}


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """How sure a detection must be, and how long a vehicle may stay unseen. Seconds, never frames."""

    high_confidence: float = 0.45
    low_confidence: float = 0.15
    confirm_hits: int = 2
    max_coast_s: float = 1.2
    max_tentative_s: float = 0.4
    max_tracks: int = 200
    max_observations: int = 1200


@dataclass(frozen=True, slots=True)
class Observation:
    """One sighting. `contact_clear`: the lower edge is inside the picture and no nearer vehicle hides it."""

    t_s: float
    frame: int
    box: Box
    kind: VehicleClass
    confidence: float
    contact_clear: bool


@dataclass(frozen=True, slots=True)
class Track:
    """What is known of one vehicle so far. `id` is 1 or more and never used again."""

    id: int
    kind: VehicleClass
    kind_confidence: float
    observations: tuple[Observation, ...]
    ended: bool = False

    @property
    def last(self) -> Observation:
        """The newest sighting."""
        return self.observations[-1]


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a confirmed vehicle is now; `coasting`: not in this picture, `box` is predicted."""

    id: int
    kind: VehicleClass
    box: Box
    coasting: bool


@dataclass(frozen=True, slots=True)
class Update:
    """The outcome of one picture: the vehicles on stage, and the tracks that ended with it."""

    seen: tuple[Seen, ...]
    ended: tuple[Track, ...]


@dataclass(slots=True)
class _Living:
    filter: BoxFilter
    observations: list[Observation]
    votes: Counter[VehicleClass] = field(default_factory=Counter)
    id: int = 0
    hits: int = 0
    last_t_s: float = 0.0

    @property
    def kind(self) -> VehicleClass:
        return max(self.votes, key=lambda kind: self.votes[kind])

    def kind_confidence(self) -> float:
        total = sum(self.votes.values())
        return self.votes[self.kind] / total if total > 0 else 0.0


class Tracker:
    """Keeps the tracks of one camera. Feed it pictures in the order of their times."""

    def __init__(self, picture_size_px: tuple[int, int], settings: TrackerSettings | None = None) -> None:
        self._size_px = picture_size_px
        self._settings = settings or TrackerSettings()
        self._living: list[_Living] = []
        self._last_id = 0
        self._t_s = -np.inf
        self.dropped_total = 0

    def update(self, t_s: float, frame: int, detections: Sequence[Detection]) -> Update:
        """Take in the detections of the picture taken at `t_s` (stream seconds).

        Raises:
            ValueError: `t_s` is not later than the picture before.
        """
        if t_s <= self._t_s:
            raise ValueError(f"tracking: picture {frame} at {t_s:.3f} s is not later than {self._t_s:.3f} s")
        self._t_s = t_s
        clear = {id(one): self._contact_clear(one.box, detections) for one in detections}
        boxes = [one.filter.predicted(t_s) for one in self._living]
        matched = self._match(t_s, detections, boxes)
        used = {index for _, index in matched}
        for slot, index in matched:
            self._take(self._living[slot], t_s, frame, detections[index], clear=clear[id(detections[index])])
        ended = self._retire(t_s)
        self._begin(t_s, frame, [one for index, one in enumerate(detections) if index not in used], clear)
        return Update(tuple(self._seen(t_s)), tuple(ended))

    def track(self, track_id: int) -> Track | None:
        """The living confirmed track of that id."""
        return next((_frozen(one) for one in self._living if one.id == track_id), None)

    def finish(self) -> tuple[Track, ...]:
        """End everything: the last word on each vehicle still on stage."""
        ended = tuple(_frozen(one, ended=True) for one in self._living if one.id)
        self._living.clear()
        self._t_s = -np.inf
        return ended

    def _match(
        self, t_s: float, detections: Sequence[Detection], boxes: Sequence[Box]
    ) -> list[tuple[int, int]]:
        sure = [i for i, one in enumerate(detections) if one.confidence >= self._settings.high_confidence]
        weak = [
            i
            for i, one in enumerate(detections)
            if self._settings.low_confidence <= one.confidence < self._settings.high_confidence
        ]
        slots = list(range(len(self._living)))
        first = self._round(t_s, slots, sure, detections, boxes)
        taken = {slot for slot, _ in first}
        return first + self._round(
            t_s, [slot for slot in slots if slot not in taken], weak, detections, boxes
        )

    def _round(
        self,
        t_s: float,
        slots: list[int],
        picks: list[int],
        detections: Sequence[Detection],
        boxes: Sequence[Box],
    ) -> list[tuple[int, int]]:
        if not slots or not picks:
            return []
        cost: npt.NDArray[np.float64] = np.full((len(slots), len(picks)), _UNMATCHED)
        for row, slot in enumerate(slots):
            distance = self._living[slot].filter.distance2(t_s, [detections[i].box for i in picks])
            for column, index in enumerate(picks):
                cost[row, column] = _cost(
                    self._living[slot], boxes[slot], detections[index], distance[column], t_s
                )
        pairs = assign(cost)
        return [(slots[row], picks[column]) for row, column in pairs if cost[row, column] < _UNMATCHED]

    def _take(self, one: _Living, t_s: float, frame: int, found: Detection, *, clear: bool) -> None:
        one.filter.correct(t_s, found.box)
        one.observations.append(Observation(t_s, frame, found.box, found.kind, found.confidence, clear))
        one.votes[found.kind] += found.confidence  # type: ignore[assignment]  # Counter of weights
        one.hits += 1
        one.last_t_s = t_s
        if not one.id and one.hits >= self._settings.confirm_hits:
            self._last_id += 1
            one.id = self._last_id
        if len(one.observations) > self._settings.max_observations:
            one.observations = thinned(one.observations)

    def _retire(self, t_s: float) -> list[Track]:
        kept, ended = [], []
        for one in self._living:
            limit_s = self._settings.max_coast_s if one.id else self._settings.max_tentative_s
            unseen_s = t_s - one.last_t_s
            if unseen_s <= limit_s and (unseen_s == 0 or self._on_stage(one.filter.predicted(t_s))):
                kept.append(one)
            elif one.id:
                ended.append(_frozen(one, ended=True))
        self._living = kept
        return ended

    def _begin(self, t_s: float, frame: int, loose: Sequence[Detection], clear: dict[int, bool]) -> None:
        for found in loose:
            if found.confidence < self._settings.high_confidence or self._is_twin(found, t_s):
                continue
            if len(self._living) >= self._settings.max_tracks:
                self.dropped_total += 1
                continue
            one = _Living(BoxFilter(t_s, found.box), [])
            one.votes[found.kind] += found.confidence  # type: ignore[assignment]  # Counter of weights
            one.observations.append(
                Observation(t_s, frame, found.box, found.kind, found.confidence, clear[id(found)])
            )
            one.hits, one.last_t_s = 1, t_s
            self._living.append(one)

    def _is_twin(self, found: Detection, t_s: float) -> bool:
        """Whether this is a second box on a vehicle already matched in this picture."""
        group = _GROUPS[found.kind]
        return any(
            one.last_t_s == t_s
            and _GROUPS[one.kind] == group
            and one.observations[-1].box.iou(found.box) >= _TWIN_IOU
            for one in self._living
        )

    def _contact_clear(self, box: Box, detections: Sequence[Detection]) -> bool:
        if box.y2 >= self._size_px[1] - 2:
            return False
        foot = Box(box.x + 0.2 * box.w, box.y2 - 0.12 * box.h, 0.6 * box.w, 0.12 * box.h)
        nearer = (
            one.box
            for one in detections
            if one.confidence >= self._settings.high_confidence and one.box.y2 > box.y2 + 0.04 * box.h
        )
        return all(other.intersection(foot) < 0.35 * foot.area for other in nearer)

    def _on_stage(self, box: Box) -> bool:
        width, height = self._size_px
        return box.clipped(width, height).area > 0.2 * box.area

    def _seen(self, t_s: float) -> list[Seen]:
        return [
            Seen(one.id, one.kind, one.observations[-1].box, coasting=False)
            if one.last_t_s == t_s
            else Seen(one.id, one.kind, one.filter.predicted(t_s), coasting=True)
            for one in self._living
            if one.id
        ]


def thinned(observations: list[Observation]) -> list[Observation]:
    """Every second sighting of the older half dropped: memory is bounded, detail fades with age."""
    half = len(observations) // 2
    return observations[:half:2] + observations[half:]


def _cost(one: _Living, predicted: Box, found: Detection, distance2: float, t_s: float) -> float:
    iou = predicted.iou(found.box)
    same_group = _GROUPS[one.kind] == _GROUPS[found.kind]
    if one.hits >= _MATURE_HITS and not _near(predicted, found.box, t_s - one.last_t_s):
        return _UNMATCHED
    if distance2 > GATE and iou < _MIN_IOU:
        return _UNMATCHED
    if not same_group and iou < _OTHER_GROUP_IOU:
        return _UNMATCHED
    other = 0.0 if one.kind == found.kind else _OTHER_KIND_COST if same_group else _OTHER_GROUP_COST
    unseen = _UNSEEN_COST_PER_S * (t_s - one.last_t_s)
    far = distance2 / GATE if iou < _MIN_IOU else min(distance2 / GATE, 1.0)
    return min(far + (1 - iou) + other + unseen, _UNMATCHED)


def _near(predicted: Box, found: Box, unseen_s: float) -> bool:
    """Whether a box overlaps the prediction, which is the more roomy the longer the vehicle was not seen."""
    return predicted.expanded(min(_ROOM_PER_S * unseen_s, _MOST_ROOM)).iou(found) >= _MATURE_IOU


def _frozen(one: _Living, *, ended: bool = False) -> Track:
    return Track(one.id, one.kind, one.kind_confidence(), tuple(one.observations), ended)
