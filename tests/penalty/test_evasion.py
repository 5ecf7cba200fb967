from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penalty.calendar import LegalCalendar
from penalty.dossier import DECIDABLE, END_STATES, PAYABLE, State
from penalty.evasion import Evasion, EvasionError, restarted, step_that_restarts

CALENDAR = LegalCalendar.load()
FROM, UNTIL = date(2026, 3, 10), date(2027, 3, 10)
TODAY = date(2026, 11, 20)


def recount(began_on: date, ended_on: date, *, step_id: str = "A4", today: date = TODAY):
    return restarted(
        CALENDAR, step_id, Evasion(began_on, ended_on), runs_from=FROM, runs_until=UNTIL, today=today
    )


@pytest.mark.parametrize("step_id", ["A4", "E8"])
def test_a_year_from_the_end_of_the_evasion(step_id: str) -> None:
    found = recount(date(2026, 5, 1), date(2026, 10, 2), step_id=step_id)
    assert found.deadline.raw_due_on == date(2027, 10, 2)
    assert "tính lại từ khi chấm dứt" in found.rule_vi
    assert ("Art. 6)" if step_id == "A4" else "Art. 74)") in found.rule_en


@pytest.mark.parametrize(
    ("began_on", "ended_on", "field"),
    [
        (date(2026, 5, 2), date(2026, 5, 1), "ended_on"),
        (date(2026, 5, 2), TODAY + timedelta(days=1), "ended_on"),
        (FROM - timedelta(days=1), date(2026, 5, 1), "began_on"),
    ],
)
def test_days_that_do_not_allow_it(began_on: date, ended_on: date, field: str) -> None:
    with pytest.raises(EvasionError) as told:
        recount(began_on, ended_on)
    assert told.value.field == field
    assert told.value.vi
    assert told.value.en


def test_who_hid_only_after_the_limitation_was_over_gains_nothing_and_loses_nothing() -> None:
    late = UNTIL + timedelta(days=1)
    with pytest.raises(EvasionError):
        recount(late, late, today=late)
    assert recount(UNTIL, late, today=late).deadline.raw_due_on == date(2028, 3, 11)


@given(began=st.integers(0, 365), lasted=st.integers(0, 700))
def test_it_never_ends_earlier_than_it_would_have(began: int, lasted: int) -> None:
    began_on = FROM + timedelta(days=began)
    ended_on = began_on + timedelta(days=lasted)
    found = recount(began_on, ended_on, today=ended_on)
    assert found.deadline.raw_due_on >= UNTIL
    assert found.deadline.raw_due_on >= ended_on + timedelta(days=365)


def test_which_limitation_runs() -> None:
    for state in State:
        step = step_that_restarts(state)
        if state in END_STATES or state is State.PAID:
            assert step is None
        else:
            assert step == ("E8" if state in PAYABLE else "A4")
    assert all(step_that_restarts(state) == "A4" for state in DECIDABLE)
