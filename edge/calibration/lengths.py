"""A camera from lengths on the road: lane dashes, lane widths, distances taped along or across it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, Literal

import numpy as np

from edge.calibration.camera import NAMES, RoadCamera, camera_from
from edge.calibration.solve import Numbers, Solution, solve
from edge.scene_geometry import GeometryError, Points, RoadMap

Way = Literal["along", "across", "any"]

_START_FOCALS: Final = (0.7, 1.1, 1.7, 2.8)
_START_TILTS_DEG: Final = (6.0, 12.0, 20.0, 32.0)
_START_HEIGHT_M: Final = 7.0
_SIDEWAYS_M: Final = 0.1
_FEWEST_MISSES: Final = 5
_BAD_SCATTER: Final = 6.0
_K1: Final = NAMES.index("k1")
_USUAL_K1: Final = 0.05
"""How bent lenses of road cameras usually are, where the picture itself says little."""


@dataclass(frozen=True, slots=True)
class Length:
    """A stretch between two picture points on the road.

    `metres` None: not known, but the same for all of one `group` (the dashes of one line). `error_m` is how
    far it may be off, `px_error` how exactly its ends were marked.
    """

    ends_px: tuple[tuple[float, float], tuple[float, float]]
    way: Way
    metres: float | None = None
    group: str = ""
    error_m: float = 0.02
    px_error: float = 1.0


@dataclass(frozen=True, slots=True)
class Straight:
    """Picture points along one straight line on the road that runs its way: a lane's edge."""

    points_px: tuple[tuple[float, float], ...]
    px_error: float = 1.0


@dataclass(frozen=True, slots=True)
class LengthFit:
    """The camera that shows these lengths, what each misses by (m), and the fit's covariance."""

    camera: RoadCamera
    misses_m: tuple[float, ...]
    solution: Solution

    def scale_error(self, start_m: Sequence[float], end_m: Sequence[float]) -> float:
        """Relative standard error of the length between two road points."""
        return scale_error(self.camera, self.solution, start_m, end_m)


def fit_lengths(
    lengths: Sequence[Length],
    size_px: tuple[int, int],
    *,
    straight: Sequence[Straight] = (),
    height_m: float | None = None,
    with_lens: bool = False,
) -> LengthFit:
    """The camera on whose road these stretches have their lengths and directions, and straight lines are so.

    `height_m`: where it was measured, it is kept. `with_lens`: find k1 too; wants straight lines that reach
    towards the edges of the picture.

    Raises:
        GeometryError: too little is known to fix a camera, or what was given contradicts itself.
    """
    if not any(one.metres for one in lengths) and height_m is None:
        raise GeometryError("no length in metres is given; without one the picture has no scale")
    groups = sorted({one.group for one in lengths if one.metres is None})
    free = np.array(
        [True, True, True, True, False, False, height_m is None, with_lens] + [True] * len(groups)
    )
    known = _count(lengths, straight)
    if known < max(int(free.sum()), _FEWEST_MISSES):
        raise GeometryError(
            f"{known} facts for {int(free.sum())} unknowns; mark more lengths, along and across the road"
        )

    def misses(numbers: Numbers) -> Numbers:
        road_map = camera_from(numbers[: len(NAMES)], size_px).map
        bends = [_bend(one, road_map) for one in straight]
        usual = np.array([numbers[_K1] / _USUAL_K1])
        return np.concatenate([_misses(numbers, lengths, groups, road_map), *bends, usual])

    tried = [solve(misses, start, free) for start in _starts(size_px, height_m, len(groups))]
    best = min(tried, key=lambda one: one.cost)
    camera = camera_from(best.numbers[: len(NAMES)], size_px)
    if best.scatter > _BAD_SCATTER or not np.isfinite(best.cost):
        raise GeometryError(
            f"the lengths contradict each other ({best.scatter:.0f} times their stated errors); "
            "one of them is marked or measured wrongly"
        )
    return LengthFit(camera, _misses_m(best.numbers, lengths, groups, camera.map), best)


def scale_error(
    camera: RoadCamera, solution: Solution, start_m: Sequence[float], end_m: Sequence[float]
) -> float:
    """Relative standard error of the length between two road points, from a fit's covariance."""
    ends_m = np.array([start_m, end_m], dtype=np.float64)
    ends_px = camera.picture(ends_m)
    true_m = float(np.hypot(*(ends_m[1] - ends_m[0])))
    numbers, count = solution.numbers[: len(NAMES)], len(NAMES)
    slope = np.zeros(count)
    for index in range(count):
        if solution.covariance[index, index] == 0:
            continue
        step = min(1e-5, 0.1 * float(np.sqrt(solution.covariance[index, index])))
        moved = numbers.copy()
        moved[index] += step
        there = camera_from(moved, camera.size_px).map.road(ends_px)
        slope[index] = (float(np.hypot(*(there[1] - there[0]))) / true_m - 1) / step
    return float(np.sqrt(max(slope @ solution.covariance[:count, :count] @ slope, 0.0)))


def _count(lengths: Sequence[Length], straight: Sequence[Straight]) -> int:
    told = sum(1 + (one.way != "any") for one in lengths)
    return told + sum(len(one.points_px) - 1 for one in straight)


def _bend(line: Straight, road_map: RoadMap) -> Numbers:
    """How far each point lies beside the line's middle, in units of its error; n long."""
    points = np.array(line.points_px, dtype=np.float64)
    beside = road_map.road(points)[:, 0]
    part = road_map.jacobian(points)[:, 0]
    sigma = line.px_error * np.hypot(part[:, 0], part[:, 1])
    weight = 1 / np.maximum(sigma, 1e-6) ** 2
    return np.asarray((beside - np.average(beside, weights=weight)) / sigma, dtype=np.float64)


def _starts(size_px: tuple[int, int], height_m: float | None, groups: int) -> list[Numbers]:
    return [
        np.concatenate(
            [
                RoadCamera(
                    size_px, size_px[0] * focal, np.radians(tilt), 0.0, 0.0, height_m or _START_HEIGHT_M
                ).numbers(),
                np.full(groups, np.log(4.0)),
            ]
        )
        for focal, tilt in product(_START_FOCALS, _START_TILTS_DEG)
    ]


def _misses(numbers: Numbers, lengths: Sequence[Length], groups: Sequence[str], road_map: RoadMap) -> Numbers:
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


def _misses_m(
    numbers: Numbers, lengths: Sequence[Length], groups: Sequence[str], road_map: RoadMap
) -> tuple[float, ...]:
    ends = _ends(lengths)
    far = np.hypot(*(road_map.road(ends[:, 1]) - road_map.road(ends[:, 0])).T)
    return tuple(float(one) for one in far - _wanted(numbers, lengths, groups))


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
