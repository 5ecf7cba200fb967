"""Street furniture: trees, lamp posts, poles with wires, signs and the traffic signal."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from sample_videos.render import layout as lo
from sample_videos.render import materials as mt
from sample_videos.render import signs
from sample_videos.render.blender import bpy
from sample_videos.render.shapes import Builder, Vec, picture_quad

LAMP_RGB = {"red": (1.0, 0.03, 0.02), "amber": (1.0, 0.33, 0.0), "green": (0.02, 1.0, 0.38)}
TREES = (
    (-6.7, 21.5),
    (7.2, 52.0),
    (-6.6, 53.5),
    (6.5, 60.5),
    (-6.5, 62.0),
    (6.5, 69.0),
    (-6.5, 71.0),
    (6.5, 78.0),
    (-6.5, 80.0),
)
BEND_TREES = (
    (92.0, -6.4),
    (103.0, -6.4),
    (114.0, -6.4),
    (125.0, -6.4),
    (137.0, -6.4),
    (96.0, 6.4),
    (110.0, 6.4),
    (150.0, -6.4),
)


def _canopy(rng: random.Random, leaves: int) -> tuple[list[Vec], list[tuple[int, ...]]]:
    """Return leaf quads scattered over a dozen overlapping clumps."""
    clumps = [
        (rng.gauss(0, 1.0), rng.gauss(0, 1.0), rng.uniform(4.6, 7.0), rng.uniform(0.8, 1.35))
        for _ in range(13)
    ]
    verts: list[Vec] = []
    faces: list[tuple[int, ...]] = []
    for _ in range(leaves):
        cx, cy, cz, r = rng.choice(clumps)
        u, v = rng.uniform(-1, 1), rng.uniform(0, 2 * math.pi)
        k = math.sqrt(1 - u * u)
        rr = r * rng.uniform(0.72, 1.08)
        x, y, z = cx + rr * k * math.cos(v), cy + rr * k * math.sin(v), cz + rr * u * 0.8
        a, tilt, size = rng.uniform(0, 6.3), rng.uniform(-0.9, 0.9), rng.uniform(0.10, 0.19)
        dx, dy = (
            (math.cos(a) * size, math.sin(a) * size),
            (-math.sin(a) * size * 0.5, math.cos(a) * size * 0.5),
        )
        lift = math.sin(tilt) * size
        n = len(verts)
        verts += [
            (x - dx[0], y - dx[1], z - lift),
            (x + dy[0], y + dy[1], z),
            (x + dx[0], y + dx[1], z + lift),
            (x - dy[0], y - dy[1], z),
        ]
        faces.append((n, n + 1, n + 2, n + 3))
    return verts, faces


def _tree_parts(index: int) -> tuple[Any, Any]:
    rng = random.Random(300 + index)
    verts, faces = _canopy(rng, 3600)
    mesh = bpy.data.meshes.new(f"leaves{index}")
    mesh.from_pydata(verts, [], faces)
    tints = ((0.07, 0.20, 0.025), (0.11, 0.26, 0.03), (0.045, 0.15, 0.03))
    for tint in tints:
        mesh.materials.append(mt.leaf(tint))
    for face in mesh.polygons:
        face.material_index = rng.randrange(3)
    b, bark = Builder(f"trunk{index}"), mt.stained((0.20, 0.15, 0.11), 4.0)
    b.chain([(0, 0, 0), (0.06, 0.03, 2.4), (0.0, 0.1, 4.2)], [0.19, 0.15, 0.11], bark)
    for _ in range(6):
        b.tube(
            (0, 0.08, rng.uniform(2.9, 4.0)),
            (rng.gauss(0, 0.9), rng.gauss(0, 0.9), rng.uniform(4.8, 6.0)),
            0.07,
            0.03,
            bark,
            8,
        )
    b.box((0, 0, 0.02), (1.1, 1.1, 0.06), mt.stained((0.17, 0.12, 0.08), 3.0), 0.01)
    return mesh, b.build().data


def trees() -> None:
    """Plant the trees of the first clip's streets."""
    plant([*TREES, *(lo.street_point(s, x) for s, x in BEND_TREES), (-13.0, 31.0), (14.0, 47.6)], seed=9)


