"""The map: every camera inside it, with tiles that fit or without any."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from backend.operations.map import HEIGHT_PX, WIDTH_PX, Mark, Place, draw


def mark(latitude_deg: float, longitude_deg: float) -> Mark:
    return Mark(Place("a", latitude_deg, longitude_deg), "A", "A: alive", "ok")


TILES = "https://tiles.example/{z}/{x}/{y}.png"
MARKS = st.lists(st.builds(mark, st.floats(-84, 84), st.floats(-180, 180)), min_size=1, max_size=8)


@given(MARKS)
def test_every_mark_lies_inside(marks):
    drawing = draw(marks, TILES)
    assert drawing is not None
    for _, x, y in drawing.marks:
        assert 0 <= x <= WIDTH_PX
        assert 0 <= y <= HEIGHT_PX
    assert drawing.scale_px <= WIDTH_PX / 4 or drawing.scale_m == 1
    for tile in drawing.tiles:
        zoom, column, row = map(int, re.findall(r"\d+", tile.href))
        assert 0 <= column < 2**zoom
        assert 0 <= row < 2**zoom


def test_north_is_up_and_east_is_right():
    drawing = draw([mark(10.98, 106.65), mark(10.99, 106.66)])
    assert drawing is not None
    (_, ax, ay), (_, bx, by) = drawing.marks
    assert bx > ax
    assert by < ay
    assert drawing.tiles == ()
    # 0.01 degrees of latitude are 1.11 km; the scale says how many pixels that is.
    assert abs((ay - by) * drawing.scale_m / drawing.scale_px - 1113) < 10


def test_the_tile_under_a_camera_is_the_standard_one():
    drawing = draw([mark(0.0, 0.0)], TILES)
    assert drawing is not None
    ((_, x, y),) = drawing.marks
    (tile,) = [
        one for one in drawing.tiles if one.x_px <= x < one.x_px + 256 and one.y_px <= y < one.y_px + 256
    ]
    assert tile.href == "https://tiles.example/17/65536/65536.png"


def test_without_a_mark_there_is_no_map():
    assert draw([]) is None
