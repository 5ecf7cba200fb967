"""Bare heads: ears, nose and neck, and hair that grows from a crown in uneven locks (metres)."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any

from sample_videos.render import materials as mt
from sample_videos.render.heads import Vec
from sample_videos.render.shapes import Builder

SHADES = ((0.034, 0.022, 0.015), (0.042, 0.024, 0.014), (0.055, 0.030, 0.016), (0.028, 0.020, 0.015))
SKULL: Vec = (0.083, 0.100, 0.094)
CROWN_BACK_M = 0.03
HAIRLINE = 0.16  # of the skull's depth: locks further ahead and lower than this would cover the face
NAPE = -0.55  # of the skull's height: how far down the hair grows at the back
EAR_M = 0.05
GOLDEN = math.pi * (3 - math.sqrt(5))
LOCKS, LONG_LOCKS = 520, 48


def features(b: Builder, at: Vec, s: float, skin: Any) -> None:
    """Add ears, nose, jaw and a neck that widens into the shoulders; ``at`` is the middle of the forehead."""
    x, y, z = at
    for side in (-1, 1):
        ear = (x + side * 0.083 * s, y + 0.004 * s, z - EAR_M * s)
        b.ball(ear, (0.012 * s, 0.022 * s, 0.032 * s), skin, 10, (0.25, 0.0, side * 0.35))
    b.ball((x, y + 0.112 * s, z - 0.045 * s), (0.015 * s, 0.022 * s, 0.028 * s), skin, 10)
    b.ball((x, y + 0.050 * s, z - 0.112 * s), (0.056 * s, 0.056 * s, 0.046 * s), skin, 12)
    b.tube(
        (x, y - 0.022 * s, z - 0.06 * s), (x, y - 0.034 * s, z - 0.235 * s), 0.056 * s, 0.066 * s, skin, 16
    )


def short(b: Builder, at: Vec, s: float, rng: random.Random, *, covered_from: float = 9.0) -> Any:
    """Add short hair and return its material; locks more than ``covered_from`` over ``at`` (m) are hidden."""
    hair = mt.hair(rng.choice(SHADES))
    middle = _scalp(b, at, s, hair)
    for way in _ways(LOCKS, rng):
        if way[2] * SKULL[2] * s + middle[2] - at[2] < covered_from and _grows(way):
            _lock(b, middle, way, s, hair, rng=rng)
    return hair


def long(b: Builder, at: Vec, s: float, hair: Any, rng: random.Random) -> None:
    """Add long hair that falls over the nape to the shoulder blades, over the short."""
    x, y, z = at
    for k in range(LONG_LOCKS):
        across = 2 * k / (LONG_LOCKS - 1) - 1
        out = (x + 0.078 * across * s, y - (0.045 + 0.062 * (1 - across**2)) * s, z - 0.01 * s)
        sway = rng.uniform(-0.012, 0.012)
        mid = (out[0] * 1.02 + sway, out[1] - 0.008 * s, z - 0.15 * s)
        end = (out[0] * 0.9 + 2 * sway, out[1] - rng.uniform(0.0, 0.02), z - rng.uniform(0.27, 0.34) * s)
        b.chain([out, mid, end], [0.013 * s, 0.013 * s, 0.004 * s], hair, 6)


def _scalp(b: Builder, at: Vec, s: float, hair: Any) -> Vec:
    """Add the hair nearest to the skin, and return the middle of the skull."""
    x, y, z = at
    middle = (x, y - 0.012 * s, z + 0.018 * s)
    b.ball(middle, (SKULL[0] * s, SKULL[1] * s, SKULL[2] * s), hair, 18)
    b.ball((x, y - 0.050 * s, z - 0.066 * s), (0.067 * s, 0.052 * s, 0.070 * s), hair, 14)
    return middle


def _ways(count: int, rng: random.Random) -> Iterator[Vec]:
    """Unit vectors spread evenly over a ball, a little disturbed."""
    for k in range(count):
        up = 1 - 2 * (k + 0.5) / count
        turn = GOLDEN * k + rng.uniform(-0.2, 0.2)
        flat = math.sqrt(1 - up * up)
        yield flat * math.sin(turn), flat * math.cos(turn), up


def _grows(way: Vec) -> bool:
    """Whether hair grows where this way from the skull's middle meets the skin."""
    _, ahead, up = way
    return up > NAPE and (ahead < HAIRLINE or up > 0.45 + 0.25 * ahead)


def _lock(b: Builder, middle: Vec, way: Vec, s: float, hair: Any, *, rng: random.Random) -> None:
    """Add one lock: it leaves the skin and lies down away from the crown."""
    root: Vec = (
        middle[0] + way[0] * SKULL[0] * s,
        middle[1] + way[1] * SKULL[1] * s,
        middle[2] + way[2] * SKULL[2] * s,
    )
    ahead = way[1] + CROWN_BACK_M / SKULL[1]
    lie = (way[0] + rng.uniform(-0.35, 0.35), ahead + rng.uniform(-0.35, 0.35), -0.9 + rng.uniform(-0.2, 0.2))
    length = rng.uniform(0.022, 0.034) * s
    lift = rng.uniform(-0.002, 0.002) * s
    scale = length / math.hypot(*lie)
    tip: Vec = (
        root[0] + lie[0] * scale + way[0] * lift,
        root[1] + lie[1] * scale + way[1] * lift,
        root[2] + lie[2] * scale * (1 - max(way[2], 0.0)) + way[2] * lift,
    )
    b.tube(root, tip, rng.uniform(0.005, 0.007) * s, 0.002 * s, hair, 5)
