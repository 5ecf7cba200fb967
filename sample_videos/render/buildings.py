"""Tube houses (nhà ống): narrow fronts, shop below, balconies above, all different."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

from sample_videos.render import materials as mt
from sample_videos.render import signs
from sample_videos.render.blender import bpy
from sample_videos.render.layout import street_heading, street_point
from sample_videos.render.shapes import Builder, Vec, picture_quad

WALLS: tuple[mt.Rgb, ...] = (
    (0.78, 0.62, 0.30),
    (0.36, 0.58, 0.62),
    (0.74, 0.42, 0.34),
    (0.66, 0.70, 0.52),
    (0.80, 0.74, 0.60),
    (0.42, 0.52, 0.70),
    (0.80, 0.56, 0.50),
    (0.76, 0.76, 0.72),
    (0.32, 0.54, 0.42),
    (0.72, 0.50, 0.22),
)
AWNINGS: tuple[mt.Rgb, ...] = (
    (0.55, 0.06, 0.05),
    (0.04, 0.24, 0.45),
    (0.05, 0.32, 0.16),
    (0.70, 0.40, 0.05),
)
WHITE = (0.78, 0.77, 0.72)
STREET = "Phạm Ngọc Thạch"


def _shop_front(b: Builder, w: float, rng: random.Random) -> None:
    """Glass doors with frames, a counter and a few goods behind them."""
    frame = mt.plain(rng.choice(((0.5, 0.5, 0.5), (0.24, 0.12, 0.06), (0.1, 0.16, 0.2))), 0.4, 0.3)
    n = max(3, int(w / 1.1))
    for k in range(n + 1):
        x = -(w - 0.6) / 2 + k * (w - 0.6) / n
        b.box((x, -0.05, 1.3), (0.07, 0.07, 2.6), frame, 0.01)
    for z in (0.08, 2.1):
        b.box((0, -0.05, z), (w - 0.6, 0.07, 0.09), frame, 0.01)
    for k in range(n):
        if rng.random() < 0.6:
            x = -(w - 0.6) / 2 + (k + 0.5) * (w - 0.6) / n
            grey = rng.uniform(0.1, 0.5)
            tint = (grey, grey * rng.uniform(0.6, 1.0), grey * rng.uniform(0.4, 0.9))
            tall = rng.uniform(0.5, 1.3)
            b.box((x, -0.035, 0.1 + tall / 2), (0.75, 0.04, tall), mt.plain(tint, 0.5), 0.01)


def _shop(b: Builder, w: float, rng: random.Random) -> None:
    """Ground floor: dark shop opening or shutter, goods, awning."""
    if rng.random() < 0.55:
        shutter = mt.plain(rng.choice(((0.30, 0.36, 0.42), (0.42, 0.43, 0.42), (0.16, 0.3, 0.34))), 0.4, 0.5)
        for k in range(16):
            b.box((0, -0.02, 0.1 + 0.165 * k), (w - 0.6, 0.05, 0.15), shutter, 0.02)
    else:
        b.box((0, 0.0, 1.35), (w - 0.5, 0.06, 2.7), mt.plain((0.03, 0.028, 0.026), 0.5), 0.0)
        _shop_front(b, w, rng)
    for side in (-1, 1):
        b.box((side * (w / 2 - 0.13), -0.06, 1.5), (0.26, 0.16, 3.0), mt.stained(WHITE, 1.2), 0.02)
    colour = rng.choice(AWNINGS)
    stripes = rng.random() < 0.5
    n = 10
    for k in range(n):
        rgb = colour if (k % 2 == 0 or not stripes) else (0.75, 0.74, 0.70)
        b.box(
            ((k + 0.5) * (w - 0.1) / n - (w - 0.1) / 2, -0.72, 2.72),
            ((w - 0.1) / n, 1.55, 0.03),
            mt.plain(rgb, 0.7),
            0.0,
            (0.30, 0, 0),
        )


def _window(b: Builder, x: float, z: float, size: tuple[float, float], frame: Any) -> None:
    w, h = size
    b.box((x, -0.005, z), (w + 0.16, 0.10, h + 0.16), frame, 0.015)
    b.box((x, -0.05, z), (w, 0.05, h), mt.glass(), 0.005)
    b.box((x, -0.08, z), (0.05, 0.04, h), frame, 0.005)
    b.box((x, -0.08, z + h * 0.2), (w, 0.04, 0.05), frame, 0.005)
    b.box((x, -0.14, z - h / 2 - 0.11), (w + 0.3, 0.28, 0.06), frame, 0.01)


def _balcony(b: Builder, w: float, z: float, rng: random.Random) -> None:
    b.box((0, -0.5, z), (w - 0.15, 1.0, 0.14), mt.stained(WHITE, 1.0), 0.02)
    rail = mt.plain(rng.choice(((0.05, 0.05, 0.05), (0.7, 0.7, 0.68), (0.25, 0.13, 0.06))), 0.4, 0.4)
    b.box((0, -0.96, z + 0.95), (w - 0.2, 0.06, 0.06), rail, 0.01)
    for k in range(int(w / 0.16)):
        x = -w / 2 + 0.15 + k * (w - 0.3) / int(w / 0.16)
        b.box((x, -0.96, z + 0.5), (0.025, 0.025, 0.9), rail, 0.0)
    green = mt.plain((0.05, 0.18, 0.04), 0.7)
    for _ in range(rng.randint(1, 5)):
        x = rng.uniform(-w / 2 + 0.4, w / 2 - 0.4)
        b.box((x, -0.78, z + 0.18), (0.25, 0.25, 0.24), mt.plain((0.45, 0.18, 0.10), 0.8), 0.03)
        b.ball((x, -0.78, z + 0.5), (0.22, 0.2, 0.26), green, 10)


def _upper(b: Builder, w: float, floor: float, rng: random.Random, wall: mt.Rgb) -> None:
    frame = mt.plain(rng.choice((WHITE, (0.28, 0.15, 0.08), (0.12, 0.22, 0.20))), 0.5)
    style = rng.random()
    if style < 0.55:
        _balcony(b, w, floor, rng)
        _window(b, -w * 0.16, floor + 1.25, (0.95, 2.1), frame)
        _window(b, w * 0.25, floor + 1.5, (0.8, 1.3), frame)
    else:
        for x in (-w * 0.24, w * 0.24):
            _window(b, x, floor + 1.6, (w * 0.28, 1.5), frame)
        dark: mt.Rgb = (wall[0] * 0.6, wall[1] * 0.6, wall[2] * 0.6)
        b.box((0, -0.08, floor), (w, 0.2, 0.22), mt.stained(dark, 1.0), 0.03)
    if rng.random() < 0.5:
        b.box((w * 0.36, -0.30, floor + 0.6), (0.8, 0.34, 0.56), mt.plain((0.7, 0.7, 0.67), 0.5), 0.04)


def _roof(b: Builder, w: float, deep: float, top: float, rng: random.Random) -> None:
    b.box((0, -0.12, top + 0.06), (w + 0.04, 0.5, 0.24), mt.stained(WHITE, 1.0), 0.04)
    b.box((0, 0.0, top + 0.55), (w, 0.16, 0.8), mt.stained(rng.choice(WALLS), 1.0), 0.03)
    if rng.random() < 0.6:
        b.tube((-w / 5, 2.5, top + 0.9), (-w / 5, 4.0, top + 0.9), 0.55, 0.55, mt.metal(), 20)
        b.box((-w / 5, 3.2, top + 0.2), (1.0, 1.2, 0.5), mt.trim(), 0.02)
    b.box((0.5, deep * 0.6, top + 1.2), (w * 0.6, deep * 0.35, 2.4), mt.stained(WHITE, 0.7), 0.03)


def _board(w: float, index: int, folder: Path, z: float, street: str) -> Any:
    half = (w - 0.3) / 2
    tall = min(0.95, half / 2.1)
    corners: list[Vec] = [
        (-half, -0.22, z),
        (half, -0.22, z),
        (half, -0.12, z + tall),
        (-half, -0.12, z + tall),
    ]
    return picture_quad("board", corners, mt.picture(signs.shop_board(folder, index, street), 0.4))


def house(
    at: tuple[float, float], facing: float, w: float, index: int, folder: Path, *, street: str = STREET
) -> None:
    """Build one house, its front's centre at ``at``; ``facing`` turns its front from -y (rad)."""
    rng = random.Random(7000 + index)
    storeys, deep = rng.choice((2, 3, 3, 4, 4, 5)), 13.0
    wall = rng.choice(WALLS)
    b = Builder(f"house{index}")
    first, storey = 3.7, 3.35
    top = first + storeys * storey
    b.box((0, deep / 2, top / 2), (w - 0.03, deep, top), mt.stained(wall, 0.5, depth=0.3), 0.02)
    _shop(b, w, rng)
    for k in range(storeys):
        _upper(b, w, first + k * storey, rng, wall)
    _roof(b, w, deep, top, rng)
    objects = [b.build(), _board(w, index, folder, 2.98, street)]
    for obj in objects:
        obj.location = (at[0], at[1], 0.16)
        obj.rotation_euler = (0, 0, facing)


