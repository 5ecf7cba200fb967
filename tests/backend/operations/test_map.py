"""The map: every camera inside it, with tiles that fit or without any."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from backend.operations.map import HEIGHT_PX, WIDTH_PX, Place, draw

TILES = "https://tiles.example/{z}/{x}/{y}.png"
PLACES = st.lists(
    st.builds(
        Place,
        key=st.uuids().map(str),
        latitude_deg=st.floats(-84, 84),
        longitude_deg=st.floats(-180, 180),
    ),
    min_size=1,
    max_size=8,
)


@given(PLACES)
def test_every_place_lies_inside(places):
    drawing = draw(places, TILES)
    assert drawing is not None
    for x, y in drawing.marks.values():
        assert 0 <= x <= WIDTH_PX
        assert 0 <= y <= HEIGHT_PX
    assert drawing.scale_px <= WIDTH_PX / 4 or drawing.scale_m == 1
    for tile in drawing.tiles:
        zoom, column, row = map(int, re.findall(r"\d+", tile.href))
        assert 0 <= column < 2**zoom
        assert 0 <= row < 2**zoom


def test_north_is_up_and_east_is_right():
    drawing = draw([Place("a", 10.98, 106.65), Place("b", 10.99, 106.66)])
    assert drawing is not None
    (ax, ay), (bx, by) = drawing.marks["a"], drawing.marks["b"]
    assert bx > ax
    assert by < ay
    assert drawing.tiles == ()
    # 0.01 degrees of latitude are 1.11 km; the scale says how many pixels that is.
    assert abs((ay - by) * drawing.scale_m / drawing.scale_px - 1113) < 10


def test_the_tile_under_a_camera_is_the_standard_one():
    drawing = draw([Place("a", 0.0, 0.0)], TILES)
    assert drawing is not None
    x, y = drawing.marks["a"]
    (tile,) = [
        one for one in drawing.tiles if one.x_px <= x < one.x_px + 256 and one.y_px <= y < one.y_px + 256
    ]
    assert tile.href == "https://tiles.example/17/65536/65536.png"


def test_without_a_place_there_is_no_map():
    assert draw([]) is None
