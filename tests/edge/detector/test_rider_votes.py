"""A track is judged by looks that agree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detector.rider_look import Head, Helmet, RiderLook, RiderVerdict
from edge.detector.rider_votes import AGREEING_LOOKS, vote
from edge.detector.types import Box

WORN: dict[RiderVerdict, Helmet] = {"all": "helmet", "some_bare": "bare", "unknown": "unknown"}


def look(helmet: RiderVerdict, people: int | None = 1, size: float = 20) -> RiderLook:
    return RiderLook(people, (Head(Box(0, 0, size, size), WORN[helmet], 0.9, 0.5),), helmet, "")


@pytest.mark.parametrize(
    ("said", "helmet"),
    [
        pytest.param(["some_bare"] * 3, "some_bare", id="three agree"),
        pytest.param(["some_bare"] * 2, "unknown", id="two are too few"),
        pytest.param(["some_bare"] * 4 + ["all"], "some_bare", id="four in five"),
        pytest.param(["some_bare"] * 3 + ["all"], "unknown", id="three in four"),
        pytest.param(["unknown"] * 9 + ["all"] * 3, "all", id="those that know nothing do not count"),
        pytest.param(["unknown"] * 9, "unknown", id="nobody knows"),
        pytest.param([], "unknown", id="no look"),
    ],
)
def test_verdicts(said: list[RiderVerdict], helmet: RiderVerdict) -> None:
    agreed = vote([look(one) for one in said])
    assert agreed.helmet == helmet
    assert bool(agreed.reason) is (helmet == "unknown")


@pytest.mark.parametrize(
    ("counts", "people"),
    [([2, 2, 2], 2), ([2, 2, None, None], None), ([3, 3, 3, 3, 2], 3), ([1, 2, 2, 2], None), ([], None)],
)
def test_people(counts: list[int | None], people: int | None) -> None:
    assert vote([look("all", count) for count in counts]).people == people


looks = st.lists(
    st.builds(
        look,
        st.sampled_from(["all", "some_bare", "unknown"]),
        st.none() | st.integers(1, 4),
        st.floats(8, 60),
    ),
    max_size=12,
)


@settings(deadline=None)
@given(looks, st.randoms())
def test_the_order_of_the_looks_does_not_matter(given_looks: list[RiderLook], random: object) -> None:
    shuffled = list(given_looks)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = vote(given_looks), vote(shuffled)
    assert (one.helmet, one.people, one.agreeing, one.looks) == (
        other.helmet,
        other.people,
        other.agreeing,
        other.looks,
    )


@settings(deadline=None)
@given(looks)
def test_nobody_is_accused_by_few_or_by_looks_that_disagree(given_looks: list[RiderLook]) -> None:
    agreed = vote(given_looks)
    against = sum(one.helmet == "all" for one in given_looks)
    if agreed.helmet == "some_bare":
        assert agreed.agreeing >= max(AGREEING_LOOKS, 4 * against)
        assert given_looks[agreed.best_look].helmet == "some_bare"
    else:
        assert agreed.best_look == -1 or given_looks[agreed.best_look].helmet == agreed.helmet
