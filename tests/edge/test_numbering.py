"""Numbers and times of a clip's pictures."""

from __future__ import annotations

import pytest

from edge.numbering import follow, gaps_s, missing


@pytest.mark.parametrize(
    ("marks", "gone", "gaps"),
    [
        ([(n, n / 25) for n in range(60)], (), ()),
        ([(n, n / 25 + (0.3 if n >= 20 else 0)) for n in range(60)], (), ((0.76, 1.1),)),
        ([(n, n / 25 + 0.03 * (n % 2)) for n in range(60)], (), ()),  # a camera with jitter
        (
            [(n, n / 25) for n in range(60) if n not in {9, 30, 31}],
            (9, 30, 31),
            ((0.32, 0.4), (1.16, 1.28)),
        ),
        ([(7, 1.0), (8, 1.5)], (), ()),
    ],
)
def test_a_clip_tells_what_is_missing_and_where_it_has_no_picture(marks, gone, gaps):
    assert follow(marks)
    assert (missing(marks), gaps_s(marks)) == (gone, gaps)


@pytest.mark.parametrize("marks", [[(1, 0.0), (1, 0.1)], [(2, 0.0), (1, 0.1)], [(1, 0.1), (2, 0.1)]])
def test_pictures_that_do_not_follow_one_another_are_told(marks):
    assert not follow(marks)
