"""Paying later and in parts, as the law has it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penalty.calendar import LegalCalendar
from penalty.relief import Part, Relief, ReliefError, next_part_vnd, open_reliefs, plan, shortened

TODAY = date(2026, 11, 27)
CALENDAR = LegalCalendar.load()
LESS = (Relief.REDUCTION, Relief.EXEMPTION)


@pytest.mark.parametrize(
    ("fine_vnd", "organisation", "late", "expected"),
    [
        (1_999_999, False, False, ()),
        (2_000_000, False, False, (Relief.DEFERRAL, *LESS)),
        (5_000_000, False, True, LESS),
        (15_000_000, False, False, (Relief.DEFERRAL, Relief.INSTALMENTS, *LESS)),
        (15_000_000, False, True, (Relief.INSTALMENTS, *LESS)),
        (99_999_999, True, False, ()),
        (100_000_000, True, False, (Relief.DEFERRAL, *LESS)),
        (150_000_000, True, False, (Relief.DEFERRAL, Relief.INSTALMENTS, *LESS)),
    ],
)
def test_what_may_be_asked_for_follows_the_fine_and_the_time(fine_vnd, organisation, late, expected):
    pay_until = TODAY - timedelta(days=1) if late else TODAY
    assert open_reliefs(fine_vnd, organisation=organisation, today=TODAY, pay_until=pay_until) == expected
    if not late:
        assert open_reliefs(fine_vnd, organisation=organisation, today=TODAY, pay_until=None) == expected


@pytest.mark.parametrize(
    ("granted", "expected"),
    [
        ({Relief.DEFERRAL}, LESS),
        ({Relief.INSTALMENTS}, LESS),
        ({Relief.REDUCTION}, (Relief.DEFERRAL, Relief.INSTALMENTS, Relief.EXEMPTION)),
        ({Relief.DEFERRAL, Relief.REDUCTION}, (Relief.EXEMPTION,)),
    ],
)
def test_what_was_granted_is_not_asked_for_again(granted, expected):
    found = open_reliefs(20_000_000, organisation=False, today=TODAY, pay_until=None, granted=granted)
    assert found == expected


@given(amounts=st.lists(st.integers(1, 10**8), max_size=3), remitted=st.integers(0, 4 * 10**8))
def test_a_plan_loses_what_was_taken_off_from_its_end(amounts, remitted):
    parts = tuple(Part(TODAY + timedelta(days=at), vnd) for at, vnd in enumerate(amounts))
    left = shortened(parts, remitted)
    assert sum(part.amount_vnd for part in left) == max(0, sum(amounts) - remitted)
    assert all(part.amount_vnd > 0 for part in left)
    assert [part.due_on for part in left] == [part.due_on for part in parts[: len(left)]]
    assert left[:-1] == parts[: max(0, len(left) - 1)]


@given(owed=st.integers(1_000, 10**9), parts=st.integers(2, 3), waited=st.integers(0, 150))
def test_a_plan_adds_up_and_keeps_to_the_law(owed, parts, waited):
    granted = TODAY + timedelta(days=waited)
    made = plan(
        Relief.INSTALMENTS, owed, parts=parts, granted_on=granted, in_force_on=TODAY, calendar=CALENDAR
    )
    assert sum(part.amount_vnd for part in made) == owed
    assert len(made) == parts
    assert made[0].amount_vnd * 100 >= owed * 40
    days = [part.due_on for part in made]
    assert days == sorted(set(days))
    assert granted < days[0]
    assert days[-1] == date(2027, 5, 27)


def test_what_can_no_longer_be_divided_is_refused():
    with pytest.raises(ReliefError, match="divided"):
        plan(
            Relief.INSTALMENTS,
            19_000_000,
            parts=3,
            granted_on=date(2027, 5, 20),
            in_force_on=TODAY,
            calendar=CALENDAR,
        )
    for parts in (1, 4):
        with pytest.raises(ReliefError, match="Two to 3"):
            plan(Relief.INSTALMENTS, 1, parts=parts, granted_on=TODAY, in_force_on=TODAY, calendar=CALENDAR)


@pytest.mark.parametrize(
    ("granted", "until"),
    [
        (TODAY, date(2027, 2, 27)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2026, 9, 15), date(2026, 12, 15)),
    ],
)
def test_a_deferral_is_the_whole_fine_three_months_later(granted, until):
    made = plan(Relief.DEFERRAL, 5_000_000, parts=1, granted_on=granted, in_force_on=TODAY, calendar=CALENDAR)
    assert made == (Part(until, 5_000_000),)


@pytest.mark.parametrize(("paid", "next_vnd"), [(0, 40), (10, 30), (40, 30), (75, 25), (100, 0)])
def test_the_next_part_is_what_completes_it(paid, next_vnd):
    parts = [Part(TODAY, 40), Part(TODAY, 30), Part(TODAY, 30)]
    assert next_part_vnd(parts, paid) == next_vnd
