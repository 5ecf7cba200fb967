"""What one person may not do alone: who asks, who approves, and what happens meanwhile."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from backend.approvals import jobs as approval_jobs
from backend.approvals.models import Approval
from backend.audit.models import AuditEntry
from backend.database import utc_now
from backend.payments.models import Refund
from tests.backend.places.test_scope import WARDS

REASON = "Xe trong ảnh mang biển giả (thử nghiệm)"


def ask(case, what="annulment", who=None, **changes):
    body = {"reason": REASON, "expected_version": case.dossier().version, **changes}
    return (who or case.officer).post(f"/v1/dossiers/{case.id}/{what}", json=body)


def answer(case, approval_id, what="approval", who=None, **changes):
    body = {
        "approval": {"expected_version": case.dossier().version},
        "refusal": {"note": "Chưa đủ căn cứ (thử nghiệm)"},
        "withdrawal": {},
    }[what]
    return (who or case.chief).post(f"/v1/approvals/{approval_id}/{what}", json={**body, **changes})


def actions(case) -> list[str]:
    return [row.action for row in case.rows(AuditEntry, AuditEntry.subject_type == "approval")]


def test_one_asks_another_approves_and_the_money_is_owed_back(case):
    case.decided(kind="motorbike")
    assert case.ipn(case.result(case.start_payment())) == "00"
    asked = ask(case)
    assert asked.status_code == 202
    waiting = asked.json()["id"]
    assert case.dossier().state == "closed"
    assert case.officer.get("/v1/approvals").json()[0]["reason"] == REASON

    assert answer(case, waiting, who=case.officer).json()["code"] == "role_missing"
    done = answer(case, waiting)
    assert done.status_code == 200
    assert done.json()["state"] == "approved"
    assert case.dossier().state == "annulled"
    assert [row.amount_vnd for row in case.rows(Refund)] == [5_000_000]
    assert actions(case) == ["approval.asked", "approval.approved"]
    assert answer(case, waiting, who=case.second).json()["code"] == "approval_over"


def test_who_asked_cannot_approve_not_even_in_the_database(case, services):
    case.decided(kind="motorbike")
    waiting = ask(case, who=case.chief).json()["id"]
    assert answer(case, waiting).json()["code"] == "same_person"
    assert answer(case, waiting, "refusal").json()["code"] == "same_person"
    with pytest.raises(IntegrityError, match="two_persons"), services.database.unit_of_work() as session:
        session.execute(update(Approval).values(decided_by=Approval.requested_by))
    assert case.dossier().state == "decided"
    assert answer(case, waiting, who=case.second).status_code == 200
    assert case.dossier().state == "annulled"


def test_refused_or_withdrawn_nothing_happens_and_it_may_be_asked_again(case):
    case.decided(kind="motorbike")
    first = ask(case).json()["id"]
    assert ask(case).json()["code"] == "approval_waits"
    assert answer(case, first, "refusal").json()["note"].startswith("Chưa đủ")
    second = ask(case).json()["id"]
    assert answer(case, second, "withdrawal").json()["code"] == "not_yours"
    assert answer(case, second, "withdrawal", who=case.officer).json()["state"] == "withdrawn"
    assert answer(case, second).json()["code"] == "approval_over"
    assert case.dossier().state == "decided"
    assert actions(case) == [
        "approval.asked",
        "approval.refused",
        "approval.asked",
        "approval.withdrawn",
    ]
    assert [one["state"] for one in case.chief.get("/v1/approvals?state=decided").json()] == [
        "withdrawn",
        "refused",
    ]


def test_what_waits_too_long_is_void(case, services):
    case.decided(kind="motorbike")
    first = ask(case).json()["id"]
    with services.database.unit_of_work() as session:
        session.execute(update(Approval).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert answer(case, first).json()["code"] == "approval_over"
    assert ask(case).status_code == 202
    with services.database.unit_of_work() as session:
        session.execute(update(Approval).values(expires_at=utc_now() - timedelta(seconds=1)))
    approval_jobs.expire(services)
    approval_jobs.expire(services)
    assert actions(case).count("approval.expired") == 2
    assert {row.state for row in case.rows(Approval)} == {"expired"}


def test_a_dossier_that_changed_is_read_again_first(case):
    case.decided(kind="motorbike")
    waiting = ask(case).json()["id"]
    assert answer(case, waiting, expected_version=1).status_code == 412
    assert ask(case, "annulment", expected_version=1).status_code == 412


def test_only_what_can_be_is_asked_for(case):
    case.recorded(kind="motorbike")
    assert ask(case).json()["code"] == "no_such_move"
    assert ask(case, reason="ngắn").status_code == 422
    dropping = ask(case, "dropping")
    assert dropping.status_code == 202
    assert answer(case, dropping.json()["id"]).status_code == 200
    assert case.dossier().state == "rejected"


def test_a_chief_of_another_ward_sees_no_request(case, services, staff):
    from backend.places.service import import_areas

    with services.database.unit_of_work() as session:
        import_areas(session, WARDS, by="system")
    case.decided(kind="motorbike")
    waiting = ask(case).json()["id"]
    elsewhere = staff("phuong-khac", "team_chief", areas=("TN-2",))
    assert elsewhere.get("/v1/approvals").json() == []
    assert answer(case, waiting, who=elsewhere).status_code == 404


def form_token(page) -> str:
    return re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]


def test_it_is_asked_for_and_answered_on_pages(case):
    case.decided(kind="motorbike")
    page = case.officer.get(f"/canh-sat/ho-so/{case.id}")
    assert "Đề nghị: Hủy quyết định xử phạt" in page.text
    form = {
        "csrf_token": form_token(page),
        "kind": "annul_decision",
        "expected_version": case.dossier().version,
    }
    asking = f"/canh-sat/ho-so/{case.id}/de-nghi"
    assert case.officer.post(asking, data={**form, "reason": "ngắn"}).status_code == 422
    here = case.officer.post(asking, data={**form, "reason": REASON}).headers["location"]
    assert "Rút đề nghị" in case.officer.get(here).text
    assert here in case.officer.get(f"/canh-sat/ho-so/{case.id}").text

    page = case.chief.get(here)
    assert REASON in page.text
    assert REASON in case.chief.get("/quan-tri/phe-duyet").text
    answer = {"csrf_token": form_token(page), "expected_version": case.dossier().version}
    assert case.chief.post(f"{here}/tu-choi", data={**answer, "note": "x"}).status_code == 422
    asked = case.chief.post(f"{here}/phe-duyet", data=answer)
    assert (asked.status_code, case.dossier().state) == (200, "decided")
    for part in ("Hủy quyết định xử phạt này?", REASON, case.dossier().decision_number, f'href="{here}"'):
        assert part in asked.text
    assert case.officer.post(f"{here}/phe-duyet", data=answer).status_code == 403
    answer["confirmed"] = "yes"
    assert case.chief.post(f"{here}/phe-duyet", data=answer).status_code == 303
    assert case.dossier().state == "annulled"
    assert "Đã phê duyệt" in case.chief.get("/quan-tri/phe-duyet?tab=decided").text
