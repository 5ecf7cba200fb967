"""Truth of a training picture: boxes, plates, heads and signals, seen or not by rays."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sample_videos.render import compose, fleet, heads, plates, signal_heads
from sample_videos.render.blender import bpy, mathutils
from sample_videos.render.camera import Pinhole
from sample_videos.render.plan import Pose
from sample_videos.render.pool import Actor
from sample_videos.render.signal_heads import SignalHead

Array = npt.NDArray[np.float64]
CLASSES = {"motorbike": 0, "car": 1, "bus": 2, "truck": 3, "person": 4, "bicycle": 5}
MIN_VISIBLE, MIN_INSIDE, MIN_SIDE_PX = 0.3, 0.25, 8
MIN_HEAD_PX, MIN_PLATE_PX, MIN_SIGNAL_PX = 4.0, 10.0, 5.0
RAYS = 70
GROUND = ("ground", "markings", "pavements")


class Sight:
    """Asks the scene what is seen in a direction from the camera."""

    def __init__(self, camera: Pinhole) -> None:
        self.camera = camera
        bpy.context.view_layer.update()
        self._graph = bpy.context.evaluated_depsgraph_get()
        self._eye = mathutils.Vector(camera.position_m)

    def through(self, u: float, v: float) -> tuple[str, Array] | None:
        """Return (object name, point in road metres) behind a pixel."""
        c = self.camera
        ray = np.array([(u - c.width / 2) / c.focal_px, (v - c.height / 2) / c.focal_px, 1.0]) @ c.axes()
        return self._cast(mathutils.Vector(ray))

    def sees(self, point: Array, names: set[str], slack_m: float = 0.1) -> bool:
        """Whether the first thing on the way to a point is one of ``names`` or beyond the point."""
        way = mathutils.Vector(point) - self._eye
        hit = self._cast(way)
        if hit is None or hit[0] in names:
            return True
        return bool((mathutils.Vector(hit[1]) - self._eye).length > way.length - slack_m)

    def _cast(self, way: Any) -> tuple[str, Array] | None:
        done, at, _, _, obj, _ = bpy.context.scene.ray_cast(self._graph, self._eye, way.normalized())
        return (obj.name, np.array(at)) if done else None


def objects(placed: Sequence[tuple[Actor, Pose]], sight: Sight, rng: random.Random) -> list[dict[str, Any]]:
    """Return one record per visible road user, with plate, heads and number of people."""
    found = []
    for actor, pose in placed:
        points = fleet.to_road(actor.vertices, pose)
        px, depth = sight.camera.project(points)
        if not (depth > compose.NEAR_M).all():
            continue
        box = compose.box_of(px, sight.camera.width, sight.camera.height)
        if box is None or box[1] < MIN_INSIDE or min(box[0][2:]) < MIN_SIDE_PX:
            continue
        mask = compose.silhouette(points, actor.triangles, sight.camera)
        seen = _share_seen(mask, actor.names(), float(np.median(depth)), sight, rng)
        if seen * box[1] < MIN_VISIBLE / 2:
            continue
        found.append(
            {
                "class": actor.kind,
                "model": actor.model,
                "box_px": box[0],
                "visible_fraction": round(seen * box[1], 3),
                "people": len(actor.heads) if actor.kind != "person" else 1,
                "heads": _heads(actor, pose, sight, rng),
                "plate": _plate(actor, pose, sight),
            }
        )
    return found


def _share_seen(
    mask: compose.Mask, names: set[str], depth_m: float, sight: Sight, rng: random.Random
) -> float:
    """Return the share of a silhouette that nothing nearer covers; rays past its edge do not count."""
    spots = np.argwhere(mask > 0)
    own = covered = 0
    for _ in range(RAYS if len(spots) else 0):
        v, u = spots[rng.randrange(len(spots))]
        hit = sight.through(u + 0.5, v + 0.5)
        if hit is None or hit[0] in GROUND:
            continue
        own += hit[0] in names
        covered += hit[0] not in names and float(sight.camera.project(hit[1][None])[1][0]) < depth_m
    return own / max(1, own + covered)


def _heads(actor: Actor, pose: Pose, sight: Sight, rng: random.Random) -> list[dict[str, Any]]:
    return head_rows(actor.heads, pose, sight, rng, MIN_HEAD_PX)


def head_rows(
    worn: Sequence[heads.Head], pose: Pose, sight: Sight, rng: random.Random, least_px: float
) -> list[dict[str, Any]]:
    """Return one record per head of a placed vehicle in the picture that is at least ``least_px`` large."""
    rows = []
    for head in worn:
        points = fleet.to_road(head.surface(), pose)
        px, depth = sight.camera.project(points)
        if not (depth > compose.NEAR_M).all():
            continue
        box = compose.box_of(px, sight.camera.width, sight.camera.height)
        if box is None or box[1] < 0.5 or max(box[0][2:]) < least_px:
            continue
        seen = sum(_head_seen(head, points[k], pose, sight) for k in _facing(points, sight, rng))
        rows.append(heads.record(head, box[0], box[1] * seen / 24))
    return rows


def _facing(points: Array, sight: Sight, rng: random.Random) -> list[int]:
    """Return 24 indices of points on the camera's side."""
    way = np.array(sight.camera.position_m) - points.mean(axis=0)
    near = np.flatnonzero((points - points.mean(axis=0)) @ way > 0)
    return [int(rng.choice(near)) for _ in range(24)]


