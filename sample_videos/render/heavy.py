"""Procedural city bus and box truck (local frame as in ``cars``)."""

from __future__ import annotations

from typing import Any

from sample_videos.render import materials as mt
from sample_videos.render.shapes import Builder, Vec


def wheel(b: Builder, x: float, y: float, r: float, side: int, *, twin: bool = False) -> None:
    """Add a lorry's wheel; ``side`` is where its outer face looks."""
    for k in range(2 if twin else 1):
        off = x - side * 0.28 * k
        b.torus((off, y, r), r - 0.12, 0.12, mt.rubber(), 28, 10, 1.1)
        b.tube(
            (off - side * 0.08, y, r),
            (off + side * 0.09, y, r),
            r * 0.66,
            r * 0.55,
            mt.plain((0.5, 0.5, 0.5), 0.5, 0.8),
            18,
        )
        b.tube((off + side * 0.09, y, r), (off + side * 0.13, y, r), 0.1, 0.08, mt.trim(), 12)


def _bus_shell(b: Builder, colour: str, length: float, width: float) -> None:
    paint, white, glass = mt.paint(colour), mt.paint("white"), mt.glass()
    mid = -length / 2
    b.box((0, mid, 0.98), (width, length, 1.26), paint, 0.09, segments=3)
    b.box((0, mid, 2.26), (width - 0.02, length, 1.60), white, 0.20, segments=4)
    b.box((0, mid, 1.42), (width + 0.012, length - 0.1, 0.10), mt.paint("yellow"), 0.01)
    for side in (-1, 1):
        b.box((side * width / 2, mid - 0.1, 2.12), (0.03, length - 0.7, 0.88), glass, 0.01)
        for k in range(7):
            y = -0.9 - k * (length - 1.6) / 6.2
            b.box((side * (width / 2 + 0.01), y, 2.12), (0.02, 0.06, 0.88), mt.trim(), 0.004)
        b.box((side * (width / 2 + 0.2), -0.25, 2.3), (0.12, 0.12, 0.42), mt.trim(), 0.04)
        b.tube(
            (side * (width / 2 + 0.2), -0.25, 2.5), (side * width / 2.4, -0.1, 2.75), 0.02, 0.02, mt.trim(), 8
        )
        for y in (-2.1, -length + 2.3):
            b.tube(
                (side * (width / 2 - 0.25), y, 0.48),
                (side * (width / 2 + 0.008), y, 0.48),
                0.60,
                0.60,
                mt.plain((0.01, 0.01, 0.01), 0.9),
                26,
            )
            wheel(b, side * (width / 2 - 0.07), y, 0.47, side)
    b.box((0, -0.02, 2.05), (width - 0.25, 0.10, 1.2), glass, 0.04)
    for y in (-1.6, -length + 1.7):
        b.box((0, y, 3.07), (0.75, 0.75, 0.08), mt.plain((0.35, 0.36, 0.36), 0.4), 0.03)
    for x in (-0.75, 0.75):
        b.box((x, mid, 3.058), (0.16, length - 0.8, 0.02), paint, 0.008)
    b.box((0, mid - 0.4, 3.10), (1.3, 2.6, 0.24), mt.plain((0.7, 0.7, 0.7), 0.5), 0.08)


def _bus_rear(b: Builder, length: float, width: float) -> Builder:
    y = -length
    b.box((0, y + 0.0, 2.25), (width - 0.45, 0.07, 0.78), mt.glass(), 0.06)
    b.box((0, y - 0.0, 2.83), (1.3, 0.06, 0.22), mt.plain((0.01, 0.01, 0.012), 0.3), 0.03)
    b.box((0, y - 0.01, 0.48), (width - 0.06, 0.16, 0.26), mt.trim(), 0.05)
    for k in range(7):
        b.box((0, y - 0.012, 1.22 + 0.055 * k), (1.35, 0.03, 0.018), mt.trim(), 0.004)
    b.box((0, y - 0.005, 0.84), (0.72, 0.03, 0.24), mt.plain((0.5, 0.5, 0.48), 0.5), 0.02)
    lamps = Builder("lamps")
    for side in (-1, 1):
        x = side * (width / 2 - 0.17)
        lamps.box((x, y - 0.005, 1.12), (0.17, 0.06, 0.24), mt.brake_light(), 0.03)
        b.box((x, y - 0.005, 0.90), (0.17, 0.06, 0.16), mt.plain((0.8, 0.35, 0.02), 0.15), 0.03)
        b.box((x, y - 0.005, 1.34), (0.17, 0.06, 0.13), mt.plain((0.75, 0.75, 0.73), 0.15), 0.03)
    lamps.box((0, y + 0.0, 3.0), (0.4, 0.05, 0.05), mt.brake_light(), 0.015)
    return lamps


