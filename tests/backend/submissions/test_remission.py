"""An owner in sudden hardship asks to pay less or nothing; a chief takes it off, and the book agrees."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from backend.approvals.models import Approval
from backend.dossiers.models import Document, DossierDeadline
from backend.payments import book
from backend.payments.amounts import amount_due_on
from backend.payments.models import LedgerEntry, LedgerTransaction, Refund
from backend.submissions.models import Submission
from penalty import ledger
from tests.backend.factories import picture
from tests.backend.pages import confirmed

TEXT = "Nhà tôi cháy hôm 20/11, không còn gì; phường đã xác nhận."
REASON = "Đã xem giấy xác nhận của phường; hỏa hoạn ngày 20/11 là thật."


def ask(case, kind: str, **form):
    files = {"pictures": ("giay.jpg", picture("confirmation"), "image/jpeg")}
    return case.owner.post(
        f"/ho-so/y-kien/{kind}", data={"text": TEXT, "grounds": "fire", **form}, files=files
    )


def propose(case, accepted: str = "yes", who=None, **form):
    [waiting] = case.rows(Submission, Submission.answered_at.is_(None))
    address = f"/canh-sat/don/{waiting.id}/cho-nop"
    return confirmed(who or case.chief, address, {"accepted": accepted, "reason": REASON, **form})


def approve(case, who=None):
    [asked] = case.rows(Approval, Approval.state == "waiting")
    address = f"/quan-tri/phe-duyet/{asked.id}/phe-duyet"
    return confirmed(who or case.second, address, {"expected_version": case.dossier().version})


def pays(case, amount_vnd: int | None = None) -> None:
    asked = case.start_payment()
    changes = {} if amount_vnd is None else {"vnp_Amount": str(amount_vnd * 100)}
    assert case.ipn(case.result({**asked, **changes})) == "00"


def balances(case) -> dict[str, int]:
    total = func.sum(LedgerEntry.debit_vnd - LedgerEntry.credit_vnd)
    with case.services.database.unit_of_work() as session:
        rows = session.execute(select(LedgerEntry.account, total).group_by(LedgerEntry.account))
        return {account: int(sum_vnd) for account, sum_vnd in rows if sum_vnd}


def test_a_part_is_taken_off_and_the_rest_is_paid(case):
    case.decided(kind="motorbike")  # 5 000 000
    form = case.owner.get("/ho-so/y-kien/reduction").text
    assert "Hỏa hoạn" in form
    assert ask(case, "reduction", grounds="").status_code == 422
    receipt = ask(case, "reduction").headers["location"]
    assert "/ho-so/y-kien/exemption" not in case.owner.get("/ho-so/lua-chon").text
    [waiting] = case.rows(Submission)
    page = case.chief.get(f"/canh-sat/don/{waiting.id}").text
    assert "Hỏa hoạn" in page
    for amount in ("0", "5.000.000", "năm trăm", "-1"):
        refused = propose(case, how="part", amount=amount)
        assert refused.status_code == 422
        assert "nhỏ hơn 5.000.000" in refused.text
    assert propose(case, how="part", amount="3.000.000 đồng").status_code == 303
    assert case.dossier().remitted_vnd == 0
    assert approve(case, case.chief).status_code == 403  # the same person
    [asked] = case.rows(Approval)
    question = case.second.post(
        f"/quan-tri/phe-duyet/{asked.id}/phe-duyet", data={"expected_version": case.dossier().version}
    )
    assert "2.000.000" in question.text  # what is still owed, before anything is signed
    assert case.dossier().remitted_vnd == 0

    assert approve(case).status_code == 303
    dossier = case.dossier()
    assert (dossier.state, dossier.fine_vnd, dossier.remitted_vnd) == ("decided", 5_000_000, 3_000_000)
    assert balances(case) == {ledger.RECEIVABLE: 2_000_000, ledger.TREASURY_FINES: -2_000_000}
    case.jobs()
    text = case.paper_text("remission")
    for words in ("Giảm tiền phạt", "3.000.000 đồng", "2.000.000 đồng", "Hỏa hoạn", "MQĐ04", "Điều 77"):
        assert words in text
    assert REASON in case.owner.get(receipt).text
    choices = case.owner.get("/ho-so/lua-chon").text
    assert "/ho-so/y-kien/reduction" not in choices  # once
    assert "/ho-so/y-kien/exemption" in choices  # of the rest, should it get worse
    asked = case.start_payment()
    assert int(asked["vnp_Amount"]) == 200_000_000
    assert case.ipn(case.result(asked)) == "00"
    assert (case.dossier().state, case.dossier().paid_vnd) == ("closed", 2_000_000)
    case.jobs()
    assert "2.000.000 đồng" in case.paper_text("receipt")


def test_a_waiver_ends_the_case_and_nothing_is_owed(case):
    case.decided(kind="car")
    assert ask(case, "exemption").status_code == 303
    assert propose(case).status_code == 303
    assert approve(case).status_code == 303
    dossier = case.dossier()
    assert (dossier.state, dossier.remitted_vnd, dossier.paid_vnd) == ("closed", dossier.fine_vnd, 0)
    assert balances(case) == {}
    case.jobs()
    assert "Miễn tiền phạt" in case.paper_text("remission")
    assert case.rows(Document, Document.kind == "receipt") == []
    page = case.owner.get("/ho-so/lua-chon").text
    assert "Không còn phải nộp khoản nào" in page
    assert "receipt.pdf" not in page
    assert case.owner.get("/ho-so/muc-phat").status_code == 200
    met = {row.step_id for row in case.rows(DossierDeadline, DossierDeadline.met_at.is_not(None))}
    assert met >= {"E8", "A3"}


def test_a_waiver_takes_the_unpaid_surcharge_off_with_the_fine(case):
    case.decided(kind="car")
    late = ledger.Surcharge(9_500, 1, "19.000.000 × 0,05 % × 1 ngày = 9.500 đồng", "")
    now = datetime.now(UTC)
    accrued = ledger.surcharge_accrued(
        dossier=str(case.id), decision_number="1", surcharge=late, on=now.date(), at=now
    )
    with case.services.database.unit_of_work() as session:
        book.post(session, case.id, accrued)
    assert ask(case, "exemption").status_code == 303
    assert propose(case).status_code == 303
    assert approve(case).status_code == 303
    assert (case.dossier().state, balances(case)) == ("closed", {})
    case.jobs()
    assert "Miễn tiền phạt" in case.paper_text("remission")


def test_what_was_paid_while_the_request_waited_goes_back(case):
    case.decided(kind="motorbike")
    assert ask(case, "reduction").status_code == 303
    pays(case)
    assert case.dossier().state == "closed"
    assert propose(case, how="part", amount="2000000").status_code == 303
    assert approve(case).status_code == 303
    dossier = case.dossier()
    assert (dossier.state, dossier.paid_vnd, dossier.remitted_vnd) == ("closed", 3_000_000, 2_000_000)
    [refund] = case.rows(Refund)
    assert (refund.amount_vnd, refund.reason, refund.state) == (2_000_000, "remitted", "queued")
    found = balances(case)
    assert found.pop("clearing:vnpay") == 5_000_000
    assert found == {ledger.TREASURY_FINES: -3_000_000, ledger.REFUND_PAYABLE: -2_000_000}
    assert "2.000.000" in case.owner.get("/ho-so/muc-phat").text
    body = {"treasury_reference": "KB-1"}
    assert case.chief.post(f"/v1/refunds/{refund.id}/paid", json=body).status_code == 200
    case.jobs()
    assert "giảm, miễn" in case.paper_text("refund")


def test_a_plan_gets_shorter_from_its_end(case):
    case.decided(kind="car")  # 19 000 000
    files = {"pictures": ("giay.jpg", picture("confirmation"), "image/jpeg")}
    words = {"text": TEXT, "parts": "3"}
    assert case.owner.post("/ho-so/y-kien/instalments", data=words, files=files).status_code == 303
    assert propose(case).status_code == 303
    first = case.owner.post("/ho-so/nop-phat", data={"method": "vnpay", "amount": "part"})
    assert first.status_code == 303
    assert ask(case, "exemption").status_code == 303
    assert propose(case, how="part", amount="6000000").status_code == 303
    assert approve(case).status_code == 303
    plan = case.owner.get("/ho-so/nop-phat").text
    assert "13.000.000" in plan
    assert "7.600.000" in plan  # the first part as it was


def test_nothing_is_added_or_enforced_while_it_waits(case):
    case.decided(kind="motorbike")
    assert ask(case, "reduction").status_code == 303
    [deadline] = case.rows(DossierDeadline, DossierDeadline.step_id == "E1")
    with case.services.database.unit_of_work() as session:
        due = amount_due_on(session, case.dossier(), deadline.due_on + timedelta(days=40))
    assert due.late.amount_vnd == 0
    assert propose(case, "no").status_code == 303
    case.jobs()
    text = case.paper_text("answer")
    assert REASON in text
    assert "khiếu nại với người ký trong 90 ngày" in text
    assert case.dossier().remitted_vnd == 0
    assert ask(case, "exemption").status_code == 303  # another kind, another time


def test_both_could_have_signed_the_decision(case, staff):
    case.decided(kind="car")
    assert ask(case, "exemption").status_code == 303
    weak = staff("doipho", "team_chief", signing_limit_vnd=7_500_000)
    assert propose(case, who=weak).status_code == 403
    assert propose(case, who=case.officer).status_code == 403
    assert propose(case).status_code == 303
    assert propose(case, "no").status_code == 409  # it waits for the second person
    assert approve(case, weak).status_code == 403
    assert case.rows(LedgerTransaction, LedgerTransaction.kind == "fine_remitted") == []
    [waiting] = case.rows(Submission)
    assert waiting.answered_at is None


def test_a_decision_that_is_cancelled_answers_the_request(case):
    case.decided(kind="car")
    assert ask(case, "exemption").status_code == 303
    version = case.dossier().version
    form = {
        "kind": "annul_decision",
        "expected_version": version,
        "reason": "Biển số bị đọc sai, đã kiểm tra.",
    }
    asked = case.officer.post(f"/canh-sat/ho-so/{case.id}/de-nghi", data=form)
    address = f"{asked.headers['location']}/phe-duyet"
    assert confirmed(case.chief, address, {"expected_version": case.dossier().version}).status_code == 303
    assert case.dossier().state == "annulled"
    [said] = case.rows(Submission)
    assert said.outcome == "case_ended"