def _head_seen(head: heads.Head, point: Array, pose: Pose, sight: Sight) -> bool:
    px, _ = sight.camera.project(point[None])
    hit = sight.through(*px[0])
    if hit is None:
        return False
    back = fleet.to_road(np.eye(3), Pose((0.0, 0.0), (0.0, 0.0), pose.yaw, 0.0, braking=False))
    local = (hit[1] - np.array([*pose.front, 0.0])) @ back.T
    return head.holds(local)


def _plate(actor: Actor, pose: Pose, sight: Sight) -> dict[str, Any] | None:
    if actor.rig is None:
        return None
    rig, c = actor.rig, sight.camera
    box = fleet.plate_box(rig, pose, c, np.full((c.height, c.width), 255, np.uint8), 1.0)
    if box is None or box[2] < MIN_PLATE_PX:
        return None
    corners = fleet.to_road(rig.plate_corners, pose)
    grid = [
        corners[0] + (corners[1] - corners[0]) * u + (corners[3] - corners[0]) * v
        for u in (0.05, 0.28, 0.5, 0.72, 0.95)
        for v in (0.1, 0.5, 0.9)
    ]
    if sum(sight.sees(p, {rig.plate.name}, 0.02) for p in grid) < len(grid) - 1:
        return None
    v = rig.vehicle
    return {
        "text": v.plate,
        "display": plates.display(v.plate, v.kind),
        "box_px": box,
        "layout": v.layout,
        "ground_colour": v.ground,
    }


def signals(placed: Sequence[SignalHead], sight: Sight) -> list[dict[str, Any]]:
    """Return one record per signal head whose front is seen; boxes are px, counts seconds."""
    found = []
    for head in placed:
        centre, front = head.world([(0.0, 0.0, 0.0), (0.0, -1.0, 0.0)])
        way = np.array(sight.camera.position_m) - centre
        if float((front - centre) @ way) < 0.5 * float(np.linalg.norm(way)):
            continue
        box = _box(head, (0.0, 0.0, 0.0), head.size_m, sight.camera)
        if box is None or max(box[0][2:]) < MIN_SIGNAL_PX:
            continue
        grid = head.world(signal_heads.rectangle((0.0, 0.0, 0.0), head.size_m))
        seen = sum(sight.sees(p, {head.body.name}) for p in grid) / len(grid)
        if seen * box[1] < MIN_VISIBLE / 2:
            continue
        found.append(_signal_record(head, box[0], seen * box[1], sight.camera))
    return found


def _signal_record(head: SignalHead, box: list[float], seen: float, camera: Pinhole) -> dict[str, Any]:
    d = 2 * signal_heads.RADIUS_M
    lit = _box(head, head.lamp_at[head.state], (d, d), camera) if head.state in head.lamp_at else None
    counter = None
    if head.counter is not None:
        place = _box(head, *head.counter, camera)
        counter = {"box_px": place[0], "seconds": head.count} if place else None
    return {
        "box_px": box,
        "state": head.state,
        "face": head.face,
        "lamps": list(head.lamp_at),
        "lit_box_px": lit[0] if lit else None,
        "countdown": counter,
        "visible_fraction": round(seen, 3),
    }


def _box(
    head: SignalHead, at: signal_heads.Vec, size: tuple[float, float], camera: Pinhole
) -> tuple[list[float], float] | None:
    px, depth = camera.project(head.world(signal_heads.rectangle(at, size)))
    return compose.box_of(px, camera.width, camera.height) if (depth > compose.NEAR_M).all() else None


def write(stem: Path, note: dict[str, Any]) -> None:
    """Write the YOLO text and the JSON of one picture; ``stem`` is folder / name."""
    rows = []
    for r in note["objects"]:
        x, y, w, h = r["box_px"]
        if r["visible_fraction"] >= MIN_VISIBLE:
            values = (x + w / 2, y + h / 2, w, h)
            sides = (note["width"], note["height"]) * 2
            rows.append(
                f"{CLASSES[r['class']]} "
                + " ".join(f"{v / s:.6f}" for v, s in zip(values, sides, strict=True))
            )
    folder, name = stem.parent, stem.name
    (folder / "labels" / f"{name}.txt").write_text("\n".join(rows) + "\n")
    (folder / "json" / f"{name}.json").write_text(json.dumps(note, ensure_ascii=False))
