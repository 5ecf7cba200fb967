"""Ground of the scene: asphalt, markings, kerbs and pavements (lengths in metres)."""

from __future__ import annotations

from collections.abc import Sequence

from sample_videos.render import layout as lo
from sample_videos.render import materials as mt
from sample_videos.render.shapes import Builder, Vec

MARK_Z = 0.004


def _strip(
    b: Builder, span: tuple[float, float], sides: tuple[float, float], z: float, material: object
) -> None:
    """Add a strip of the street between arc lengths and offsets, following the bend."""
    (s0, s1), (x0, x1) = span, sides
    s = s0
    while s < s1 - 1e-6:
        e = s1 if s1 <= lo.BEND_START_S_M else min(s1, s + 2.5)
        quad = [
            lo.street_point(s, x0),
            lo.street_point(s, x1),
            lo.street_point(e, x1),
            lo.street_point(e, x0),
        ]
        b.polygon([(x, y, z) for x, y in quad], material)
        s = e


def _arrow(b: Builder, x: float, y: float, material: object) -> None:
    b.polygon(
        [
            (x - 0.08, y, MARK_Z),
            (x + 0.08, y, MARK_Z),
            (x + 0.08, y + 2.6, MARK_Z),
            (x - 0.08, y + 2.6, MARK_Z),
        ],
        material,
    )
    b.polygon([(x - 0.38, y + 2.6, MARK_Z), (x + 0.38, y + 2.6, MARK_Z), (x, y + 4.2, MARK_Z)], material)


def _dashes(b: Builder, spans: Sequence[tuple[float, float]], x: float, material: object) -> None:
    for s0, s1 in spans:
        _strip(b, (s0, s1), (x - 0.075, x + 0.075), MARK_Z, material)


def markings() -> None:
    """Paint stop line, zebra, lane dashes, edge lines and arrows."""
    b, white = Builder("markings"), mt.road_paint()
    edge = 2 * lo.LANE_CENTRES_M[1]
    _strip(b, (lo.STOP_LINE_S_M, lo.STOP_LINE_S_M + 0.45), (-edge - 0.8, edge + 0.8), MARK_Z, white)
    z0, z1 = lo.ZEBRA_S_M
    n = 9
    for k in range(n):
        x = -4.05 + k * 8.1 / (n - 1)
        _strip(b, (z0, z1), (x - 0.24, x + 0.24), MARK_Z, white)
        if k < n - 1:
            _strip(b, (47.0, 50.0), (x + 0.26, x + 0.74), MARK_Z, white)
    _strip(b, (12.0, lo.STOP_LINE_S_M - 0.2), (-0.075, 0.075), MARK_Z, white)
    _dashes(b, [(-20 + 6.0 * k, -17 + 6.0 * k) for k in range(6)], 0.0, white)
    _dashes(b, [(53 + 6.0 * k, 56 + 6.0 * k) for k in range(20)], 0.0, white)
    for side in (-1, 1):
        for s0, s1 in ((-20.0, 25.9), (51.0, 170.0)):
            _strip(b, (s0, s1), (side * edge - 0.06, side * edge + 0.06), MARK_Z, white)
    for x in lo.LANE_CENTRES_M:
        _arrow(b, x, 16.4, white)
        _arrow(b, x, 60.0, white)
    c0, c1 = lo.CROSS_STREET_S_M
    mid, yellow = (c0 + c1) / 2, mt.road_paint((0.70, 0.48, 0.06))
    for k in range(8):
        for side in (-1, 1):
            x = side * (7.0 + 5.0 * k)
            b.polygon(
                [
                    (x, mid - 0.06, MARK_Z),
                    (x + 2.5, mid - 0.06, MARK_Z),
                    (x + 2.5, mid + 0.06, MARK_Z),
                    (x, mid + 0.06, MARK_Z),
                ],
                yellow,
            )
    b.build()


