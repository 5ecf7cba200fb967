"""A camera's scene: the road plane, the stop line, the lamps, the speed zone, as the rules use them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from edge import report
from edge.road_users import Box
from edge.scene_file import CameraFile, SceneError, Speed
from edge.scene_geometry import GeometryError, Points, RoadPlane, fit_plane
from edge.scene_lens import Lens
from edge.scene_pose import Pose, pose_of
from edge.scene_reading import FaultyFileError, fault_of, load_camera_file, parse_camera_file
from edge.scene_signals import RedLight, Signal
from edge.scene_zones import RoadMarks, marks_of

Flags = npt.NDArray[np.bool_]

_WORST_RESIDUAL_PX: Final = 12.0
_WORST_SPEED_SCALE: Final = 0.03

__all__ = ["LinePlace", "Scene", "SceneError", "load_scene", "scene_of", "scene_of_text"]


@dataclass(frozen=True, slots=True)
class LinePlace:
    """Where road points stand to the stop line, each n long.

    `past_m`: metres past the line along the direction of travel, negative before it. `across`: 0 at one end
    of the line and 1 at the other.
    """

    past_m: npt.NDArray[np.float64]
    across: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scene:
    """One camera as set up. Make it with `load_scene` or `scene_of`."""

    file: CameraFile
    file_sha256: str
    plane: RoadPlane
    direction: npt.NDArray[np.float64]
    contact: Literal["rear", "front"]
    """Which end of a vehicle the lower edge of its box shows: `rear` when traffic moves away."""
    line_m: Points | None
    line_error_m: float
    speed_scale_error: float
    speed_zone_m: float
    """How long the speed zone is along the road; 0 without one."""
    marks: RoadMarks
    """Lanes, zones, lines and turns in metres."""
    pose: Pose

    @property
    def id(self) -> str:
        """The camera's id."""
        return self.file.id

    @property
    def picture_size_px(self) -> tuple[int, int]:
        """Width and height of the pictures the file was made for."""
        return self.file.picture_size_px

    @property
    def signals(self) -> tuple[Signal, ...]:
        """Every signal head, the first the one that is shown to people."""
        return self.file.heads

    @property
    def signal(self) -> Signal | None:
        """The first signal head, where there is one."""
        return self.signals[0] if self.signals else None

    @property
    def red_light(self) -> RedLight:
        """Settings of the red-light rule."""
        return self.file.red_light

    @property
    def speed(self) -> Speed | None:
        """Speed limit and zone, where there is one."""
        return self.file.speed

    def reported(self) -> report.Scene:
        """The scene as a violation report states it."""
        certificate = self.file.certificate
        return report.Scene(
            camera_id=self.file.id,
            name=self.file.name,
            location=self.file.location,
            camera_file_sha256=self.file_sha256,
            speed_limit_kmh=self.speed.limit_kmh if self.speed else None,
            certificate=certificate and report.Certificate(**certificate.model_dump()),
        )

    def tolerance_kmh(self, on: date | None) -> float:
        """What the law takes off a measured speed that day; the largest of all when the day is not known."""
        steps = self.speed.tolerance if self.speed else ()
        if on is None:
            return max((step.kmh for step in steps), default=0.0)
        in_force = [step for step in steps if step.valid_from <= on]
        return max(in_force, key=lambda step: step.valid_from).kmh if in_force else 0.0

    def along_m(self, road_m: Points) -> npt.NDArray[np.float64]:
        """Metres along the direction of travel from the road's origin, n long."""
        return np.asarray(road_m @ self.direction, dtype=np.float64)

    def to_line(self, road_m: Points) -> LinePlace:
        """Where road points (n x 2, m) stand to the stop line. Raises SceneError without one."""
        if self.line_m is None:
            raise SceneError(f"{self.id}: stop_line: there is none")
        start, end = self.line_m
        matrix = np.column_stack([self.direction, end - start])
        solved = np.linalg.solve(matrix, (road_m - start).T)
        return LinePlace(past_m=solved[0], across=solved[1])

    def in_speed_zone(self, picture_px: Points) -> Flags:
        """Which picture points lie in the measurement zone."""
        if self.speed is None:
            return np.zeros(len(picture_px), dtype=bool)
        return inside(picture_px, self.speed.zone_px)

    def ignores(self, box: Box) -> bool:
        """Whether the foot of a box lies in a zone that is not watched."""
        foot = np.array([box.bottom_centre])
        return any(bool(inside(foot, zone)[0]) for zone in self.file.ignore_px)


def load_scene(path: Path) -> Scene:
    """Read a camera file and fit its road plane.

    Raises:
        SceneError: the file is wrong; the message names file and field.
    """
    file, digest = load_camera_file(path)
    try:
        return scene_of(file, digest)
    except SceneError as error:
        raise SceneError(f"{path}: {error}") from error


def scene_of_text(text: str, name: object = "camera.toml") -> Scene:
    """The scene of a camera file given as text. Raises FaultyFileError with line and field of each fault."""
    file = parse_camera_file(text, name)
    try:
        return scene_of(file, hashlib.sha256(text.encode()).hexdigest())
    except SceneError as error:
        raise FaultyFileError([fault_of(text, str(error))], name) from error


