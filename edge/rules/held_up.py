"""What excuses a stand: a queue ahead, a jam, the light; and how long nothing did.

Only the longest unbroken stretch without an excuse is ever held against anybody. What is not known excuses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from edge.detector.types import PLATED, SignalState, VehicleClass
from edge.rules.context import Context
from edge.rules.signal_history import SignalHistory
from edge.rules.standing import Stand
from edge.rules.traffic_history import Traffic
from edge.scene import Scene
from edge.tracking import Track

Flags = npt.NDArray[np.bool_]
Excuse = Literal["queue", "jam", "signal", "unwatched", "out_of_hours", "giving_way", "other_approach"]

CRAWLING_MPS: Final = 2.0
_GAP_AHEAD_M: Final = 8.0
_LONGEST_M: Final[dict[VehicleClass, float]] = {"motorbike": 2.3, "car": 5.4, "bus": 12.5, "truck": 12.5}
_BESIDE_M: Final[dict[VehicleClass, float]] = {"motorbike": 1.2, "car": 2.0, "bus": 2.2, "truck": 2.2}
_NOT_AHEAD_M: Final = 0.5
_STAYS_ON_S: Final = 3.0
LONGEST_QUEUE_S: Final = 180.0
"""No signal holds a queue still for longer; who stands longer is not queueing."""
_OVERTAKERS: Final = 2
_PASSING_M: Final = 6.0
_CLEARLY_PAST_M: Final = 2.0
_PASSED_WITHIN_M: Final = 60.0
_SAME_WAY_M: Final = 2.5
_JAM_WITHIN_M: Final = 40.0
_JAM_SHARE: Final = 0.6
_JAM_VEHICLES: Final = 2
_APPROACH_M: Final = 100.0
_DISCHARGE_S: Final = 20.0
_UNWATCHED_S: Final = 2.0
_ALONG_COSINE: Final = 0.7
_FOUR_WHEELED: Final[tuple[VehicleClass, ...]] = ("car", "bus", "truck")


@dataclass(frozen=True, slots=True)
class Free:
    """The longest stretch of a stand that nothing excuses; `excuses`: seconds excused, by what."""

    from_s: float
    until_s: float
    excuses: dict[Excuse, float]

    @property
    def lasted_s(self) -> float:
        """How long it lasted at the least."""
        return self.until_s - self.from_s

    @property
    def main_excuse(self) -> Excuse | None:
        """What excused most of the rest."""
        ranked = sorted(self.excuses.items(), key=lambda one: one[1])
        return ranked[-1][0] if ranked else None


@dataclass(frozen=True, slots=True)
class Moments:
    """The moments of a stand at which the road was looked at, and what the others did then.

    `ahead_m`, `beside_m`: their places from the stand's, along its heading and across; who did not come to
    the stand in sight may head either way, so to him `ahead_m` is the same on both sides, `along_m` is not.
    """

    stand: Stand
    traffic: Traffic
    others: Flags
    ahead_m: npt.NDArray[np.float64]
    along_m: npt.NDArray[np.float64]
    beside_m: npt.NDArray[np.float64]
    off_m: npt.NDArray[np.float64]

    @property
    def times_s(self) -> npt.NDArray[np.float64]:
        """Stream times, ascending."""
        return self.traffic.times_s

    def any_at(self, rows: Flags) -> Flags:
        """The moments at which at least one of these rows holds."""
        held = np.zeros(len(self.times_s), dtype=bool)
        held[self.traffic.moment[rows]] = True
        return held


def moments_of(stand: Stand, track: Track, context: Context) -> Moments:
    """The road around a stand while it lasted."""
    traffic = context.traffic.between(stand.from_s, stand.until_s)
    way_m = traffic.place_m - stand.place_m
    heading = stand.heading if stand.heading is not None else context.scene.direction
    along_m = way_m @ heading
    return Moments(
        stand=stand,
        traffic=traffic,
        others=traffic.track != track.id,
        ahead_m=along_m if stand.heading is not None else np.abs(along_m),
        along_m=along_m,
        beside_m=way_m @ np.array([heading[1], -heading[0]]),
        off_m=np.hypot(*way_m.T),
    )


def free_stretch(road: Moments, excused: dict[Excuse, Flags]) -> Free:
    """The longest time in which no excuse holds; an excuse reaches three seconds further, both ways."""
    times_s = road.times_s
    free = np.ones(len(times_s), dtype=bool)
    for flags in excused.values():
        free &= ~_spread(times_s, flags)
    best = (road.stand.from_s, road.stand.from_s)
    start: int | None = None
    for index, is_free in enumerate(free.tolist()):
        unwatched = index > 0 and times_s[index] - times_s[index - 1] > _UNWATCHED_S
        if start is None or not is_free or unwatched:
            start = index if is_free else None
        if start is not None and times_s[index] - times_s[start] > best[1] - best[0]:
            best = (float(times_s[start]), float(times_s[index]))
    step_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
    spent = {name: float(flags.sum()) * step_s for name, flags in excused.items() if flags.any()}
    if not len(times_s):
        spent["unwatched"] = road.stand.until_s - road.stand.from_s
    return Free(*best, spent)


def queueing(road: Moments, kind: VehicleClass) -> Flags:
    """The moments at which somebody close ahead stood or crawled and so held it up.

    A vehicle ahead that has stood longer than any queue does excuses no longer, if others drove past.
    """
    traffic = road.traffic
    reach_m = np.full(len(traffic.moment), _LONGEST_M.get(kind, 2.3))
    wide_m = np.full(len(traffic.moment), _BESIDE_M.get(kind, 1.2))
    for other, length_m in _LONGEST_M.items():
        theirs = traffic.of_kind([other])
        reach_m[theirs] = np.maximum(reach_m[theirs], length_m)
        wide_m[theirs] = np.maximum(wide_m[theirs], _BESIDE_M[other])
    ahead = (
        road.others
        & (road.ahead_m > _NOT_AHEAD_M)
        & (road.ahead_m <= reach_m + _GAP_AHEAD_M)
        & _slow(traffic)
    )
    ahead &= np.abs(road.beside_m) <= wide_m
    if overtakers(road, kind) >= _OVERTAKERS:
        ahead &= traffic.stays_s < LONGEST_QUEUE_S
    return road.any_at(ahead)


def overtakers(road: Moments, kind: VehicleClass) -> int:
    """How many drove past it during the stand; beside a car, motorbikes do not count: they filter through."""
    wanted = road.traffic.of_kind(PLATED if kind == "motorbike" else _FOUR_WHEELED)
    near = road.others & wanted & (np.abs(road.beside_m) <= _PASSING_M)
    near &= road.off_m <= _PASSED_WITHIN_M
    count = 0
    for track in np.unique(road.traffic.track[near]):
        way_m = road.along_m[near & (road.traffic.track == track)]
        count += bool(way_m.min() < -_CLEARLY_PAST_M and way_m[int(way_m.argmin()) :].max() > _CLEARLY_PAST_M)
    return count


def jammed(road: Moments, scene: Scene) -> Flags:
    """The moments at which most of two or more others further ahead in its lane stood or crawled too.

    Where the camera file has no lanes, its lane is what lies within 2.5 m of its way.
    """
    traffic = road.traffic
    lane = next((area for _, area in scene.marks.lanes if area.holds(road.stand.place_m)), None)
    beside = np.abs(road.beside_m) <= _SAME_WAY_M if lane is None else lane.holds(traffic.place_m)
    near = road.others & traffic.of_kind(PLATED) & beside
    near &= (road.ahead_m > _NOT_AHEAD_M) & (road.ahead_m <= _JAM_WITHIN_M)
    near &= (traffic.stays_s < LONGEST_QUEUE_S) & ~np.isnan(traffic.mps)
    all_of_them = np.bincount(traffic.moment[near], minlength=len(road.times_s))
    slow = np.bincount(traffic.moment[near & _slow(traffic)], minlength=len(road.times_s))
    return np.asarray((all_of_them >= _JAM_VEHICLES) & (slow >= _JAM_SHARE * all_of_them), dtype=np.bool_)


def waiting_at_light(road: Moments, context: Context) -> Flags:
    """The moments at which it may have stood for the light, or for the queue before it to go.

    That is before the stop line; anywhere, where the camera file marks none.
    """
    scene, stand = context.scene, road.stand
    none = np.zeros(len(road.times_s), dtype=bool)
    if not scene.signals or not goes_our_way(stand, context):
        return none
    if scene.line_m is not None:
        past_m = float(scene.to_line(stand.place_m[None]).past_m[0])
        if not -_APPROACH_M <= past_m <= scene.red_light.clear_past_line_m + stand.error_m:
            return none
    return np.array([not _may_go(context, float(t_s)) for t_s in road.times_s], dtype=np.bool_)


def on_red(road: Moments, context: Context, *, after_s: float) -> Flags:
    """The moments at which every head but arrows had been red for `after_s`."""
    heads = [history for arrow, history in _heads(context) if not arrow]
    held = [
        bool(heads) and all(_showed(one, float(t_s), {"red"}, after_s) for one in heads)
        for t_s in road.times_s
    ]
    return np.array(held, dtype=np.bool_)


def goes_our_way(stand: Stand, context: Context) -> bool:
    """Whether it came the way the camera's light and stop line are for; so is who was not seen to come."""
    return stand.heading is None or float(stand.heading @ context.scene.direction) >= _ALONG_COSINE


