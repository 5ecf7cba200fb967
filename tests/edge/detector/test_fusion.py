"""Several looks at one picture, told as one."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.detector.decode import RawBox
from edge.detector.fusion import fused, things
from edge.detector.types import Box

GROUPS = (0, 0, 1)
AT = Box(10, 10, 20, 40)
NEAR = Box(12, 10, 20, 40)
FAR = Box(100, 10, 20, 40)

boxes = st.builds(
    RawBox,
    st.builds(Box, st.floats(0, 90), st.floats(0, 90), st.floats(1, 40), st.floats(1, 40)),
    st.integers(0, 2),
    st.floats(0.01, 1),
)
looks = st.lists(st.lists(boxes, max_size=6), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ([[]], []),
        ([[RawBox(AT, 0, 0.8)], [RawBox(AT, 0, 0.4)]], [RawBox(AT, 0, 0.6)]),
        ([[RawBox(AT, 0, 0.8)], []], [RawBox(AT, 0, 0.4)]),
        ([[RawBox(AT, 0, 0.6)], [RawBox(NEAR, 0, 0.2)]], [RawBox(Box(10.5, 10, 20, 40), 0, 0.4)]),
        ([[RawBox(AT, 0, 0.5)], [RawBox(AT, 1, 0.6)], [RawBox(AT, 0, 0.4)]], [RawBox(AT, 0, 0.5)]),
        ([[RawBox(AT, 0, 0.8), RawBox(FAR, 0, 0.9)]], [RawBox(FAR, 0, 0.9), RawBox(AT, 0, 0.8)]),
        ([[RawBox(AT, 0, 0.8)], [RawBox(AT, 2, 0.6)]], [RawBox(AT, 0, 0.4), RawBox(AT, 2, 0.3)]),
        ([[RawBox(AT, 0, 0.8), RawBox(NEAR, 0, 0.7)], [RawBox(AT, 0, 0.8)]], [RawBox(AT, 0, 0.8)]),
    ],
    ids=["nothing", "agreed", "seen once", "box by score", "class by score", "order", "groups", "double"],
)
def test_together(seen: Sequence[Sequence[RawBox]], expected: list[RawBox]) -> None:
    assert [_rounded(one) for one in fused(seen, GROUPS)] == [_rounded(one) for one in expected]


@pytest.mark.parametrize(
    ("longest", "score"),
    [([100, 100], 0.6), ([100, 30], 0.8), ([30, 100], 0.4), ([30, 30], None)],
    ids=["both", "the first", "the second", "neither"],
)
def test_a_look_is_not_asked_about_what_is_too_long_for_it(longest: list[float], score: float | None) -> None:
    told = fused([[RawBox(AT, 0, 0.8)], [RawBox(AT, 0, 0.4)]], GROUPS, longest)
    assert [round(one.score, 4) for one in told] == ([] if score is None else [score])


@given(looks)
def test_each_look_counts_once_for_a_thing(seen: list[list[RawBox]]) -> None:
    found = things(seen, [[GROUPS[one.label] for one in look] for look in seen])
    assert all(len(thing.members) == len(thing.looks) <= len(seen) for thing in found)
    told = fused(seen, GROUPS)
    assert len(told) == len(found)
    assert [one.score for one in told] == sorted((one.score for one in told), reverse=True)
    assert all(0 < one.score <= 1 for one in told)


@given(st.lists(boxes, max_size=5), st.integers(1, 4))
def test_looks_that_agree_say_what_each_says(look: list[RawBox], times: int) -> None:
    once, often = fused([look], GROUPS), fused([look] * times, GROUPS)
    assert [_rounded(one) for one in once] == [_rounded(one) for one in often]


def _rounded(one: RawBox) -> tuple[float, ...]:
    sides = (one.box.x, one.box.y, one.box.w, one.box.h)
    return (*(round(side, 4) for side in sides), one.label, round(one.score, 4))
