"""Complaints about a decision: in time or too late, the first and the second, upheld or not."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from backend.dossiers.models import DossierDeadline
from backend.payments.models import LedgerEntry, Refund
from backend.submissions.filing import lapse_complaints
from backend.templating import weekday
from penalty.calendar import LegalCalendar, vietnam_date
from penalty.complaint import second_until
from tests.backend.pages import confirmed
from tests.backend.submissions.statements import REASON, kinds, resolve, said, say


def too_late(case) -> None:
    """The time to complain ended yesterday."""
    with case.services.database.unit_of_work() as session:
        limit = select(DossierDeadline).where(DossierDeadline.step_id == "G1")
        session.scalars(limit).one().due_on = vietnam_date(datetime.now(UTC)) - timedelta(days=1)


def approve(case, who=None):
    """The division's head approves what waits about this case."""
    chief = who or case.second
    (waiting,) = chief.get("/v1/approvals").json()
    body = {"expected_version": case.dossier().version}
    return chief.post(f"/v1/approvals/{waiting['id']}/approval", json=body)


def balances(case) -> dict[str, int]:
    totals: dict[str, int] = {}
    for entry in case.rows(LedgerEntry):
        totals[entry.account] = totals.get(entry.account, 0) + entry.debit_vnd - entry.credit_vnd
    assert sum(totals.values()) == 0
    return {name: amount for name, amount in totals.items() if amount}


