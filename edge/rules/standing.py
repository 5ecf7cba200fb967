"""Vehicles that stand still: from when to when, where, and on how much of a zone.

A stand is an unbroken stay at one place. It ends with the first two seconds in which the vehicle was not
seen there, for whatever reason: then nobody can know whether the next one seen there is still the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.types import VehicleClass
from edge.rules.motion_fit import fit_motion
from edge.rules.trajectory import Numbers, Trajectory, trajectory
from edge.scene import Scene
from edge.scene_zones import Area
from edge.tracking import Track

LONGEST_UNSEEN_S: Final = 2.0
"""Shorter than any vehicle needs to drive off and another to take its place to the half metre."""

WALKING_MPS: Final = 1.4
_SETTLE_S: Final = 1.0
_SETTLE_POINTS: Final = 4
_SETTLE_WITHIN_S: Final = 4.0
_ANCHOR_S: Final = 3.0
_REST_M: Final = 0.6
_SIGMAS: Final = 4.0
_MOST_STRAY: Final = 0.2
_SIZE_CHANGE: Final = 1.6
_Z95: Final = 1.96
_CAME_M: Final = 3.0
_GENTLY_MPS2: Final = 1.0
"""The last half metre takes a second at this push: that long it may still have been rolling."""
_END_ON: Final = 0.6
_STEPS: Final = 13

BODY_M: Final[dict[VehicleClass, tuple[float, float]]] = {
    "motorbike": (1.6, 0.4),
    "bicycle": (1.5, 0.3),
    "car": (3.3, 1.4),
    "bus": (5.5, 1.9),
    "truck": (4.5, 1.6),
    "person": (0.2, 0.3),
}
"""The shortest length and least width of each kind: what surely stands on the road behind the seen edge."""


@dataclass(frozen=True, slots=True)
class Stand:
    """One stay at one place.

    `path`: the clear sightings there. The vehicle stood at least from `from_s` to `until_s`, which leave out
    the rolling to a halt and off again, and at most from `after_s` to `before_s`. `error_m`: 95 % of the
    place. `mps` is its speed by these sightings, `mps_upper` the upper end of the 95 % interval. `heading`:
    the way it came, a unit vector on the road, None where nobody saw it come.
    """

    path: Trajectory
    from_s: float
    until_s: float
    after_s: float
    before_s: float
    place_m: Numbers
    error_m: float
    mps: float
    mps_upper: float
    heading: Numbers | None


def stands(track: Track, scene: Scene, *, at_least_s: float) -> tuple[Stand, ...]:
    """The stays of `at_least_s` or longer at which the vehicle was slower than walking, oldest first."""
    path = trajectory(track, scene)
    made = [
        _stand(path, rows, scene)
        for rows in _stays(path)
        if path.t_s[rows[-1]] - path.t_s[rows[0]] >= at_least_s
    ]
    return tuple(
        one for one in made if one.until_s - one.from_s >= at_least_s and one.mps_upper < WALKING_MPS
    )


def share_inside(stand: Stand, kind: VehicleClass, scene: Scene, area: Area) -> tuple[float, float]:
    """Least and most of the vehicle's length that stands in a zone, 0 to 1, by the shortest of its kind.

    From the seen edge its body reaches away from the camera; the place is moved by its error each way.
    """
    points, axis, side = _body(stand, kind, scene)
    shares = []
    for along, across in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)):
        moved = points + stand.error_m * (along * axis + across * side)
        shares.append(float(area.holds(moved).all(axis=1).mean()))
    return min(shares), max(shares)


def body_length_m(kind: VehicleClass) -> float:
    """The shortest a vehicle of this kind may be."""
    return BODY_M[kind][0]


def _body(stand: Stand, kind: VehicleClass, scene: Scene) -> tuple[Numbers, Numbers, Numbers]:
    """Road points under the vehicle (steps along it x its two sides x 2), its axis, and across it."""
    length_m, width_m = BODY_M[kind]
    away = _away_from_camera(stand, scene)
    heading = stand.heading if stand.heading is not None else scene.direction
    facing = float(heading @ away)
    along = np.linspace(0, length_m, _STEPS)
    if abs(facing) >= _END_ON:
        axis = heading * np.sign(facing)
        sides = np.array([-width_m / 2, width_m / 2])
    else:
        axis, along = heading, along - length_m / 2
        sides = np.array([0.0, width_m])
    side = np.array([-axis[1], axis[0]])
    side = side if float(side @ away) >= 0 else -side
    middle = stand.place_m + along[:, None, None] * axis
    return middle + sides[None, :, None] * side, axis, side


def _away_from_camera(stand: Stand, scene: Scene) -> Numbers:
    foot_px = np.median(stand.path.foot_px, axis=0)[None]
    up = -scene.plane.jacobian(foot_px)[0][:, 1]
    return np.asarray(up / np.hypot(*up), dtype=np.float64)


def _stays(path: Trajectory) -> Iterator[npt.NDArray[np.int64]]:
    """The rows of each stay at one place."""
    first = 0
    while (settled := _settled(path, first)) is not None:
        first, place_m, size = settled
        rows = _kept(path, first, place_m, size)
        near = rows[path.t_s[rows] <= path.t_s[rows[0]] + _ANCHOR_S]
        # First by where it came to rest, then by where it was most of the time: rolling to a halt is neither.
        rows = _kept(path, first, np.median(path.road_m[near], axis=0), float(np.median(path.size_m2[near])))
        if len(rows) >= _SETTLE_POINTS:
            place_m, size = np.median(path.road_m[rows], axis=0), float(np.median(path.size_m2[rows]))
            rows = _kept(path, first, place_m, size)
        if len(rows) < _SETTLE_POINTS:
            first += 1
            continue
        yield rows
        first = int(rows[-1]) + 1


def _settled(path: Trajectory, first: int) -> tuple[int, Numbers, float] | None:
    """The first row from which it keeps to one place for a second, that place, and the size there."""
    for row in range(first, len(path) - _SETTLE_POINTS + 1):
        end = max(int(np.searchsorted(path.t_s, path.t_s[row] + _SETTLE_S, "right")), row + _SETTLE_POINTS)
        span_s = float(path.t_s[min(end, len(path)) - 1] - path.t_s[row])
        if end > len(path) or not _SETTLE_S * 0.8 <= span_s <= _SETTLE_WITHIN_S:
            continue
        place_m = np.median(path.road_m[row:end], axis=0)
        size = float(np.median(path.size_m2[row:end]))
        if _at(path, slice(row, end), place_m, size).mean() >= 1 - _MOST_STRAY:
            return row, place_m, size
    return None


def _kept(path: Trajectory, first: int, place_m: Numbers, size: float) -> npt.NDArray[np.int64]:
    """The rows at this place from `first` on, until it was not seen there for two seconds."""
    rows = first + np.flatnonzero(_at(path, slice(first, None), place_m, size))
    away = np.flatnonzero(np.diff(path.t_s[rows]) > LONGEST_UNSEEN_S)
    return rows[: away[0] + 1] if len(away) else rows


def _at(path: Trajectory, rows: slice, place_m: Numbers, size: float) -> npt.NDArray[np.bool_]:
    off_m = np.hypot(*(path.road_m[rows] - place_m).T)
    near = off_m <= _reach_m(path.sigma_m[rows])
    alike = np.abs(np.log(np.maximum(path.size_m2[rows], 1e-6) / max(size, 1e-6))) <= np.log(_SIZE_CHANGE)
    return np.asarray(near & alike, dtype=np.bool_)


def _reach_m(sigma_m: Numbers) -> Numbers:
    """How far from its place a vehicle that stands may be seen."""
    return np.maximum(_REST_M, _SIGMAS * sigma_m)


def _stand(path: Trajectory, rows: npt.NDArray[np.int64], scene: Scene) -> Stand:
    first, last = int(rows[0]), int(rows[-1])
    there = path.cut(np.isin(np.arange(len(path)), rows))
    place_m = np.median(there.road_m, axis=0)
    way = place_m - path.road_m[:first]
    came = np.flatnonzero(np.hypot(*way.T) >= _CAME_M)
    mps, mps_upper = _speed(there)
    sigma_m = float(np.median(there.sigma_m))
    rolling_s = float(np.sqrt(2 * (_reach_m(there.sigma_m).max() + 3 * sigma_m) / _GENTLY_MPS2))
    return Stand(
        path=there,
        from_s=float(path.t_s[first]) + (rolling_s if first > 0 else 0.0),
        until_s=float(path.t_s[last]) - (rolling_s if last < len(path) - 1 else 0.0),
        after_s=float(path.t_s[max(first - 1, 0)]),
        before_s=float(path.t_s[min(last + 1, len(path) - 1)]),
        place_m=place_m,
        error_m=_Z95 * float(np.hypot(np.median(there.sigma_m), scene.plane.place_error_m(list(place_m)))),
        mps=mps,
        mps_upper=mps_upper,
        heading=way[came[-1]] / np.hypot(*way[came[-1]]) if len(came) else None,
    )


def _speed(there: Trajectory) -> tuple[float, float]:
    """The speed over the whole stand, m/s, and the upper end of its 95 % interval."""
    x, y = (fit_motion(there.t_s, there.road_m[:, axis], there.sigma_m) for axis in (0, 1))
    upper = np.hypot(abs(x.speed) + x.half_width_95, abs(y.speed) + y.half_width_95)
    return float(np.hypot(x.speed, y.speed)), float(upper)
