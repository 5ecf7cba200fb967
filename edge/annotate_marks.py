"""What the camera file marks on the road, drawn into a picture: lanes, zones, continuous lines, gates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from edge.detector.types import Image
from edge.scene import Scene
from edge.scene_file import ZoneKind

Colour = tuple[int, int, int]
Point = tuple[float, float]

_LANE: Final[Colour] = (190, 150, 90)
_SHOULDER: Final[Colour] = (60, 170, 255)
_ZONES: Final[dict[ZoneKind, Colour]] = {
    "no_entry": (60, 60, 235),
    "no_stopping": (60, 120, 255),
    "no_parking": (200, 120, 60),
    "crosswalk": (230, 230, 230),
    "junction": (90, 220, 230),
}
_SOLID: Final[Colour] = (255, 255, 255)
_ENTER: Final[Colour] = (80, 200, 80)
_LEAVE: Final[Colour] = (60, 60, 235)
_ARROW_M: Final = 6.0


def draw_marks(image: Image, scene: Scene, thickness: int) -> None:
    """Draw the marks of a scene into `image`; lanes with an arrow the way they go."""
    file = scene.file
    for (lane, area), one in zip(scene.marks.lanes, file.road.lanes, strict=True):
        colour = _SHOULDER if lane.emergency else _LANE
        _chain(image, one.polygon_px, colour, thickness, closed=True)
        way = np.asarray(lane.direction_m or scene.direction, dtype=np.float64)
        middle_m = area.corners_m.mean(axis=0)
        step_m = _ARROW_M / 2 * way / np.hypot(*way)
        start, end = scene.plane.picture(np.array([middle_m - step_m, middle_m + step_m]))
        if np.isfinite([start, end]).all():
            cv2.arrowedLine(image, _whole(start), _whole(end), colour, thickness, cv2.LINE_AA, tipLength=0.3)
    for zone in file.zones:
        _chain(image, zone.polygon_px, _ZONES[zone.kind], thickness, closed=True)
    for line in file.solid_lines:
        _chain(image, line.points_px, _SOLID, 2 * thickness, closed=False)
    for turn in file.forbidden_turns:
        _chain(image, turn.enter_px, _ENTER, 2 * thickness, closed=False)
        _chain(image, turn.leave_px, _LEAVE, 2 * thickness, closed=False)


def _chain(image: Image, points: Sequence[Point], colour: Colour, thickness: int, *, closed: bool) -> None:
    chain = np.array(points).round().astype(np.int32)
    cv2.polylines(image, [chain], isClosed=closed, color=colour, thickness=thickness, lineType=cv2.LINE_AA)


def _whole(point: Sequence[float]) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))
