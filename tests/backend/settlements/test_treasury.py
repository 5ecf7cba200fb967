"""Money on its way to the treasury: booked where all agree, told to a person where not."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from backend.accounts.models import Account
from backend.audit.models import AuditEntry
from backend.dossiers.moves import locked
from backend.payments import book, placing, returns
from backend.payments.models import LedgerTransaction, Refund, StatementLine
from backend.payments.starting import unasked
from backend.settlements.models import SettledPayment, Settlement
from backend.settlements.overview import due_before, overview
from penalty import ledger
from penalty.calendar import VIETNAM, vietnam_date
from tests.backend.accounting.test_desk import FINE_VND, balances
from tests.backend.accounting.test_slips import TERMINAL, paid_by_card

FEE_VND = 55_000


@pytest.fixture
def accountant(staff):
    return staff("ketoan", "accountant")


def upload(client, address: str, head: str, *rows: str):
    text = "\n".join((head, *rows)) + "\n"
    return client.post(address, files={"file": ("kb.csv", text.encode(), "text/csv")})


def arrived(client, *rows: tuple[str, str, int]):
    at = datetime.now(VIETNAM).isoformat(timespec="seconds")
    head = "reference,source,arrived_at,amount_vnd"
    lines = [f"{reference},{source},{at},{amount}" for reference, source, amount in rows]
    return upload(client, "/v1/settlements/arrivals", head, *lines)


def passed_on(client, source: str, *rows: tuple[str, str, int, int]):
    head = "settlement,reference,amount_vnd,fee_vnd"
    return upload(
        client, f"/v1/settlements/{source}/payments", head, *(",".join(map(str, row)) for row in rows)
    )


def paid(case) -> str:
    """The fine is paid through VNPAY; the payment's reference."""
    case.decided(kind="motorbike")
    asked = case.start_payment()
    assert case.ipn(case.result(asked)) == "00"
    return asked["vnp_TxnRef"]


def paid_by_transfer(case, client, amount_vnd: int) -> None:
    """A second transfer for a fine that is paid."""
    with case.services.database.unit_of_work() as session:
        dossier = locked(session, case.id)
        asked = unasked(session, dossier, method="vietqr", amount_vnd=amount_vnd, now=datetime.now(UTC))
        reference = asked.reference
    at = datetime.now(VIETNAM).isoformat(timespec="seconds")
    row = f"A-1,{at},{amount_vnd},{reference}"
    done = upload(client, "/v1/payments/vietqr/statements", "line_id,booked_at,amount_vnd,purpose", row)
    assert done.json()["booked"] == 1


def standing(client) -> dict[str, str]:
    found = client.get("/v1/settlements").json()["open"]
    return {one["settlement"]["reference"]: one["standing"] for one in found}


def test_a_batch_is_booked_once_treasury_and_gateway_agree_and_the_province_makes_its_fee_good(
    case, accountant
):
    reference = paid(case)
    first = arrived(accountant, ("FT-1", "vnpay", FINE_VND - FEE_VND)).json()
    assert (first["new"], first["repeated"], first["posted"]) == (1, 0, [])
    assert standing(accountant) == {"FT-1": "not_told"}
    told = passed_on(accountant, "vnpay", ("FT-1", reference, FINE_VND, FEE_VND)).json()
    assert [(one["reference"], one["fee_vnd"]) for one in told["posted"]] == [("FT-1", FEE_VND)]
    after = {
        "treasury:fines": -FINE_VND,
        "cash:treasury": FINE_VND - FEE_VND,
        "receivable:fees": FEE_VND,
    }
    assert balances(case) == after

    # The same files again change nothing; a file that says otherwise counts for nothing.
    assert arrived(accountant, ("FT-1", "vnpay", FINE_VND - FEE_VND)).json()["repeated"] == 1
    assert passed_on(accountant, "vnpay", ("FT-1", reference, FINE_VND, FEE_VND)).json()["repeated"] == 1
    for refused in (
        arrived(accountant, ("FT-2", "vietqr", 1), ("FT-1", "vnpay", FINE_VND)),
        passed_on(accountant, "vnpay", ("FT-2", reference, FINE_VND, FEE_VND)),
        passed_on(accountant, "vnpay", ("FT-1", "PNX", 5, 0)),
    ):
        assert refused.status_code == 422
        assert "told otherwise before" in refused.json()["detail"]
    assert len(case.rows(Settlement)) == len(case.rows(SettledPayment)) == 1
    assert balances(case) == after

    too_much = arrived(accountant, ("NS-0", "province", FEE_VND + 1)).json()
    assert too_much["posted"] == []
    assert standing(accountant) == {"NS-0": "more_than_lies"}
    assert len(arrived(accountant, ("NS-1", "province", FEE_VND)).json()["posted"]) == 1
    assert balances(case) == {"treasury:fines": -FINE_VND, "cash:treasury": FINE_VND}
    kinds = [row.kind for row in case.rows(LedgerTransaction, LedgerTransaction.dossier_id.is_(None))]
    assert sorted(kinds) == ["fee_made_good", "settled"]
    assert len(case.rows(AuditEntry, AuditEntry.action == "settlement.posted")) == 2
    book = accountant.get("/ke-toan/so-sach").text
    assert "Kết chuyển về Kho bạc" in book
    assert "settlement/vnpay/FT-1" in accountant.get("/ke-toan/so-sach/postings.csv").text


