"""Procedural cars: a subdivided lofted skin with glass, lamps, wheels and a rear plate.

Local frame: front bumper at y = 0, rear at y = -length, z up, metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sample_videos.render import materials as mt
from sample_videos.render.shapes import Builder, Ring, Vec

# share of length from the rear, bottom z, roof/deck z, half width at top, is cabin
Station = tuple[float, float, float, float]


@dataclass(frozen=True)
class CarShape:
    """Proportions of one body type, metres; stations run from the rear to the front."""

    belt: float
    stations: tuple[Station, ...]
    glass_segments: tuple[int, int]
    side_segments: tuple[int, int]
    wheel: float
    axles: tuple[float, float]
    plate_z: float
    lamp: tuple[float, float, float]  # z, width, height


SHAPES = {
    "sedan": CarShape(
        0.93,
        (
            (0.0, 0.36, 0.78, 0.74),
            (0.008, 0.30, 0.95, 0.74),
            (0.05, 0.25, 1.05, 0.72),
            (0.16, 0.22, 1.10, 0.70),
            (0.20, 0.2, 1.12, 0.69),
            (0.345, 0.2, 1.43, 0.56),
            (0.45, 0.2, 1.48, 0.56),
            (0.585, 0.2, 1.44, 0.56),
            (0.755, 0.2, 1.03, 0.68),
            (0.79, 0.2, 0.99, 0.68),
            (0.93, 0.22, 0.88, 0.66),
            (0.985, 0.26, 0.74, 0.62),
            (1.0, 0.34, 0.60, 0.58),
        ),
        (4, 7),
        (4, 7),
        0.325,
        (0.79, 0.19),
        0.86,
        (0.84, 0.34, 0.15),
    ),
    "hatch": CarShape(
        0.95,
        (
            (0.0, 0.36, 0.80, 0.70),
            (0.01, 0.30, 0.98, 0.70),
            (0.03, 0.24, 1.10, 0.67),
            (0.045, 0.22, 1.16, 0.66),
            (0.15, 0.2, 1.47, 0.56),
            (0.30, 0.2, 1.53, 0.56),
            (0.52, 0.2, 1.49, 0.55),
            (0.73, 0.2, 1.07, 0.65),
            (0.77, 0.2, 1.02, 0.65),
            (0.93, 0.22, 0.88, 0.62),
            (0.985, 0.26, 0.72, 0.58),
            (1.0, 0.34, 0.60, 0.55),
        ),
        (3, 6),
        (3, 6),
        0.30,
        (0.80, 0.165),
        0.80,
        (0.98, 0.17, 0.32),
    ),
    "suv": CarShape(
        1.08,
        (
            (0.0, 0.42, 0.92, 0.78),
            (0.01, 0.36, 1.12, 0.78),
            (0.03, 0.30, 1.24, 0.75),
            (0.04, 0.28, 1.30, 0.74),
            (0.10, 0.27, 1.66, 0.63),
            (0.26, 0.26, 1.74, 0.63),
            (0.55, 0.26, 1.70, 0.62),
            (0.72, 0.26, 1.22, 0.74),
            (0.76, 0.26, 1.17, 0.75),
            (0.93, 0.28, 1.08, 0.74),
            (0.985, 0.32, 0.90, 0.70),
            (1.0, 0.40, 0.72, 0.66),
        ),
        (3, 6),
        (3, 6),
        0.37,
        (0.80, 0.18),
        0.93,
        (1.10, 0.17, 0.34),
    ),
}


def _ring(shape: CarShape, length: float, half: float, i: int) -> Ring:
    share, low, top, wide = shape.stations[i]
    y = -length * (1 - share)
    nose = min(1.0, 0.86 + 5.0 * min(share, 1 - share))
    w = half * nose
    belt = min(shape.belt, top - 0.02)
    right: list[Vec] = [
        (0.0, y, low),
        (0.80 * w, y, low),
        (0.965 * w, y, low + 0.10),
        (1.0 * w, y, min(0.62, belt - 0.1)),
        (0.965 * w, y, belt),
        (min(wide, 0.93 * w), y, max(top - 0.06, belt + 0.004)),
        (0.55 * min(wide, 0.93 * w), y, top - 0.005),
        (0.0, y, top),
    ]
    left: list[Vec] = [(-x, yy, z) for x, yy, z in right[-2:0:-1]]
    return right + left


def _body(b: Builder, shape: CarShape, length: float, half: float, paint: Any) -> None:
    rings = [_ring(shape, length, half, i) for i in range(len(shape.stations))]
    g0, g1 = shape.glass_segments
    s0, s1 = shape.side_segments
    glass, trim = mt.glass(), mt.trim()

    def rule(i: int, j: int) -> Any:
        if j in (4, 9) and s0 < i < s1 - 0 and i < s1:
            return glass
        if j in (5, 6, 7, 8) and i in (g0, g1 - 0):
            return glass
        if j in (0, 13) or (j in (1, 12)):
            return trim
        return paint

    b.loft(rings, rule, 2)


def _wheels(b: Builder, shape: CarShape, length: float, half: float) -> None:
    r = shape.wheel
    for share in shape.axles:
        y = -length * (1 - share)
        for side in (-1, 1):
            x = side * (half - 0.10)
            b.tube(
                (x - side * 0.10, y, r),
                (x + side * 0.075, y, r),
                r * 1.16,
                r * 1.14,
                mt.plain((0.008, 0.008, 0.008), 0.95),
                28,
            )
            b.torus((x + side * 0.01, y, r), r - 0.075, 0.075, mt.rubber(), 28, 10, 1.35)
            b.tube((x + side * 0.03, y, r), (x + side * 0.095, y, r), r * 0.70, r * 0.62, mt.metal(), 20)
            for k in range(5):
                b.box((x + side * 0.098, y, r), (0.012, 0.035, r * 1.2), mt.trim(), 0.004, (k * 0.628, 0, 0))


def _rear(b: Builder, shape: CarShape, length: float, half: float, paint: Any) -> None:
    y, z = -length, shape.plate_z
    trim = mt.trim()
    low = shape.stations[0][1]
    b.box((0, y + 0.04, low + 0.08), (half * 1.55, 0.12, 0.20), trim, 0.05)
    b.box((0, y + 0.045, low + 0.24), (half * 1.66, 0.14, 0.10), paint, 0.045)
    b.box((0, y - 0.005, z + 0.105), (0.62, 0.04, 0.035), mt.metal(), 0.012)
    for side in (-1, 1):
        b.box(
            (side * half * 0.62, y + 0.0, low + 0.10),
            (0.16, 0.03, 0.035),
            mt.plain((0.3, 0.01, 0.01), 0.2),
            0.012,
        )
        b.tube(
            (side * half * 0.45, y - 0.03, low - 0.02),
            (side * half * 0.45, y + 0.2, low - 0.02),
            0.032,
            0.032,
            mt.metal(),
            12,
        )


def _front(b: Builder, shape: CarShape, half: float) -> None:
    top = shape.stations[-1][2]
    b.box((0, -0.03, top - 0.13), (half * 1.0, 0.06, 0.16), mt.trim(), 0.03)
    for side in (-1, 1):
        b.box(
            (side * half * 0.70, -0.13, top + 0.02),
            (0.34, 0.22, 0.12),
            mt.plain((0.75, 0.78, 0.8), 0.06, 0.2, 1.0),
            0.05,
            (0, 0, -side * 0.3),
        )


def _sides(b: Builder, shape: CarShape, length: float, half: float, paint: Any) -> None:
    front_glass = shape.stations[shape.glass_segments[1]][0]
    for side in (-1, 1):
        y = -length * (1 - front_glass) - 0.18
        b.box((side * (half + 0.075), y, shape.belt + 0.05), (0.20, 0.10, 0.13), paint, 0.045)
        b.box((side * (half - 0.012), -0.52 * length, 0.80), (0.02, 0.17, 0.03), paint, 0.01)
        b.box(
            (side * (half - 0.03), -0.5 * length, shape.stations[4][1] + 0.07),
            (0.05, 0.5 * length, 0.09),
            mt.trim(),
            0.02,
        )


def build_car(
    model: str, colour: str, length: float, width: float, shape: CarShape | None = None
) -> tuple[Any, Any, Vec, float]:
    """Return (body, brake lamps, plate centre, plate tilt in radians) of a new car."""
    shape, half, paint = shape or SHAPES[model], width / 2, mt.paint(colour)
    b = Builder(f"{model}_{colour}")
    _body(b, shape, length, half, paint)
    _wheels(b, shape, length, half)
    _rear(b, shape, length, half, paint)
    _front(b, shape, half)
    _sides(b, shape, length, half, paint)
    z, w, h = shape.lamp
    lamps = Builder("lamps")
    for side in (-1, 1):
        x = side * (half * 0.86 - w / 2)
        lamps.box((x, -length + 0.07, z), (w, 0.20, h), mt.brake_light(), 0.045)
        b.box(
            (x - side * w * 0.2, -length - 0.026, z - h * 0.3),
            (w * 0.45, 0.03, h * 0.2),
            mt.plain((0.8, 0.8, 0.78), 0.1),
            0.01,
        )
    if model != "sedan":
        roof, drop = max(s[2] for s in shape.stations), 0.14 if model == "family" else 0.06
        b.box((0, -length * 0.885, roof - drop), (width * 0.58, 0.24, 0.035), paint, 0.015, (0.12, 0, 0))
        lamps.box(
            (0, -length * 0.885 - 0.115, roof - drop - 0.015), (0.3, 0.02, 0.02), mt.brake_light(), 0.005
        )
    else:
        b.box((0, -length + 0.06, 1.045), (half * 1.1, 0.10, 0.025), paint, 0.01, (0.15, 0, 0))
    if model in SHAPES:
        b.tube((0.0, -length * 0.72, 1.35), (0.0, -length * 0.76, 1.52), 0.008, 0.004, mt.trim(), 6)
    return b.build(), lamps.build(), (0.0, -length - 0.03, shape.plate_z), 0.12
