"""Boxes: table of plain cases, and laws that hold for all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.detector.types import Box

sides = st.floats(0.5, 4000)
places = st.floats(-4000, 4000)
boxes = st.builds(Box, places, places, sides, sides)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param(Box(0, 0, 10, 10), Box(0, 0, 10, 10), 1.0, id="the same"),
        pytest.param(Box(0, 0, 10, 10), Box(10, 0, 10, 10), 0.0, id="side by side"),
        pytest.param(Box(0, 0, 10, 10), Box(5, 0, 10, 10), 1 / 3, id="half shifted"),
        pytest.param(Box(0, 0, 10, 10), Box(2, 2, 5, 5), 0.25, id="inside"),
        pytest.param(Box(0, 0, 0, 0), Box(0, 0, 0, 0), 0.0, id="both empty"),
    ],
)
def test_overlap(first: Box, second: Box, expected: float) -> None:
    assert first.iou(second) == pytest.approx(expected)


@given(boxes, boxes)
def test_overlap_is_mutual_and_bounded(first: Box, second: Box) -> None:
    assert first.iou(second) == pytest.approx(second.iou(first))
    assert 0 <= first.iou(second) <= 1 + 1e-9


@given(boxes, st.integers(1, 4000), st.integers(1, 4000))
def test_a_clipped_box_lies_in_the_picture(box: Box, width: int, height: int) -> None:
    inside = box.clipped(width, height)
    assert 0 <= inside.x <= inside.x2 <= width + 1e-6
    assert 0 <= inside.y <= inside.y2 <= height + 1e-6
    assert inside.area <= box.area * (1 + 1e-9)


@given(boxes, st.floats(0, 1))
def test_growing_keeps_the_centre(box: Box, fraction: float) -> None:
    grown = box.expanded(fraction)
    assert (grown.cx, grown.cy) == pytest.approx((box.cx, box.cy), abs=1e-6)
    assert grown.w == pytest.approx(box.w * (1 + 2 * fraction))


def test_bottom_centre_is_where_the_wheels_are() -> None:
    assert Box(10, 20, 30, 40).bottom_centre == (25, 60)
