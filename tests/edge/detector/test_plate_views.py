"""Views of a plate: small changes of the same crop."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.detector.plate_views import PLAIN, STRAIGHTENED, VIEWS, View, cut_view, reader_blob
from edge.detector.types import Box

PICTURE = np.random.default_rng(5).integers(0, 255, (120, 200, 3)).astype(np.uint8)
PLATE = Box(60, 40, 50, 30)


def test_the_plain_view_is_the_plate_with_a_margin() -> None:
    assert VIEWS[0] == PLAIN
    assert np.array_equal(cut_view(PICTURE, PLATE, View(margin=0.0)), PICTURE[40:70, 60:110])


@pytest.mark.parametrize("view", VIEWS[1:], ids=str)
def test_each_view_shows_something_else(view: View) -> None:
    plain, other = cut_view(PICTURE, PLATE, PLAIN), cut_view(PICTURE, PLATE, view)
    assert plain.shape != other.shape or not np.array_equal(plain, other)


def test_gamma_lightens_and_darkens() -> None:
    dark, plain, light = (cut_view(PICTURE, PLATE, View(gamma=gamma)).mean() for gamma in (1.4, 1.0, 0.7))
    assert dark < plain < light


@pytest.mark.parametrize("view", STRAIGHTENED, ids=str)
def test_a_plate_aslant_comes_out_upright(view: View) -> None:
    tall = np.zeros((300, 300, 3), np.uint8)
    across, up = np.meshgrid(np.arange(300) - 150, np.arange(300) - 150)
    angle = np.deg2rad(view.straighten_deg)
    along, off = across * np.cos(angle) + up * np.sin(angle), up * np.cos(angle) - across * np.sin(angle)
    tall[(abs(along) < 80) & (abs(off) < 30)] = 255
    rows, columns = np.nonzero(tall[..., 0])
    hull = Box(columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)
    upright = cut_view(tall, hull, View(margin=0.0, straighten_deg=view.straighten_deg))
    assert abs(upright.shape[1] - 160) <= 6
    assert abs(upright.shape[0] - 60) <= 6
    assert upright[4:-4, 4:-4].min() > 0


boxes = st.builds(Box, st.floats(-300, 300), st.floats(-300, 300), st.floats(0, 400), st.floats(0, 400))


@given(boxes, st.sampled_from([*VIEWS, *STRAIGHTENED]))
def test_any_box_can_be_looked_at(plate: Box, view: View) -> None:
    piece = cut_view(PICTURE, plate, view)
    assert piece.dtype == np.uint8
    if piece.size:
        assert reader_blob(piece, (128, 64)).shape == (1, 3, 64, 128)
