"""Licence points: taken by decisions, back after twelve quiet months, gone at nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penalty.calendar import LegalCalendar
from penalty.points import FULL, Balance, Deduction, balance

CALENDAR = LegalCalendar.load()
TODAY = date(2026, 11, 27)
DAYS = st.dates(date(2025, 1, 1), TODAY)


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ([], Balance(12, None, None)),
        ([(date(2026, 11, 1), 4)], Balance(8, date(2027, 11, 1), None)),
        ([(date(2026, 3, 1), 2), (date(2026, 11, 1), 4)], Balance(6, date(2027, 11, 1), None)),
        ([(date(2026, 10, 1), 10), (date(2026, 11, 1), 6)], Balance(0, None, date(2027, 5, 1))),
        ([(date(2025, 3, 1), 6)], Balance(12, None, None)),
        ([(date(2025, 3, 1), 6), (date(2026, 11, 1), 2)], Balance(10, date(2027, 11, 1), None)),
        ([(date(2026, 12, 1), 4)], Balance(12, None, None)),
        ([(date(2026, 11, 1), 0)], Balance(12, None, None)),
    ],
)
def test_points_left(taken, expected):
    assert balance([Deduction(*one) for one in taken], TODAY, CALENDAR) == expected


@given(st.lists(st.builds(Deduction, DAYS, st.integers(0, 10)), max_size=8))
def test_never_below_nothing_nor_above_all_and_the_order_does_not_matter(taken):
    found = balance(taken, TODAY, CALENDAR)
    assert 0 <= found.left <= FULL
    assert (found.left == 0) == (found.test_from is not None)
    assert (found.left == FULL) == (found.full_on is None and found.test_from is None)
    assert balance(sorted(taken, key=lambda one: (one.on, one.points)), TODAY, CALENDAR).left >= 0