def plant(spots: Sequence[tuple[float, float]], seed: int) -> None:
    """Plant trees at ``spots`` (metres); three shapes, each planting turned and scaled."""
    kinds = [_tree_parts(i) for i in range(3)]
    for obj in list(bpy.data.objects):
        if obj.name.startswith("trunk"):
            bpy.data.objects.remove(obj)
    rng = random.Random(seed)
    for k, (x, y) in enumerate(spots):
        scale = rng.uniform(0.82, 1.12)
        for mesh in kinds[k % 3]:
            obj = bpy.data.objects.new("tree", mesh)
            obj.location = (x, y, 0.14)
            obj.rotation_euler = (0, 0, rng.uniform(0, 6.3))
            obj.scale = (scale, scale, scale)
            bpy.context.scene.collection.objects.link(obj)


def lamp_post(b: Builder, x: float, y: float) -> None:
    """Add a street lamp whose arm reaches over the road, towards x = 0."""
    grey = mt.plain((0.36, 0.38, 0.39), 0.4, 0.6)
    inward = -1 if x > 0 else 1
    b.tube((x, y, 0.1), (x, y, 8.2), 0.10, 0.055, grey, 14)
    b.chain([(x, y, 8.2), (x + inward * 0.6, y, 8.9), (x + inward * 2.0, y, 9.1)], [0.05, 0.045, 0.04], grey)
    b.box((x + inward * 2.3, y, 9.08), (0.7, 0.26, 0.10), grey, 0.04)


def _wires(b: Builder, poles: list[Vec]) -> None:
    black = mt.plain((0.015, 0.015, 0.015), 0.6)
    rng = random.Random(4)
    for a, c in pairwise(poles):
        for k in range(9):
            dx, dz = rng.uniform(-0.35, 0.35), 6.3 + 0.16 * k + rng.uniform(-0.05, 0.05)
            sag, r = rng.uniform(0.35, 1.0), rng.choice((0.012, 0.018, 0.032))
            pts: list[Vec] = []
            for i in range(11):
                u = i / 10
                pts.append(
                    (a[0] + (c[0] - a[0]) * u + dx, a[1] + (c[1] - a[1]) * u, dz - sag * 4 * u * (1 - u))
                )
            for p, q in pairwise(pts):
                b.tube(p, q, r, r, black, 5)


def furniture(folder: Path) -> None:
    """Set lamp posts, utility poles, wires and signs."""
    b = Builder("furniture")
    for x, y in ((5.4, 51.0), (-5.4, 66.0), (5.4, 81.0), (-5.5, 12.0)):
        lamp_post(b, x, y)
    concrete = mt.stained((0.45, 0.44, 0.41), 1.2)
    poles: list[Vec] = [(-7.4, y, 0.0) for y in (-8.0, 17.0, 48.0, 64.0, 79.0)]
    poles += [(*lo.street_point(s, -7.4), 0.0) for s in (95.0, 112.0, 130.0)]
    for x, y, _ in poles:
        b.tube((x, y, 0), (x, y, 8.3), 0.15, 0.10, concrete, 12)
        for z in (6.4, 7.2, 7.9):
            b.box((x, y, z), (1.5, 0.09, 0.09), mt.trim(), 0.01)
        b.box((x + 0.25, y - 0.2, 5.6), (0.5, 0.3, 0.6), mt.plain((0.4, 0.42, 0.42), 0.5), 0.03)
    _wires(b, poles)
    _wires(b, [(-30.0, 47.6, 0.0), (-7.4, 48.0, 0.0), (8.4, 48.2, 0.0), (34.0, 47.4, 0.0)])
    b.tube((5.3, 24.5, 0.1), (5.3, 24.5, 2.75), 0.035, 0.035, mt.metal(), 10)
    b.tube((-5.0, 32.2, 0.1), (-5.0, 32.2, 3.0), 0.035, 0.035, mt.metal(), 10)
    b.build()
    round_sign(signs.speed_sign(folder), 5.3, 24.46, 2.45)
    name = mt.picture(signs.street_name(folder), 0.4)
    picture_quad(
        "street_name",
        [(-5.75, 32.15, 2.55), (-4.25, 32.15, 2.55), (-4.25, 32.15, 2.95), (-5.75, 32.15, 2.95)],
        name,
    )


