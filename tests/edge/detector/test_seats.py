"""Whose head is whose."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detector.seats import Candidate, count_people, on_board, share_out
from edge.detector.types import Box

REAR = Box(100, 100, 60, 120)
SIDE = Box(100, 100, 130, 130)


def head(x: float, y: float, size: float = 20, score: float = 0.8) -> Candidate:
    return Candidate(Box(x - size / 2, y - size / 2, size, size * 1.2), score, 0.1)


@pytest.mark.parametrize(
    ("motorbike", "heads", "riders"),
    [
        pytest.param(REAR, [head(130, 112)], 1, id="one from behind"),
        pytest.param(REAR, [head(128, 112), head(136, 122)], 2, id="a passenger"),
        pytest.param(SIDE, [head(150, 112), head(175, 112), head(190, 115), head(130, 135)], 4, id="family"),
        pytest.param(REAR, [head(130, 112), head(130, 215)], 1, id="a wheel taken for a head"),
        pytest.param(REAR, [head(130, 112), head(159, 110)], 1, id="a neighbour at the edge of the box"),
        pytest.param(REAR, [head(130, 112), head(120, 106, size=8)], 1, id="someone far behind"),
        pytest.param(REAR, [head(130, 125), head(140, 60)], 1, id="above the box"),
        pytest.param(REAR, [], 0, id="nobody"),
    ],
)
def test_who_is_on_board(motorbike: Box, heads: list[Candidate], riders: int) -> None:
    assert len(on_board(heads, motorbike)) == riders


boxes = st.builds(Box, st.floats(0, 300), st.floats(0, 300), st.floats(4, 80), st.floats(4, 80))
candidates = st.lists(st.builds(Candidate, boxes, st.floats(0.2, 1), st.floats(0, 1)), max_size=6)


@settings(deadline=None)
@given(candidates, boxes, st.floats(0.25, 4), st.floats(-50, 50))
def test_size_and_place_of_the_picture_do_not_matter(
    heads: list[Candidate], motorbike: Box, scale: float, shift: float
) -> None:
    def moved(box: Box) -> Box:
        return Box(box.x * scale + shift, box.y * scale + shift, box.w * scale, box.h * scale)

    def ids(found: list[Candidate]) -> list[float]:
        return sorted(one.score for one in found)

    # powers of two only, so that rounding cannot move a head over a limit
    scale, shift = 2.0 ** round(scale - 1), 0.0
    there = [Candidate(moved(one.box), one.score, one.chance_bare) for one in heads]
    assert ids(on_board(heads, motorbike)) == ids(on_board(there, moved(motorbike)))


@settings(deadline=None)
@given(candidates, boxes)
def test_only_heads_that_were_seen_and_the_surest_first(heads: list[Candidate], motorbike: Box) -> None:
    found = on_board(heads, motorbike)
    assert all(one in heads for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@settings(deadline=None)
@given(st.lists(candidates, max_size=4), st.data())
def test_no_head_is_shared_out_twice_and_none_is_invented(
    claims: list[list[Candidate]], data: st.DataObject
) -> None:
    motorbikes = [data.draw(boxes) for _ in claims]
    shared = share_out(claims, motorbikes)
    assert [all(one in mine for one in kept) for kept, mine in zip(shared, claims, strict=True)] == [
        True
    ] * len(claims)


def test_a_head_in_two_boxes_goes_to_the_rider_below_it() -> None:
    front, behind = Box(100, 100, 60, 120), Box(130, 60, 60, 120)
    his, other = head(130, 112), head(160, 72)
    assert share_out([[his, other], [other, his]], [front, behind]) == [[his], [other]]


@pytest.mark.parametrize(
    ("heads", "people"),
    [
        pytest.param([head(130, 112)], 1, id="one"),
        pytest.param([head(130, 112), head(140, 120)], 2, id="two"),
        pytest.param([head(130, 112), head(140, 120, score=0.3)], None, id="one of them doubtful"),
        pytest.param([head(130, 112, score=0.2)], 1, id="one hardly seen"),
        pytest.param([head(130, 112, size=5)], None, id="too small"),
        pytest.param([], None, id="nobody seen"),
    ],
)
def test_counting(heads: list[Candidate], people: int | None) -> None:
    assert count_people(heads, counted=0.4, smallest_px=7) == people
