"""A camera that shows what is known of the road as it is known: one fit for points, lengths and lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from edge.calibration.camera import NAMES, RoadCamera, camera_from
from edge.calibration.facts import Facts, Length, Straight
from edge.calibration.solve import Numbers, Solution, solve
from edge.scene_geometry import GeometryError, Points, RoadMap, fit_plane
from edge.scene_pose import pose_of

_START_FOCALS: Final = (0.7, 1.1, 1.7, 2.8)
_START_TILTS_DEG: Final = (6.0, 12.0, 20.0, 32.0)
_START_HEIGHT_M: Final = 7.0
_START_GROUP_M: Final = 4.0
_FIRST_ROUNDS: Final = 12
_WORTH_ENDING: Final = 2
_SIDEWAYS_M: Final = 0.1
_BAD_SCATTER: Final = 6.0
_VAGUE: Final = 0.5
_K1, _ROLL, _FOCAL = (NAMES.index(name) for name in ("k1", "roll", "log_focal"))
_USUAL_K1: Final = 0.05
_USUAL_ROLL: Final = np.radians(5.0)
_LEVEL: Final = np.radians(0.5)
_SHEET_ERROR: Final = 0.03


@dataclass(frozen=True, slots=True)
class CameraFit:
    """The camera found, what each length (m) and each point (px) misses by, and the fit's covariance."""

    camera: RoadCamera
    length_misses_m: tuple[float, ...]
    point_misses_px: tuple[tuple[float, float], ...]
    solution: Solution

    def error(self, name: str) -> float:
        """Standard error of one of the camera's numbers, by its name in NAMES."""
        index = NAMES.index(name)
        return float(np.sqrt(self.solution.covariance[index, index]))

    def scale_error(self, start_m: Sequence[float], end_m: Sequence[float]) -> float:
        """Relative standard error of the length between two road points."""
        ends_m = np.array([start_m, end_m], dtype=np.float64)
        ends_px = self.camera.picture(ends_m)
        true_m = float(np.hypot(*(ends_m[1] - ends_m[0])))
        numbers, count = self.solution.numbers[: len(NAMES)], len(NAMES)
        slope = np.zeros(count)
        for index in range(count):
            spread = float(np.sqrt(self.solution.covariance[index, index]))
            if spread == 0:
                continue
            step = min(1e-5, 0.1 * spread)
            moved = numbers.copy()
            moved[index] += step
            there = camera_from(moved, self.camera.size_px).map.road(ends_px)
            slope[index] = (float(np.hypot(*(there[1] - there[0]))) / true_m - 1) / step
        variance = float(slope @ self.solution.covariance[:count, :count] @ slope)
        return float(np.sqrt(max(variance, 0.0)))


def fit_camera(facts: Facts, *, with_lens: bool = False) -> CameraFit:
    """The camera on whose road lengths have their lengths, lines are straight and points in their places.

    `with_lens`: find k1 too; wants straight lines or points that reach towards the picture's edges. Without
    points the road's origin is the camera's foot, and y runs along the road.

    Raises:
        GeometryError: too little is known to fix a camera, or what was given contradicts itself.
    """
    groups = sorted({one.group for one in facts.lengths if one.metres is None})
    placed = bool(facts.points)
    free = np.array([True] * 4 + [placed, placed, facts.height_m is None, with_lens] + [True] * len(groups))
    _check(facts, int(free.sum()))

    def misses(numbers: Numbers) -> Numbers:
        return _misses(numbers, facts, groups)

    starts = [_start_of_points(facts)] if placed else _starts(facts)
    unknown = np.full(len(groups), np.log(_START_GROUP_M))
    tried = [solve(misses, np.concatenate([one, unknown]), free, rounds=_FIRST_ROUNDS) for one in starts]
    tried.sort(key=lambda one: one.cost)
    best = min((solve(misses, one.numbers, free) for one in tried[:_WORTH_ENDING]), key=lambda one: one.cost)
    if best.scatter > _BAD_SCATTER:
        raise GeometryError(
            f"what was marked contradicts itself ({best.scatter:.0f} times the stated errors); "
            "one of the marks or measures is wrong"
        )
    if float(np.sqrt(best.covariance[_FOCAL, _FOCAL])) > _VAGUE:
        raise GeometryError(
            "what was marked does not fix the focal length; add a length along the road (a dash), "
            "or view_deg from the camera's data sheet"
        )
    camera = camera_from(best.numbers[: len(NAMES)], facts.size_px)
    return CameraFit(camera, _length_misses(best.numbers, facts, groups), _point_misses(camera, facts), best)