def _patches(b: Builder) -> None:
    """Repair patches and manhole covers that make the asphalt look lived in."""
    dark = mt.stained((0.055, 0.055, 0.058), 6.0, 0.9, 0.3)
    for x, y, w, h in (
        (-2.6, 19.2, 1.1, 2.6),
        (2.2, 38.6, 2.8, 1.2),
        (0.9, 55.0, 0.8, 6.0),
        (-3.6, 40.5, 1.6, 1.0),
        (2.9, 21.5, 0.7, 1.5),
    ):
        b.polygon(
            [
                (x, y, 0.002),
                (x + w, y + 0.04, 0.002),
                (x + w - 0.05, y + h, 0.002),
                (x + 0.06, y + h - 0.03, 0.002),
            ],
            dark,
        )
    for x, y in ((-0.9, 22.6), (1.1, 43.0), (-2.2, 64.0)):
        b.tube((x, y, -0.02), (x, y, 0.006), 0.33, 0.33, mt.plain((0.09, 0.085, 0.08), 0.5, 0.7), 26)


def ground() -> None:
    """Lay asphalt, pavements, kerbs and gutters of both streets."""
    b = Builder("ground")
    b.polygon(
        [(-220, -60, -0.01), (260, -60, -0.01), (260, 320, -0.01), (-220, 320, -0.01)],
        mt.stained((0.20, 0.19, 0.16), 0.2),
    )
    asphalt = mt.asphalt()
    half = lo.CARRIAGEWAY_HALF_M
    c0, c1 = lo.CROSS_STREET_S_M
    b.polygon(
        [(-half, -60, 0), (half, -60, 0), (half, lo.BEND_START_S_M, 0), (-half, lo.BEND_START_S_M, 0)],
        asphalt,
    )
    for x0, x1 in ((-80.0, -half), (half, 80.0)):
        b.polygon([(x0, c0, 0), (x1, c0, 0), (x1, c1, 0), (x0, c1, 0)], asphalt)
    _strip(b, (lo.BEND_START_S_M, 200.0), (-half, half), 0.0, asphalt)
    _patches(b)
    b.build()
    _pavements()


def _pavements() -> None:
    b = Builder("pavements")
    walk = mt.tiles((0.36, 0.20, 0.15), (0.30, 0.25, 0.21))
    kerb = mt.stained((0.46, 0.45, 0.42), 1.5)
    half, front = lo.CARRIAGEWAY_HALF_M, lo.HOUSE_FRONT_M
    c0, c1 = lo.CROSS_STREET_S_M
    for side in (-1, 1):
        far = side * 60.0
        x = side * half
        for y0, y1 in ((-60.0, c0 - 0.6), (c1 + 0.6, lo.BEND_START_S_M)):
            mid, tall = (y0 + y1) / 2, y1 - y0
            b.box(
                (side * (half + (front - half) / 2 + 0.25), mid, 0.07),
                (front - half + 0.3, tall, 0.14),
                walk,
                0.0,
            )
            b.box((x + side * 0.11, mid, 0.08), (0.22, tall, 0.16), kerb, 0.0)
            b.box((x - side * 0.17, mid, 0.004), (0.30, tall, 0.012), kerb, 0.0)
        for y0, y1 in ((24.0, c0), (c1, 49.8)):
            b.box(
                ((far + x) / 2 + side * 1.5, (y0 + y1) / 2, 0.068),
                (abs(far - x) - 3.0, y1 - y0 - 0.1, 0.136),
                walk,
                0.0,
            )
        for y in (c0 - 0.11, c1 + 0.11):
            b.box(((far + x) / 2 + side * 0.6, y, 0.08), (abs(far - x) - 1.2, 0.22, 0.16), kerb, 0.03)
        _bend_side(b, side, walk, kerb)
    b.build()


def _bend_side(b: Builder, side: int, walk: object, kerb: object) -> None:
    half, front = lo.CARRIAGEWAY_HALF_M, lo.HOUSE_FRONT_M
    inner, edge, outer = side * half, side * (half + 0.22), side * (front + 0.4)
    s0, s1 = lo.BEND_START_S_M, 200.0
    _strip(b, (s0, s1), (min(edge, outer), max(edge, outer)), 0.14, walk)
    _strip(b, (s0, s1), (min(inner, edge), max(inner, edge)), 0.16, kerb)
    s = s0
    while s < s1:
        p0, p1 = lo.street_point(s, inner), lo.street_point(s + 2.5, inner)
        face: list[Vec] = [(*p0, 0.0), (*p1, 0.0), (*p1, 0.16), (*p0, 0.16)]
        b.polygon(face, kerb)
        s += 2.5
