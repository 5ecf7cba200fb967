"""Intervals: what they must hold, and that groups are drawn together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detector.evaluation.intervals import Figure, draw_groups, resampled, share


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcdef")), min_size=1, max_size=40))
def test_a_share_lies_where_shares_lie(rows: list[tuple[bool, str]]) -> None:
    found = share([hit for hit, _ in rows], [group for _, group in rows])
    assert found.value == pytest.approx(sum(hit for hit, _ in rows) / len(rows))
    assert found.n == len(rows)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.high <= 1


def test_the_interval_of_a_fair_coin_is_the_one_of_the_books() -> None:
    """1.96 standard errors of 400 tosses: 0.5 +- 0.049."""
    found = share([number % 2 == 0 for number in range(400)], range(400))
    assert found.low == pytest.approx(0.451, abs=0.006)
    assert found.high == pytest.approx(0.549, abs=0.006)


def test_members_of_a_group_are_drawn_together() -> None:
    """Forty looks at four plates are four plates, so the interval is as wide as theirs."""
    hits = [number % 2 == 0 for number in range(4) for _ in range(10)]
    grouped = share(hits, [number for number in range(4) for _ in range(10)])
    alone = share(hits, range(40))
    assert (grouped.low, grouped.high) == (0.0, 1.0)
    assert alone.low is not None
    assert alone.low > 0.3


def test_what_cannot_be_told() -> None:
    assert share([], []) == Figure(None, None, None, 0)
    none = resampled([(0.0, 0.0)], ["a"], lambda sums: sums[:, 0] / sums[:, 1], 0)
    assert none.value is None
    assert str(none) == "- (n 0)"


def test_the_same_draw_every_time() -> None:
    assert np.array_equal(draw_groups(7, 50), draw_groups(7, 50))
    assert (draw_groups(7, 50).sum(axis=1) == 7).all()
    assert draw_groups(0, 5).shape == (5, 0)


def test_to_read_and_to_compute_with() -> None:
    found = Figure(0.95, 0.91234567, 0.97, 300)
    assert str(found) == "0.950 (0.91 to 0.97, n 300)"
    assert found.to_json() == {"value": 0.95, "low": 0.9123, "high": 0.97, "n": 300}
