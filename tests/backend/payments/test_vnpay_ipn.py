"""The gateway's callbacks: told twice, told wrongly, told late, told by somebody else."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from backend.dossiers.models import Document, DossierDeadline, DossierEvent
from backend.payments import book, hearing, starting
from backend.payments.models import LedgerEntry, LedgerTransaction, PaymentCallback, Refund
from penalty import ledger
from penalty.calendar import VIETNAM
from penalty.payments.values import HttpMessage


def balances(case) -> dict[str, int]:
    totals: dict[str, int] = {}
    for entry in case.rows(LedgerEntry):
        totals[entry.account] = totals.get(entry.account, 0) + entry.debit_vnd - entry.credit_vnd
    assert sum(totals.values()) == 0
    return totals


def kinds(case) -> list[str]:
    return [event.kind for event in sorted(case.rows(DossierEvent), key=lambda event: event.seq)]


def test_wrong_messages_change_nothing_and_are_kept(case):
    """One dossier, one attempt, every kind of wrong message, then the right one; then all of them again."""
    case.decided(kind="motorbike")
    asked = case.start_payment()
    right = case.result(asked)
    wrong = {
        "97 another key": ({**right, "vnp_SecureHash": "0" * 128}, "97"),
        "97 changed amount": ({**right, "vnp_Amount": "100"}, "97"),
        "97 no signature": ({k: v for k, v in right.items() if k != "vnp_SecureHash"}, "97"),
        "97 nothing at all": ({}, "97"),
        "01 unknown order": (case.result({**asked, "vnp_TxnRef": "PN000000-000000000000"}), "01"),
        "04 less": (case.result({**asked, "vnp_Amount": str(int(asked["vnp_Amount"]) - 100)}), "04"),
        "04 more": (case.result({**asked, "vnp_Amount": str(int(asked["vnp_Amount"]) + 100)}), "04"),
        "99 not a number": (case.result({**asked, "vnp_Amount": "5.000"}), "99"),
        "99 another merchant": (case.result({**asked, "vnp_TmnCode": "OTHER000"}), "99"),
    }
    before = kinds(case), balances(case)
    assert {name: case.ipn(message) for name, (message, _) in wrong.items()} == {
        name: code for name, (_, code) in wrong.items()
    }
    assert (kinds(case), balances(case)) == before
    assert [payment.state for payment in case.payments()] == ["started"]

    assert case.ipn(right) == "00"
    assert case.dossier().state == "closed"
    after = kinds(case), balances(case)
    for message, code in [(right, "02"), *wrong.values()]:
        assert case.ipn(message) == code
    assert (kinds(case), balances(case)) == after
    kept = sorted(case.rows(PaymentCallback), key=lambda row: row.received_at)
    assert len(kept) == 2 * len(wrong) + 2
    verdicts = {"97": "forged", "01": "unknown_reference", "04": "wrong_amount", "99": "malformed"}
    assert [row.answer for row in kept[: len(wrong)]] == [verdicts[code] for _, code in wrong.values()]
    assert all(right["vnp_TxnRef"] in row.query for row in kept if row.answer in {"recorded", "known"})


def test_a_failed_attempt_is_recorded_and_the_next_one_pays(case):
    case.decided(kind="motorbike")
    first = case.start_payment()
    assert case.ipn(case.result(first, code="24", status="02")) == "00"
    assert case.ipn(case.result(first, code="24", status="02")) == "02"
    # A success for an attempt that was recorded as failed is no success.
    assert case.ipn(case.result(first)) == "02"
    assert case.dossier().state == "decided"
    assert case.ipn(case.result(case.start_payment())) == "00"
    assert case.dossier().state == "closed"
    assert sorted(payment.state for payment in case.payments()) == ["failed", "paid"]
    paid = {"receivable:fines": 0, "treasury:fines": -5_000_000, "clearing:vnpay": 5_000_000}
    assert balances(case) == paid


def test_only_both_codes_together_are_a_payment(case):
    case.decided(kind="motorbike")
    table = {("00", "01"): "failed", ("00", "02"): "failed", ("07", "07"): "held", ("07", "00"): "held"}
    for (code, status), state in table.items():
        asked = case.start_payment()
        assert case.ipn(case.result(asked, code=code, status=status)) == "00"
        states = {payment.reference: payment.state for payment in case.payments()}
        assert states[asked["vnp_TxnRef"]] == state, (code, status)
    assert case.dossier().state == "decided"
    assert balances(case)["receivable:fines"] == 5_000_000


def test_a_second_success_goes_to_the_refund_queue(case):
    case.decided(kind="motorbike")
    first, second = case.start_payment(), case.start_payment(anew=True)
    assert case.ipn(case.result(first)) == "00"
    assert case.ipn(case.result(second)) == "00"
    assert case.ipn(case.result(second)) == "02"
    assert [(row.amount_vnd, row.reason, row.state) for row in case.rows(Refund)] == [
        (5_000_000, "paid_twice", "queued")
    ]
    assert balances(case) == {
        "receivable:fines": 0,
        "treasury:fines": -5_000_000,
        "clearing:vnpay": 10_000_000,
        "payable:refunds": -5_000_000,
    }
    assert case.dossier().paid_vnd == 5_000_000
    assert kinds(case).count("closed") == 1
    assert [item["amount_vnd"] for item in case.chief.get("/v1/refunds").json()["items"]] == [5_000_000]


def test_many_callbacks_at_once_pay_once(case):
    case.decided(kind="motorbike")
    attempts = [case.start_payment(anew=True) for _ in range(3)]
    messages = [case.result(asked) for asked in attempts for _ in range(4)]
    now = datetime.now(UTC)

    def tell(params: dict[str, str]) -> str:
        from urllib.parse import urlencode

        kept = hearing.keep_callback(
            case.services, "vnpay", HttpMessage(query=urlencode(params)), "127.0.0.1", now
        )
        return json.loads(hearing.handle(case.services, kept, now).body)["RspCode"]

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(tell, messages))
    assert answers == ["00"] * 3 + ["02"] * 9
    assert sorted(payment.state for payment in case.payments()) == ["paid", "refund", "refund"]
    assert len(case.rows(Refund)) == 2
    assert [row.kind for row in case.rows(Document) if row.kind == "receipt"] == ["receipt"]
    assert kinds(case).count("closed") == 1
    assert balances(case)["receivable:fines"] == 0


def test_paying_late_costs_the_surcharge_of_that_day(case):
    case.decided(kind="motorbike")
    with case.services.database.unit_of_work() as session:
        deadline = session.query(DossierDeadline).filter_by(dossier_id=case.id, step_id="E1").one()
        deadline.due_on -= timedelta(days=(deadline.due_on - datetime.now(UTC).date()).days + 31)
        pay_until = deadline.due_on
    expected = ledger.late_surcharge(5_000_000, pay_until=pay_until, paid_on=datetime.now(VIETNAM).date())
    assert expected.amount_vnd > 0
    asked = case.start_payment()
    assert int(asked["vnp_Amount"]) == (5_000_000 + expected.amount_vnd) * 100
    assert case.ipn(case.result(asked)) == "00"
    case.jobs()
    dossier = case.dossier()
    assert (dossier.state, dossier.paid_vnd) == ("closed", 5_000_000 + expected.amount_vnd)
    assert balances(case) == {
        "receivable:fines": 0,
        "treasury:fines": -5_000_000,
        "treasury:surcharge": -expected.amount_vnd,
        "clearing:vnpay": 5_000_000 + expected.amount_vnd,
    }
    (accrued,) = case.rows(LedgerTransaction, LedgerTransaction.kind == "surcharge_accrued")
    assert accrued.memo == expected.formula_vi


def test_the_link_ends_before_midnight_in_vietnam(case):
    case.decided(kind="motorbike")
    late = datetime(2026, 11, 23, 16, 55, tzinfo=UTC)  # 23:55 in Vietnam
    with case.services.database.unit_of_work() as session:
        dossier = case.dossier()
        starting.start(session, dossier, method="vnpay", remote_address="", language="vi", now=late)
    (payment,) = case.payments()
    assert payment.expires_at == datetime(2026, 11, 23, 16, 59, 59, tzinfo=UTC)


def test_nothing_can_be_paid_before_the_decision(case):
    case.recorded(kind="motorbike")
    answer = case.owner.post("/ho-so/nop-phat")
    assert answer.status_code == 409
    assert case.payments() == []


def test_the_return_page_shows_and_changes_nothing(case):
    case.decided(kind="motorbike")
    right = case.result(case.start_payment())
    page = case.owner.get("/thanh-toan/vnpay", params=right)
    assert page.status_code == 200
    assert "Đang chờ ngân hàng" in page.text
    assert case.dossier().state == "decided"
    forged = case.owner.get("/thanh-toan/vnpay", params={**right, "vnp_SecureHash": "0" * 128})
    assert "Chúng tôi không biết đây là lần nộp nào" in forged.text
    case.ipn(right)
    assert "Đã nộp" in case.owner.get("/thanh-toan/vnpay", params=right).text


def test_the_same_posting_is_written_once(case):
    case.decided(kind="motorbike")
    with case.services.database.unit_of_work() as session:
        posting = ledger.fine_decided(
            dossier=str(case.id),
            decision_number=case.dossier().decision_number,
            fine_vnd=5_000_000,
            at=datetime.now(UTC),
        )
        assert book.post(session, case.id, posting) is False
    assert balances(case) == {"receivable:fines": 5_000_000, "treasury:fines": -5_000_000}
