"""Who carries more than the law allows, and when a camera cannot say."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.rules import Violation
from edge.rules.passengers import judge
from tests.edge.rules.rider_kit import context_of, looked, motorbike
from tests.edge.rules.stand_kit import word

TWO, THREE, FOUR = [0.1] * 2, [0.1] * 3, [0.1] * 4


def said(looks: list, **more: object) -> str:
    track = motorbike()
    return word(judge(track, context_of(track, looked(track, looks, **more)), finished=True))


@pytest.mark.parametrize(
    ("what", "looks", "more", "expected"),
    [
        ("three, all tall", [THREE] * 6, {}, "two_passengers"),
        ("four", [FOUR] * 6, {}, "three_passengers"),
        ("four, a child among them", [FOUR] * 6, {"lower": (0, 0, 2, 0)}, "three_passengers"),
        ("three, one much lower", [THREE] * 6, {"lower": (0, 2.6, 0)}, "maybe_child"),
        ("two", [TWO] * 6, {}, "nothing"),
        ("one", [[0.1]] * 6, {}, "nothing"),
        ("three in one look of six", [THREE] + [TWO] * 5, {}, "people_unclear"),
        ("three in four looks of six", [THREE] * 4 + [TWO] * 2, {}, "people_unclear"),
        ("three or four: three are certain", [FOUR, THREE] * 3, {}, "two_passengers"),
        ("three, one is doubtful", [THREE] * 6, {"people": [3, 3, None, None, None, 3]}, "people_unclear"),
        ("three in three looks", [THREE] * 3, {}, "too_few_looks"),
        ("heads of 9 px", [THREE] * 6, {"head_m": 0.05}, "nothing"),
        ("no looks", [], {}, "nothing"),
    ],
)  # fmt: skip
def test_table(what: str, looks: list, more: dict, expected: str) -> None:
    assert said(looks, **more) == expected, what


def test_measures_and_what_the_officer_is_told() -> None:
    track = motorbike()
    found = judge(track, context_of(track, looked(track, [THREE] * 6)), finished=True)
    assert isinstance(found, Violation)
    measures = {one.name: one for one in found.measures}
    assert (measures["people"].lower_95, measures["people"].limit) == (3, 2)
    assert "12" in found.reasons[1].vi
    assert found.frame_before < found.frame_at < found.frame_after


@settings(max_examples=120, deadline=None)
@given(counts=st.lists(st.integers(1, 4), min_size=1, max_size=10))
def test_nobody_is_accused_of_more_than_four_looks_in_five_saw(counts: list[int]) -> None:
    found = said([[0.1] * one for one in counts])
    for act, people in (("two_passengers", 3), ("three_passengers", 4)):
        if found == act:
            assert sum(one >= people for one in counts) >= 0.8 * len(counts)