def scene_of(file: CameraFile, file_sha256: str = "0" * 64) -> Scene:
    """The scene of a checked camera file. Raises SceneError naming the field."""
    plane = _plane(file)
    direction = np.asarray(file.road.direction_m, dtype=np.float64)
    direction = direction / np.hypot(*direction)
    line_m = None if file.stop_line is None else plane.road(np.asarray(file.stop_line.ends_px))
    if line_m is not None:
        _check_line(line_m, direction)
    middle_m = line_m.mean(axis=0) if line_m is not None else _zone_ends(file, plane, direction).mean(axis=0)
    return Scene(
        file=file,
        file_sha256=file_sha256,
        plane=plane,
        direction=direction,
        contact=_contact(plane, middle_m, direction),
        line_m=line_m,
        line_error_m=0.0 if line_m is None else plane.place_error_m(middle_m),
        speed_scale_error=_speed_scale_error(file, plane, direction),
        speed_zone_m=_speed_zone_m(file, plane, direction),
        marks=marks_of(file, plane),
        pose=pose_of(
            plane,
            file.picture_size_px,
            seen_px=np.array([point.picture_px for point in file.calibration.points]),
            height_m=file.calibration.camera_height_m,
        ),
    )


def inside(points: Points, polygon: Sequence[tuple[float, float]]) -> Flags:
    """Which points (n x 2) lie in a polygon (even-odd rule)."""
    corners = np.asarray(polygon, dtype=np.float64)
    x, y = points[:, 0], points[:, 1]
    found = np.zeros(len(points), dtype=bool)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y1 == y2:
            continue
        found ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return found


def lens_of(file: CameraFile) -> Lens | None:
    """The lens of a camera file; None where it says nothing. Raises SceneError for impossible numbers."""
    numbers = file.calibration.lens
    if numbers is None:
        return None
    width, height = file.picture_size_px
    lens = Lens(
        centre_px=numbers.centre_px or ((width - 1) / 2, (height - 1) / 2),
        unit_px=numbers.unit_px or float(np.hypot(width, height)) / 2,
        k1=numbers.k1,
        k2=numbers.k2,
        model=numbers.model,
    )
    if lens.folds_within(width, height):
        raise SceneError(
            "calibration.lens: these k1 and k2 would show one place twice within the picture; "
            "check their sign and unit_px"
        )
    return lens


def _plane(file: CameraFile) -> RoadPlane:
    points, lens = file.calibration.points, file.calibration.lens
    try:
        plane = fit_plane(
            np.array([point.picture_px for point in points]),
            np.array([point.road_m for point in points]),
            point_error_px=file.calibration.point_error_px,
            road_error_m=file.calibration.road_error_m,
            lens=lens_of(file),
            lens_error=lens.k1_error if lens else 0.0,
        )
    except GeometryError as error:
        raise SceneError(f"calibration.points: {error}") from error
    if plane.residual_px > _WORST_RESIDUAL_PX:
        raise SceneError(
            f"calibration.points: they miss a common road plane by {plane.residual_px:.1f} px "
            f"({plane.residual_m:.2f} m); one of them is marked wrongly"
        )
    return plane


def _check_line(line_m: Points, direction: npt.NDArray[np.float64]) -> None:
    along = line_m[1] - line_m[0]
    length_m = float(np.hypot(*along))
    if length_m < 1 or abs(float(along @ direction)) > 0.8 * length_m:
        raise SceneError("stop_line.ends_px: the line must lie across the direction of travel, 1 m or longer")


def _zone_ends(file: CameraFile, plane: RoadPlane, direction: npt.NDArray[np.float64]) -> Points:
    """First and last corner of the speed zone along the road; of the marked points without a zone."""
    corners_px = file.speed.zone_px if file.speed else [point.picture_px for point in file.calibration.points]
    corners_m = plane.road(np.asarray(corners_px, dtype=np.float64))
    along = corners_m @ direction
    return np.array([corners_m[np.argmin(along)], corners_m[np.argmax(along)]])


def _contact(
    plane: RoadPlane, at_m: npt.NDArray[np.float64], direction: npt.NDArray[np.float64]
) -> Literal["rear", "front"]:
    here, ahead = plane.picture(np.array([at_m, at_m + direction]))
    return "rear" if ahead[1] < here[1] else "front"


def _speed_scale_error(file: CameraFile, plane: RoadPlane, direction: npt.NDArray[np.float64]) -> float:
    if file.speed is None:
        return 0.0
    start, end = _zone_ends(file, plane, direction)
    error = float(np.hypot(plane.length_error(start, end), file.calibration.scale_error))
    if "speeding" in file.rules and error > _WORST_SPEED_SCALE:
        raise SceneError(
            f"calibration.points: the speed zone's length is uncertain by {100 * error:.1f} %, over "
            f"{100 * _WORST_SPEED_SCALE:.0f} %; mark more points, further apart"
        )
    return error


def _speed_zone_m(file: CameraFile, plane: RoadPlane, direction: npt.NDArray[np.float64]) -> float:
    if file.speed is None:
        return 0.0
    start, end = _zone_ends(file, plane, direction)
    return float((end - start) @ direction)