class TestComplaint:
    def paid(self, case) -> None:
        case.decided(kind="motorbike")
        asked = case.start_payment()
        assert case.ipn(case.result(asked)) == "00"
        case.jobs()

    def test_a_won_complaint_gives_the_money_back_by_itself(self, case):
        self.paid(case)
        assert case.dossier().state == "closed"
        sent = say(case, "complaint", grounds=["wrong_vehicle", "wrong_facts"])
        assert sent.status_code == 303
        assert case.dossier().state == "closed"
        assert resolve(case, "uphold", True, False).json()["code"] == "no_such_move"
        assert resolve(case, "accept").status_code == 200
        assert said(case).answer_due_on > vietnam_date(datetime.now(UTC)) + timedelta(days=25)
        assert resolve(case, "uphold", True).json()["code"] == "ground_unanswered"
        assert resolve(case, "reject", True, False).json()["code"] == "answers_contradict"
        assert resolve(case, "uphold", True, False, who=case.officer).status_code == 200
        assert case.dossier().state == "closed"
        assert resolve(case, "reject", False, False).json()["code"] == "approval_waits"
        assert approve(case).status_code == 200
        assert case.dossier().state == "annulled"
        assert balances(case) == {"clearing:vnpay": 5_000_000, "payable:refunds": -5_000_000}
        (refund,) = case.rows(Refund)
        assert (refund.amount_vnd, refund.reason) == (5_000_000, "annulled")
        body = {"treasury_reference": "KB-9"}
        assert case.chief.post(f"/v1/refunds/{refund.id}/paid", json=body).status_code == 200
        assert case.dossier().state == "refunded"
        assert balances(case) == {"clearing:vnpay": 5_000_000, "cash:treasury": -5_000_000}
        page = case.owner.get(sent.headers["location"]).text
        assert page.count(REASON) == 2

    def test_a_won_complaint_about_an_unpaid_fine_ends_the_debt(self, case):
        case.decided(kind="motorbike")
        say(case, "complaint", grounds=["wrong_law"])
        resolve(case, "accept")
        assert resolve(case, "uphold", True).status_code == 200
        assert approve(case, case.chief).json()["code"] == "same_person"
        assert approve(case).status_code == 200
        assert balances(case) == {}
        assert case.rows(Refund) == []
        assert case.owner.post("/ho-so/nop-phat").status_code == 409

    def test_a_rejected_complaint_changes_nothing_owed(self, case):
        case.decided(kind="motorbike")
        say(case, "complaint", grounds=["other"])
        assert case.officer.post(f"/v1/submissions/{said(case).id}/resolution", json={"action": "accept"})
        assert resolve(case, "accept", who=case.officer).status_code == 403
        assert resolve(case, "accept").status_code == 200
        assert resolve(case, "reject", False).status_code == 200
        assert case.dossier().state == "decided"
        assert balances(case)["receivable:fines"] == 5_000_000
        assert kinds(case)[-1] == "complaint_rejected"

    def test_one_at_a_time_in_time_and_with_a_ground(self, case):
        case.decided(kind="motorbike")
        assert say(case, "complaint").status_code == 422
        assert say(case, "complaint", grounds=["other"]).status_code == 303
        second = say(case, "complaint", grounds=["wrong_facts"])
        assert second.status_code == 409
        assert said(case).number in second.text
        withdrawn = case.owner.post(f"/ho-so/y-kien/da-gui/{said(case).id}/rut")
        assert withdrawn.status_code == 303
        assert said(case).state == "withdrawn"
        too_late(case)
        assert say(case, "complaint", grounds=["other"]).status_code == 303
        assert said(case).state == "out_of_time"

    def test_one_that_came_too_late_is_refused_in_writing_with_the_way_to_court(self, case):
        case.decided(kind="motorbike")
        too_late(case)
        court = next(row for row in case.rows(DossierDeadline) if row.step_id == "G7").due_on
        form = case.owner.get("/ho-so/y-kien/complaint").text
        assert "Đã hết thời hạn khiếu nại" in form
        assert f"{court:%d/%m/%Y}" in form
        assert say(case, "complaint", grounds=["other"]).status_code == 303
        receipt = case.owner.get(f"/ho-so/y-kien/da-gui/{said(case).id}").text
        assert said(case).number in receipt
        assert "Đã nhận đơn nộp quá thời hạn" in receipt
        address = f"/canh-sat/don/{said(case).id}"
        assert "Từ chối bằng văn bản" in case.chief.get(address).text
        post = {"csrf_token": case.chief.headers["X-CSRF-Token"], "action": "end"}
        assert case.chief.post(f"{address}/khieu-nai", data=post).status_code == 422
        assert case.officer.post(f"{address}/khieu-nai", data={**post, "reason": REASON}).status_code == 403
        wanted = {**post, "reason": REASON}
        question = case.chief.post(f"{address}/khieu-nai", data=wanted)
        assert "Không thụ lý khiếu nại này?" in question.text
        assert said(case).state == "out_of_time"
        assert confirmed(case.chief, f"{address}/khieu-nai", wanted).status_code == 303
        assert said(case).state == "not_admitted"
        case.jobs()
        text = case.paper_text("answer")
        for part in ("Về việc không thụ lý giải quyết khiếu nại", REASON, f"đến hết ngày {court:%d/%m/%Y}"):
            assert part in text
        told = case.owner.get(f"/ho-so/y-kien/da-gui/{said(case).id}").text
        assert REASON in told
        assert f"{court:%d/%m/%Y}" in told
        assert say(case, "complaint", grounds=["other"]).status_code == 303
        assert said(case).state == "repeated"
        assert resolve(case, "accept").json()["code"] == "no_such_move"

    def test_what_kept_somebody_from_complaining_in_time_is_weighed(self, case):
        case.decided(kind="motorbike")
        too_late(case)
        say(case, "complaint", grounds=["other"])
        assert resolve(case, "accept").json()["code"] == "reason_missing"
        body = {"action": "accept", "reason": "Nằm viện từ tháng trước, có giấy ra viện."}
        assert case.chief.post(f"/v1/submissions/{said(case).id}/resolution", json=body).status_code == 200
        assert said(case).state == "accepted"
        assert resolve(case, "reject", False).status_code == 200

    def test_a_second_complaint_goes_to_the_superior_and_ends_it(self, case):
        case.decided(kind="motorbike")
        say(case, "complaint", grounds=["other"])
        resolve(case, "accept")
        assert resolve(case, "reject", False).status_code == 200
        assert lapse_complaints(case.services, datetime.now(UTC) + timedelta(days=25)) == 0
        told = case.owner.get(f"/ho-so/y-kien/da-gui/{said(case).id}").text
        until = second_until(LegalCalendar.load(), vietnam_date(datetime.now(UTC))).due_on
        assert f"lên cấp trên, đến hết ngày <strong>{weekday(until)}</strong>" in told
        assert f"{until:%d/%m/%Y}" in case.owner.get("/ho-so/y-kien/complaint").text
        first = said(case).id
        assert say(case, "complaint", grounds=["wrong_facts"]).status_code == 303
        assert said(case).state == "second_filed"
        assert "lên cấp trên" not in case.owner.get(f"/ho-so/y-kien/da-gui/{first}").text
        assert resolve(case, "accept").json()["code"] == "role_not_allowed"
        superior = case.second
        assert "Thụ lý" in superior.get(f"/canh-sat/don/{said(case).id}").text
        assert resolve(case, "accept", who=superior).status_code == 200
        assert resolve(case, "reject", False, who=superior).status_code == 200
        assert said(case).state == "second_rejected"
        assert "được trả lời lần cuối" in case.owner.get("/ho-so/y-kien/complaint").text
        assert say(case, "complaint", grounds=["other"]).status_code == 303
        assert said(case).state == "repeated"
        body = {"action": "refuse", "reason": REASON}
        assert case.chief.post(f"/v1/submissions/{said(case).id}/resolution", json=body).status_code == 200
        assert said(case).state == "not_admitted"
        assert lapse_complaints(case.services, datetime.now(UTC) + timedelta(days=99)) == 0

    @pytest.mark.parametrize("off_for_days", [1, 9])
    def test_what_nobody_complains_about_again_lapses_also_after_the_system_was_off(self, case, off_for_days):
        case.decided(kind="motorbike")
        say(case, "complaint", grounds=["other"])
        resolve(case, "accept")
        resolve(case, "reject", False)
        until = second_until(LegalCalendar.load(), vietnam_date(datetime.now(UTC))).due_on
        last = datetime.combine(until, time(5), UTC)
        assert lapse_complaints(case.services, last) == 0
        assert lapse_complaints(case.services, last + timedelta(days=off_for_days)) == 1
        assert lapse_complaints(case.services, last + timedelta(days=off_for_days)) == 0
        assert said(case).state == "lapsed"
        assert kinds(case)[-1] == "complaint_lapsed"
        assert case.dossier().state == "decided"

    def test_the_chiefs_page_resolves_it(self, case):
        case.decided(kind="motorbike")
        say(case, "complaint", grounds=["wrong_facts"])
        address = f"/canh-sat/don/{said(case).id}"
        assert said(case).number in case.chief.get("/canh-sat/don").text
        token = {"csrf_token": case.chief.headers["X-CSRF-Token"]}
        post = f"{address}/khieu-nai"
        assert confirmed(case.chief, post, {**token, "action": "accept"}).status_code == 303
        empty = case.chief.post(post, data={**token, "action": "end", "text-wrong_facts": ""})
        assert empty.status_code == 422
        done = confirmed(case.chief, post, {**token, "action": "end", "text-wrong_facts": REASON})
        assert done.status_code == 303
        assert said(case).state == "rejected"
