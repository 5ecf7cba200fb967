"""What the calendar alone does, also after the system was off."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from backend.dossiers.models import DossierDeadline, DossierEvent
from backend.dossiers.sweep import sweep_deadlines
from penalty.calendar import VIETNAM


def due(case, step_id: str) -> DossierDeadline:
    (found,) = case.rows(
        DossierDeadline, DossierDeadline.dossier_id == case.id, DossierDeadline.step_id == step_id
    )
    return found


def sweep(case, at: datetime) -> int:
    return sweep_deadlines(case.services, at)


def after(case, step_id: str, days: int = 1) -> datetime:
    """Noon in Vietnam on the n-th day after a last day."""
    return datetime.combine(due(case, step_id).due_on, time(12), VIETNAM) + timedelta(days=days)


def kinds(case) -> list[str]:
    return [event.kind for event in sorted(case.rows(DossierEvent), key=lambda event: event.seq)]


def test_nothing_happens_on_the_last_day_itself(case):
    case.notified()
    assert sweep(case, after(case, "A2", 0)) == 0


@pytest.mark.parametrize("off_for_days", [1, 8, 60])
def test_no_answer_is_warned_of_once_however_long_the_system_was_off(case, off_for_days):
    case.notified()
    late = after(case, "A2", off_for_days)
    assert sweep(case, late) == 1
    assert sweep(case, late) == 0
    assert sweep(case, late + timedelta(days=1)) == 0
    assert kinds(case).count("registration_warned") == 1
    assert case.dossier().state == "notified"


def test_an_objection_under_examination_is_not_warned_of_until_it_is_refused(case):
    case.entered()
    case.owner.post("/ho-so/y-kien/sold", data={"text": "Tôi đã bán xe này năm ngoái."})
    late = after(case, "A2", 3)
    assert sweep(case, late) == 0
    from backend.submissions.models import Submission

    (said,) = case.rows(Submission)
    body = {"accepted": False, "reason": "Không có giấy tờ mua bán kèm theo."}
    assert case.officer.post(f"/v1/submissions/{said.id}/answer", json=body).status_code == 200
    assert sweep(case, late) == 1


def test_a_record_without_a_decision_lapses(case):
    case.recorded(kind="motorbike")
    assert sweep(case, after(case, "D1")) == 1
    assert case.dossier().state == "lapsed"
    body = {"expected_version": case.dossier().version}
    assert case.chief.post(f"/v1/dossiers/{case.id}/decision", json=body).status_code == 409


def test_after_an_explanation_the_month_counts(case):
    case.entered(kind="car")
    case.officer.post(f"/v1/dossiers/{case.id}/record", json={"waives_explanation": False})
    case.jobs()
    case.owner.post("/ho-so/y-kien/explanation", data={"text": "Tôi xin giải trình như sau."})
    assert sweep(case, after(case, "D1")) == 0
    assert case.dossier().state == "explained"
    assert sweep(case, after(case, "D3")) == 1
    assert case.dossier().state == "lapsed"


def test_a_fine_becomes_overdue_is_still_payable_and_lapses_after_a_year(case):
    case.decided(kind="motorbike")
    assert sweep(case, after(case, "E1")) == 1
    assert case.dossier().state == "overdue"
    assert case.owner.get("/ho-so/nop-phat").status_code == 200
    asked = case.start_payment()
    assert sweep(case, after(case, "E8")) == 1
    assert case.dossier().state == "lapsed"
    assert case.ipn(case.result(asked)) == "00"
    assert [payment.state for payment in case.payments()] == ["refund"]


def test_an_overdue_fine_is_paid(case):
    case.decided(kind="motorbike")
    sweep(case, after(case, "E1"))
    assert case.ipn(case.result(case.start_payment())) == "00"
    assert case.dossier().state == "closed"


def test_limitation_ends_what_nobody_answered(case):
    case.notified()
    assert sweep(case, after(case, "A4")) == 2  # the warning, and the end
    assert case.dossier().state == "lapsed"
    with case.services.database.unit_of_work() as session:
        swept = session.scalars(
            select(DossierDeadline.step_id).where(DossierDeadline.swept_at.is_not(None))
        ).all()
    assert sorted(swept) == ["A2", "A4"]
