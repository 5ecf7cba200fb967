"""The calendar changes while cases run: limits move once, with a line in the timeline."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.dossiers.models import DossierDeadline, DossierEvent
from backend.dossiers.recount import recount_deadlines, recount_reports
from backend.intake.models import Violation
from backend.submissions.models import Submission
from backend.submissions.recount import recount_answers
from penalty.calendar import LegalCalendar, vietnam_date
from penalty.tables import packaged_text

NOW = datetime.now(UTC)


def off(day: date) -> LegalCalendar:
    """The calendar with this day off as well."""
    lines = [line for line in packaged_text("holidays_vn.csv").splitlines() if not line.startswith(f"{day}")]
    lines.append(f"{day},{day:%a},public_holiday,Nghỉ,Day off,test,read-primary,")
    return LegalCalendar.parse(packaged_text("deadlines.csv"), "\n".join(lines))


def limits(case) -> dict[str, DossierDeadline]:
    return {row.step_id: row for row in case.rows(DossierDeadline)}


def by_seq(event: DossierEvent) -> int:
    return event.seq


def told(case) -> list[dict[str, str]]:
    events = sorted(case.rows(DossierEvent, DossierEvent.kind == "time_limits_recounted"), key=by_seq)
    return [limit for event in events for limit in event.data["limits"]]


def test_a_day_off_that_was_added_moves_what_ends_on_it_once(case):
    case.decided(kind="motorbike")
    before, version = limits(case), case.dossier().version
    last_day = before["E1"].due_on
    calendar = off(last_day)
    assert recount_deadlines(case.services, NOW, calendar) >= 1
    after = limits(case)
    assert after["E1"].due_on == calendar.next_working_day(last_day) > last_day
    assert "chuyển sang ngày làm việc tiếp theo" in after["E1"].rule_vi
    assert {"step": "E1", "was": last_day.isoformat(), "now": after["E1"].due_on.isoformat()} in told(case)
    assert {row.calendar_version for row in after.values() if row.met_at is None} == {calendar.version}
    assert {row.due_on for row in after.values() if row.met_at} == {
        row.due_on for row in before.values() if row.met_at
    }
    assert case.dossier().version == version + 1
    assert recount_deadlines(case.services, NOW, calendar) == 0
    assert case.dossier().version == version + 1


def test_a_day_that_a_paper_set_is_moved_by_no_calendar(case):
    case.decided(kind="motorbike")
    with case.services.database.unit_of_work() as session:
        row = session.query(DossierDeadline).filter_by(dossier_id=case.id, step_id="E1").one()
        row.due_on, row.set_by = row.due_on + timedelta(days=90), "HN-000001"
    set_day = limits(case)["E1"].due_on
    recount_deadlines(case.services, NOW, off(set_day))
    assert limits(case)["E1"].due_on == set_day


def test_the_last_day_for_the_notice_moves_for_reports_that_wait(case):
    registration = case.outside.registration()
    case.box.report_violation(rule="red_light", plate=registration["plate"], kind=registration["kind"])
    (violation,) = case.rows(Violation)
    kept = violation.notify_due_on
    assert kept == LegalCalendar.load().due("A1", vietnam_date(violation.event_at)).due_on
    with case.services.database.unit_of_work() as session:
        assert recount_reports(session, off(kept)) == 1
        assert recount_reports(session, off(kept)) == 0
    (violation,) = case.rows(Violation)
    assert violation.notify_due_on > kept


def test_a_promised_day_is_never_put_off(case):
    case.entered(kind="motorbike")
    case.owner.post("/ho-so/y-kien/sold", data={"text": "Tôi đã bán xe này năm ngoái."})
    (objection,) = case.rows(Submission)
    assert recount_answers(case.services, NOW, off(objection.answer_due_on)) == 0


def test_the_day_of_resolving_a_complaint_moves_with_the_law(case):
    case.decided(kind="motorbike")
    form = {"text": "Hôm đó tôi đang ở nhà máy.", "grounds": ["other"]}
    assert case.owner.post("/ho-so/y-kien/complaint", data=form).status_code == 303
    (filed,) = case.rows(Submission)
    calendar = off(filed.answer_due_on)
    assert recount_answers(case.services, NOW, calendar) == 1
    assert recount_answers(case.services, NOW, calendar) == 0
    (found,) = case.rows(Submission)
    assert found.answer_due_on == calendar.next_working_day(filed.answer_due_on) > filed.answer_due_on
    moved = {"step": "G2", "was": str(filed.answer_due_on), "now": str(found.answer_due_on)}
    assert told(case) == [moved]
    address = f"/v1/submissions/{found.id}/resolution"
    assert case.chief.post(address, json={"action": "accept", "answers": []}).status_code == 200
    (accepted,) = case.rows(Submission)
    assert recount_answers(case.services, NOW, off(accepted.answer_due_on)) == 1
    assert told(case)[-1]["step"] == "G3"


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_both_countings_are_shown_to_staff(case, lang):
    case.recorded(kind="motorbike")
    detail = case.officer.get(f"/v1/dossiers/{case.id}").json()
    by_step = {row["step_id"]: row for row in detail["deadlines"]}
    starts = date.fromisoformat(by_step["D1"]["starts_on"])
    assert by_step["D1"]["otherwise_on"] == (starts + timedelta(days=7)).isoformat()
    assert by_step["A4"]["otherwise_on"] is None
    page = case.officer.get(f"/canh-sat/ho-so/{case.id}", params={"lang": lang}).text
    said = {"vi": "nếu đếm theo ngày thường", "en": "if calendar days were counted"}[lang]
    assert f"{said}: {starts + timedelta(days=7):%d/%m/%Y}" in page