def _check(facts: Facts, unknown: int) -> None:
    scaled = any(one.metres for one in facts.lengths) or bool(facts.points) or facts.height_m is not None
    if not scaled:
        raise GeometryError("no length in metres is given, and no camera height: the picture has no scale")
    if facts.count() < unknown:
        raise GeometryError(
            f"{facts.count()} facts for {unknown} unknowns; mark more lengths, along and across the road"
        )


def _starts(facts: Facts) -> list[Numbers]:
    return [
        RoadCamera(
            facts.size_px,
            facts.size_px[0] * focal,
            np.radians(tilt),
            0.0,
            0.0,
            facts.height_m or _START_HEIGHT_M,
        ).numbers()
        for focal, tilt in product(_START_FOCALS, _START_TILTS_DEG)
    ]


def _start_of_points(facts: Facts) -> Numbers:
    """The camera that a plane through the points alone implies."""
    seen = np.array([one.picture_px for one in facts.points], dtype=np.float64)
    road = np.array([one.road_m for one in facts.points], dtype=np.float64)
    pose = pose_of(fit_plane(seen, road), facts.size_px, seen_px=seen)
    if not pose.known or np.linalg.det(pose.matrix[:, :3]) < 0:
        raise GeometryError(
            "no camera can show these points so; check that x runs to the right and y ahead, "
            "and that no two points are exchanged"
        )
    left = pose.matrix[:, :3]
    left = left / np.hypot.reduce(left[2])
    square = left @ left.T
    focal = float(np.sqrt(max(square[1, 1] - square[1, 2] ** 2, 1.0)))
    middle = np.array([square[0, 2], square[1, 2]])
    rotation = np.vstack([(left[:2] - middle[:, None] * left[2]) / focal, left[2]])
    return RoadCamera(
        size_px=facts.size_px,
        focal_px=focal,
        tilt_rad=float(-np.arcsin(np.clip(rotation[2, 2], -1, 1))),
        roll_rad=float(np.arctan2(rotation[0, 2], -rotation[1, 2])),
        pan_rad=float(np.arctan2(rotation[2, 0], rotation[2, 1])),
        height_m=facts.height_m or pose.height_m,
        x_m=pose.foot_m[0],
        y_m=pose.foot_m[1],
    ).numbers()


def _misses(numbers: Numbers, facts: Facts, groups: Sequence[str]) -> Numbers:
    """Every miss in units of its error; the last ones hold lens and roll near what is usual."""
    camera = camera_from(numbers[: len(NAMES)], facts.size_px)
    road_map = camera.map
    parts = [_bend(one, road_map) for one in facts.straight]
    if facts.lengths:
        parts.append(_length_pulls(numbers, facts.lengths, groups, road_map))
    if facts.points:
        parts.append(_point_pulls(camera, facts))
    usual = [numbers[_K1] / _USUAL_K1, numbers[_ROLL] / (_LEVEL if facts.level else _USUAL_ROLL)]
    if facts.focal_px is not None:
        usual.append((numbers[_FOCAL] - np.log(facts.focal_px)) / _SHEET_ERROR)
    parts.append(np.array(usual))
    return np.concatenate(parts)


