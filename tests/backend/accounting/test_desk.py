"""The accountant's day: refunds, statements, money that fits nothing, and the day's book."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from backend.accounting.day import AccountDay, DayBook
from backend.approvals.models import Approval
from backend.audit.models import AuditEntry
from backend.payments.models import LedgerEntry, LineReturn, Payment, Refund, StatementLine
from penalty.calendar import VIETNAM, vietnam_date
from tests.backend.counter.test_counter import opened

FINE_VND = 5_000_000
HEAD = "line_id,booked_at,amount_vnd,purpose\n"
REASON = "Người nộp gọi điện và gửi ủy nhiệm chi (thử nghiệm)"


@pytest.fixture
def accountant(staff):
    return staff("ketoan", "accountant")


def statement(*rows: tuple[str, int, str]) -> dict:
    at = datetime.now(VIETNAM).isoformat(timespec="seconds")
    text = HEAD + "".join(f"{number},{at},{amount},{purpose}\n" for number, amount, purpose in rows)
    return {"file": ("saoke.csv", text.encode(), "text/csv")}


def read_in(client, *rows):
    return client.post("/ke-toan/sao-ke", files=statement(*rows))


def balances(case) -> dict[str, int]:
    totals: dict[str, int] = {}
    for entry in case.rows(LedgerEntry):
        totals[entry.account] = totals.get(entry.account, 0) + entry.debit_vnd - entry.credit_vnd
    return {name: amount for name, amount in totals.items() if amount}


def placed_by_two(case, accountant) -> tuple[StatementLine, Approval]:
    """One line without a reference, asked for by the accountant; not yet approved."""
    number = case.dossier().decision_number.replace("QĐ", "QD")
    read_in(accountant, ("B-1", FINE_VND, f"nop phat {number}"))
    [line] = case.rows(StatementLine)
    page = accountant.get(f"/ke-toan/khoan-thu/{line.id}").text
    assert case.dossier().plate_display in page
    assert "đúng số tiền" in page
    form = {"dossier_id": str(case.id), "expected_version": case.dossier().version, "reason": REASON}
    assert accountant.post(f"/ke-toan/khoan-thu/{line.id}", data=form).status_code == 303
    [approval] = case.rows(Approval)
    return line, approval


def test_signing_in_leads_to_the_desk(accountant, new_client):
    page = accountant.get("/ke-toan")
    assert page.status_code == 200
    assert "Không có khoản nào phải hoàn trả." in page.text
    from tests.backend.factories import PASSWORD

    answer = new_client().post("/dang-nhap", data={"username": "ketoan", "password": PASSWORD})
    assert answer.headers["location"] == "/ke-toan"


def test_a_fine_paid_twice_is_given_back_once_with_the_treasurys_number(case, accountant, staff):
    case.decided(kind="motorbike")
    first, second = case.start_payment(), case.start_payment(anew=True)
    assert case.ipn(case.result(first)) == case.ipn(case.result(second)) == "00"
    [refund] = case.rows(Refund)
    at = f"/ke-toan/hoan-tra/{refund.id}"
    desk = accountant.get("/ke-toan").text
    assert at in desk
    assert "Tiền phạt đã được nộp trước đó" in desk
    assert case.dossier().plate_display in desk
    assert case.registration["owner"]["name"] in accountant.get(at).text
    looks = case.rows(AuditEntry, AuditEntry.actor == "account:ketoan", AuditEntry.action == "owner.viewed")
    assert [look.data["purpose"] for look in looks] == ["refund"]

    version = case.dossier().version
    empty = accountant.post(at, data={"expected_version": version, "treasury_reference": " "})
    assert empty.status_code == 422
    assert "Cần ghi số chứng từ của Kho bạc" in empty.text
    order = {"treasury_reference": "KB-7", "confirmed": "true"}
    stale = accountant.post(at, data={**order, "expected_version": version - 1})
    assert stale.status_code == 412
    assert "Hồ sơ vừa được người khác thay đổi" in stale.text
    assert 'value="KB-7"' in stale.text
    clerk = staff("quay", "clerk")
    at_the_counter = clerk.get(opened(case, clerk)).text
    waiting = case.owner.get("/ho-so/lua-chon").text
    for page in (waiting, at_the_counter):
        assert f"phải hoàn trả cho bạn từ ngày <strong>{datetime.now(VIETNAM):%d/%m/%Y}</strong>" in page
        assert "Kho bạc Nhà nước hoàn tiền về nguồn bạn đã nộp" in page
    question = accountant.post(at, data={"expected_version": version, "treasury_reference": "KB-7"})
    assert "Chưa có gì được thực hiện" in question.text
    assert case.rows(Refund)[0].state != "paid"
    paid = accountant.post(at, data={**order, "expected_version": version})
    assert paid.status_code == 303
    told = case.owner.get("/ho-so/lua-chon?lang=en").text
    assert f"was given back on <strong>{datetime.now(VIETNAM):%d/%m/%Y}</strong>" in told
    assert "<strong>KB-7</strong>" in told
    again = {"expected_version": case.dossier().version, "treasury_reference": "KB-8", "confirmed": "true"}
    assert accountant.post(at, data=again).status_code == 409
    assert "KB-7" in accountant.get("/ke-toan?lang=en").text
    taken = {"treasury:fines": -FINE_VND, "clearing:vnpay": 2 * FINE_VND}
    assert balances(case) == {**taken, "cash:treasury": -FINE_VND}  # the treasury gave back, not the gateway


def test_a_statement_tells_what_fits_what_does_not_and_what_was_read_before(case, accountant):
    case.decided(kind="motorbike")
    case.owner.post("/ho-so/nop-phat", data={"method": "vietqr"})
    [payment] = case.payments()
    rows = (
        ("A-1", FINE_VND, payment.reference),
        ("A-2", FINE_VND, payment.reference),
        ("A-3", 70_000, "ung ho"),
    )
    first = read_in(accountant, *rows).text
    assert "<strong>1</strong>, 5.000.000\N{NO-BREAK SPACE}đồng" in first  # booked
    assert "<strong>2</strong>, 5.070.000\N{NO-BREAK SPACE}đồng" in first  # fits nothing
    assert "Khoản này đã nộp rồi: chuyển lần hai" in first
    again = read_in(accountant, *rows).text
    assert "<strong>3</strong>, 10.070.000\N{NO-BREAK SPACE}đồng" in again  # read before
    assert case.dossier().state == "closed"
    assert "5.070.000\N{NO-BREAK SPACE}đồng" in accountant.get("/ke-toan").text
    for files in ({"file": ("", b"", "text/csv")}, {"file": ("a.csv", b"line_id\n", "text/csv")}):
        wrong = accountant.post("/ke-toan/sao-ke", files=files)
        assert wrong.status_code == 422
        assert 'role="alert"' in wrong.text


def approve(case, approval, who=None):
    body = {"expected_version": case.dossier().version}
    return (who or case.chief).post(f"/v1/approvals/{approval.id}/approval", json=body)


def test_money_that_fits_nothing_is_placed_by_two_persons_and_pays_the_fine(case, accountant):
    case.decided(kind="motorbike")
    line, first = placed_by_two(case, accountant)
    at = f"/ke-toan/khoan-thu/{line.id}"
    form = {"dossier_id": str(case.id), "expected_version": case.dossier().version, "reason": REASON}
    assert accountant.post(at, data=form).status_code == 409  # it waits already
    assert accountant.post(f"{at}/rut").status_code == 303
    assert case.rows(Approval)[0].state == "withdrawn"
    short = accountant.post(at, data={**form, "reason": "ok"})
    assert short.status_code == 422
    assert "Viết ít nhất 10 ký tự" in short.text
    stale = accountant.post(at, data={**form, "expected_version": 1})
    assert stale.status_code == 412
    assert REASON in stale.text
    assert case.rows(Payment) == []

    form["expected_version"] = case.dossier().version
    assert accountant.post(at, data=form).status_code == 303
    [again] = case.rows(Approval, Approval.state == "waiting")
    unplaced = {"clearing:vietqr": FINE_VND, "suspense:unplaced": -FINE_VND}
    assert balances(case) == {"receivable:fines": FINE_VND, "treasury:fines": -FINE_VND, **unplaced}
    assert approve(case, again, accountant).status_code == 403
    assert approve(case, first).status_code == 409
    assert approve(case, again).status_code == 200
    assert case.dossier().state == "closed"
    assert balances(case) == {"clearing:vietqr": FINE_VND, "treasury:fines": -FINE_VND}
    assert "Khoản tiền này đã ghi vào hồ sơ ở trên." in accountant.get(at).text
    done = case.rows(AuditEntry, AuditEntry.action == "payment.line_placed")
    assert [entry.data["dossier_id"] for entry in done] == [str(case.id)]
    form["expected_version"] = case.dossier().version
    assert accountant.post(at, data=form).status_code == 409

    # Another one, where nothing is owed any more: approved, it is owed back.
    read_in(accountant, ("B-2", 70_000, "nop phat"))
    [surplus] = case.rows(StatementLine, StatementLine.line_id == "B-2")
    accountant.post(f"/ke-toan/khoan-thu/{surplus.id}", data=form)
    [waiting] = case.rows(Approval, Approval.state == "waiting")
    assert approve(case, waiting).status_code == 200
    assert [(one.amount_vnd, one.reason) for one in case.rows(Refund)] == [(70_000, "paid_twice")]
    assert sum(balances(case).values()) == 0


def asked_back(case, accountant) -> tuple[StatementLine, Approval]:
    """Money that fits nothing, asked to go back to its sender; not yet approved."""
    read_in(accountant, ("C-1", 70_000, "ung ho"))
    [line] = case.rows(StatementLine)
    at = f"/ke-toan/khoan-thu/{line.id}"
    short = accountant.post(f"{at}/tra-lai", data={"reason": "ok"})
    assert short.status_code == 422
    assert "Viết ít nhất 10 ký tự" in short.text
    assert accountant.post(f"{at}/tra-lai", data={"reason": REASON}).status_code == 303
    assert accountant.post(f"{at}/tra-lai", data={"reason": REASON}).status_code == 409
    [approval] = case.rows(Approval)
    assert "Trả lại người gửi khoản tiền chưa rõ" in accountant.get("/ke-toan").text
    return line, approval


def test_money_that_fits_nothing_goes_back_to_its_sender_by_two_persons(case, accountant):
    case.decided(kind="motorbike")
    owed = {"receivable:fines": FINE_VND, "treasury:fines": -FINE_VND, "clearing:vietqr": 70_000}
    line, approval = asked_back(case, accountant)
    at = f"/ke-toan/khoan-thu/{line.id}"
    form = {"dossier_id": str(case.id), "expected_version": case.dossier().version, "reason": REASON}
    assert accountant.post(at, data=form).status_code == 409  # one thing at a time is asked about a line
    body = {"expected_version": 1}
    assert accountant.post(f"/v1/approvals/{approval.id}/approval", json=body).status_code == 403
    here = f"/quan-tri/phe-duyet/{approval.id}"
    assert "Trả lại người gửi" in case.chief.get("/quan-tri/phe-duyet").text
    assert "ung ho" in case.chief.get(here).text
    question = case.chief.post(f"{here}/phe-duyet", data=body)
    assert "Chưa có gì được thực hiện" in question.text
    assert case.rows(LineReturn) == []
    assert case.chief.post(f"{here}/phe-duyet", data={**body, "confirmed": "true"}).status_code == 303

    [back] = case.rows(LineReturn)
    assert balances(case) == {**owed, "suspense:unplaced": -70_000}
    assert accountant.get("/v1/payments/unplaced").json() == []
    assert accountant.post(at, data=form).status_code == 409
    paid = f"/ke-toan/tra-lai/{back.id}"
    assert paid in accountant.get("/ke-toan").text
    assert paid in accountant.get(at).text
    assert accountant.post(paid, data={"treasury_reference": " "}).status_code == 422
    order = {"treasury_reference": "KB-9"}
    assert "Chưa có gì được thực hiện" in accountant.post(paid, data=order).text
    assert accountant.post(paid, data={**order, "confirmed": "true"}).status_code == 303
    again = f"/v1/payments/returns/{back.id}/paid"
    assert accountant.post(again, json={"treasury_reference": "KB-9"}).status_code == 200
    assert accountant.post(again, json={"treasury_reference": "KB-8"}).status_code == 409
    assert balances(case) == {**owed, "cash:treasury": -70_000}
    assert "KB-9" in accountant.get(paid).text
    assert accountant.get("/v1/payments/returns").json() == []
    acts = [one.action for one in case.rows(AuditEntry) if one.subject_type == "line_return"]
    assert sorted(acts) == ["payment.return_decided", "payment.returned"]


def test_one_order_of_the_treasury_may_give_two_refunds_back(case, accountant):
    case.decided(kind="motorbike")
    for asked in [case.start_payment(anew=True) for _ in range(3)]:
        assert case.ipn(case.result(asked)) == "00"
    for refund in case.rows(Refund):
        done = accountant.post(f"/v1/refunds/{refund.id}/paid", json={"treasury_reference": "KB-7"})
        assert done.status_code == 200
    assert balances(case)["cash:treasury"] == -2 * FINE_VND


def test_the_days_book_balances_can_be_taken_away_and_is_held_against_a_gateways_file(case, accountant):
    case.decided(kind="motorbike")
    asked = case.start_payment()
    assert case.ipn(case.result(asked)) == "00"
    today = vietnam_date(datetime.now(UTC))
    page = accountant.get("/ke-toan/so-sach").text
    assert "Nợ bằng có: sổ khớp." in page
    assert "clearing:vnpay" in page
    text = accountant.get(f"/ke-toan/so-sach/accounts.csv?ngay={today}").content.decode("utf-8-sig")
    rows = {row["account"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows["clearing:vnpay"]["after_vnd"] == str(FINE_VND)
    assert sum(int(row["after_vnd"]) for row in rows.values()) == 0
    tomorrow = accountant.get(f"/ke-toan/so-sach/accounts.csv?ngay={today + timedelta(1)}")
    later = {row["account"]: row for row in csv.DictReader(io.StringIO(tomorrow.content.decode("utf-8-sig")))}
    assert later["clearing:vnpay"]["before_vnd"] == str(FINE_VND)
    assert later["clearing:vnpay"]["debit_vnd"] == "0"
    before = accountant.get(f"/ke-toan/so-sach?ngay={today - timedelta(400)}").text
    assert "Ngày này không có bút toán nào." in before
    assert accountant.get("/ke-toan/so-sach/all.xlsx").content.startswith(b"PK")
    postings = accountant.get("/ke-toan/so-sach/postings.csv?lang=en").content.decode("utf-8-sig")
    assert "Fine paid" in postings

    def compared(text: str) -> str:
        files = {"file": ("vnpay.csv", text.encode(), "text/csv")}
        answer = accountant.post(
            "/ke-toan/doi-soat?lang=vi", data={"gateway": "vnpay", "ngay": today.isoformat()}, files=files
        )
        assert answer.status_code == 200
        return answer.text

    assert "tệp và sổ khớp nhau" in compared(f"reference,amount_vnd\n{asked['vnp_TxnRef']},{FINE_VND}\n")
    wrong = compared("reference,amount_vnd\nPNX,5\n")
    assert "sổ không có" in wrong
    assert "tệp không có" in wrong


def test_a_book_that_does_not_balance_says_so():
    fits = AccountDay("a", ("", ""), 0, 5, 0), AccountDay("b", ("", ""), 0, 0, 5)
    today = datetime.now(UTC).date()
    assert DayBook(today, fits).balances
    assert not DayBook(today, fits[:1]).balances


def test_auditors_change_nothing_and_who_is_limited_to_areas_sees_no_money_that_belongs_to_none(
    case, accountant, staff
):
    case.decided(kind="motorbike")
    line, approval = placed_by_two(case, accountant)
    auditor = staff("kiemtra", "auditor")
    for path in ("/ke-toan", "/ke-toan/sao-ke", "/ke-toan/doi-soat", "/ke-toan/the", "/ke-toan/so-sach"):
        assert auditor.get(path).status_code == 200
        assert '<form method="post" action="/ke-toan' not in auditor.get(path).text
        assert case.officer.get(path).status_code == 403
    assert read_in(auditor, ("A-9", 1, "x")).status_code == 403

    limited = staff("ketoan-2", "accountant", "team_chief", areas=("01",))
    assert limited.get("/v1/payments/unplaced").json() == []
    assert len(accountant.get("/v1/payments/unplaced").json()) == 1
    desk = limited.get("/ke-toan").text
    assert "Bạn phụ trách một số địa bàn" in desk
    assert "nop phat" not in limited.get("/ke-toan/sao-ke").text
    assert limited.get(f"/ke-toan/khoan-thu/{line.id}").status_code == 404
    assert limited.get(f"/quan-tri/phe-duyet/{approval.id}").status_code == 404
    for answer in (
        read_in(limited, ("A-9", 1, "x")),
        limited.post("/v1/payments/vietqr/statements", files=statement(("A-9", 1, "x"))),
        limited.post(f"/v1/payments/vnpay/comparison?day={datetime.now(UTC):%Y-%m-%d}", files=statement()),
    ):
        assert answer.status_code == 403
        assert "whole_area_needed" in answer.text
    assert limited.get(f"/ke-toan/hoan-tra/{uuid.uuid4()}").status_code == 404
    book = limited.get("/ke-toan/so-sach").text
    assert "Sổ chưa có bút toán nào." in book
