"""Builds a straight street from its description: asphalt, paint, medians, kerbs, signs, trees, houses."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

from sample_videos.render import buildings, signs, street
from sample_videos.render import materials as mt
from sample_videos.render.blender import bpy
from sample_videos.render.road import MARK_Z
from sample_videos.render.shapes import Builder, picture_quad
from sample_videos.render.spec import Boulevard, Line, Sign

NEAR_Y_M, FAR_Y_M = -20.0, 150.0
HOUSES_Y_M = (10.0, 74.0)
DASH_M, GAP_M = 2.0, 4.0
LEAVES = ((0.03, 0.10, 0.02), (0.05, 0.13, 0.02), (0.07, 0.15, 0.03), (0.05, 0.12, 0.03), (0.40, 0.06, 0.10))
YELLOW = (0.70, 0.48, 0.06)


def build(plan: Boulevard, folder: Path, *, bare: bool = False) -> None:
    """Build everything of a boulevard that never moves; ``bare``: only its ground."""
    _ground(plan)
    _paint(plan, folder)
    if bare:
        return
    _islands(plan)
    _houses(plan, folder)
    _trees(plan)
    _posts(plan, folder)
    if plan.shelter is not None:
        _shelter(plan.shelter)


def _rect(b: Builder, x0: float, x1: float, y0: float, y1: float, *, z: float, material: Any) -> None:
    b.polygon([(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)], material)


def _ground(plan: Boulevard) -> None:
    b = Builder("ground")
    left, right = plan.kerbs_m
    _rect(b, -200, 200, -60, 300, z=-0.01, material=mt.stained((0.20, 0.19, 0.16), 0.2))
    _rect(b, left, right, NEAR_Y_M, FAR_Y_M, z=0.0, material=mt.asphalt())
    dark, rng = mt.stained((0.055, 0.055, 0.058), 6.0, 0.9, 0.3), random.Random(plan.name)
    for _ in range(5):
        x, y = rng.uniform(left + 1, right - 2), rng.uniform(12, 55)
        w, h = rng.choice(((0.9, 2.6), (2.2, 1.1), (0.7, 4.5)))
        _rect(b, x, x + w, y, y + h, z=0.002, material=dark)
    for _ in range(3):
        x, y = rng.uniform(left + 1, right - 1), rng.uniform(13, 40)
        b.tube((x, y, -0.02), (x, y, 0.006), 0.33, 0.33, mt.plain((0.09, 0.085, 0.08), 0.5, 0.7), 26)
    b.build()
    _pavements(plan)


def _pavements(plan: Boulevard) -> None:
    b = Builder("pavements")
    walk, kerb = mt.tiles((0.36, 0.20, 0.15), (0.30, 0.25, 0.21)), mt.stained((0.46, 0.45, 0.42), 1.5)
    mid, deep = (NEAR_Y_M + FAR_Y_M) / 2, FAR_Y_M - NEAR_Y_M
    for x, side in ((plan.kerbs_m[0], -1), (plan.kerbs_m[1], 1)):
        wide = plan.pavement_m + 0.4
        b.box((x + side * (0.2 + wide / 2), mid, 0.07), (wide, deep, 0.14), walk, 0.0)
        b.box((x + side * 0.11, mid, 0.08), (0.22, deep, 0.16), kerb, 0.0)
        b.box((x - side * 0.16, mid, 0.004), (0.30, deep, 0.012), kerb, 0.0)
    b.build()


def _line(b: Builder, line: Line, white: Any, yellow: Any) -> None:
    material, y = yellow if line.yellow else white, line.y0
    while y < line.y1:
        end = min(line.y1, y + DASH_M) if line.dashed else line.y1
        _rect(b, line.x - 0.075, line.x + 0.075, y, end, z=MARK_Z, material=material)
        y = end + GAP_M if line.dashed else end


def _arrow(b: Builder, x: float, y: float, up: float, material: Any) -> None:
    shaft = [(x - 0.08, y), (x + 0.08, y), (x + 0.08, y + up * 2.6), (x - 0.08, y + up * 2.6)]
    tip = [(x - 0.38, y + up * 2.6), (x + 0.38, y + up * 2.6), (x, y + up * 4.2)]
    for ring in (shaft, tip):
        b.polygon([(u, v, MARK_Z) for u, v in ring[:: int(up)]], material)


def _paint(plan: Boulevard, folder: Path) -> None:
    b, white, yellow = Builder("markings"), mt.road_paint(), mt.road_paint(YELLOW)
    for line in plan.lines:
        _line(b, line, white, yellow)
    for x, y, up in plan.arrows:
        _arrow(b, x, y, 1.0 if up else -1.0, white)
    left, right = plan.kerbs_m
    for y0, y1 in plan.zebras:
        n = int((right - left - 0.8) / 1.0)
        for k in range(n):
            x = left + 0.7 + k * (right - left - 1.4) / (n - 1)
            _rect(b, x - 0.22, x + 0.22, y0, y1, z=MARK_Z, material=white)
    b.build()
    for art, x, y in plan.symbols:
        w, h = signs.SYMBOL_SIZES_M[art]
        corners = [
            (x - w / 2, y, MARK_Z),
            (x + w / 2, y, MARK_Z),
            (x + w / 2, y + h, MARK_Z),
            (x - w / 2, y + h, MARK_Z),
        ]
        picture_quad(f"markings_{art}", corners, mt.decal(signs.symbol(folder, art)))


def _islands(plan: Boulevard) -> None:
    if not plan.islands:
        return
    b, rng = Builder("median"), random.Random(11)
    kerb, lawn = mt.stained((0.46, 0.45, 0.42), 1.5), mt.stained((0.10, 0.19, 0.045), 5.0)
    for x0, x1, y0, y1 in plan.islands:
        mid = (x0 + x1) / 2, (y0 + y1) / 2
        b.box((*mid, 0.09), (x1 - x0, y1 - y0, 0.18), kerb, 0.03)
        b.box((*mid, 0.19), (x1 - x0 - 0.36, y1 - y0 - 0.4, 0.05), lawn, 0.02)
        for k in range(int((y1 - y0) / 0.13)):
            x, y = mid[0] + rng.gauss(0, 0.11 * (x1 - x0)), y0 + 0.5 + k * 0.13
            if y < y1 - 0.4:
                tint = rng.choice(LEAVES)
                r = rng.uniform(0.06, 0.13)
                b.ball((x, y, 0.23), (r, r, r), mt.plain(tint, 0.9), 6)
        for k in range(int((y1 - y0) / 1.0)):
            for x in (x0 + 0.0, x1 - 0.0):
                b.box((x, y0 + 0.5 + k, 0.09), (0.012, 0.5, 0.15), mt.plain((0.72, 0.71, 0.68), 0.6), 0.0)
    b.build()


def _houses(plan: Boulevard, folder: Path) -> None:
    y0, y1 = HOUSES_Y_M
    left, right = plan.kerbs_m
    gap = plan.pavement_m
    first = sum(map(ord, plan.name)) % 50
    turn = math.pi / 2
    n = buildings.row((left - gap, y0), (0, 1), turn, y1 - y0, first=first, folder=folder, street=plan.name)
    buildings.row((right + gap, y0), (0, 1), -turn, y1 - y0, first=n, folder=folder, street=plan.name)
    bpy.context.view_layer.update()


def _trees(plan: Boulevard) -> None:
    if plan.trees:
        street.plant(plan.trees, seed=len(plan.name))


def _posts(plan: Boulevard, folder: Path) -> None:
    b = Builder("furniture")
    left, right = plan.kerbs_m
    for x, y in ((right + 0.9, 21.0), (left - 0.9, 33.0), (right + 0.9, 45.0), (left - 0.9, 57.0)):
        street.lamp_post(b, x, y)
    for sign in plan.signs:
        x, y = sign.at
        b.tube((x, y, 0.0), (x, y, sign.z + sign.radius_m), 0.035, 0.035, mt.metal(), 10)
    b.build()
    for sign in plan.signs:
        _sign(folder, sign)


def _sign(folder: Path, sign: Sign) -> None:
    x, y = sign.at
    if sign.art in signs.ROUND:
        street.round_sign(signs.art(folder, sign.art), x, y - 0.05, sign.z, sign.radius_m)
        return
    w, h = signs.BOARD_SIZES_M[sign.art]
    corners = [
        (x - w / 2, y - 0.05, sign.z - h / 2),
        (x + w / 2, y - 0.05, sign.z - h / 2),
        (x + w / 2, y - 0.05, sign.z + h / 2),
        (x - w / 2, y - 0.05, sign.z + h / 2),
    ]
    picture_quad("sign", corners, mt.picture(signs.art(folder, sign.art), 0.4))


def _shelter(at: tuple[float, float]) -> None:
    """Add a bus shelter: two posts, a roof, a back wall and a bench."""
    x, y = at
    b = Builder("shelter")
    frame, glass = mt.plain((0.12, 0.30, 0.42), 0.4, 0.5), mt.plain((0.25, 0.32, 0.34), 0.1)
    for dy in (-2.0, 2.0):
        b.tube((x + 0.5, y + dy, 0.1), (x + 0.5, y + dy, 2.4), 0.05, 0.05, frame, 12)
    b.box((x, y, 2.45), (1.6, 4.6, 0.10), frame, 0.03)
    b.box((x + 0.55, y, 1.3), (0.04, 4.0, 1.9), glass, 0.01)
    b.box((x + 0.2, y, 0.55), (0.4, 3.2, 0.06), mt.metal(), 0.02)
    b.build()
