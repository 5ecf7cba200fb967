"""Average precision against values worked out by hand and against a slow, plain implementation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detector.evaluation.precision import OVERLAPS, average_precisions, match, pool
from edge.detector.types import Box

HERE, THERE = Box(0, 0, 10, 10), Box(50, 50, 10, 10)
SHIFTED = Box(0, 0, 10, 7)  # overlaps HERE by 0.70
Picture = tuple[list[Box], list[tuple[Box, float]]]


def precisions(pictures: list[Picture], not_judged: list[Box] | None = None) -> np.ndarray:
    found = average_precisions(pool([match(truth, guesses, not_judged or []) for truth, guesses in pictures]))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("pictures", "at_half", "over_all"),
    [
        pytest.param([([HERE], [(HERE, 0.9)])], 1.0, 1.0, id="found"),
        pytest.param([([HERE], [])], 0.0, 0.0, id="missed"),
        pytest.param([([HERE], [(SHIFTED, 0.9)])], 1.0, 0.5, id="found at 0.50, 0.55, 0.60, 0.65 and 0.70"),
        pytest.param([([HERE, THERE], [(HERE, 0.9)])], 51 / 101, 51 / 101, id="recalls 0 to 0.50 reached"),
        pytest.param([([HERE], [(THERE, 0.9), (HERE, 0.5)])], 0.5, 0.5, id="a false one ranked first"),
        pytest.param([([HERE], [(HERE, 0.9), (THERE, 0.5)])], 1.0, 1.0, id="a false one ranked last"),
        pytest.param([([HERE], [(HERE, 0.9), (HERE, 0.8)])], 1.0, 1.0, id="the second box of one object"),
        pytest.param([([HERE], [(THERE, 0.3), (HERE, 0.8)])], 1.0, 1.0, id="score decides, not the order"),
        pytest.param(
            [([HERE, THERE], [(HERE, 0.9), (HERE, 0.8), (THERE, 0.7)])],
            (51 + 50 * 2 / 3) / 101,
            (51 + 50 * 2 / 3) / 101,
            id="hit, doubled, hit: precision 1 up to recall 0.50, then 2 of 3",
        ),
        pytest.param([([HERE], []), ([], [(HERE, 0.9)])], 0.0, 0.0, id="in the wrong picture"),
        pytest.param(
            [([HERE], [(HERE, 0.4)]), ([HERE], [(HERE, 0.9), (THERE, 0.6)])],
            (51 + 50 * 2 / 3) / 101,
            (51 + 50 * 2 / 3) / 101,
            id="ranked over all pictures",
        ),
    ],
)
def test_by_hand(pictures: list[Picture], at_half: float, over_all: float) -> None:
    found = precisions(pictures)
    assert found[0] == pytest.approx(at_half)
    assert found.mean() == pytest.approx(over_all)


def test_each_overlap_on_its_own() -> None:
    assert precisions([([HERE], [(SHIFTED, 0.9)])]).tolist() == [1.0] * 5 + [0.0] * 5
    assert OVERLAPS[4] == 0.7


def test_a_guess_takes_the_box_it_overlaps_most() -> None:
    """Taking the first one that fits would leave the second guess without a box."""
    wide, narrow = Box(0, 0, 10, 10), Box(0, 0, 8, 10)
    found = precisions([([wide, narrow], [(narrow, 0.9), (wide, 0.8)])])
    assert found.tolist() == [1.0] * 10


def test_a_region_that_is_not_judged_excuses_a_false_guess_but_hides_no_right_one() -> None:
    assert precisions([([HERE], [(THERE, 0.9), (HERE, 0.5)])], [THERE])[0] == 1.0
    assert precisions([([HERE], [(HERE, 0.9)])], [HERE])[0] == 1.0
    assert precisions([([HERE], [(Box(54, 54, 10, 10), 0.9), (HERE, 0.5)])], [THERE])[0] == 0.5


def test_only_the_first_hundred_guesses_count() -> None:
    many = [(THERE, 0.9)] * 99
    assert precisions([([HERE], [*many, (HERE, 0.5)])])[0] == pytest.approx(0.01)
    assert precisions([([HERE], [*many, (THERE, 0.8), (HERE, 0.5)])])[0] == 0.0


def test_nothing_to_find_has_no_precision() -> None:
    assert average_precisions(pool([match([], [(HERE, 0.9)])])) is None
    assert average_precisions(pool([])) is None


sides = st.integers(0, 12)
boxes = st.builds(Box, sides, sides, st.integers(1, 12), st.integers(1, 12))


@st.composite
def pictures_with_guesses(draw: st.DrawFn) -> list[Picture]:
    """Up to four pictures; no two guesses score the same, for such have no one order."""
    shapes = draw(st.lists(st.tuples(st.lists(boxes, max_size=4), st.lists(boxes, max_size=5)), max_size=4))
    scores = iter(draw(st.permutations(range(20))))
    return [(truth, [(box, (next(scores) + 1) / 21) for box in found]) for truth, found in shapes]


some_pictures = pictures_with_guesses()


def plainly(pictures: list[Picture], overlap: float) -> float | None:
    """The definition, one step at a time."""
    ranked = sorted(
        ((score, number, box) for number, (_, guesses) in enumerate(pictures) for box, score in guesses),
        key=lambda one: -one[0],
    )
    free = [list(truth) for truth, _ in pictures]
    objects = sum(len(truth) for truth in free)
    if objects == 0:
        return None
    curve, right = [], 0
    for rank, (_, number, box) in enumerate(ranked, start=1):
        best = max(free[number], key=box.iou, default=None)
        if best is not None and box.iou(best) >= overlap - 1e-9:
            free[number].remove(best)
            right += 1
        curve.append((right / objects, right / rank))
    return (
        sum(
            max((precision for recall, precision in curve if recall >= step / 100 - 1e-9), default=0.0)
            for step in range(101)
        )
        / 101
    )


@settings(max_examples=200, deadline=None)
@given(some_pictures)
def test_as_the_definition_says(pictures: list[Picture]) -> None:
    found = average_precisions(pool([match(*one) for one in pictures]))
    expected = [plainly(pictures, overlap) for overlap in OVERLAPS]
    if found is None:
        assert expected == [None] * 10
    else:
        assert found.tolist() == pytest.approx(expected)


@settings(max_examples=60, deadline=None)
@given(some_pictures, st.lists(st.integers(0, 3), min_size=4, max_size=4))
def test_weighing_a_picture_is_showing_it_again(pictures: list[Picture], times: list[int]) -> None:
    matched = [match(*one) for one in pictures]
    weights = np.array(times[: len(matched)], np.int64)
    weighed = average_precisions(pool(matched), weights)
    again = average_precisions(
        pool([one for one, count in zip(matched, times, strict=False) for _ in range(count)])
    )
    assert (weighed is None) == (again is None)
    if weighed is not None and again is not None:
        assert weighed.tolist() == pytest.approx(again.tolist())


@settings(max_examples=60, deadline=None)
@given(some_pictures)
def test_a_share_falling_with_the_overlap_asked_for(pictures: list[Picture]) -> None:
    found = average_precisions(pool([match(*one) for one in pictures]))
    if found is not None:
        assert ((found >= 0) & (found <= 1)).all()
        one_guess_a_picture = all(len(guesses) < 2 for _, guesses in pictures)
        assert not one_guess_a_picture or (np.diff(found) <= 1e-12).all()
