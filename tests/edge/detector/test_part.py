"""A part of a picture is looked at on the same grid as the whole, so that boxes are the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.detector.decode import RawBox
from edge.detector.letterbox import fit_long_side
from edge.detector.part import Part, padded, part_of
from edge.detector.types import Box

WHOLE = fit_long_side(1920, 1080, 640)
boxes = st.builds(Box, st.floats(-50, 1900), st.floats(-50, 1060), st.floats(1, 900), st.floats(1, 900))


@given(boxes)
def test_a_part_holds_what_is_asked_for_in_whole_strides(box: Box) -> None:
    part = part_of(box, WHOLE)
    assert all(side % 32 == 0 for side in (part.left, part.top, part.right, part.bottom))
    assert 0 <= part.left < part.right <= 640
    assert 0 <= part.top < part.bottom <= 384
    inside = WHOLE.to_input(box.clipped(1920, 1080))
    assert part.left <= inside.x + 1e-6
    assert part.right >= inside.x2 - 1e-6
    assert part.top <= inside.y + 1e-6
    assert part.bottom >= inside.y2 - 1e-6


@given(boxes, boxes)
def test_a_box_keeps_its_place_in_the_picture(area: Box, box: Box) -> None:
    fitted = part_of(area, WHOLE).letterbox(WHOLE)
    back = fitted.to_picture(fitted.to_input(box))
    assert (back.x, back.y, back.w, back.h) == pytest.approx((box.x, box.y, box.w, box.h), abs=1e-6)


def test_all_of_it_is_a_part_too() -> None:
    assert part_of(None, WHOLE) == Part(0, 0, 640, 384)


@pytest.mark.parametrize(
    ("what", "box", "cut"),
    [
        ("in the middle", Box(700, 400, 100, 100), False),
        ("over the left edge of the part", Box(560, 400, 100, 100), True),
        ("over its upper edge", Box(700, 240, 100, 120), True),
        ("over its right edge", Box(900, 400, 130, 100), True),
        ("over its lower edge", Box(700, 500, 100, 140), True),
    ],
)
def test_what_reaches_an_inner_edge_is_cut(what: str, box: Box, cut: bool) -> None:
    part = Part(192, 96, 320, 192)  # picture px: 576 to 960 across, 252 to 540 down
    assert part.cuts(RawBox(box, 0, 0.9), WHOLE) is cut, what


def test_the_edge_of_the_picture_cuts_nothing() -> None:
    part = Part(0, 0, 640, 384)
    assert not part.cuts(RawBox(Box(0, 0, 1920, 1080), 0, 0.9), WHOLE)


def test_margins_are_grey() -> None:
    canvas = padded(np.zeros((360, 640, 3), np.uint8), WHOLE)
    assert canvas.shape == (384, 640, 3)
    assert (canvas[:12] == 114).all()
    assert (canvas[-12:] == 114).all()
    assert (canvas[12:-12] == 0).all()
