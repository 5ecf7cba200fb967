"""Deliberate evasion: one person finds it, another confirms it, and the limitation counts from its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from backend.approvals.models import Approval
from backend.dossiers.models import DossierDeadline, DossierEvent
from backend.dossiers.sweep import sweep_deadlines
from penalty.calendar import LegalCalendar, vietnam_date

REASON = "Ba lần không mở cửa, tháo biển số để tránh bị nhận ra (thử nghiệm)"
EVIDENCE = "Biên bản làm việc số 12/BB ngày 20/11/2026, lưu tại đội (thử nghiệm)"


def today():
    return vietnam_date(datetime.now(UTC))


def ask(case, who=None, **changes):
    body = {
        "reason": REASON,
        "evidence": EVIDENCE,
        "began_on": today().isoformat(),
        "ended_on": today().isoformat(),
        "expected_version": case.dossier().version,
        **changes,
    }
    return (who or case.officer).post(f"/v1/dossiers/{case.id}/evasion", json=body)


def approve(case, who=None):
    (waiting,) = case.rows(Approval, Approval.state == "waiting")
    body = {"expected_version": case.dossier().version}
    return (who or case.chief).post(f"/v1/approvals/{waiting.id}/approval", json=body)


def limits(case, step_id: str) -> list[DossierDeadline]:
    rows = case.rows(DossierDeadline, DossierDeadline.step_id == step_id)
    return sorted(rows, key=lambda row: row.ended_at is None)


def started(case, step_id: str, days_ago: int) -> None:
    """The limitation began that many days ago, and ends accordingly."""
    begun = today() - timedelta(days=days_ago)
    until = LegalCalendar.load().due(step_id, begun).raw_due_on
    with case.services.database.unit_of_work() as session:
        session.execute(
            update(DossierDeadline)
            .where(DossierDeadline.step_id == step_id, DossierDeadline.ended_at.is_(None))
            .values(starts_on=begun, due_on=until, raw_due_on=until)
        )


@pytest.mark.parametrize(("step_id", "stand"), [("A4", "notified"), ("E8", "decided")])
def test_confirmed_by_a_second_person_it_counts_anew(case, step_id, stand):
    getattr(case, stand)(kind="motorbike")
    started(case, step_id, 360)
    assert ask(case, began_on=(today() - timedelta(days=20)).isoformat()).status_code == 202
    (before,) = limits(case, step_id)
    assert before.ended_at is None  # asked for is not done
    assert approve(case, case.officer).json()["code"] == "role_missing"
    page = case.chief.get(f"/quan-tri/phe-duyet/{case.rows(Approval)[0].id}").text
    again = LegalCalendar.load().due(step_id, today())
    assert EVIDENCE in page
    assert f"{again.raw_due_on:%d/%m/%Y}" in page
    assert approve(case).status_code == 200
    ended, running = limits(case, step_id)
    assert (ended.ended_at is not None, ended.raw_due_on) == (True, before.raw_due_on)
    assert (running.starts_on, running.raw_due_on, running.met_at) == (today(), again.raw_due_on, None)
    assert "tính lại từ khi chấm dứt" in running.rule_vi
    (event,) = case.rows(DossierEvent, DossierEvent.kind == "evasion_recorded")
    assert (event.data["step"], event.data["was"]) == (step_id, before.raw_due_on.isoformat())
    assert sweep_deadlines(case.services, datetime.now(UTC) + timedelta(days=10)) == 0
    assert case.dossier().state == stand


def test_without_it_the_case_lapses(case):
    case.notified(kind="motorbike")
    started(case, "A4", 400)
    sweep_deadlines(case.services, datetime.now(UTC))
    assert case.dossier().state == "lapsed"
    assert ask(case).json()["code"] == "no_limitation"


def test_who_asks_how_and_when(case):
    case.notified(kind="motorbike")
    page = f"/canh-sat/ho-so/{case.id}"
    assert "Trốn tránh, cản trở từ ngày" in case.officer.get(page).text
    early = ask(case, began_on="2020-01-01")
    assert (early.status_code, early.json()["code"]) == (422, "evasion_days")
    assert early.json()["errors"][0]["field"] == "began_on"
    tomorrow = (today() + timedelta(days=1)).isoformat()
    assert ask(case, ended_on=tomorrow).json()["code"] == "evasion_days"
    assert ask(case, evidence="").status_code == 422
    assert ask(case, expected_version=99).status_code == 412
    form = {
        "reason": REASON,
        "evidence": EVIDENCE,
        "began_on": today().isoformat(),
        "ended_on": today().isoformat(),
        "expected_version": case.dossier().version,
    }
    assert case.chief.post(f"{page}/tron-tranh", data=form).status_code == 303
    assert ask(case).json()["code"] == "approval_waits"
    assert approve(case).json()["code"] == "same_person"
    assert "Trốn tránh, cản trở từ ngày" not in case.officer.get(page).text
    assert approve(case, case.second).status_code == 200