def round_sign(art: Path, x: float, y: float, z: float, r: float = 0.35) -> None:
    """Hang up a round sign with the drawing ``art``, its face towards -y."""
    mesh = bpy.data.meshes.new("sign")
    ring = [(math.cos(2 * math.pi * k / 36), math.sin(2 * math.pi * k / 36)) for k in range(36)]
    mesh.from_pydata([(x + r * c, y, z + r * s) for c, s in ring], [], [tuple(range(36))])
    layer = mesh.uv_layers.new(name="UVMap")
    for loop, (c, s) in zip(layer.data, ring, strict=True):
        loop.uv = (0.5 + 0.49 * c, 0.5 + 0.49 * s)
    mesh.materials.append(mt.picture(art, 0.4))
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("sign", mesh))


def lamp_centre(colour: str, head_m: Vec = lo.HEAD_POSITION_M) -> Vec:
    """Return the centre of one lamp in road metres, of a head whose middle is at ``head_m``."""
    x, y, z = head_m
    step = {"red": 1, "amber": 0, "green": -1}[colour]
    return x, y - 0.13, z + step * lo.LAMP_STEP_M


def signal(head_m: Vec = lo.HEAD_POSITION_M) -> dict[str, Any]:
    """Build mast and head; return the lamp materials' shader nodes by colour."""
    x, y, z = head_m
    b = Builder("signal")
    grey, black = mt.plain((0.30, 0.33, 0.34), 0.4, 0.5), mt.plain((0.012, 0.012, 0.013), 0.55)
    b.tube((x + 1.3, y + 0.25, 0.1), (x + 1.3, y + 0.25, 5.6), 0.11, 0.08, grey, 16)
    b.box((x + 1.3, y + 0.25, 0.2), (0.42, 0.42, 0.2), grey, 0.03)
    for dz in (-0.42, 0.42):
        b.tube((x + 1.3, y + 0.25, z + dz), (x, y + 0.1, z + dz), 0.035, 0.035, grey, 10)
    b.box((x, y + 0.06, z), (0.62, 0.02, 1.46), black, 0.01)
    for s in (-1, 1):
        b.box((x + s * 0.295, y + 0.045, z), (0.025, 0.01, 1.44), mt.plain((0.7, 0.55, 0.05), 0.5), 0)
        b.box((x, y + 0.045, z + s * 0.715), (0.60, 0.01, 0.025), mt.plain((0.7, 0.55, 0.05), 0.5), 0)
    b.box((x, y - 0.02, z), (lo.HEAD_SIZE_M[0], 0.2, lo.HEAD_SIZE_M[1]), black, 0.04)
    for colour in LAMP_RGB:
        cx, cy, cz = lamp_centre(colour, head_m)
        r = lo.LAMP_RADIUS_M + 0.025
        for k in range(14):  # visor: open tube, its lower quarter missing
            a = math.radians(-30 + 240 * k / 13)
            b.box(
                (cx + r * math.cos(a), cy - 0.10, cz + r * math.sin(a)),
                (0.012, 0.24, 0.058),
                black,
                0.0,
                (0, -a, 0),
            )
    b.build()
    return {colour: _lens(colour, head_m) for colour in LAMP_RGB}


def _lens(colour: str, head_m: Vec) -> Any:
    material = mt.plain(LAMP_RGB[colour], 0.25, 0.0, 0.6, glow=0.001)
    b = Builder(f"lens_{colour}")
    cx, cy, cz = lamp_centre(colour, head_m)
    r = lo.LAMP_RADIUS_M
    b.ball((cx, cy, cz), (r, 0.045, r), material, 24)
    b.build()
    return material.node_tree.nodes["Principled BSDF"]


def set_signal(lenses: dict[str, Any], state: str, glow: float = 0.55) -> None:
    """Light one lamp with strength ``glow``, dim the others."""
    for colour, node in lenses.items():
        on = colour == state
        rgb = LAMP_RGB[colour]
        base = rgb if on else tuple(0.05 * c + 0.004 for c in rgb)
        node.inputs["Base Color"].default_value = (*base, 1)
        node.inputs["Emission Strength"].default_value = glow if on else 0.0
