"""Pedestrians and bicycles with riders, used only by the training pictures."""

from __future__ import annotations

import random
from typing import Any

from sample_videos.render import materials as mt
from sample_videos.render.bikes import SHIRTS, SKIN, TROUSERS, torso
from sample_videos.render.heads import Head
from sample_videos.render.shapes import Builder, Vec

CYCLIST = Head((((0, -0.90, 1.66), (0.08, 0.095, 0.12)), ((0, -0.93, 1.70), (0.088, 0.10, 0.09))), "none")
FACE: tuple[Vec, Vec] = ((0, 0.04, 1.62), (0.078, 0.095, 0.115))
HAIR: tuple[Vec, Vec] = ((0, 0.02, 1.66), (0.085, 0.10, 0.09))
STRAW_HAT: tuple[Vec, Vec] = ((0, 0.03, 1.72), (0.24, 0.24, 0.12))


def build_person(seed: int) -> tuple[Any, Head]:
    """Return a walking pedestrian facing +y, feet at z = 0, and the head."""
    rng = random.Random(seed)
    b = Builder("person")
    shirt = mt.plain(rng.choice(SHIRTS), 0.85)
    trousers = mt.plain(rng.choice(TROUSERS), 0.85)
    skin = mt.plain(SKIN, 0.6)
    torso(b, (0, 0, 0.95), (0, 0.02, 1.40), shirt)
    b.tube((0, 0.02, 1.40), (0, 0.03, 1.55), 0.05, 0.05, skin, 12)
    b.ball(*FACE, skin, 16)
    b.ball(*HAIR, mt.plain((0.02, 0.015, 0.012), 0.7), 16)
    head = Head((FACE, HAIR), "none")
    if rng.random() < 0.35:
        head = Head((FACE, HAIR, STRAW_HAT), "conical_hat")
        b.tube((0, 0.03, 1.68), (0, 0.03, 1.84), 0.24, 0.01, mt.plain((0.62, 0.5, 0.3), 0.8), 20)
    step = rng.uniform(0.05, 0.28)
    for side in (-1, 1):
        swing = side * step
        b.chain(
            [(side * 0.09, 0, 0.95), (side * 0.10, swing * 0.6 + 0.03, 0.50), (side * 0.10, swing, 0.09)],
            [0.09, 0.065, 0.045],
            trousers,
        )
        b.box(
            (side * 0.10, swing + 0.06, 0.04), (0.085, 0.25, 0.08), mt.plain((0.05, 0.04, 0.035), 0.6), 0.03
        )
        b.chain([(side * 0.20, 0.02, 1.37), (side * 0.25, -swing * 0.4, 1.12)], [0.06, 0.046], shirt)
        b.chain(
            [(side * 0.25, -swing * 0.4, 1.12), (side * 0.24, -swing * 0.8 + 0.08, 0.88)],
            [0.043, 0.034],
            skin,
        )
    return b.build(45.0), head


def build_bicycle(seed: int) -> tuple[Any, Head]:
    """Return a bicycle with its rider, front wheel's edge at y = 0, and the rider's head."""
    rng = random.Random(seed)
    b = Builder("bicycle")
    frame = mt.paint(rng.choice(("red", "blue", "green", "black", "silver", "sky")))
    for y in (-0.33, -1.40):
        b.torus((0, y, 0.33), 0.315, 0.02, mt.rubber(), 32, 8, 1.0)
        for k in range(6):
            b.box((0, y, 0.33), (0.006, 0.006, 0.62), mt.metal(), 0.0, (k * 0.524, 0, 0))
    tubes = (
        ((0, -0.33, 0.33), (0, -0.50, 0.98)),
        ((0, -0.47, 0.85), (0, -0.93, 0.34)),
        ((0, -0.93, 0.34), (0, -1.10, 0.88)),
        ((0, -0.48, 0.88), (0, -1.06, 0.80)),
        ((0, -0.93, 0.34), (0, -1.40, 0.33)),
        ((0, -1.07, 0.80), (0, -1.40, 0.33)),
    )
    for start, end in tubes:
        b.tube(start, end, 0.02, 0.02, frame, 8)
    b.tube((-0.28, -0.52, 1.02), (0.28, -0.52, 1.02), 0.014, 0.014, mt.metal(), 8)
    b.box((0, -1.12, 0.91), (0.18, 0.26, 0.06), mt.trim(), 0.025)
    b.box((0, -1.45, 0.70), (0.14, 0.40, 0.02), mt.metal(), 0.005)
    _cyclist(b, rng)
    return b.build(45.0), CYCLIST


def _cyclist(b: Builder, rng: random.Random) -> None:
    shirt = mt.plain(rng.choice(SHIRTS), 0.85)
    trousers, skin = mt.plain(rng.choice(TROUSERS), 0.85), mt.plain(SKIN, 0.6)
    torso(b, (0, -1.10, 0.98), (0, -0.98, 1.44), shirt)
    b.ball((0, -0.90, 1.66), (0.08, 0.095, 0.12), skin, 16)
    b.ball((0, -0.93, 1.70), (0.088, 0.10, 0.09), mt.plain((0.02, 0.015, 0.012), 0.7), 16)
    for side in (-1, 1):
        b.chain(
            [(side * 0.19, -0.98, 1.42), (side * 0.27, -0.78, 1.18), (side * 0.25, -0.54, 1.04)],
            [0.055, 0.042, 0.034],
            shirt,
        )
        lift = 0.09 * side
        b.chain(
            [
                (side * 0.09, -1.08, 0.98),
                (side * 0.12, -0.75, 0.78 + lift),
                (side * 0.10, -0.92, 0.36 + lift),
            ],
            [0.085, 0.06, 0.045],
            trousers,
        )