def row(
    start: tuple[float, float],
    along: tuple[float, float],
    facing: float,
    length: float,
    *,
    first: int,
    folder: Path,
    street: str = STREET,
) -> int:
    """Build houses from ``start`` in direction ``along``; return the next house number."""
    rng = random.Random(first)
    used, index = 0.0, first
    while used < length - 3.0:
        w = min(rng.choice((3.8, 4.2, 4.6, 5.2, 5.8)), length - used)
        mid = used + w / 2
        house((start[0] + along[0] * mid, start[1] + along[1] * mid), facing, w, index, folder, street=street)
        used += w
        index += 1
    return index


def arc_row(offset: float, s0: float, s1: float, facing_side: float, *, first: int, folder: Path) -> int:
    """Build houses along the bend at lateral ``offset`` from arc length ``s0`` to ``s1``."""
    index, s = first, s0
    while s < s1:
        w = (4.0, 4.6, 5.2)[index % 3]
        heading = street_heading(s + w / 2)
        house(street_point(s + w / 2, offset), facing_side - heading, w, index, folder)
        s += w * (0.93 if offset < 0 else 1.1)
        index += 1
    return index


def all_houses(folder: Path) -> None:
    """Line both streets with houses."""
    right, left = math.pi / 2, -math.pi / 2
    # facing: front normal -y turned; +pi/2 looks to +x, so the left row uses +pi/2
    n = row((-8.7, 50.0), (0, 1), right, 32.0, first=0, folder=folder)
    n = row((8.7, 50.0), (0, 1), left, 32.0, first=n, folder=folder)
    n = arc_row(-8.7, 82.0, 178.0, right, first=n, folder=folder)
    n = arc_row(8.7, 82.0, 150.0, left, first=n, folder=folder)
    n = row((-8.75, 49.85), (-1, 0), 0.0, 26.0, first=n, folder=folder)
    row((8.75, 49.85), (1, 0), 0.0, 26.0, first=n, folder=folder)
    bpy.context.view_layer.update()
