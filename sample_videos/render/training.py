"""Cheap random pictures with labels for training a detector and a plate reader.

Streets and vehicles come from the sample clip's builders; traffic, plates, camera, sun and
exposure are random, and never those of the clip. One YOLO label file and one JSON a picture.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sample_videos.render import compose, extras, fleet, plates, scene, street
from sample_videos.render.blender import bpy
from sample_videos.render.camera import Pinhole
from sample_videos.render.kinematics import Motion
from sample_videos.render.main import build_static
from sample_videos.render.plan import PlannedVehicle, Pose

Array = npt.NDArray[np.float64]
CLASSES = {"motorbike": 0, "car": 1, "bus": 2, "truck": 3, "person": 4, "bicycle": 5}
LETTERS = "ABCDEFGHKLMNPSTUVXYZ"
COLOURS = (
    "silver",
    "white",
    "red",
    "crimson",
    "blue",
    "navy",
    "black",
    "green",
    "orange",
    "teal",
    "grey",
    "sky",
    "brown",
)
SIZE_PX = (960, 540)
POOL = {"motorbike": 16, "car": 12, "bus": 2, "truck": 3, "person": 4, "bicycle": 2}
REBUILD_EVERY = 30
MIN_VISIBLE = 0.3
FOOTPRINT_M = {"person": (0.6, 0.6), "bicycle": (1.75, 0.6)}


@dataclass
class Actor:
    """Something that can be placed on the street: geometry plus what to write about it."""

    kind: str
    length_m: float
    width_m: float
    rig: fleet.Rig | None
    body: Any
    vertices: Array
    triangles: npt.NDArray[np.int32]

    def place(self, pose: Pose | None) -> None:
        """Move the actor, or hide it."""
        if self.rig is not None:
            self.rig.place(pose)
            return
        self.body.hide_render = pose is None
        if pose is not None:
            self.body.location = (pose.front[0], pose.front[1], 0.0)
            self.body.rotation_euler = (0.0, 0.0, -pose.yaw)


def random_plate(rng: random.Random, kind: str) -> str:
    """Return a random synthetic plate text, canonical form."""
    province = rng.choice(("61", "61", "61", "50", "51", "59", "60", "62", "72", "93"))
    digit = "" if kind != "motorbike" else rng.choice(("123456789", LETTERS))
    series = rng.choice(LETTERS) + (rng.choice(digit) if digit else "")
    return f"{province}{series}{rng.randint(1, 99999):05d}"


def _vehicle(rng: random.Random, kind: str, n: int) -> PlannedVehicle:
    model, size = {
        "motorbike": ("scooter", (1.86, 0.74)),
        "bus": ("bus", (rng.uniform(8.0, 10.5), 2.4)),
        "truck": ("truck", (rng.uniform(5.2, 7.5), rng.uniform(1.9, 2.3))),
        "car": rng.choice((("sedan", (4.5, 1.78)), ("hatch", (3.8, 1.68)), ("suv", (4.6, 1.86)))),
    }[kind]
    ground = rng.choice(("yellow", "white")) if kind in ("bus", "truck") else "white"
    if kind == "car" and rng.random() < 0.25:
        ground = rng.choice(("yellow", "blue"))
    text = random_plate(rng, kind)
    if ground == "blue" and text[2] not in LETTERS[:11]:
        ground = "white"
    return PlannedVehicle(
        f"{kind}{n}",
        kind,
        model,
        rng.choice(COLOURS),
        text,
        size[0],
        size[1],
        Motion(0, 0, 0),
        ((0.0, 0.0),),
        riders=rng.choice((1, 1, 1, 2)) if kind == "motorbike" else 0,
        layout=rng.choice(("two_line", "two_line", "one_line")) if kind != "motorbike" else "two_line",
        ground=ground,
    )


def build_pool(rng: random.Random, folder: Path) -> list[Actor]:
    """Model a pool of random actors."""
    pool: list[Actor] = []
    for kind, count in POOL.items():
        for n in range(count):
            if kind in FOOTPRINT_M:
                make = extras.build_person if kind == "person" else extras.build_bicycle
                body = make(rng.randrange(10**6))
                verts, tris = fleet.mesh_arrays([body])
                pool.append(Actor(kind, *FOOTPRINT_M[kind], None, body, verts, tris))
            else:
                v = _vehicle(rng, kind, n)
                rig = fleet.build(v, folder)
                pool.append(Actor(kind, v.length_m, v.width_m, rig, rig.body, rig.vertices, rig.triangles))
    return pool


def discard(pool: list[Actor]) -> None:
    """Remove a pool from Blender."""
    for actor in pool:
        parts = [actor.body]
        if actor.rig is not None:
            parts += [actor.rig.lamps, actor.rig.plate]
        for obj in parts:
            mesh = obj.data
            bpy.data.objects.remove(obj)
            bpy.data.meshes.remove(mesh)


def _spot(rng: random.Random, actor: Actor) -> tuple[float, float, float]:
    """Return (x, y, yaw) for the middle of an actor."""
    y = rng.uniform(8.0, 74.0)
    if actor.kind == "person":
        return rng.choice((-1, 1)) * rng.uniform(4.9, 7.5), y, rng.uniform(-3.1, 3.1)
    away = rng.random() < 0.68
    yaw = (0.0 if away else math.pi) + rng.gauss(0, 0.05)
    if actor.kind in ("motorbike", "bicycle"):
        x = rng.uniform(-3.9, 3.9)
    else:
        x = rng.choice((-1.75, 1.75)) + rng.gauss(0, 0.2)
    if rng.random() < 0.1:
        return rng.uniform(-12, 12), rng.uniform(35.5, 43.5), rng.choice((-1, 1)) * math.pi / 2
    return x, y, yaw


def scatter(rng: random.Random, pool: list[Actor], count: int) -> list[tuple[Actor, Pose]]:
    """Place up to ``count`` actors without overlap; hide the others."""
    order = rng.sample(pool, len(pool))
    placed: list[tuple[Actor, Pose]] = []
    taken: list[tuple[float, float, float, float]] = []
    for actor in order:
        actor.place(None)
        for _ in range(8 if len(placed) < count else 0):
            x, y, yaw = _spot(rng, actor)
            c, s = abs(math.cos(yaw)), abs(math.sin(yaw))
            hx = (s * actor.length_m + c * actor.width_m) / 2 + 0.15
            hy = (c * actor.length_m + s * actor.width_m) / 2 + 0.3
            if any(abs(x - a) < hx + p and abs(y - b) < hy + q for a, b, p, q in taken):
                continue
            half = actor.length_m / 2
            front = (x + math.sin(yaw) * half, y + math.cos(yaw) * half)
            rear = (x - math.sin(yaw) * half, y - math.cos(yaw) * half)
            pose = Pose(front, rear, yaw, 0.0, rng.random() < 0.4)
            actor.place(pose)
            placed.append((actor, pose))
            taken.append((x, y, hx, hy))
            break
    return placed


def random_camera(rng: random.Random) -> Pinhole:
    """Return a random roadside or gantry camera, sometimes looking back along the street."""
    width, height = SIZE_PX
    focal = width * rng.uniform(0.75, 2.4)
    half_v = math.degrees(math.atan(height / 2 / focal))
    pitch = max(4.0, half_v * rng.uniform(0.55, 1.35) + rng.uniform(0, 3))
    z = rng.uniform(3.2, 9.0)
    back = rng.random() < 0.3
    y = rng.uniform(80.0, 95.0) if back else rng.uniform(-12.0, 22.0)
    yaw = rng.gauss(0, 7.0) + (180.0 if back else 0.0)
    return Pinhole((rng.uniform(-5.0, 5.0), y, z), pitch, yaw, focal, width, height)


def relight(rng: random.Random) -> None:
    """Choose a new sun, sky and exposure."""
    for lamp in list(bpy.data.lights):
        bpy.data.lights.remove(lamp)
    for world in list(bpy.data.worlds):
        bpy.data.worlds.remove(world)
    turn, height = rng.uniform(0, 2 * math.pi), math.radians(rng.uniform(18, 78))
    flat = math.cos(height)
    cloudy = rng.random() < 0.3
    scene.light(
        (flat * math.sin(turn), flat * math.cos(turn), -math.sin(height)),
        rng.uniform(0.2, 0.9) if cloudy else rng.uniform(2.6, 4.8),
        rng.uniform(0.14, 0.2) if cloudy else rng.uniform(0.06, 0.11),
        rng.uniform(0.5, 1.4),
    )


def labels(placed: list[tuple[Actor, Pose]], camera: Pinhole) -> list[dict[str, Any]]:
    """Return one record per visible actor, nearest first."""
    eye = np.array(camera.position_m[:2])
    placed = sorted(
        placed,
        key=lambda item: float(np.hypot(*(np.array(item[1].front) / 2 + np.array(item[1].rear) / 2 - eye))),
    )
    covered = np.zeros((camera.height, camera.width), np.uint8)
    found: list[dict[str, Any]] = []
    for actor, pose in placed:
        points = fleet.to_road(actor.vertices, pose)
        px, depth = camera.project(points)
        near = depth > compose.NEAR_M
        box = compose.box_of(px[near], camera.width, camera.height) if near.all() else None
        mine = compose.silhouette(points, actor.triangles, camera)
        total = int((mine > 0).sum())
        free = np.asarray(np.where(covered > 0, 0, 255), dtype=np.uint8)
        seen = int(((mine > 0) & (free > 0)).sum()) / max(1, total)
        covered |= mine
        if box is None or seen < MIN_VISIBLE or box[1] < 0.25 or min(box[0][2:]) < 8:
            continue
        record: dict[str, Any] = {
            "class": actor.kind,
            "box_px": box[0],
            "visible_fraction": round(seen * box[1], 3),
            "plate": None,
        }
        if actor.rig is not None:
            record["plate"] = _plate(actor.rig, pose, camera, free)
        found.append(record)
    return found


def _plate(rig: fleet.Rig, pose: Pose, camera: Pinhole, free: npt.NDArray[np.uint8]) -> dict[str, Any] | None:
    box = fleet.plate_box(rig, pose, camera, free, 1.0)
    v = rig.vehicle
    if box is None or box[2] < 10:
        return None
    return {
        "text": v.plate,
        "display": plates.display(v.plate, v.kind),
        "box_px": box,
        "layout": v.layout,
        "ground_colour": v.ground,
    }


def write_labels(stem: Path, records: list[dict[str, Any]], camera: Pinhole) -> None:
    """Write the YOLO text and the JSON of one picture."""
    rows = []
    for r in records:
        x, y, w, h = r["box_px"]
        values = (
            (x + w / 2) / camera.width,
            (y + h / 2) / camera.height,
            w / camera.width,
            h / camera.height,
        )
        rows.append(f"{CLASSES[r['class']]} " + " ".join(f"{v:.6f}" for v in values))
    folder, name = stem.parent, stem.name
    (folder / "labels" / f"{name}.txt").write_text("\n".join(rows) + "\n")
    note = {"width": camera.width, "height": camera.height, "objects": records}
    (folder / "json" / f"{name}.json").write_text(json.dumps(note, ensure_ascii=False))


def parse(argv: list[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    p = argparse.ArgumentParser(prog="python -m sample_videos.render.training")
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--count", type=int, default=120)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--samples", type=int, default=2)
    p.add_argument("--threads", type=int, default=2)
    return p.parse_args(argv)


def main(argv: list[str] | None = None) -> int:
    """Render ``--count`` labelled pictures; existing ones are kept."""
    args = parse(argv)
    for sub in ("images", "labels", "json", "textures"):
        (args.out / sub).mkdir(parents=True, exist_ok=True)
    scene.reset()
    scene.threads(args.threads)
    lenses = build_static((args.out / "textures").resolve())
    pool: list[Actor] = []
    for k in range(args.count):
        rng = random.Random(f"{args.seed}:{k}")
        if k % REBUILD_EVERY == 0:
            discard(pool)
            pool = build_pool(random.Random(f"pool {args.seed}:{k}"), (args.out / "textures").resolve())
        image = args.out / "images" / f"s{args.seed}_{k:05d}.jpg"
        if not image.exists():
            _picture(rng, pool, lenses, image, args)
    (args.out / "DONE").touch()
    return 0


def _picture(
    rng: random.Random, pool: list[Actor], lenses: dict[str, Any], image: Path, args: argparse.Namespace
) -> None:
    camera = random_camera(rng)
    for old in list(bpy.data.cameras):
        bpy.data.cameras.remove(old)
    scene.set_camera(camera)
    relight(rng)
    street.set_signal(lenses, rng.choice(("red", "amber", "green")))
    placed = scatter(rng, pool, rng.randint(5, 15))
    write_labels(args.out / image.stem, labels(placed, camera), camera)
    settings = bpy.context.scene.render.image_settings
    settings.file_format, settings.quality = "JPEG", 92
    scene.render(image.resolve(), args.samples)


if __name__ == "__main__":
    raise SystemExit(main())
