"""Fitting pictures into networks and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.detector.letterbox import fit, fit_long_side, to_blob
from edge.detector.types import Box

sizes = st.integers(16, 4000)


parts = st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 1), st.floats(0.01, 1))


@given(sizes, sizes, parts)
def test_a_box_comes_back_unchanged(width: int, height: int, part: tuple[float, float, float, float]) -> None:
    x, y, w, h = part
    box = Box(x * width, y * height, w * width, h * height)
    letterbox = fit_long_side(width, height, 640)
    back = letterbox.to_picture(letterbox.to_input(box))
    expected = pytest.approx((box.x, box.y, box.w, box.h), abs=1e-6 * max(width, height))
    assert (back.x, back.y, back.w, back.h) == expected


@given(sizes, sizes)
def test_the_input_is_whole_strides_and_holds_the_picture(width: int, height: int) -> None:
    letterbox = fit_long_side(width, height, 640)
    assert letterbox.width_px % 32 == letterbox.height_px % 32 == 0
    assert max(letterbox.width_px, letterbox.height_px) == 640
    corner = letterbox.to_input(Box(0, 0, width, height))
    assert corner.x2 <= letterbox.width_px + 1
    assert corner.y2 <= letterbox.height_px + 1


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [(1920, 1080, (384, 640)), (640, 480, (480, 640)), (720, 1280, (640, 384)), (100, 100, (640, 640))],
)
def test_input_sizes_of_common_cameras(width: int, height: int, expected: tuple[int, int]) -> None:
    letterbox = fit_long_side(width, height, 640)
    assert (letterbox.height_px, letterbox.width_px) == expected


def test_the_blob_is_rgb_between_zero_and_one() -> None:
    picture = np.zeros((50, 100, 3), np.uint8)
    picture[..., 0] = 255
    blob = to_blob(picture, fit(100, 50, 64, 64))
    assert blob.shape == (1, 3, 64, 64)
    assert blob[0, :, 32, 32].tolist() == [0, 0, 1]
    assert blob[0, 0, 0, 0] == pytest.approx(114 / 255)
