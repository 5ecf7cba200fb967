"""Lists of dossiers: which limit is shown."""

from __future__ import annotations

from datetime import date

from backend.dossiers.queries import _OF_POLICE
from penalty.calendar import LegalCalendar
from penalty.dossier import TABLE, opening_deadlines

TODAY = date(2026, 11, 27)


def test_a_missed_limit_is_shown_for_each_duty_that_a_case_can_leave_open():
    calendar = LegalCalendar.load()
    left_open = {one.step_id for one in opening_deadlines(calendar, TODAY)}
    for edge in TABLE.values():
        left_open |= {rule.step_id for rule in edge.starts} - set(edge.meets)
    duties = {step for step in left_open if calendar.step(step, TODAY).nature == "duty"}
    assert duties == {*_OF_POLICE, "D5"}
