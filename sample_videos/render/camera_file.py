"""Writes a scene's camera file, as a person who surveyed the road would, from the truth's numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from sample_videos.render.spec import Point, Scene, Zone

HEAD = (
    "# Camera file of a rendered clip. Its numbers stand in truth.json: the scene was rendered from them.\n"
)
POINT_ERROR_PX, ROAD_ERROR_M = 0.5, 0.01


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _list(values: Iterable[Any]) -> str:
    return "[" + ", ".join(_quoted(v) if isinstance(v, str) else f"{v:g}" for v in values) + "]"


def _px(scene: Scene, points: Iterable[Point]) -> str:
    px, _ = scene.camera.project(np.array([[x, y, 0.0] for x, y in points]))
    return "[" + ", ".join(f"[{u:.2f}, {v:.2f}]" for u, v in px) + "]"


def _box(values: list[float]) -> str:
    return "[" + ", ".join(f"{v:.1f}" for v in values) + "]"


def _facts(zone: Zone, *names: str) -> list[str]:
    rows = []
    for name in names:
        if name in zone.facts:
            value = zone.facts[name]
            rows.append(f"{name} = {_quoted(value) if isinstance(value, str) else _list(value)}")
    return rows


def _lane(scene: Scene, zone: Zone) -> list[str]:
    rows = ["[[road.lanes]]", f"name = {_quoted(zone.name)}"]
    return [*rows, f"polygon_px = {_px(scene, zone.polygon_m)}", *_facts(zone, "kinds", "direction_m")]


def _zone(scene: Scene, zone: Zone) -> list[str]:
    rows = ["[[zones]]", f"name = {_quoted(zone.name)}", *_facts(zone, "kind")]
    return [*rows, f"polygon_px = {_px(scene, zone.polygon_m)}", *_facts(zone, "kinds", "sign")]


def _solid_line(scene: Scene, zone: Zone) -> list[str]:
    rows = ["[[solid_lines]]", f"name = {_quoted(zone.name)}"]
    return [*rows, f"points_px = {_px(scene, zone.polygon_m)}", *_facts(zone, "forbidden_from", "sign")]


def _turn(scene: Scene, zone: Zone) -> list[str]:
    gates = [f"{gate}_px = {_px(scene, zone.facts[f'{gate}_m'])}" for gate in ("enter", "leave")]
    rows = ["[[forbidden_turns]]", f"name = {_quoted(zone.name)}", *_facts(zone, "kind")]
    return [*rows, *gates, *_facts(zone, "kinds", "sign")]


SECTIONS = {"lane": _lane, "zone": _zone, "solid_line": _solid_line, "turn": _turn}


def _signal(scene: Scene, truth: dict[str, Any]) -> list[str]:
    if scene.stop_line is None or truth["signal"] is None:
        return []
    boxes = truth["signal"]["lamp_boxes_px"]
    return [
        "[stop_line]",
        f"ends_px = {_px(scene, scene.stop_line)}",
        "",
        "[signal]",
        *(f"{name} = {_box(boxes[name])}" for name in ("red", "amber", "green")),
        "",
    ]


def _calibration(scene: Scene, truth: dict[str, Any]) -> list[str]:
    return [
        "[calibration]",
        'quality = "surveyed"',
        f"camera_height_m = {scene.camera.position_m[2]:g}",
        f"point_error_px = {POINT_ERROR_PX}",
        f"road_error_m = {ROAD_ERROR_M}",
        "points = [",
        *(
            f"  {{ picture_px = [{u}, {v}], road_m = [{x:.2f}, {y:.2f}] }},"
            for (u, v), (x, y) in ((p["px"], p["m"]) for p in truth["camera"]["marked_points"])
        ),
        "]",
        "",
    ]


def text(scene: Scene, truth: dict[str, Any]) -> str:
    """Return the camera file's TOML."""
    rows = [
        HEAD + 'schema = "phatnguoi.camera/1"',
        f"id = {_quoted(scene.camera_id)}",
        f"name = {_quoted(scene.title)}",
        f"location = {_quoted(scene.location)}",
        f"picture_size_px = [{scene.camera.width}, {scene.camera.height}]",
        f"rules = {_list(scene.rules)}",
        "",
        *_calibration(scene, truth),
        "[road]",
        f"direction_m = {_list(scene.direction_m)}",
        "",
    ]
    by_section = {name: [z for z in scene.zones if z.facts.get("section") == name] for name in SECTIONS}
    for zone in by_section["lane"]:
        rows += [*_lane(scene, zone), ""]
    rows += _signal(scene, truth)
    for zone in scene.zones:
        if zone.facts.get("section") == "speed":
            area = _px(scene, zone.polygon_m)
            rows += ["[speed]", f"limit_kmh = {scene.limit_kmh}", f"zone_px = {area}", ""]
    if scene.stop_after_s is not None:
        rows += ["[standing]", f"stop_after_s = {scene.stop_after_s:g}", ""]
    for name, write in SECTIONS.items():
        for zone in by_section[name] if name != "lane" else []:
            rows += [*write(scene, zone), ""]
    return "\n".join(rows).rstrip() + "\n"
