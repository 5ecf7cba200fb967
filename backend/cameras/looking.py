"""What a camera file means, for people who draw it: faults, residuals, grid, vehicles in metres. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final

import numpy as np

from backend.cameras.schemas import FaultView, Look, PathView, PointView
from backend.cameras.toml_text import toml_text
from edge.scene import Scene, scene_of_text
from edge.scene_geometry import Points
from edge.scene_reading import FaultyFileError
from edge.upkeep import PathSeen

_GRID_M: Final = 5
_MOST_LINES: Final = 60
_STEPS: Final = 12
_FAR: Final = 3.0


def look_at(
    camera_id: str,
    *,
    content: str | None = None,
    document: Mapping[str, Any] | None = None,
    paths: Sequence[PathSeen] = (),
) -> Look:
    """What this file means; a faulty one gives its faults, and nothing is raised."""
    text = content if content is not None else toml_text(document or {})
    try:
        scene = scene_of_text(text)
    except FaultyFileError as error:
        faults = [FaultView(line=one.line, field=one.field, message=one.message) for one in error.faults]
        return Look(content=text, document=_document(text), faults=faults)
    faults = []
    if scene.id != camera_id:
        faults = [FaultView(line=None, field="id", message=f"this is the file of {scene.id}")]
    return Look(
        content=text,
        document=_document(text),
        faults=faults,
        residual_px=round(scene.plane.residual_px, 2),
        residual_m=round(scene.plane.residual_m, 3),
        points=list(_points(scene)),
        line_error_m=round(scene.line_error_m, 3) if scene.line_m is not None else None,
        speed_scale_error=round(scene.speed_scale_error, 4) if scene.speed else None,
        grid_m=_GRID_M,
        grid_px=list(_grid(scene)),
        plan_m=_plan(scene),
        paths=[_path(scene, one) for one in paths],
    )


def _document(text: str) -> dict[str, Any] | None:
    """The file as JSON values; None where it is not even TOML."""
    try:
        return {key: _json(value) for key, value in tomllib.loads(text).items()}
    except tomllib.TOMLDecodeError:
        return None


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_json(one) for one in value]
    return value.isoformat() if isinstance(value, date | datetime | time) else value


def _points(scene: Scene) -> Iterator[PointView]:
    marked = scene.file.calibration.points
    seen = np.array([one.picture_px for one in marked], dtype=np.float64)
    road = np.array([one.road_m for one in marked], dtype=np.float64)
    miss_px = np.hypot(*(seen - scene.plane.picture(road)).T)
    miss_m = np.hypot(*(road - scene.plane.road(seen)).T)
    for px, m in zip(miss_px, miss_m, strict=True):
        yield PointView(miss_px=round(float(px), 2), miss_m=round(float(m), 3))


def _grid(scene: Scene) -> Iterator[list[tuple[float, float]]]:
    """Lines of the road every few metres around the marked points, cut at the picture's edge."""
    road = np.array([one.road_m for one in scene.file.calibration.points], dtype=np.float64)
    low = np.floor((road.min(axis=0) - _GRID_M) / _GRID_M) * _GRID_M
    high = np.ceil((road.max(axis=0) + _GRID_M) / _GRID_M) * _GRID_M
    lines = 0
    for axis in (0, 1):
        for at in np.arange(low[axis], high[axis] + 1, _GRID_M):
            along = np.linspace(low[1 - axis], high[1 - axis], _STEPS)
            line = np.column_stack(
                [np.full(_STEPS, at), along] if axis == 0 else [along, np.full(_STEPS, at)]
            )
            yield from _visible(scene, scene.plane.picture(line), line)
            lines += 1
            if lines > _MOST_LINES:
                return


def _visible(scene: Scene, picture: Points, road: Points) -> Iterator[list[tuple[float, float]]]:
    width, height = scene.picture_size_px
    marked = np.array([one.picture_px for one in scene.file.calibration.points], dtype=np.float64)
    finite = np.isfinite(picture).all(axis=1) & np.isfinite(road).all(axis=1)
    near = (np.abs(picture[:, 0] - width / 2) < width) & (np.abs(picture[:, 1] - height / 2) < height)
    keep = finite & near
    keep[keep] &= scene.plane.map.same_side(picture[keep], marked)
    run: list[tuple[float, float]] = []
    for good, (x, y) in zip(keep, picture, strict=True):
        if good:
            run.append((round(float(x), 1), round(float(y), 1)))
            continue
        if len(run) > 1:
            yield run
        run = []
    if len(run) > 1:
        yield run


def _plan(scene: Scene) -> dict[str, list[list[tuple[float, float]]]]:
    file = scene.file
    drawn: dict[str, list[Sequence[tuple[float, float]]]] = {
        "lanes": [lane.polygon_px for lane in file.road.lanes],
        "zones": [zone.polygon_px for zone in file.zones],
        "stop_line": [file.stop_line.ends_px] if file.stop_line else [],
        "solid_lines": [line.points_px for line in file.solid_lines],
        "speed": [file.speed.zone_px] if file.speed else [],
        "turns": [gate for turn in file.forbidden_turns for gate in (turn.enter_px, turn.leave_px)],
    }
    return {name: [_on_road(scene, one) for one in shapes] for name, shapes in drawn.items() if shapes}


def _on_road(scene: Scene, points_px: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    road = scene.plane.road(np.asarray(points_px, dtype=np.float64))
    return [(round(float(x), 2), round(float(y), 2)) for x, y in road if np.isfinite([x, y]).all()]


def _path(scene: Scene, seen: PathSeen) -> PathView:
    feet = np.array([(x, y) for _, x, y in seen.points], dtype=np.float64).reshape(-1, 2)
    road = scene.plane.road(feet) if len(feet) else feet
    marked = np.array([one.road_m for one in scene.file.calibration.points], dtype=np.float64)
    middle, reach = marked.mean(axis=0), _FAR * max(float(np.ptp(marked, axis=0).max()), 1.0)
    near = np.isfinite(road).all(axis=1) & (np.abs(road - middle) < reach).all(axis=1)
    return PathView(
        track=seen.track,
        kind=seen.kind,
        road_m=[
            (t_s, round(float(x), 2), round(float(y), 2))
            for (t_s, _, _), (x, y), good in zip(seen.points, road, near, strict=True)
            if good
        ],
        picture_px=[(x, y) for _, x, y in seen.points],
    )
