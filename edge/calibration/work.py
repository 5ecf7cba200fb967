"""One calibration: from marks (and traffic) to a [calibration] section, what it misses by, and a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from edge.calibration.camera import RoadCamera
from edge.calibration.facts import Facts
from edge.calibration.fit import CameraFit, fit_camera
from edge.calibration.marks import Marks
from edge.calibration.section import section_of
from edge.calibration.traffic import Passage, fit_traffic
from edge.calibration.verdict import Verdict, judged
from edge.scene_file import Calibration, LensNumbers, MarkedPoint
from edge.scene_geometry import GeometryError, Points, RoadMap, RoadPlane, fit_plane
from edge.scene_lens import Lens
from edge.scene_pose import pose_of

Method = Literal["points", "lengths", "traffic"]
_FEWEST_POINTS: Final = 4
_LENGTH_ERROR_OF_GRID_PX: Final = 0.05


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The result. `stretch_m`: corners (x, y) of what was marked; `camera` None for points alone."""

    method: Method
    calibration: Calibration
    map: RoadMap
    camera: RoadCamera | None
    facts: Facts
    misses: tuple[tuple[float, ...], tuple[tuple[float, float], ...]]
    stretch_m: tuple[tuple[float, float], tuple[float, float]]
    length_error: float
    verdict: Verdict


def calibrated(marks: Marks, passages: Sequence[Passage] = ()) -> Calibrated:
    """Calibrate by what was marked, and by the traffic where its tracks are given.

    Raises:
        GeometryError: in words, what is missing or contradicts itself.
    """
    if marks.points and not passages:
        return _by_points(marks)
    fit = (
        fit_traffic(list(passages), marks.facts(), with_lens=marks.lens)
        if passages
        else fit_camera(marks.facts(), with_lens=marks.lens)
    )
    return _by_fit(marks, fit, "traffic" if passages else "lengths", passages)


def _by_points(marks: Marks) -> Calibrated:
    """The points as they were measured; the lens by a fit where asked for."""
    if len(marks.points) < _FEWEST_POINTS:
        raise GeometryError(f"{len(marks.points)} marked points; at least {_FEWEST_POINTS} are needed")
    fit = fit_camera(marks.facts(), with_lens=True) if marks.lens else None
    lens, k1_error = (None, 0.0) if fit is None else (fit.camera.lens, fit.error("k1"))
    seen = np.array([one.picture_px for one in marks.points])
    road = np.array([one.road_m for one in marks.points])
    plane = fit_plane(
        seen,
        road,
        point_error_px=marks.point_error_px,
        road_error_m=marks.road_error_m,
        lens=lens,
        lens_error=k1_error,
    )
    pose = pose_of(plane, marks.picture_size_px, seen_px=seen)
    shown_m = pose.height_m if pose.known else None
    calibration = Calibration(
        quality=marks.quality,
        camera_height_m=marks.camera_height_m or (None if shown_m is None else round(shown_m, 2)),
        point_error_px=round(plane.point_error_px, 2),
        road_error_m=marks.road_error_m,
        lens=_numbers(lens, k1_error),
        points=tuple(MarkedPoint(picture_px=one.picture_px, road_m=one.road_m) for one in marks.points),
    )
    error = _length_error(plane, road)
    return Calibrated(
        method="points",
        calibration=calibration,
        map=plane.map,
        camera=None if fit is None else fit.camera,
        facts=replace(marks.facts(), lengths=(), straight=()),
        misses=((), tuple((float(x), float(y)) for x, y in plane.picture(road) - seen)),
        stretch_m=_stretch(road),
        length_error=error,
        verdict=judged(calibration, error, shown_height_m=shown_m),
    )


def _by_fit(marks: Marks, fit: CameraFit, method: Method, passages: Sequence[Passage]) -> Calibrated:
    marked_px = _marked_px(marks)
    if not len(marked_px):
        marked_px = np.concatenate(
            [one.boxes_px[:, :2] + one.boxes_px[:, 2:] * [0.5, 1.0] for one in passages]
        )
        marked_px = _below_horizon(marked_px, fit)
    road = fit.camera.map.road(marked_px)
    (_, near), (_, far) = road.min(axis=0), road.max(axis=0)
    error = fit.scale_error((0.0, near), (0.0, far))
    calibration = section_of(
        fit.camera,
        marked_px,
        quality="estimated" if method == "traffic" else marks.quality,
        scale_error=error,
        point_error_px=_LENGTH_ERROR_OF_GRID_PX,
    )
    if marks.camera_height_m:
        calibration = calibration.model_copy(update={"camera_height_m": marks.camera_height_m})
    return Calibrated(
        method=method,
        calibration=calibration,
        map=fit.camera.map,
        camera=fit.camera,
        facts=marks.facts(),
        misses=(fit.length_misses_m, fit.point_misses_px),
        stretch_m=_stretch(road),
        length_error=error,
        verdict=judged(calibration, error, shown_height_m=fit.camera.height_m),
    )


def _stretch(road: Points) -> tuple[tuple[float, float], tuple[float, float]]:
    low, high = road.min(axis=0), road.max(axis=0)
    return (float(low[0]), float(low[1])), (float(high[0]), float(high[1]))


def _length_error(plane: RoadPlane, road: Points) -> float:
    """Of the longest way through the marked points, the way a vehicle is measured over."""
    low, high = road.min(axis=0), road.max(axis=0)
    middle = (low + high) / 2
    axis = int(np.argmax(high - low))
    start, end = middle.copy(), middle.copy()
    start[axis], end[axis] = low[axis], high[axis]
    return plane.length_error(tuple(start), tuple(end))


def _marked_px(marks: Marks) -> Points:
    places = [one.picture_px for one in marks.points]
    places += [end for one in marks.lengths for end in one.ends_px]
    places += [end for one in marks.dashes for end in one.ends_px]
    return np.array(places, dtype=np.float64).reshape(-1, 2)


def _below_horizon(feet_px: Points, fit: CameraFit) -> Points:
    """Feet that stand on the road within 80 m of the camera and 15 m of its axis."""
    road = fit.camera.map.road(feet_px)
    near = (road[:, 1] > 0) & (road[:, 1] < 80) & (np.abs(road[:, 0]) < 15)  # noqa: PLR2004 - said above
    if not near.any():
        raise GeometryError("the traffic is nowhere on the road that it makes; mark a length instead")
    return feet_px[near]


def _numbers(lens: Lens | None, k1_error: float) -> LensNumbers | None:
    if lens is None:
        return None
    return LensNumbers(model=lens.model, k1=round(lens.k1, 5), k1_error=round(k1_error, 5))
