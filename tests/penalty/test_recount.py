"""A calendar that changes: which limits move, what follows them, and that nobody loses a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penalty.calendar import LegalCalendar
from penalty.recount import CHAINED, OF_THE_PERSON, Kept, recount
from penalty.tables import packaged_text

OLD = LegalCalendar.load()


def with_days_off(*days: str) -> LegalCalendar:
    rows = "".join(
        f"{day},{date.fromisoformat(day):%a},swapped_day_off,Nghỉ bù,Day off,test,read-primary,\n"
        for day in days
    )
    return LegalCalendar.parse(packaged_text("deadlines.csv"), packaged_text("holidays_vn.csv") + rows)


def kept(step_id: str, start: date) -> Kept:
    deadline = OLD.due(step_id, start)
    return Kept(step_id, deadline.start_on, deadline.due_on)


@pytest.mark.parametrize(
    ("step_id", "start", "was", "now"),
    [
        ("D1", "2026-12-01", "2026-12-10", "2026-12-14"),  # two working days fell away
        ("E1", "2026-11-27", "2026-12-07", "2026-12-09"),  # the last day is off: the next working day
        ("E1", "2026-11-20", "2026-11-30", "2026-11-30"),  # calendar days that end before count as ever
        ("A4", "2026-11-20", "2027-11-22", "2027-11-22"),
    ],
)
def test_what_a_new_day_off_moves(step_id: str, start: str, was: str, now: str) -> None:
    before = kept(step_id, date.fromisoformat(start))
    assert before.due_on == date.fromisoformat(was)
    (found,) = recount(with_days_off("2026-12-07", "2026-12-08"), [before])
    assert found.deadline.due_on == date.fromisoformat(now)
    assert found.moved is (was != now)


@pytest.mark.parametrize("way", ["D6", "D7"])
def test_paying_begins_where_the_deemed_delivery_ends_also_when_that_moves(way: str) -> None:
    delivered = kept(way, date(2026, 12, 4))
    ways = {"D6", "D7"}
    assert {"E1": ways, "G1": ways, "G7": ways} == CHAINED
    chained = [kept(step_id, delivered.due_on) for step_id in CHAINED]
    found = {
        one.kept.step_id: one.deadline for one in recount(with_days_off("2026-12-08"), [*chained, delivered])
    }
    assert (delivered.due_on, found[way].due_on) == (date(2026, 12, 9), date(2026, 12, 10))
    assert {found[step_id].start_on for step_id in CHAINED} == {date(2026, 12, 10)}


@given(st.dates(date(2026, 3, 1), date(2026, 11, 1)), st.lists(st.dates(date(2026, 1, 1), date(2027, 6, 1))))
def test_no_persons_limit_ends_earlier_than_told(start: date, off: list[date]) -> None:
    """The kept limits come from a calendar with more days off than the one they are counted anew with."""
    days = sorted({day for day in off if day.weekday() < 5 and day not in OLD.special_days})
    more = with_days_off(*(day.isoformat() for day in days))
    before = [
        Kept(step_id, start, more.due(step_id, start).due_on)
        for step_id in ("A2", "C1", "D1", "E1", "G1", "D6")
    ]
    for one in recount(OLD, before):
        if one.kept.step_id in OF_THE_PERSON:
            assert one.deadline.due_on >= one.kept.due_on
        else:
            assert one.deadline.due_on == OLD.due(one.kept.step_id, start).due_on
            assert one.deadline.due_on - one.kept.due_on <= timedelta(0)
