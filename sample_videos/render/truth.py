"""Ground truth of the sample clip: computed from the plan and the projected meshes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sample_videos.render import compose, plan, plates
from sample_videos.render import layout as lo
from sample_videos.render.camera import Pinhole
from sample_videos.render.fleet import Rig, plate_box, to_road
from sample_videos.render.spec import Point
from sample_videos.render.street import lamp_centre

Array = npt.NDArray[np.float64]
Mask = compose.Mask
Phases = Sequence[tuple[str, float, float]]
SCALE = 0.5
MIN_BOX_PX = 8.0
WHY = {
    "stopped_past_line": "stops on red with the front wheels past the stop line and waits there",
    "crossed_on_amber": "crosses the stop line while the signal shows amber",
    "slightly_over_limit": "drives 52 km/h where 50 km/h is allowed, within tolerance",
}


def road_px(camera: Pinhole, points: Sequence[Point]) -> list[list[float]]:
    """Return where points of the road (metres) stand in the picture."""
    px, _ = camera.project(np.array([[x, y, 0.0] for x, y in points]))
    return [[round(float(u), 2), round(float(v), 2)] for u, v in px]


def camera_part(camera: Pinhole, marks: Sequence[Point]) -> dict[str, Any]:
    """Return pose, both homographies and the marked ground points."""
    h = camera.road_to_image()
    inverse = np.linalg.inv(h)
    return {
        "position_m": list(camera.position_m),
        "image_to_road": (inverse / inverse[2, 2]).tolist(),
        "road_to_image": h.tolist(),
        "marked_points": [
            {"px": px, "m": list(m)} for m, px in zip(marks, road_px(camera, marks), strict=True)
        ],
    }


def clip_marks() -> list[Point]:
    """Return the ground points that stand marked in the sample clip."""
    edge = 2 * lo.LANE_CENTRES_M[1]
    along_m = (16.0, 20.0, lo.STOP_LINE_S_M, 31.4, 47.0, 60.0, 75.0)
    return [(x, y) for y in along_m for x in (-edge, 0.0, edge)]


def road_part(camera: Pinhole) -> dict[str, Any]:
    """Return stop line, lanes and direction in metres and pixels."""
    edge, y = 2 * lo.LANE_CENTRES_M[1], lo.STOP_LINE_S_M
    line = [(-edge - 0.8, y), (edge + 0.8, y)]
    lanes = [[(x0, 15.0), (x1, 15.0), (x1, 75.0), (x0, 75.0)] for x0, x1 in ((-edge, 0.0), (0.0, edge))]
    return {
        "stop_line_m": [list(p) for p in line],
        "stop_line_px": road_px(camera, line),
        "lanes_m": [[list(p) for p in lane] for lane in lanes],
        "lanes_px": [road_px(camera, lane) for lane in lanes],
        "direction": [0, 1],
    }


def _box3(camera: Pinhole, centre: tuple[float, float, float], w: float, h: float) -> list[float]:
    x, y, z = centre
    px, _ = camera.project(np.array([[x - w / 2, y, z + h / 2], [x + w / 2, y, z - h / 2]]))
    u, v = px[0], px[1]
    return [round(float(k), 1) for k in (u[0], u[1], v[0] - u[0], v[1] - u[1])]


def signal_boxes(camera: Pinhole, head_m: tuple[float, float, float]) -> dict[str, Any]:
    """Return head and lamp boxes in pixels."""
    d = 2 * lo.LAMP_RADIUS_M
    return {
        "head_box_px": _box3(camera, head_m, *lo.HEAD_SIZE_M),
        "lamp_boxes_px": {c: _box3(camera, lamp_centre(c, head_m), d, d) for c in ("red", "amber", "green")},
    }


def signal_part(camera: Pinhole, head_m: tuple[float, float, float], phases: Phases) -> dict[str, Any]:
    """Return head and lamp boxes in pixels and the phases in seconds."""
    return {
        **signal_boxes(camera, head_m),
        "phases": [{"state": s, "t_start_s": a, "t_end_s": b} for s, a, b in phases],
    }


def frame_rows(rigs: list[Rig], camera: Pinhole, t: float) -> dict[str, dict[str, Any]]:
    """Return one path row per vehicle on the stage at ``t`` seconds."""
    posed = [(rig, pose) for rig in rigs if (pose := rig.vehicle.pose(t)) is not None]
    posed.sort(key=lambda item: max(item[1].front[1], item[1].rear[1]) - item[0].vehicle.width_m)
    covered = nothing_covered(camera)
    rows: dict[str, dict[str, Any]] = {}
    for rig, pose in posed:
        rows[rig.vehicle.vid] = {**unseen_row(t, pose), **_seen_row(rig, pose, camera, covered)}
    return rows


def nothing_covered(camera: Pinhole) -> Mask:
    """Return the mask, at ``SCALE``, into which vehicles are drawn from near to far."""
    return np.zeros((int(camera.height * SCALE), int(camera.width * SCALE)), np.uint8)


def unseen_row(t: float, pose: plan.Pose) -> dict[str, Any]:
    """Return the path row of a vehicle of which the picture shows nothing."""
    return {
        "t_s": round(t, 4),
        "front_m": [round(v, 3) for v in pose.front],
        "rear_m": [round(v, 3) for v in pose.rear],
        "speed_kmh": round(pose.speed_kmh, 2),
        "box_px": None,
        "plate_box_px": None,
        "visible_fraction": 0.0,
    }


def box_in_picture(points: Array, camera: Pinhole) -> tuple[list[float], float] | None:
    """Return the box of a body in the picture and the share of it inside; None if too small to label."""
    px, depth = camera.project(points)
    px = px[depth > compose.NEAR_M]
    found = compose.box_of(px, camera.width, camera.height) if len(px) else None
    return None if found is None or max(found[0][2:]) < MIN_BOX_PX else found


def draw(
    points: Array, triangles: npt.NDArray[np.int32], camera: Pinhole, covered: Mask
) -> tuple[Mask, float]:
    """Draw a body into ``covered``; return what was free before it, and the share of the body that was."""
    mine = compose.silhouette(points, triangles, camera, SCALE)
    free = np.asarray(np.where(covered > 0, 0, 255), dtype=np.uint8)
    seen = int(((mine > 0) & (free > 0)).sum()) / max(1, int((mine > 0).sum()))
    covered |= mine
    return free, seen


def _seen_row(rig: Rig, pose: plan.Pose, camera: Pinhole, covered: Mask) -> dict[str, Any]:
    """Return what the picture shows of a vehicle; empty for nothing."""
    points = to_road(rig.vertices, pose)
    found = box_in_picture(points, camera)
    houses = compose.hidden_by_houses(points, lo.HOUSE_FRONT_M, 82.0)
    if found is None or houses > 0.8:
        return {}
    free, seen = draw(points, rig.triangles, camera, covered)
    return {
        "visible_fraction": round(seen * found[1] * (1.0 - houses), 3),
        "box_px": found[0],
        "plate_box_px": plate_box(rig, pose, camera, free, SCALE),
    }


def cross_time(vehicle: plan.PlannedVehicle, back_m: float = 0.0) -> float | None:
    """Return when the front (or a point ``back_m`` behind it) passes the stop line, seconds."""
    low, high = 0.0, plan.FRAMES / plan.FPS

    def past(t: float) -> bool:
        return vehicle.motion.state(t)[0] - back_m >= lo.STOP_LINE_S_M

    if past(low) or not past(high) or vehicle.street != "main":
        return None
    while high - low > 1e-5:
        mid = (low + high) / 2
        low, high = (low, mid) if past(mid) else (mid, high)
    return round(high, 3)


def events() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the violations and the near misses written into the plan."""
    violations: list[dict[str, Any]] = []
    near: list[dict[str, Any]] = []
    for v in plan.vehicles():
        t = cross_time(v)
        if v.role in ("red_light", "speeding") and t is not None:
            violations.append(
                {
                    "rule": v.role,
                    "vehicle": v.vid,
                    "plate": v.plate,
                    "class": v.kind,
                    "t_event_s": t,
                    "t_rear_cross_s": cross_time(v, v.length_m),
                    "speed_kmh": round(v.motion.state(t)[1] * 3.6, 1),
                }
            )
        elif v.role in WHY:
            near.append(
                {"kind": v.role, "vehicle": v.vid, "plate": v.plate, "t_event_s": t, "why_en": WHY[v.role]}
            )
    return violations, near


