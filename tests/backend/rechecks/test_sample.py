"""The draw, the comparison and the rate: pure."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.rechecks.sample import Rate, Verdict, is_drawn, notice_wait


def test_the_share_is_drawn_and_the_key_decides_which():
    ids = [uuid.UUID(int=n) for n in range(4000)]
    drawn = {one for one in ids if is_drawn("key", one, 0.05)}
    assert 150 <= len(drawn) <= 250  # 200 expected; more than three standard deviations either way
    assert drawn == {one for one in ids if is_drawn("key", one, 0.05)}
    assert drawn != {one for one in ids if is_drawn("another", one, 0.05)}
    assert drawn <= {one for one in ids if is_drawn("key", one, 0.2)}
    assert not any(is_drawn("key", one, 0) for one in ids)
    assert all(is_drawn("key", one, 1) for one in ids)


@pytest.mark.parametrize(
    ("first", "second", "agree"),
    [
        (("confirmed", "59X112345", "motorbike"), ("confirmed", "59X112345", "motorbike"), True),
        (("confirmed", "59X112345", "motorbike"), ("confirmed", "59X112346", "motorbike"), False),
        (("confirmed", "59X112345", "motorbike"), ("confirmed", "59X112345", "car"), False),
        (("confirmed", "59X112345", "motorbike"), ("rejected", None, None), False),
        (("rejected", "59X112345", "motorbike"), ("rejected", None, None), True),
        (("rejected", None, "motorbike"), ("confirmed", "59X112345", "motorbike"), False),
    ],
)
def test_two_verdicts(first, second, agree):
    assert Verdict(*first).agrees_with(Verdict(*second)) is agree
    assert Verdict(*second).agrees_with(Verdict(*first)) is agree


NOW = datetime(2026, 11, 27, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due_on", "wait_h", "until"),
    [
        (date(2026, 12, 10), 24, NOW + timedelta(hours=24)),
        (date(2026, 11, 28), 24, datetime(2026, 11, 27, 17, tzinfo=UTC)),  # midnight in Vietnam
        (date(2026, 11, 27), 24, None),
        (date(2026, 11, 20), 24, None),
        (date(2026, 12, 10), 0, None),
    ],
)
def test_a_notice_never_waits_into_its_last_day(due_on, wait_h, until):
    assert notice_wait(NOW, due_on, wait_h) == until


@pytest.mark.parametrize(
    ("checked", "wrong", "low", "high"),
    [(10, 0, 0.0, 0.2775), (100, 3, 0.0103, 0.0845), (50, 50, 0.9287, 1.0), (1, 0, 0.0, 0.7935)],
)
def test_wilsons_interval_as_in_the_tables(checked, wrong, low, high):
    found = Rate(checked, wrong).interval_95
    assert found == pytest.approx((low, high), abs=5e-5)


def test_nothing_checked_says_nothing():
    assert (Rate(0, 0).share, Rate(0, 0).interval_95) == (None, None)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_the_share_lies_in_its_interval(counts):
    rate = Rate(*counts)
    low, high = rate.interval_95
    assert 0 <= low <= rate.share + 1e-12
    assert rate.share - 1e-12 <= high <= 1
