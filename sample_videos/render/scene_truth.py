"""Ground truth of a scene: every vehicle, plate and head in every frame, from the plan and the meshes."""

from __future__ import annotations

import random
from typing import Any

from sample_videos.render import events, fleet, plates, truth
from sample_videos.render import layout as lo
from sample_videos.render.camera import Pinhole
from sample_videos.render.cast import Member
from sample_videos.render.labels import Sight, head_rows
from sample_videos.render.plan import Pose
from sample_videos.render.spec import Junction, Scene

SCALE = truth.SCALE
MIN_HEAD_PX = 6.0


def frame_rows(scene: Scene, cast: list[Member], t: float) -> dict[str, dict[str, Any]]:
    """Return one path row per vehicle on the stage at ``t`` seconds."""
    camera = scene.camera
    posed = [(m, pose) for m in cast if (pose := m.ride.pose(t)) is not None]
    posed.sort(key=lambda item: max(item[1].front[1], item[1].rear[1]) - item[0].ride.width_m)
    covered = truth.nothing_covered(camera)
    rows: dict[str, dict[str, Any]] = {}
    for member, pose in posed:
        rows[member.ride.vid] = {**truth.unseen_row(t, pose), **_seen_row(member, pose, camera, covered)}
    _add_heads(scene, cast, t, rows)
    return rows


def _seen_row(member: Member, pose: Pose, camera: Pinhole, covered: truth.Mask) -> dict[str, Any]:
    """Return what the picture shows of a vehicle; empty for nothing."""
    points = fleet.to_road(member.rig.vertices, pose)
    found = truth.box_in_picture(points, camera)
    if found is None:
        return {}
    free, seen = truth.draw(points, member.rig.triangles, camera, covered)
    plate = fleet.plate_box(member.rig, pose, camera, free, SCALE)
    if plate is None and member.front_corners is not None:
        plate = fleet.quad_box(fleet.to_road(member.front_corners, pose), camera, free, SCALE)
    return {"visible_fraction": round(seen * found[1], 3), "box_px": found[0], "plate_box_px": plate}


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


def _road_part(scene: Scene) -> dict[str, Any]:
    part: dict[str, Any] = {"direction": list(scene.direction_m)}
    if scene.stop_line is not None:
        part["stop_line_m"] = [list(p) for p in scene.stop_line]
        part["stop_line_px"] = truth.road_px(scene.camera, scene.stop_line)
    part["zones"] = [
        {
            "name": z.name,
            "polygon_m": [list(p) for p in z.polygon_m],
            "polygon_px": truth.road_px(scene.camera, z.polygon_m),
            **z.facts,
        }
        for z in scene.zones
    ]
    return part


def _signal_part(scene: Scene) -> dict[str, Any] | None:
    if not scene.phases:
        return None
    head_m = scene.street.head_m if isinstance(scene.street, Junction) else lo.HEAD_POSITION_M
    return truth.signal_part(scene.camera, head_m, scene.phases)


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
        "camera": truth.camera_part(scene.camera, scene.marks),
        "road": _road_part(scene),
        "signal": _signal_part(scene),
        "vehicles": [_listed(m, paths[m.ride.vid]) for m in cast],
        "violations": events.violations(scene),
        "near_misses": events.near_misses(scene),
    }
