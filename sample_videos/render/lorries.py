"""Lorries for the training pictures: open, tipper, tanker and container (local frame as in ``cars``)."""

from __future__ import annotations

import random
from typing import Any

from sample_videos.render import heavy
from sample_videos.render import materials as mt
from sample_videos.render.shapes import Builder, Vec

CARGO = ((0.42, 0.30, 0.16), (0.30, 0.31, 0.30), (0.06, 0.20, 0.34), (0.45, 0.10, 0.06), (0.20, 0.30, 0.10))
CAB_M = 1.85


def _chassis(b: Builder, length: float, width: float, axles: tuple[float, ...]) -> None:
    b.box((0, -length / 2 - 0.4, 0.78), (0.8, length - 1.2, 0.22), mt.trim(), 0.03)
    for side in (-1, 1):
        heavy.wheel(b, side * (width / 2 - 0.2), -1.15, 0.44, side)
        for y in axles:
            heavy.wheel(b, side * (width / 2 - 0.12), y, 0.44, side, twin=True)


def _tail(b: Builder, length: float, width: float) -> Builder:
    """Add bumper, stripes and mud flaps; return the lamps."""
    y, lamps = -length, Builder("lamps")
    b.box((0, y + 0.06, 0.86), (width - 0.1, 0.08, 0.24), mt.trim(), 0.01)
    b.box((0, y + 0.03, 0.58), (width - 0.1, 0.10, 0.12), mt.plain((0.6, 0.6, 0.58), 0.5), 0.02)
    for k in range(8):
        rgb = (0.6, 0.02, 0.02) if k % 2 else (0.8, 0.8, 0.78)
        x = -width / 2 + 0.2 + k * (width - 0.4) / 7
        b.box((x, y - 0.02, 0.58), (width / 9, 0.012, 0.07), mt.plain(rgb, 0.4), 0.0)
    for side in (-1, 1):
        x = side * (width / 2 - 0.24)
        lamps.box((x, y + 0.02, 0.87), (0.22, 0.08, 0.15), mt.brake_light(), 0.02)
        b.box((x - side * 0.19, y + 0.02, 0.87), (0.13, 0.08, 0.15), mt.plain((0.8, 0.35, 0.02), 0.15), 0.02)
        b.box((side * (width / 2 - 0.35), y + 0.5, 0.36), (0.5, 0.02, 0.5), mt.rubber(), 0.0)
    return lamps


def _open(b: Builder, length: float, width: float, colour: str, rng: random.Random) -> None:
    """Add a dropside body with goods under a sheet."""
    paint, deep = mt.paint(colour), length - CAB_M - 0.06
    mid, tall = -CAB_M - deep / 2 - 0.03, rng.uniform(0.5, 0.9)
    b.box((0, mid, 1.0), (width, deep, 0.12), paint, 0.02)
    for side in (-1, 1):
        b.box((side * (width / 2 - 0.03), mid, 1.05 + tall / 2), (0.06, deep, tall), paint, 0.01)
        b.box((0, mid + side * (deep / 2 - 0.03), 1.05 + tall / 2), (width, 0.06, tall), paint, 0.01)
    for k in range(5):
        x = -width / 2 + 0.15 + k * (width - 0.3) / 4
        b.box((x, mid - deep / 2 - 0.01, 1.05 + tall / 2), (0.05, 0.03, tall), mt.metal(), 0.005)
    if rng.random() < 0.7:
        cargo = mt.plain(rng.choice(CARGO), 0.9)
        heap = rng.uniform(0.3, 1.0)
        b.box((0, mid, 1.05 + tall / 2 + heap / 2), (width - 0.2, deep - 0.2, tall + heap), cargo, 0.2)


def _tank(b: Builder, length: float, width: float, colour: str) -> None:
    """Add a cylinder with bands, a walkway and warning boards."""
    skin = mt.metal() if colour in ("silver", "grey") else mt.paint(colour)
    r, front, back = width / 2 - 0.1, -CAB_M - 0.15, -length + 0.15
    z = 0.95 + r
    b.tube((0, front, z), (0, back, z), r, r, skin, 36)
    for y in (front, back):
        b.ball((0, y, z), (r * 0.99, 0.16, r * 0.99), skin, 30)
    for k in range(4):
        y = front + (back - front) * (k + 0.5) / 4
        b.tube((0, y + 0.04, z), (0, y - 0.04, z), r + 0.025, r + 0.025, mt.paint("white"), 36)
    b.box((0, (front + back) / 2, z + r + 0.05), (0.5, front - back - 0.6, 0.06), mt.trim(), 0.01)
    b.box((0, back - 0.17, z), (0.9, 0.02, 0.3), mt.plain((0.75, 0.5, 0.03), 0.5), 0.01)
    for side in (-1, 1):
        b.tube((side * 0.3, back - 0.12, 0.9), (side * 0.3, back - 0.05, z + r), 0.02, 0.02, mt.metal(), 8)


def _container(b: Builder, length: float, width: float, colour: str) -> None:
    """Add a corrugated container with its doors."""
    paint = mt.paint(colour)
    front, back = -CAB_M - 0.35, -length + 0.03
    mid, deep = (front + back) / 2, front - back
    b.box((0, mid, 2.32), (width - 0.06, deep, 2.5), paint, 0.02)
    n = int(deep / 0.5)
    for k in range(n):
        for side in (-1, 1):
            y = front - (k + 0.5) * deep / n
            b.box((side * (width / 2 - 0.02), y, 2.32), (0.05, deep / n * 0.5, 2.3), paint, 0.01)
    for x in (-0.75, -0.3, 0.3, 0.75):
        b.tube((x, back - 0.03, 1.15), (x, back - 0.03, 3.5), 0.025, 0.025, mt.metal(), 8)
    b.box((0, back - 0.01, 2.32), (0.03, 0.04, 2.4), mt.trim(), 0.0)
    b.box((0.5, back - 0.02, 3.2), (0.6, 0.02, 0.22), mt.plain((0.8, 0.8, 0.8), 0.6), 0.0)


def build_lorry(
    model: str, colour: str, length: float, width: float, seed: int
) -> tuple[Any, Any, Vec, float]:
    """Return (body, brake lamps, plate centre, plate tilt); ``model`` is open, tanker or container."""
    rng = random.Random(seed)
    b = Builder(f"lorry_{model}")
    heavy.cab(b, rng.choice(("white", "blue", "green", "red", "sky", "yellow")), width)
    if model == "container":
        b.box((0, -0.9, 2.55), (width - 0.3, 1.3, 0.65), mt.paint("white"), 0.2)
    axles = (-length + 1.5,) if length < 7.6 else (-length + 1.2, -length + 2.3)
    _chassis(b, length, width, axles if length < 10 else (*axles, -length + 3.4, -3.3))
    if model == "tanker":
        _tank(b, length, width, colour)
    elif model == "container":
        _container(b, length, width, colour)
    else:
        _open(b, length, width, colour, rng)
    lamps = _tail(b, length, width)
    return b.build(), lamps.build(), (0.0, -length - 0.005, 0.86), 0.05
