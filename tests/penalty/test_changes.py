from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penalty import catalogue
from penalty.calendar import LegalCalendar
from penalty.changes import changes

LAW, CALENDAR = catalogue.load(), LegalCalendar.load()
DAYS = st.dates(date(2025, 1, 1), date(2027, 1, 1))


def test_a_day_in_which_nothing_changed() -> None:
    assert changes(LAW, CALENDAR, date(2026, 9, 1), date(2026, 11, 27)) == ()


def test_the_device_decree_of_april_2026() -> None:
    found = {one.name: one for one in changes(LAW, CALENDAR, date(2026, 3, 31), date(2026, 4, 1))}
    assert set(found) == {"B1", "A5", "A5b"}
    assert (found["B1"].kind, found["B1"].fields["length"]) == ("changed", (3, 5))
    assert found["B1"].valid_from == date(2026, 4, 1)
    assert found["A5"].kind == "new"


def test_a_deadline_that_changes_its_unit() -> None:
    (found,) = changes(LAW, CALENDAR, date(2026, 6, 30), date(2026, 7, 1))
    assert found.fields["unit"] == ("calendar_day", "working_day")


def test_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(ValueError, match="is before"):
        changes(LAW, CALENDAR, date(2026, 7, 1), date(2026, 6, 30))


@given(DAYS, DAYS, DAYS)
def test_what_changed_in_a_part_of_the_time_is_seen_in_the_whole_or_was_undone(
    one: date, two: date, three: date
) -> None:
    first, middle, last = sorted((one, two, three))
    whole = {(c.table, c.name) for c in changes(LAW, CALENDAR, first, last)}
    parts = {(c.table, c.name) for c in changes(LAW, CALENDAR, first, middle)}
    parts |= {(c.table, c.name) for c in changes(LAW, CALENDAR, middle, last)}
    assert whole <= parts
