"""Ground truth of a scene: every vehicle, plate and head in every frame, from the plan and the meshes."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import numpy.typing as npt

from sample_videos.render import compose, events, fleet, plates, truth
from sample_videos.render import layout as lo
from sample_videos.render.camera import Pinhole
from sample_videos.render.cast import Member
from sample_videos.render.labels import Sight, head_rows
from sample_videos.render.plan import Pose
from sample_videos.render.spec import Junction, Scene

Array = npt.NDArray[np.float64]
SCALE = truth.SCALE
MIN_HEAD_PX = 6.0


def frame_rows(scene: Scene, cast: list[Member], t: float) -> dict[str, dict[str, Any]]:
    """Return one path row per vehicle on the stage at ``t`` seconds."""
    camera = scene.camera
    posed = [(m, pose) for m in cast if (pose := m.ride.pose(t)) is not None]
    posed.sort(key=lambda item: max(item[1].front[1], item[1].rear[1]) - item[0].ride.width_m)
    covered = np.zeros((int(camera.height * SCALE), int(camera.width * SCALE)), np.uint8)
    rows: dict[str, dict[str, Any]] = {}
    for member, pose in posed:
        row: dict[str, Any] = {
            "t_s": round(t, 4),
            "front_m": [round(v, 3) for v in pose.front],
            "rear_m": [round(v, 3) for v in pose.rear],
            "speed_kmh": round(pose.speed_kmh, 2),
            "box_px": None,
            "plate_box_px": None,
            "visible_fraction": 0.0,
        }
        _fill(row, member, pose, camera, covered)
        rows[member.ride.vid] = row
    _add_heads(scene, cast, t, rows)
    return rows


def _fill(
    row: dict[str, Any], member: Member, pose: Pose, camera: Pinhole, covered: npt.NDArray[np.uint8]
) -> None:
    points = fleet.to_road(member.rig.vertices, pose)
    px, depth = camera.project(points)
    px = px[depth > compose.NEAR_M]
    if not len(px):
        return
    found = compose.box_of(px, camera.width, camera.height)
    if found is None or max(found[0][2:]) < truth.MIN_BOX_PX:
        return
    mine = compose.silhouette(points, member.rig.triangles, camera, SCALE)
    total = int((mine > 0).sum())
    free = np.asarray(np.where(covered > 0, 0, 255), dtype=np.uint8)
    seen = int(((mine > 0) & (free > 0)).sum()) / max(1, total)
    covered |= mine
    row["visible_fraction"] = round(seen * found[1], 3)
    row["box_px"] = found[0]
    row["plate_box_px"] = fleet.plate_box(member.rig, pose, camera, free, SCALE)
    if row["plate_box_px"] is None and member.front_corners is not None:
        corners = fleet.to_road(member.front_corners, pose)
        row["plate_box_px"] = fleet.quad_box(corners, camera, free, SCALE)


def _add_heads(scene: Scene, cast: list[Member], t: float, rows: dict[str, dict[str, Any]]) -> None:
    """Cast rays at the heads that are in the picture; needs the vehicles placed in Blender."""
    ridden = [m for m in cast if m.heads and m.ride.vid in rows and rows[m.ride.vid]["box_px"]]
    if not ridden:
        return
    for member in cast:
        member.place(member.ride.pose(t))
    sight = Sight(scene.camera)
    for member in ridden:
        pose = member.ride.pose(t)
        if pose is not None:
            rng = random.Random(f"{member.ride.vid}:{t:.3f}")
            rows[member.ride.vid]["heads"] = head_rows(member.heads, pose, sight, rng, MIN_HEAD_PX)


def _listed(member: Member, path: list[dict[str, Any]]) -> dict[str, Any]:
    ride = member.ride
    return {
        "id": ride.vid,
        "class": ride.kind,
        "model": ride.model,
        "riders": ride.riders,
        "helmets": sum(one.helmet for one in ride.people),
        "people": [{"hat": p.hat, "helmet": p.helmet, "child": p.child} for p in ride.people],
        "colour": ride.colour,
        "plate": {
            "text": ride.plate,
            "display": plates.display(ride.plate, ride.kind),
            "ground_colour": ride.ground,
            "layout": "two_line" if ride.kind == "motorbike" else ride.layout,
        },
        "length_m": ride.length_m,
        "width_m": ride.width_m,
        "path": path,
    }


def _px(camera: Pinhole, points: tuple[tuple[float, float], ...]) -> list[list[float]]:
    px, _ = camera.project(np.array([[x, y, 0.0] for x, y in points]))
    return [[round(float(u), 2), round(float(v), 2)] for u, v in px]


def _camera_part(scene: Scene) -> dict[str, Any]:
    h = scene.camera.road_to_image()
    inverse = np.linalg.inv(h)
    return {
        "position_m": list(scene.camera.position_m),
        "image_to_road": (inverse / inverse[2, 2]).tolist(),
        "road_to_image": h.tolist(),
        "marked_points": [
            {"px": px, "m": list(m)}
            for m, px in zip(scene.marks, _px(scene.camera, scene.marks), strict=True)
        ],
    }


def _road_part(scene: Scene) -> dict[str, Any]:
    part: dict[str, Any] = {"direction": list(scene.direction_m)}
    if scene.stop_line is not None:
        part["stop_line_m"] = [list(p) for p in scene.stop_line]
        part["stop_line_px"] = _px(scene.camera, scene.stop_line)
    part["zones"] = [
        {
            "name": z.name,
            "polygon_m": [list(p) for p in z.polygon_m],
            "polygon_px": _px(scene.camera, z.polygon_m),
            **z.facts,
        }
        for z in scene.zones
    ]
    return part


def _signal_part(scene: Scene) -> dict[str, Any] | None:
    if not scene.phases:
        return None
    head_m = scene.street.head_m if isinstance(scene.street, Junction) else lo.HEAD_POSITION_M
    return {
        **truth.signal_boxes(scene.camera, head_m),
        "phases": [{"state": s, "t_start_s": a, "t_end_s": b} for s, a, b in scene.phases],
    }


def build(scene: Scene, cast: list[Member]) -> dict[str, Any]:
    """Return the whole truth of the clip."""
    paths: dict[str, list[dict[str, Any]]] = {m.ride.vid: [] for m in cast}
    for k in range(scene.frames):
        for vid, row in frame_rows(scene, cast, k / scene.fps).items():
            paths[vid].append(row)
    for member in cast:
        member.place(None)
    return {
        "video": {
            "file": f"{scene.name}.mp4",
            "fps": scene.fps,
            "width": scene.camera.width,
            "height": scene.camera.height,
            "frames": scene.frames,
            "duration_s": scene.duration_s,
        },
        "seed": scene.seed,
        "speed_limit_kmh": scene.limit_kmh,
        "weather": scene.weather,
        "camera": _camera_part(scene),
        "road": _road_part(scene),
        "signal": _signal_part(scene),
        "vehicles": [_listed(m, paths[m.ride.vid]) for m in cast],
        "violations": events.violations(scene),
        "near_misses": events.near_misses(scene),
    }
