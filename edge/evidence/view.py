"""What evidence needs to know of a camera's scene, as plain values: for masking and for the drawing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from edge.detector.types import Box
from edge.scene import Scene
from edge.scene_geometry import Points

_HEAD_HEIGHT_M: Final = 1.7
_CELL_M: Final = 0.1
_NEAREST_CAMERA: Final = 4.0
_ASSUMED_HEIGHT_M: Final = 4.0
_FINEST_CELL_PX: Final = 6
_BANDS: Final = 12
_CELLS_OF_UNKNOWN: Final = 48

PointPx = tuple[float, float]
PointM = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Band:
    """Picture rows `top` to `bottom` (excluded), and how coarse they are shown when masked: px a cell."""

    top: int
    bottom: int
    cell_px: int


@dataclass(frozen=True, slots=True)
class View:
    """One camera's picture, and what is drawn of its road. `line` in the direction of travel's metres."""

    picture_size_px: tuple[int, int]
    bands: tuple[Band, ...]
    heads: tuple[Box, ...]
    """Each signal head with all its lamps, px."""
    direction: PointM
    line_px: tuple[PointPx, PointPx] | None
    line_m: tuple[PointM, PointM] | None
    zone_m: tuple[PointM, ...]


def plain_view(width_px: int, height_px: int) -> View:
    """The view of a camera of which nothing is known: coarse all over."""
    band = Band(0, height_px, max(width_px // _CELLS_OF_UNKNOWN, _FINEST_CELL_PX))
    return View((width_px, height_px), (band,), (), (0.0, 1.0), None, None, ())


def view_of(scene: Scene) -> View:
    """The view of a camera as set up."""
    line = scene.file.stop_line
    zone_px = scene.speed.zone_px if scene.speed else ()
    zone_m = scene.plane.road(np.asarray(zone_px, dtype=np.float64)) if zone_px else np.empty((0, 2))
    return View(
        picture_size_px=scene.picture_size_px,
        bands=_bands(scene),
        heads=tuple(_hull(tuple(head.lamps().values())) for head in scene.file.heads),
        direction=(float(scene.direction[0]), float(scene.direction[1])),
        line_px=line.ends_px if line else None,
        line_m=None if scene.line_m is None else (_pair(scene.line_m[0]), _pair(scene.line_m[1])),
        zone_m=tuple(_pair(corner) for corner in zone_m),
    )


def _bands(scene: Scene) -> tuple[Band, ...]:
    """Cells of 10 cm at head height, which leave two of them to a face and less than one to a character.

    A thing above the road is nearer than the road seen behind it, and so larger; the lower the camera hangs,
    the more. Above the horizon nothing tells how near things are: there the coarsest cell holds.
    """
    width, height = scene.picture_size_px
    hung_m = scene.file.calibration.camera_height_m or _ASSUMED_HEIGHT_M
    nearer = min(hung_m / max(hung_m - _HEAD_HEIGHT_M, 0.1), _NEAREST_CAMERA)
    edges = [round(row) for row in np.linspace(0, height, _BANDS + 1)]
    rows = list(pairwise(edges))
    scales = [_largest_scale(scene, width, top, bottom) for top, bottom in rows]
    coarsest = max((one for one in scales if one is not None), default=width / _CELLS_OF_UNKNOWN / _CELL_M)
    return tuple(
        Band(top, bottom, max(round((scale or coarsest) * _CELL_M * nearer), _FINEST_CELL_PX))
        for (top, bottom), scale in zip(rows, scales, strict=True)
    )


def _largest_scale(scene: Scene, width: int, top: int, bottom: int) -> float | None:
    """The most px that a metre of road takes across the picture in these rows; None where no road can be."""
    plane = scene.plane
    places = np.array([(x, y) for y in (top, bottom) for x in (0.1 * width, 0.5 * width, 0.9 * width)])
    marked = np.array([point.picture_px for point in scene.file.calibration.points])
    turns = np.linalg.det(plane.jacobian(places)) * np.linalg.det(plane.jacobian(marked)).sum()
    if not (turns > 0).all():  # beyond the horizon the map from picture to road is turned over
        return None
    across_m = np.hypot(*(plane.road(places + np.array([1.0, 0.0])) - plane.road(places)).T)
    return float((1 / across_m).max())


def _hull(lamps: tuple[Box, ...]) -> Box:
    x, y = min(one.x for one in lamps), min(one.y for one in lamps)
    return Box(x, y, max(one.x2 for one in lamps) - x, max(one.y2 for one in lamps) - y)


def _pair(point: Points) -> PointM:
    return round(float(point[0]), 3), round(float(point[1]), 3)
