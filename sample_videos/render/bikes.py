"""Procedural scooter with one or two riders (front wheel's edge at y = 0, metres)."""

from __future__ import annotations

import math
import random
from typing import Any

from sample_videos.render import materials as mt
from sample_videos.render.shapes import Builder, Ring, Vec

LENGTH_M = 1.86
SHIRTS = (
    (0.55, 0.57, 0.60),
    (0.08, 0.16, 0.36),
    (0.50, 0.06, 0.06),
    (0.70, 0.66, 0.55),
    (0.06, 0.22, 0.14),
    (0.72, 0.34, 0.10),
    (0.30, 0.14, 0.36),
    (0.62, 0.42, 0.45),
)
TROUSERS = ((0.03, 0.04, 0.08), (0.02, 0.02, 0.02), (0.16, 0.13, 0.10), (0.07, 0.10, 0.18))
HELMETS = ("white", "red", "blue", "black", "yellow", "pink", "grey", "sky")
SKIN = (0.42, 0.24, 0.15)


def _oval(y: float, z: float, half: float, tall: float, n: int = 10) -> Ring:
    pts: list[Vec] = []
    for k in range(n):
        a = 2 * math.pi * k / n
        pts.append((half * math.sin(a), y, z + tall * math.cos(a)))
    return pts


def slab(y: float, z: float, half: float, deep: float, n: int = 10) -> Ring:
    """Return a horizontal oval ring, used to loft upright bodies."""
    return [
        (half * math.sin(2 * math.pi * k / n), y + deep * math.cos(2 * math.pi * k / n), z) for k in range(n)
    ]


def _wheels(b: Builder) -> None:
    for y, r in ((-0.27, 0.27), (-1.50, 0.27)):
        b.torus((0, y, r), r - 0.05, 0.05, mt.rubber(), 28, 10, 1.0)
        b.tube((-0.035, y, r), (0.035, y, r), 0.10, 0.10, mt.metal(), 16)
        b.torus((0, y, r), r - 0.095, 0.016, mt.metal(), 24, 6, 1.6)
        for k in range(5):
            b.box((0, y, r), (0.025, 0.03, 0.36), mt.metal(), 0.004, (k * 0.628, 0, 0))


def _body(b: Builder, paint: Any) -> None:
    trim = mt.trim()
    rear = [
        _oval(-0.86, 0.60, 0.10, 0.10),
        _oval(-0.95, 0.62, 0.15, 0.13),
        _oval(-1.25, 0.64, 0.17, 0.13),
        _oval(-1.55, 0.72, 0.14, 0.10),
        _oval(-1.74, 0.78, 0.09, 0.06),
        _oval(-1.78, 0.785, 0.07, 0.04),
    ]
    b.loft(rear, paint, 2)
    seat = [
        _oval(-0.88, 0.76, 0.08, 0.03),
        _oval(-0.95, 0.775, 0.13, 0.045),
        _oval(-1.25, 0.79, 0.14, 0.05),
        _oval(-1.55, 0.84, 0.12, 0.045),
        _oval(-1.66, 0.85, 0.09, 0.03),
    ]
    b.loft(seat, mt.plain((0.02, 0.018, 0.016), 0.7), 2)
    b.box((0, -0.74, 0.33), (0.30, 0.46, 0.09), trim, 0.035)
    _nose(b, paint)
    b.box((0.0, -1.30, 0.38), (0.18, 0.50, 0.22), trim, 0.06)


def _nose(b: Builder, paint: Any) -> None:
    """Leg shield, front mudguard, fork and headlamp."""
    shield = [
        slab(-0.62, 0.32, 0.14, 0.04),
        slab(-0.56, 0.50, 0.19, 0.05),
        slab(-0.47, 0.75, 0.18, 0.06),
        slab(-0.40, 0.94, 0.11, 0.07),
    ]
    b.loft(shield, paint, 2)
    b.loft(
        [
            _oval(-0.02, 0.40, 0.05, 0.02),
            _oval(-0.16, 0.555, 0.065, 0.03),
            _oval(-0.36, 0.56, 0.065, 0.03),
            _oval(-0.52, 0.46, 0.05, 0.02),
        ],
        paint,
        2,
    )
    b.tube((0, -0.46, 0.92), (0, -0.27, 0.28), 0.035, 0.03, mt.trim(), 12)
    b.ball((0, -0.38, 0.98), (0.13, 0.10, 0.09), paint, 18)
    b.ball((0, -0.30, 0.975), (0.085, 0.05, 0.06), mt.plain((0.75, 0.78, 0.8), 0.06), 16)


def _details(b: Builder, lamps: Builder) -> None:
    trim, chrome = mt.trim(), mt.metal()
    b.tube((-0.33, -0.50, 1.01), (0.33, -0.50, 1.01), 0.017, 0.017, trim, 10, round_ends=True)
    for side in (-1, 1):
        b.tube((side * 0.20, -0.47, 1.0), (side * 0.31, -0.43, 1.24), 0.007, 0.007, trim, 6)
        b.ball((side * 0.33, -0.43, 1.26), (0.062, 0.02, 0.04), trim, 14)
        b.box((side * 0.33, -0.449, 1.26), (0.085, 0.006, 0.05), chrome, 0.002)
        b.tube((side * 0.10, -1.50, 0.27), (side * 0.12, -1.42, 0.62), 0.022, 0.022, chrome, 8)
        lamps.box((side * 0.06, -1.77, 0.76), (0.10, 0.06, 0.055), mt.brake_light(), 0.02)
        b.ball((side * 0.15, -1.72, 0.745), (0.035, 0.045, 0.03), mt.plain((0.8, 0.33, 0.02), 0.15), 12)
    b.tube((0.17, -1.10, 0.28), (0.19, -1.70, 0.36), 0.045, 0.062, trim, 16)
    b.tube((0.19, -1.70, 0.36), (0.19, -1.74, 0.366), 0.045, 0.03, chrome, 14)
    b.tube((-0.11, -1.60, 0.88), (-0.11, -1.76, 0.90), 0.014, 0.014, chrome, 8)
    b.tube((0.11, -1.60, 0.88), (0.11, -1.76, 0.90), 0.014, 0.014, chrome, 8)
    b.tube((-0.11, -1.76, 0.90), (0.11, -1.76, 0.90), 0.014, 0.014, chrome, 8, round_ends=True)
    b.box((0, -1.72, 0.56), (0.13, 0.03, 0.36), trim, 0.012, (-0.32, 0, 0))
    b.box((0, -1.785, 0.600), (0.205, 0.012, 0.155), trim, 0.005, (-0.26, 0, 0))