def test_what_does_not_fit_is_told_and_booked_once_it_does(case, accountant):
    reference = paid(case)
    arrived(accountant, ("FT-1", "vnpay", FINE_VND), ("QR-1", "vietqr", 70_000), ("FT-2", "vnpay", 5))
    passed_on(
        accountant, "vnpay", ("FT-1", reference, FINE_VND, 1), ("FT-2", "PNX", 5, 0), ("FT-3", "PNY", 9, 0)
    )
    waits = {
        "FT-1": "sums_differ",
        "FT-2": "payments_differ",
        "FT-3": "on_its_way",
        "QR-1": "more_than_lies",
    }
    assert standing(accountant) == waits
    assert "cash:treasury" not in balances(case)
    page = accountant.get("/ke-toan/kho-bac").text
    assert "Số tiền Kho bạc nhận khác tệp của cổng" in page
    assert "sổ không có" in page
    assert "Nhiều hơn số đang nằm ở nguồn này" in page

    # Money that came meanwhile makes a batch fit: a person presses, and it is booked.
    paid_by_transfer(case, accountant, 70_000)
    assert accountant.post("/ke-toan/kho-bac/kiem-tra").status_code == 303
    assert "QR-1" not in standing(accountant)
    assert balances(case)["cash:treasury"] == 70_000


def taken_up(case, accountant) -> tuple[dict[str, str], str]:
    """A payment whose message was lost, but not its money: the attempt, and the line that was taken up."""
    asked = case.start_payment()
    passed_on(accountant, "vnpay", ("FT-1", asked["vnp_TxnRef"], FINE_VND, 0))
    [told] = case.rows(SettledPayment)
    taken = accountant.post(f"/ke-toan/kho-bac/{told.id}/nhan")
    assert taken.status_code == 303
    [line] = case.rows(StatementLine)
    return asked, str(line.id)


def test_a_message_that_comes_late_takes_its_money_out_of_suspense(case, accountant):
    case.decided(kind="motorbike")
    asked, _ = taken_up(case, accountant)
    assert case.ipn(case.result(asked)) == "00"
    assert case.dossier().state == "closed"
    [payment], [line] = case.payments(), case.rows(StatementLine)
    assert line.payment_id == payment.id
    assert balances(case) == {"treasury:fines": -FINE_VND, "clearing:vnpay": FINE_VND}
    assert case.rows(Refund) == []


@pytest.mark.parametrize("goes_back", [False, True])
def test_a_message_about_money_that_was_dealt_with_books_none(case, accountant, goes_back):
    case.decided(kind="motorbike")
    asked, line_id = taken_up(case, accountant)
    with case.services.database.unit_of_work() as session:
        by, now = session.get_one(Account, case.dossier().decided_by), datetime.now(UTC)
        if goes_back:
            returns.queue(session, uuid.UUID(line_id), by, reason="Thử", now=now)
        else:
            placing.place(session, uuid.UUID(line_id), case.id, by, now)
    before = balances(case)
    assert case.ipn(case.result(asked)) == "00"
    assert case.ipn(case.result(asked)) == "02"
    assert balances(case) == before
    assert case.rows(Refund) == []
    [entry] = case.rows(AuditEntry, AuditEntry.action == "payment.came_before")
    assert (entry.data["reference"], entry.data["went_back"]) == (asked["vnp_TxnRef"], goes_back)