def build_bus(colour: str, length: float, width: float) -> tuple[Any, Any, Vec, float]:
    """Return (body, brake lamps, plate centre, plate tilt) of a new bus."""
    b = Builder("bus")
    _bus_shell(b, colour, length, width)
    lamps = _bus_rear(b, length, width)
    return b.build(), lamps.build(), (0.0, -length - 0.035, 0.86), 0.05


def cab(b: Builder, colour: str, width: float) -> None:
    """Add a lorry's cab, its front at y = 0."""
    paint, glass = mt.paint(colour), mt.glass()
    w = width - 0.2
    b.box((0, -0.85, 1.42), (w, 1.65, 1.62), paint, 0.17, segments=4)
    b.box((0, -0.05, 1.72), (w - 0.26, 0.16, 0.72), glass, 0.06, (-0.09, 0, 0))
    for side in (-1, 1):
        b.box((side * w / 2, -0.80, 1.76), (0.03, 0.95, 0.55), glass, 0.03)
        b.box((side * (w / 2 + 0.14), -0.12, 1.65), (0.1, 0.08, 0.36), mt.trim(), 0.03)
    b.box((0, -0.02, 0.62), (w, 0.22, 0.3), mt.trim(), 0.06)


def _cargo(b: Builder, colour: str, length: float, width: float) -> None:
    box = mt.plain((0.62, 0.63, 0.62), 0.45, 0.1)
    frame = mt.plain((0.34, 0.35, 0.36), 0.5, 0.4)
    front, back = -1.85, -length + 0.03
    mid, deep = (front + back) / 2, front - back
    b.box((0, mid, 1.93), (width, deep, 1.92), box, 0.03)
    for side in (-1, 1):
        for z in (1.0, 2.87):
            b.box((side * (width / 2 - 0.02), mid, z), (0.07, deep + 0.02, 0.08), frame, 0.012)
        b.box((side * (width / 2 + 0.006), mid, 1.55), (0.012, deep - 0.2, 0.22), mt.paint(colour), 0.004)
        for k in range(6):
            b.box(
                (side * (width / 2 + 0.004), front - 0.3 - k * (deep - 0.6) / 5, 1.95),
                (0.025, 0.05, 1.8),
                frame,
                0.008,
            )
    b.box((0, -length / 2 - 0.4, 0.78), (0.8, length - 1.4, 0.22), mt.trim(), 0.03)


def _truck_rear(b: Builder, colour: str, length: float, width: float) -> Builder:
    y = -length
    frame = mt.plain((0.34, 0.35, 0.36), 0.5, 0.4)
    for side in (-1, 1):
        b.box(
            (side * width / 4, y + 0.02, 1.95),
            (width / 2 - 0.07, 0.04, 1.72),
            mt.plain((0.66, 0.67, 0.66), 0.45, 0.1),
            0.02,
        )
        b.box((side * 0.13, y - 0.01, 1.95), (0.035, 0.03, 1.75), mt.metal(), 0.01)
        b.box((side * (width / 2 - 0.04), y + 0.01, 1.93), (0.09, 0.06, 1.95), frame, 0.015)
        for z in (1.3, 1.95, 2.6):
            b.box((side * (width / 2 - 0.1), y - 0.012, z), (0.2, 0.02, 0.05), mt.metal(), 0.006)
        b.box((side * (width / 2 - 0.35), y + 0.45, 0.36), (0.5, 0.02, 0.5), mt.rubber(), 0.0)
    for k in range(10):
        rgb = (0.6, 0.02, 0.02) if k % 2 else (0.8, 0.8, 0.78)
        b.box(
            (-width / 2 + 0.2 + k * (width - 0.4) / 9, y - 0.004, 1.06),
            (0.2, 0.012, 0.06),
            mt.plain(rgb, 0.4),
            0.0,
        )
    b.box((0, y + 0.02, 0.60), (width - 0.1, 0.10, 0.14), mt.paint(colour), 0.02)
    b.box((0, y + 0.06, 0.86), (width - 0.1, 0.06, 0.22), mt.trim(), 0.01)
    lamps = Builder("lamps")
    for side in (-1, 1):
        x = side * (width / 2 - 0.24)
        lamps.box((x, y + 0.02, 0.87), (0.22, 0.08, 0.15), mt.brake_light(), 0.02)
        b.box((x - side * 0.19, y + 0.02, 0.87), (0.13, 0.08, 0.15), mt.plain((0.8, 0.35, 0.02), 0.15), 0.02)
    return lamps


def build_truck(colour: str, length: float, width: float) -> tuple[Any, Any, Vec, float]:
    """Return (body, brake lamps, plate centre, plate tilt) of a new box truck."""
    b = Builder("truck")
    cab(b, colour, width)
    _cargo(b, colour, length, width)
    lamps = _truck_rear(b, colour, length, width)
    for side in (-1, 1):
        wheel(b, side * (width / 2 - 0.2), -1.15, 0.40, side)
        wheel(b, side * (width / 2 - 0.12), -length + 1.5, 0.40, side, twin=True)
    return b.build(), lamps.build(), (0.0, -length - 0.005, 0.86), 0.05