def _head(b: Builder, at: Vec, helmet: Any, rng: random.Random) -> None:
    x, y, z = at
    b.ball((x, y + 0.015, z - 0.03), (0.078, 0.095, 0.115), mt.plain(SKIN, 0.6), 16)
    b.ball((x, y, z + 0.035), (0.125, 0.142, 0.118), helmet, 20)
    b.ball((x, y, z - 0.002), (0.128, 0.146, 0.03), mt.trim(), 18)
    b.box((x, y + 0.14, z + 0.02), (0.17, 0.09, 0.014), mt.trim(), 0.006, (-0.25, 0, 0))
    if rng.random() < 0.4:
        b.ball((x, y + 0.07, z - 0.06), (0.082, 0.06, 0.055), mt.plain((0.5, 0.6, 0.7), 0.8), 12)


def torso(b: Builder, hips: Vec, chest: Vec, shirt: Any, scale: float = 1.0) -> None:
    """Loft an upper body from the hips to the chest (metres); ``scale`` is its girth."""
    (_, y0, z0), (_, y1, z1) = hips, chest
    rings = []
    for u, half, deep in (
        (-0.12, 0.12, 0.10),
        (0.0, 0.165, 0.125),
        (0.35, 0.155, 0.11),
        (0.75, 0.195, 0.12),
        (0.95, 0.20, 0.10),
        (1.08, 0.10, 0.07),
    ):
        rings.append(slab(y0 + (y1 - y0) * u, z0 + (z1 - z0) * u, half * scale, deep * scale))
    b.loft(rings, shirt, 2)


def _person(b: Builder, rng: random.Random, *, front: bool) -> None:
    shirt = mt.plain(rng.choice(SHIRTS), 0.85)
    trousers = mt.plain(rng.choice(TROUSERS), 0.85)
    skin, helmet = mt.plain(SKIN, 0.6), mt.plain(mt.PAINTS[rng.choice(HELMETS)], 0.25, 0.0, 0.8)
    y = -1.10 if front else -1.44
    lift = 0.0 if front else 0.05
    hips, chest = (0.0, y, 0.87 + lift), (0.0, y + 0.07, 1.36 + lift)
    torso(b, hips, chest, shirt)
    b.tube((0, y + 0.07, 1.36 + lift), (0, y + 0.09, 1.52 + lift), 0.05, 0.05, skin, 12)
    _head(b, (0.0, y + 0.11, 1.60 + lift), helmet, rng)
    sleeve = shirt if rng.random() < 0.6 else skin
    for side in (-1, 1):
        shoulder = (side * 0.19, y + 0.07, 1.35 + lift)
        hand = (side * 0.30, -0.50, 1.03) if front else (side * 0.17, -1.12, 1.02)
        out = 0.265 if front else 0.26
        elbow = (side * out, (shoulder[1] + hand[1]) / 2 - 0.05, 1.07 + lift)
        b.chain([shoulder, elbow], [0.062, 0.048], shirt)
        b.chain([elbow, hand], [0.046, 0.036], sleeve)
        b.ball(hand, (0.04, 0.05, 0.04), skin, 10)
        if front:
            knee, foot = (side * 0.15, -0.70, 0.80), (side * 0.15, -0.76, 0.44)
        else:
            knee, foot = (side * 0.25, -1.05, 0.80), (side * 0.24, -1.18, 0.42)
        b.chain([(side * 0.09, y, 0.88 + lift), knee], [0.095, 0.068], trousers)
        b.chain([knee, foot], [0.064, 0.045], trousers)
        b.box(
            (foot[0], foot[1] + 0.06, foot[2] - 0.04),
            (0.085, 0.25, 0.075),
            mt.plain((0.05, 0.04, 0.035), 0.6),
            0.03,
        )
    if not front and rng.random() < 0.4:
        b.box(
            (0, y - 0.16, 1.16 + lift),
            (0.27, 0.14, 0.36),
            mt.plain(rng.choice(SHIRTS), 0.8),
            0.06,
            (-0.12, 0, 0),
        )


def machine(b: Builder, lamps: Builder, colour: str) -> None:
    """Add the scooter itself, without people."""
    _wheels(b)
    _body(b, mt.paint(colour))
    _details(b, lamps)


def build_bike(colour: str, riders: int, seed: int) -> tuple[Any, Any, Vec, float]:
    """Return (body with riders, brake lamp, plate centre, plate tilt) of a new scooter."""
    rng = random.Random(seed)
    b, lamps = Builder(f"bike_{colour}"), Builder("lamps")
    machine(b, lamps, colour)
    for k in range(riders):
        _person(b, rng, front=k == 0)
    return b.build(45.0), lamps.build(), (0.0, -1.797, 0.600), 0.26