def _listed(v: plan.PlannedVehicle, path: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": v.vid,
        "class": v.kind,
        "riders": v.riders,
        "helmets": v.riders,
        "colour": v.colour,
        "plate": {
            "text": v.plate,
            "display": plates.display(v.plate, v.kind),
            "ground_colour": v.ground,
            "layout": "two_line" if v.kind == "motorbike" else v.layout,
        },
        "length_m": v.length_m,
        "path": path,
    }


def build(rigs: list[Rig], camera: Pinhole, video: str) -> dict[str, Any]:
    """Return the whole truth of the clip."""
    paths: dict[str, list[dict[str, Any]]] = {rig.vehicle.vid: [] for rig in rigs}
    for k in range(plan.FRAMES):
        for vid, row in frame_rows(rigs, camera, k / plan.FPS).items():
            paths[vid].append(row)
    violations, near = events()
    listed = [_listed(v, paths[v.vid]) for v in plan.vehicles()]
    return {
        "video": {
            "file": video,
            "fps": plan.FPS,
            "width": camera.width,
            "height": camera.height,
            "frames": plan.FRAMES,
            "duration_s": plan.FRAMES / plan.FPS,
        },
        "seed": plan.SEED,
        "speed_limit_kmh": plan.SPEED_LIMIT_KMH,
        "camera": camera_part(camera, clip_marks()),
        "road": road_part(camera),
        "signal": signal_part(camera, lo.HEAD_POSITION_M, plan.PHASES),
        "vehicles": listed,
        "violations": violations,
        "near_misses": near,
    }


def write(path: Path, truth: dict[str, Any]) -> None:
    """Write the truth as compact JSON, one path row a line."""
    text = json.dumps(truth, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text.replace('{"t_s"', '\n{"t_s"') + "\n", encoding="utf-8")