def test_a_slip_that_is_written_down_is_not_taken_up_again(case, accountant, staff):
    clerk = staff("quay", "clerk")
    paid_by_card(case, clerk, "RRN123456")
    passed_on(accountant, "card", ("FT-1", f"{TERMINAL}/rrn123456", FINE_VND, 0))
    [told] = case.rows(SettledPayment)
    assert accountant.post(f"/ke-toan/kho-bac/{told.id}/nhan").status_code == 409
    passed_on(accountant, "card", ("FT-2", f"{TERMINAL}/RRN654321", FINE_VND, 0))
    [other] = case.rows(SettledPayment, SettledPayment.reference == f"{TERMINAL}/RRN654321")
    assert accountant.post(f"/ke-toan/kho-bac/{other.id}/nhan").status_code == 303
    assert accountant.post(f"/ke-toan/kho-bac/{other.id}/nhan").status_code == 409


def test_what_is_overdue_and_in_no_file_is_told(case, accountant, services):
    reference, today = paid(case), vietnam_date(datetime.now(UTC))
    with services.database.unit_of_work() as session:  # as migration 0030 wrote it for an old refund
        mended = ledger.Transaction(
            kind="corrected",
            dossier=str(case.id),
            reference="corrected/x",
            at=datetime.now(UTC),
            entries=(
                ledger.Entry("clearing:vnpay", debit_vnd=1),
                ledger.Entry("cash:treasury", credit_vnd=1),
            ),
        )
        book.post_new(session, case.id, mended)
    with services.database.unit_of_work() as session:
        [now] = [one for one in overview(session, services.settings, today).lying if one.source == "vnpay"]
        assert (now.amount_vnd, now.since, now.overdue_vnd) == (FINE_VND + 1, today, 0)
        later = overview(session, services.settings, today + timedelta(days=12))
        assert later.overdue_vnd == later.lying_vnd == FINE_VND + 1
        assert [(one.reference, one.amount_vnd) for one in later.unnamed] == [(reference, FINE_VND)]
    passed_on(accountant, "vnpay", ("FT-1", reference, FINE_VND, 0))
    with services.database.unit_of_work() as session:
        assert overview(session, services.settings, today + timedelta(days=12)).unnamed == ()


@pytest.mark.parametrize(
    ("today", "before"),
    [
        ("2026-11-25", "2026-11-20"),  # Friday's money has two days: Monday and, after the 24th, Wednesday
        ("2026-11-26", "2026-11-23"),
        ("2026-11-30", "2026-11-26"),
    ],
)
def test_the_time_to_pass_money_on_is_counted_in_working_days(settings, today, before):
    assert due_before(settings, date.fromisoformat(today)) == date.fromisoformat(before)


def test_faulty_files_and_who_may(case, accountant, staff):
    wrong = accountant.post("/ke-toan/kho-bac", files={"file": ("kb.csv", b"reference\n", "text/csv")})
    assert wrong.status_code == 422
    assert "missing column" in wrong.text
    form = {"source": "vnpay"}
    files = {"file": ("vnpay.csv", b"settlement,reference,amount_vnd,fee_vnd\nA,B,-1,0\n", "text/csv")}
    wrong = accountant.post("/ke-toan/kho-bac/cong", data=form, files=files)
    assert wrong.status_code == 422
    assert "row 2" in wrong.text
    assert accountant.post("/ke-toan/kho-bac/cong", data=form, files={"file": ("", b"")}).status_code == 422
    auditor = staff("kiemtra", "auditor")
    page = auditor.get("/ke-toan/kho-bac")
    assert page.status_code == 200
    assert '<form method="post" action="/ke-toan' not in page.text
    limited = staff("ketoan-2", "accountant", areas=("01",))
    assert limited.get("/ke-toan/kho-bac").status_code == 200
    for answer in (
        arrived(limited, ("FT-1", "vnpay", 1)),
        passed_on(limited, "vnpay", ("FT-1", "PNX", 1, 0)),
        limited.get("/v1/settlements"),
        limited.post("/ke-toan/kho-bac/kiem-tra"),
    ):
        assert answer.status_code == 403
    assert case.rows(Settlement) == []
