"""Follows vehicles from picture to picture: one id for one vehicle, through misses and short occlusions.

A Kalman filter a vehicle, in real seconds, so it works at 6 frames a second as at 30, whatever pictures the
detector leaves out. A vehicle that a nearer one hides is waited for; weak detections keep a known vehicle
alive and begin none. docs/tracking.md tells why, and how well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.types import TWO_WHEELED, Box, Detection, VehicleClass
from edge.tracking_cost import (
    UNMATCHED,
    Known,
    Sightings,
    areas,
    costs,
    covered,
    numbers,
    reaches,
    shared,
    twins,
)
from edge.tracking_filter import Ahead, Array, BoxFilters, edges_of, measures
from edge.tracking_match import pairs_below

_LOST_S: Final = 0.1
_EPS_S: Final = 1e-6
_HIDDEN: Final = 0.5
_OLD_STEP_S: Final = 0.9
_KEPT_SHARE: Final = 0.75


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """How sure a detection must be, and how long a vehicle may stay unseen. Seconds, never frames.

    `max_coast_s`: unseen though nothing nearer hides it; `max_hidden_s`: unseen in all.
    """

    high_confidence: float = 0.45
    low_confidence: float = 0.15
    confirm_hits: int = 2
    max_coast_s: float = 1.2
    max_hidden_s: float = 8.0
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
    observations: list[Observation]
    votes: Counter[VehicleClass] = field(default_factory=Counter)
    odds: Counter[VehicleClass] = field(default_factory=Counter)
    word: float = 1.0
    id: int = 0
    hits: int = 0
    last_t_s: float = 0.0
    exposed_s: float = 0.0

    @property
    def kind(self) -> VehicleClass:
        weights = self._weights()
        return max(weights, key=lambda kind: weights[kind])

    def kind_confidence(self) -> float:
        weights = self._weights()
        total = sum(weights.values())
        return weights[self.kind] / total if total > 0 else 0.0

    def _weights(self) -> dict[VehicleClass, float]:
        """What speaks for each kind: its share of the sightings, times what closer looks say of it.

        Whether it has two wheels or four the sightings decide: a look was asked about the one or the other.
        """
        total = sum(self.votes.values())
        ridden = max(self.votes, key=lambda kind: self.votes[kind]) in TWO_WHEELED
        odds = {kind: chance for kind, chance in self.odds.items() if (kind in TWO_WHEELED) == ridden}
        if not odds or total <= 0:
            return dict(self.votes)
        return {kind: max(self.votes[kind] / total, 1 / self.word) * chance for kind, chance in odds.items()}


class Tracker:
    """Keeps the tracks of one camera. Feed it pictures in the order of their times."""

    def __init__(self, picture_size_px: tuple[int, int], settings: TrackerSettings | None = None) -> None:
        self._size_px = picture_size_px
        self._settings = settings or TrackerSettings()
        self._living: list[_Living] = []
        self._filters = BoxFilters()
        self._last_id = 0
        self._t_s, self._step_s = -np.inf, 0.0
        self.dropped_total = 0

    def update(self, t_s: float, frame: int, detections: Sequence[Detection]) -> Update:
        """Take in the detections of the picture taken at `t_s` (stream seconds).

        Raises:
            ValueError: `t_s` is not later than the picture before.
        """
        if t_s <= self._t_s:
            raise ValueError(f"tracking: picture {frame} at {t_s:.3f} s is not later than {self._t_s:.3f} s")
        self._step_s, self._t_s = t_s - self._t_s, t_s
        found = self._sightings(detections)
        sighted = [
            Observation(t_s, frame, one.box, one.kind, one.confidence, clear)
            for one, clear in zip(detections, self._contact_clear(found).tolist(), strict=True)
        ]
        ahead = self._filters.ahead(t_s)
        known = self._known(t_s, ahead)
        pairs = self._match(known, found)
        if pairs:
            rows, picks = zip(*pairs, strict=True)
            self._filters.correct(t_s, ahead, rows, found.measured[list(picks)])
        for row, index in pairs:
            self._take(self._living[row], sighted[index])
        self._wait(t_s, covered(known, found))
        ended = self._retire(t_s, ahead)
        self._begin(found, sighted, {index for _, index in pairs})
        return Update(self.at(t_s), tuple(ended))

    def at(self, t_s: float) -> tuple[Seen, ...]:
        """Where every confirmed vehicle is at `t_s`, for pictures nobody looked at; changes nothing.

        `t_s` is not earlier than that of the last picture.
        """
        ahead = self._filters.ahead(t_s)
        return tuple(
            Seen(one.id, one.kind, one.observations[-1].box, coasting=False)
            if one.last_t_s == t_s
            else Seen(one.id, one.kind, ahead.box(row), coasting=True)
            for row, one in enumerate(self._living)
            if one.id
        )

    def expected(self, t_s: float) -> tuple[Box, ...]:
        """Where everybody is expected at `t_s`, the unconfirmed too, px; changes nothing."""
        ahead = self._filters.ahead(t_s)
        return tuple(ahead.box(row) for row in range(len(self._living)))

    def newcomers(self, t_s: float) -> tuple[Box, ...]:
        """Where those are expected at `t_s` that have been seen too seldom to be sure of, px."""
        ahead = self._filters.ahead(t_s)
        return tuple(ahead.box(row) for row, one in enumerate(self._living) if not one.id)

    def track(self, track_id: int) -> Track | None:
        """The living confirmed track of that id."""
        return next((_frozen(one) for one in self._living if one.id == track_id), None)

    def told(self, track_id: int, odds: Mapping[VehicleClass, float], *, word: float) -> None:
        """Take in what a closer look says of a living vehicle: the chance of each kind it may be, 0 to 1.

        Sightings that are all of one kind speak `word` times as loud for it as for any other.
        """
        for one in self._living:
            if one.id == track_id:
                one.odds.update(odds)
                one.word = word

    def finish(self) -> tuple[Track, ...]:
        """End everything: the last word on each vehicle still on stage."""
        ended = tuple(_frozen(one, ended=True) for one in self._living if one.id)
        self._living.clear()
        self._filters = BoxFilters()
        self._t_s = -np.inf
        return ended

    def _sightings(self, detections: Sequence[Detection]) -> Sightings:
        measured = measures([one.box for one in detections])
        kinds, groups = numbers([one.kind for one in detections])
        confidence = np.array([one.confidence for one in detections])
        sure = confidence >= self._settings.high_confidence
        return Sightings(measured, edges_of(measured), kinds, groups, confidence, sure)

    def _known(self, t_s: float, ahead: Ahead) -> Known:
        kinds, groups = numbers([one.kind for one in self._living])
        unseen_s = np.array([t_s - one.last_t_s for one in self._living])
        hits = np.array([one.hits for one in self._living], dtype=np.intp)
        lost = unseen_s > max(self._step_s, _LOST_S) + _EPS_S
        return Known(ahead, ahead.edges(), kinds, groups, unseen_s, hits, lost)

    def _match(self, known: Known, found: Sightings) -> list[tuple[int, int]]:
        """First whoever is where expected; then, rather than begin anew, whoever turns up farther off."""
        if not len(known.hits) or not len(found.kinds):
            return []
        cost = costs(known, found)
        cost[:, found.confidence < self._settings.low_confidence] = np.inf
        first = pairs_below(cost, UNMATCHED)
        far = reaches(known, found)
        far[:, ~found.sure] = np.inf
        far[[row for row, _ in first]] = np.inf
        far[:, [column for _, column in first]] = np.inf
        return first + pairs_below(far, 1.0)

    def _take(self, one: _Living, sighting: Observation) -> None:
        one.observations.append(sighting)
        one.votes[sighting.kind] += sighting.confidence  # type: ignore[assignment]  # Counter of weights
        one.hits += 1
        one.last_t_s, one.exposed_s = sighting.t_s, 0.0
        if not one.id and one.hits >= self._settings.confirm_hits:
            self._last_id += 1
            one.id = self._last_id
        if len(one.observations) > self._settings.max_observations:
            one.observations = thinned(one.observations)

    def _wait(self, t_s: float, hidden: Array) -> None:
        """Whoever is unseen without being hidden by a nearer vehicle runs out of time."""
        for one, share in zip(self._living, hidden.tolist(), strict=True):
            if one.last_t_s < t_s and share < _HIDDEN:
                one.exposed_s += self._step_s

    def _retire(self, t_s: float, ahead: Ahead) -> list[Track]:
        kept, ended = [], []
        on_stage = self._on_stage(ahead)
        for row, one in enumerate(self._living):
            limit_s = self._settings.max_coast_s if one.id else self._settings.max_tentative_s
            unseen_s = t_s - one.last_t_s
            waits = one.exposed_s <= limit_s and unseen_s <= self._settings.max_hidden_s
            if unseen_s == 0 or (waits and on_stage[row]):
                kept.append(row)
            elif one.id:
                ended.append(_frozen(one, ended=True))
        if len(kept) < len(self._living):
            self._filters.keep(kept)
            self._living = [self._living[row] for row in kept]
        return ended

    def _begin(self, found: Sightings, sighted: Sequence[Observation], used: set[int]) -> None:
        loose = [
            index
            for index, one in enumerate(sighted)
            if index not in used and one.confidence >= self._settings.high_confidence
        ]
        if not loose:
            return
        same = twins(found)
        for index in loose:
            if any(same[index, other] for other in used):
                continue
            if len(self._living) >= self._settings.max_tracks:
                self.dropped_total += 1
                continue
            used.add(index)
            one = _Living([sighted[index]], hits=1, last_t_s=sighted[index].t_s)
            one.votes[sighted[index].kind] += sighted[index].confidence  # type: ignore[assignment]
            self._filters.add(one.last_t_s, found.measured[index])
            self._living.append(one)

    def _contact_clear(self, found: Sightings) -> npt.NDArray[np.bool_]:
        """Whether each lower edge is inside the picture and no nearer vehicle hides it."""
        x, y, x2, y2 = found.edges.T
        width, height = x2 - x, y2 - y
        foot = np.column_stack([x + 0.2 * width, y2 - 0.12 * height, x2 - 0.2 * width, y2])
        nearer = y2[None] > (y2 + 0.04 * height)[:, None]
        nearer &= found.sure[None]
        hidden = nearer & (shared(foot, found.edges) >= 0.35 * areas(foot)[:, None])
        return np.asarray((y2 < self._size_px[1] - 2) & ~hidden.any(axis=1))

    def _on_stage(self, ahead: Ahead) -> npt.NDArray[np.bool_]:
        """Whether more than a fifth of each predicted box is in the picture."""
        edges = ahead.edges()
        inside = np.clip(edges, 0.0, [*self._size_px, *self._size_px])
        return np.asarray(areas(inside) > 0.2 * areas(edges))


def thinned(observations: list[Observation]) -> list[Observation]:
    """Sightings of the older half dropped so that about one a second stays: memory is bounded.

    So a vehicle that stands for minutes can be followed without gaps. When even that is too much, the oldest
    but the first go.
    """
    half = len(observations) // 2
    kept = observations[:1]
    for one, after in pairwise(observations[1 : half + 1]):
        if after.t_s - kept[-1].t_s > _OLD_STEP_S:
            kept.append(one)
    if len(kept) > _KEPT_SHARE * half:
        kept = [kept[0], *kept[-(half // 2) :]]
    return kept + observations[half:]


def _frozen(one: _Living, *, ended: bool = False) -> Track:
    return Track(one.id, one.kind, one.kind_confidence(), tuple(one.observations), ended)