def _may_go(context: Context, t_s: float) -> bool:
    """Whether every head had been green long enough for a queue to go, and no arrow held anybody."""
    return all(
        _showed(one, t_s, {"green", "dark"}, 0.0) if arrow else _showed(one, t_s, {"green"}, _DISCHARGE_S)
        for arrow, one in _heads(context)
    )


def _heads(context: Context) -> list[tuple[bool, SignalHistory]]:
    """What each head showed, and whether it is an arrow."""
    if not context.heads:
        return [(False, context.signals)]
    return [
        (signal.arrow, context.heads[signal.name])
        for signal in context.scene.signals
        if signal.name in context.heads
    ]


def _showed(head: SignalHistory, t_s: float, states: set[SignalState], after_s: float) -> bool:
    phase = head.phase_at(t_s)
    return phase is not None and phase.state in states and t_s - phase.first_s >= after_s


def _slow(traffic: Traffic) -> Flags:
    return np.asarray(~(traffic.mps >= CRAWLING_MPS), dtype=np.bool_)


def _spread(times_s: npt.NDArray[np.float64], flags: Flags) -> Flags:
    """The same, with every moment within three seconds of one that holds."""
    held = times_s[flags]
    if not len(held):
        return flags
    after = np.searchsorted(held, times_s)
    off_s = np.minimum(
        np.abs(times_s - held[np.minimum(after, len(held) - 1)]),
        np.abs(times_s - held[np.maximum(after - 1, 0)]),
    )
    return np.asarray(off_s <= _STAYS_ON_S, dtype=np.bool_)