def _bend(line: Straight, road_map: RoadMap) -> Numbers:
    """How far each point lies beside the line's middle, in units of its error; n long."""
    axis = 0 if line.way == "along" else 1
    points = np.array(line.points_px, dtype=np.float64)
    beside = road_map.road(points)[:, axis]
    part = road_map.jacobian(points)[:, axis]
    sigma = line.px_error * np.hypot(part[:, 0], part[:, 1])
    weight = 1 / np.maximum(sigma, 1e-6) ** 2
    if not np.isfinite(beside).all():
        return np.full(len(points), np.nan)
    return np.asarray((beside - np.average(beside, weights=weight)) / sigma, dtype=np.float64)


def _length_pulls(
    numbers: Numbers, lengths: Sequence[Length], groups: Sequence[str], road_map: RoadMap
) -> Numbers:
    ends = _ends(lengths)
    start, end = road_map.road(ends[:, 0]), road_map.road(ends[:, 1])
    way = end - start
    far = np.hypot(way[:, 0], way[:, 1])
    sigma_m, side_m = _errors(road_map, ends, lengths, way / np.maximum(far, 1e-9)[:, None])
    parts = [(far - _wanted(numbers, lengths, groups)) / sigma_m]
    for name, axis in (("along", 0), ("across", 1)):
        chosen = np.array([one.way == name for one in lengths])
        parts.append((way[:, axis] / side_m)[chosen])
    return np.concatenate(parts)


def _point_pulls(camera: RoadCamera, facts: Facts) -> Numbers:
    seen = np.array([one.picture_px for one in facts.points])
    road = np.array([one.road_m for one in facts.points])
    metres_a_px = np.sqrt(np.abs(np.linalg.det(camera.map.jacobian(seen))))
    tape_px = np.array([one.error_m for one in facts.points]) / np.maximum(metres_a_px, 1e-6)
    sigma = np.hypot([one.px_error for one in facts.points], tape_px)
    return np.asarray(((camera.picture(road) - seen) / sigma[:, None]).ravel(), dtype=np.float64)


def _length_misses(numbers: Numbers, facts: Facts, groups: Sequence[str]) -> tuple[float, ...]:
    if not facts.lengths:
        return ()
    ends, road_map = _ends(facts.lengths), camera_from(numbers[: len(NAMES)], facts.size_px).map
    far = np.hypot(*(road_map.road(ends[:, 1]) - road_map.road(ends[:, 0])).T)
    return tuple(float(one) for one in far - _wanted(numbers, facts.lengths, groups))


def _point_misses(camera: RoadCamera, facts: Facts) -> tuple[tuple[float, float], ...]:
    if not facts.points:
        return ()
    shown = camera.picture(np.array([one.road_m for one in facts.points]))
    seen = np.array([one.picture_px for one in facts.points])
    return tuple((float(x), float(y)) for x, y in shown - seen)


def _ends(lengths: Sequence[Length]) -> Points:
    return np.array([one.ends_px for one in lengths], dtype=np.float64)


def _wanted(numbers: Numbers, lengths: Sequence[Length], groups: Sequence[str]) -> Numbers:
    common = dict(zip(groups, np.exp(np.clip(numbers[len(NAMES) :], -3, 6)), strict=True))
    return np.array([common[one.group] if one.metres is None else one.metres for one in lengths])


def _errors(
    road_map: RoadMap, ends: Points, lengths: Sequence[Length], unit: Points
) -> tuple[Numbers, Numbers]:
    """What each stretch may be off along itself and sideways, metres: tape and marking together."""
    px_error = np.array([one.px_error for one in lengths])
    tape_m = np.array([one.error_m for one in lengths])
    across = np.column_stack([-unit[:, 1], unit[:, 0]])
    jacobians = [road_map.jacobian(ends[:, index]) for index in (0, 1)]

    def spread(direction: Points) -> Numbers:
        parts = [np.einsum("ni,nij->nj", direction, one) for one in jacobians]
        return np.asarray(px_error * np.sqrt(sum((part**2).sum(axis=1) for part in parts)), dtype=np.float64)

    return np.hypot(tape_m, spread(unit)), np.hypot(_SIDEWAYS_M, spread(across))
