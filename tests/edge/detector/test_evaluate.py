"""The yardsticks themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.detector.evaluate import average_precision, bootstrap
from edge.detector.types import Box

HERE, THERE = Box(0, 0, 10, 10), Box(50, 50, 10, 10)


@pytest.mark.parametrize(
    ("truth", "guesses", "expected"),
    [
        pytest.param([[HERE]], [[(HERE, 0.9)]], 1.0, id="found"),
        pytest.param([[HERE]], [[]], 0.0, id="missed"),
        pytest.param([[HERE, THERE]], [[(HERE, 0.9)]], 0.5, id="half found"),
        pytest.param([[HERE]], [[(THERE, 0.9), (HERE, 0.5)]], 0.5, id="a false one ranked first"),
        pytest.param([[HERE]], [[(HERE, 0.9), (THERE, 0.5)]], 1.0, id="a false one ranked last"),
        pytest.param([[HERE]], [[(HERE, 0.9), (HERE, 0.8)]], 1.0, id="the second box of one object"),
        pytest.param([[HERE], []], [[], [(HERE, 0.9)]], 0.0, id="in the wrong picture"),
        pytest.param([[]], [[]], 0.0, id="nothing to find"),
    ],
)
def test_average_precision(
    truth: list[list[Box]], guesses: list[list[tuple[Box, float]]], expected: float
) -> None:
    assert average_precision(truth, guesses) == pytest.approx(expected)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcdef")), min_size=1, max_size=40))
def test_the_interval_holds_the_share_bounds(rows: list[tuple[bool, str]]) -> None:
    share = bootstrap([hit for hit, _ in rows], [group for _, group in rows])
    assert 0 <= share.low <= share.high <= 1
    assert share.value == pytest.approx(sum(hit for hit, _ in rows) / len(rows))


def test_no_pictures_no_share() -> None:
    assert bootstrap([], []).value == 0.0
