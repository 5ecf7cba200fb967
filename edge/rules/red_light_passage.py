"""How a vehicle went over the stop line: the two gates, the moment, the front, the way it took.

A fixed camera sees the lower edge of a vehicle: its rear when traffic moves away, its front when it comes
nearer. The first gate is clearly before the line; the second is `clear_past_line_m` on from where the edge
went over it, straight on or in a turn.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.types import VehicleClass
from edge.rules.trajectory import Numbers, Trajectory
from edge.scene import Scene
from edge.scene_signals import Movement
from edge.tracking import Track

KMH: Final = 3.6
SIGMAS: Final = 2.0
MOVEMENTS: Final[frozenset[Movement]] = frozenset({"straight", "left", "right"})

_FORWARD_COSINE: Final = 0.25
_LOCAL_S: Final = 0.6
_LAST_S: Final = 0.4
_SLOWER_BEFORE: Final = 0.6
_HARDEST_BRAKING_MPS2: Final = 9.0
_TURNED_DEG: Final = 60.0
_STRAIGHT_DEG: Final = 25.0
_HEADING_M: Final = 4.0
_HEADING_ROWS: Final = 3
_LANE_BACK_M: Final = (0.0, 0.5, 1.5)

_LENGTHS_M: Final[dict[VehicleClass, tuple[float, float]]] = {
    "motorbike": (1.6, 2.3),
    "bicycle": (1.5, 2.2),
    "car": (3.3, 5.4),
    "bus": (5.5, 12.5),
    "truck": (4.5, 12.5),
    "person": (0.2, 0.8),
}
_KIND_SHARE: Final = 0.2
_ASIDE_M: Final[dict[VehicleClass, float]] = {"motorbike": 0.25, "bicycle": 0.25, "car": 0.5}
_ASIDE_LARGE_M: Final = 0.7


@dataclass(frozen=True, slots=True)
class Passage:
    """How a vehicle went over the line. Times in stream seconds.

    `past_m` and `gone_m` are of every sighting: metres past the line, and from where the edge went over it.
    `at` is the first sighting past the line, `clear` a later one that settles that it went on: it had gone
    far enough there, or (`unstoppable`) was too fast to stop sooner. `cross_m` is where on the road the edge
    went over, `cross_error_s` and `edge_error_m` how exactly that is known.
    """

    path: Trajectory
    past_m: Numbers
    gone_m: Numbers
    at: int
    clear: int
    unstoppable: bool
    t_cross_s: float
    cross_m: Numbers
    cross_error_s: float
    speed_mps: float
    edge_error_m: float


@dataclass(frozen=True, slots=True)
class Entry:
    """When the front went over the line: not before `earliest_s`, about `t_s`, not after `latest_s`."""

    earliest_s: float
    t_s: float
    latest_s: float


def passage(path: Trajectory, scene: Scene, *, finished: bool) -> Passage | None:
    """The way over the stop line, from clearly before it to clearly gone on; None while there is none.

    `finished`: nothing more will be seen of the vehicle; then it is enough that it could not have stopped.
    """
    if len(path) < 3:  # noqa: PLR2004 - before, over, past
        return None
    line = scene.to_line(path.road_m)
    before = line.past_m <= -SIGMAS * path.sigma_m
    beyond = line.past_m >= scene.line_error_m + SIGMAS * path.sigma_m
    for over in np.flatnonzero(beyond & ~np.concatenate([[False], beyond[:-1]])):
        found = _from(path, scene, line.past_m, before, int(over), finished=finished)
        if found is not None and 0 <= float(scene.to_line(found.cross_m[None]).across[0]) <= 1:
            return found
    return None


def _from(
    path: Trajectory,
    scene: Scene,
    past_m: Numbers,
    before: npt.NDArray[np.bool_],
    over: int,
    *,
    finished: bool,
) -> Passage | None:
    """The passage whose first sighting clearly beyond the line is `over`; None when it is none."""
    earlier = np.flatnonzero(before[:over])
    if not len(earlier):
        return None
    start = int(earlier[-1])
    at = start + int(np.flatnonzero(past_m[start : over + 1] > 0)[0])
    t_cross_s, cross_m = _crossing(path, past_m, at)
    gone_m = np.hypot(*(path.road_m - cross_m).T)
    until, enough_m = _back_at(before, over), scene.red_light.clear_past_line_m
    settled = _settled(path, gone_m, max(over, at + 1), until, enough_m, finished=finished)
    if settled is None or not _goes_forward(path.road_m[settled[0]] - path.road_m[start], scene):
        return None
    clear, unstoppable = settled
    near = np.abs(path.t_s - t_cross_s) <= max(_LOCAL_S, float(path.t_s[clear]) - t_cross_s)
    near[[at - 1, at]] = True
    rate_mps = max(slope(path.t_s[near], past_m[near]), 0.1)
    speed_mps = _speed_mps(path.cut(near))
    edge_error_m = SIGMAS * float(np.hypot(path.sigma_m[at], scene.line_error_m))
    return Passage(
        path,
        past_m,
        gone_m,
        at,
        clear,
        unstoppable,
        t_cross_s,
        cross_m,
        edge_error_m / rate_mps,
        max(speed_mps, 0.1),
        edge_error_m,
    )


def _crossing(path: Trajectory, past_m: Numbers, at: int) -> tuple[float, Numbers]:
    """When and where the edge went over the line, between the sightings before and at `at`."""
    share = float(past_m[at - 1] / (past_m[at - 1] - past_m[at]))
    cross_m = path.road_m[at - 1] + share * (path.road_m[at] - path.road_m[at - 1])
    return float(path.t_s[at - 1] + share * (path.t_s[at] - path.t_s[at - 1])), cross_m


def _back_at(before: npt.NDArray[np.bool_], over: int) -> int:
    """The first sighting after `over` that is clearly before the line again; past the last one for none."""
    back = np.flatnonzero(before[over:])
    return over + int(back[0]) if len(back) else len(before)


def _goes_forward(way_m: Numbers, scene: Scene) -> bool:
    return float(way_m @ scene.direction) >= _FORWARD_COSINE * float(np.hypot(*way_m))


def _settled(
    path: Trajectory, gone_m: Numbers, over: int, until: int, enough_m: float, *, finished: bool
) -> tuple[int, bool] | None:
    """The sighting that settles that the vehicle went on, and whether only its speed does."""
    far = np.flatnonzero(gone_m[over:until] >= enough_m)
    if len(far):
        return over + int(far[0]), False
    last = until - 1
    recent = np.flatnonzero(path.t_s[:until] >= path.t_s[last] - _LAST_S)
    if not finished or until < len(path) or last < over or len(recent) < _HEADING_ROWS:
        return None
    took_s = float(path.t_s[last] - path.t_s[recent[0]])
    error_mps = SIGMAS * np.sqrt(12 / len(recent)) * float(path.sigma_m[recent].max()) / took_s
    slowest_mps = max(_speed_mps(path.cut(slice(int(recent[0]), until))) - error_mps, 0.0)
    reach_m = float(gone_m[last]) + slowest_mps**2 / (2 * _HARDEST_BRAKING_MPS2)
    return (last, True) if reach_m >= enough_m else None


def front_entry(found: Passage, track: Track, scene: Scene) -> Entry | None:
    """When the front went over the line; None when that cannot be told from what was seen.

    Both this and the change of the light are times of pictures, and each stamp may be off.
    """
    slack_s = float(np.sqrt(2)) * scene.red_light.time_error_s
    if scene.contact == "front":
        error_s = found.cross_error_s + slack_s
        return Entry(found.t_cross_s - error_s, found.t_cross_s, found.t_cross_s + error_s)
    shortest_m, longest_m = _lengths(track)
    earliest_s = _time_before_line(found, longest_m + found.edge_error_m, scene)
    middle_s = _time_before_line(found, (shortest_m + longest_m) / 2, scene)
    latest_s = _time_before_line(found, max(shortest_m - found.edge_error_m, 0.0), scene)
    if earliest_s is None or middle_s is None or latest_s is None:
        return None
    return Entry(earliest_s - slack_s, middle_s, latest_s + slack_s)


def _time_before_line(found: Passage, distance_m: float, scene: Scene) -> float | None:
    """When the visible edge last was `distance_m` before the line.

    Before the first sighting the vehicle is taken to have been slower than when first seen, which makes the
    answer too early rather than too late; None when it hardly moved then.
    """
    path, past_m = found.path, found.past_m
    behind = np.flatnonzero(past_m[: found.at] <= -distance_m)
    if len(behind):
        last = int(behind[-1])
        span = slice(last, last + 2)
        return float(np.interp(-distance_m, past_m[span], path.t_s[span]))
    near = path.t_s <= path.t_s[0] + _LOCAL_S
    if near.sum() < 2:  # noqa: PLR2004 - two points make a speed
        return None
    first_mps = slope(path.t_s[near], past_m[near])
    if first_mps * KMH < scene.red_light.slowest_kmh:
        return None
    missing_m = float(past_m[0]) + distance_m
    return float(path.t_s[0]) - missing_m / (_SLOWER_BEFORE * first_mps)


def possible_movements(found: Passage, scene: Scene) -> AbstractSet[Movement]:
    """The ways the vehicle may be taking, by what was seen of it beyond the line.

    One way is left when it has turned by more than 60 degrees, or goes straight where who turns has begun to.
    """
    path, past_m = found.path, found.past_m
    beyond = np.flatnonzero(past_m > 0)
    beyond = beyond[beyond >= found.at]
    tail = beyond[np.hypot(*(path.road_m[beyond] - path.road_m[beyond[-1]]).T) <= _HEADING_M]
    if len(tail) < _HEADING_ROWS:
        return MOVEMENTS
    heading = path.road_m[tail[-1]] - path.road_m[tail[0]]
    way_m = float(np.hypot(*heading))
    if way_m < 2 * SIGMAS * float(path.sigma_m[tail].max()):
        return MOVEMENTS
    right = scene.marks.handed * np.array([scene.direction[1], -scene.direction[0]])
    turned_deg = float(np.degrees(np.arctan2(heading @ right, heading @ scene.direction)))
    side: Movement = "right" if turned_deg > 0 else "left"
    if abs(turned_deg) > _TURNED_DEG:
        return {side}
    if abs(turned_deg) > _STRAIGHT_DEG:
        return {"straight", side}
    so_far_m = float(past_m[-1])
    still: dict[Movement, float] = {
        "right": scene.red_light.right_turn_by_m,
        "left": scene.red_light.left_turn_by_m,
    }
    return {"straight", *(one for one, by_m in still.items() if so_far_m < by_m)}


def possible_lanes(found: Passage, track: Track, scene: Scene) -> AbstractSet[str | None]:
    """The marked lanes the vehicle may have been in at the line; None stands for no lane at all."""
    back_m = np.array(_LANE_BACK_M)[:, None]
    places_m = found.cross_m - back_m * scene.direction
    sure_m = max(_ASIDE_M.get(track.kind, _ASIDE_LARGE_M), float(found.path.sigma_m[found.at]))
    depths = {lane.name: float(area.depth_m(places_m).max()) for lane, area in scene.marks.lanes}
    inside = {name for name, depth_m in depths.items() if depth_m > -sure_m}
    surely = any(depth_m >= sure_m for depth_m in depths.values())
    return inside if surely or len(inside) > 1 else {*inside, None}


def _lengths(track: Track) -> tuple[float, float]:
    """Shortest and longest a vehicle of the kinds this one was taken for may be."""
    seen = [one.kind for one in track.observations]
    kinds = {kind for kind in seen if seen.count(kind) >= _KIND_SHARE * len(seen)} | {track.kind}
    return min(_LENGTHS_M[kind][0] for kind in kinds), max(_LENGTHS_M[kind][1] for kind in kinds)


def _speed_mps(path: Trajectory) -> float:
    """How fast a vehicle went over these sightings, whatever its way."""
    x_mps, y_mps = (slope(path.t_s, path.road_m[:, axis]) for axis in (0, 1))
    return float(np.hypot(x_mps, y_mps))


def slope(t_s: Numbers, place_m: Numbers) -> float:
    """Metres a second of the straight line through at least two points."""
    off_s = t_s - t_s.mean()
    return float((off_s * (place_m - place_m.mean())).sum() / (off_s**2).sum())
