"""Mirroring a picture and bringing boxes back."""

import numpy as np

from edge.detector.types import Box
from edge.detector.view import View, both_ways


def test_a_box_is_brought_back_to_where_it_was_shown() -> None:
    picture = np.zeros((6, 10, 3), np.uint8)
    picture[1:3, 7:9] = 255
    for view in both_ways(64):
        shown = view.of(picture)
        rows, columns = np.nonzero(shown[..., 0])
        seen = Box(columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)
        assert view.back(seen, 10) == Box(7, 1, 2, 2)


def test_the_longest_thing_in_the_pixels_of_the_picture() -> None:
    picture = np.zeros((300, 480, 3), np.uint8)
    assert View(960, longest_px=320).longest_in(picture) == 160
    assert View(960).longest_in(picture) == np.inf


def test_each_size_both_ways() -> None:
    assert both_ways(64, 96) == (View(64), View(64, mirrored=True), View(96), View(96, mirrored=True))
