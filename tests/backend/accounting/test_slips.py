"""The counter's card slips against the acquirer's file."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from backend.accounting.models import AcquirerSlip
from backend.approvals.models import Approval
from backend.audit.models import AuditEntry
from backend.counter.models import CounterPayment
from backend.counter.money import refuse_used
from backend.database import utc_now
from backend.errors import Problem
from backend.payments.models import LedgerEntry, StatementLine
from backend.places import scope
from penalty.calendar import VIETNAM, vietnam_date
from tests.backend.accounting.test_desk import REASON
from tests.backend.counter.test_counter import opened
from tests.backend.factories import make_account

FINE_VND = 5_000_000
TERMINAL = "DEMO-POS-1"


@pytest.fixture
def accountant(staff):
    return staff("ketoan", "accountant")


@pytest.fixture
def clerk(staff):
    return staff("quay", "clerk")


def upload(client, *slips: tuple[str, int]):
    now = datetime.now(VIETNAM)
    rows = "".join(f"{TERMINAL},{slip},{amount},{now.isoformat()}\n" for slip, amount in slips)
    text = "terminal_id,slip,amount_vnd,charged_at\n" + rows
    return client.post(
        f"/v1/payments/card/comparison?day={now:%Y-%m-%d}",
        files={"file": ("the.csv", text.encode(), "text/csv")},
    )


def paid_by_card(case, clerk, slip: str) -> None:
    case.decided(kind="motorbike")
    visit = opened(case, clerk)
    clerk.post(f"{visit}/the")
    [payment] = case.payments()
    form = {"outcome": "charged", "reference": slip}
    assert clerk.post(f"{visit}/the/{payment.id}", data=form).status_code == 303


def shown(found: dict) -> dict[str, list[str]]:
    names = ("unknown_to_acquirer", "missing_in_book", "amounts_differ")
    return {name: [one["slip"] for one in found[name]] for name in names if found[name]}


def test_a_mistyped_slip_is_found_and_corrected(case, clerk, accountant):
    paid_by_card(case, clerk, "RRN123465")
    assert shown(accountant.get("/v1/payments/card/comparison").json()) == {}  # no file speaks of this day
    found = upload(accountant, ("RRN123456", FINE_VND)).json()
    assert shown(found) == {"unknown_to_acquirer": ["RRN123465"], "missing_in_book": ["RRN123456"]}
    assert (found["new"], found["repeated"]) == (1, 0)
    assert found["unknown_to_acquirer"][0]["clerk"] == "CÁN BỘ THỬ NGHIỆM QUAY"
    assert upload(accountant, ("RRN123456", FINE_VND)).json()["repeated"] == 1
    assert re.search(r"<dt>Hóa đơn thẻ không khớp</dt><dd><strong>2<", accountant.get("/ke-toan").text)

    [told] = case.rows(AcquirerSlip)
    [mine] = case.rows(CounterPayment)
    at, form = f"/ke-toan/the/{mine.id}/sua", {"told_id": str(told.id), "was": "RRN123465", "reason": REASON}
    assert accountant.post(at, data={**form, "reason": "nhầm"}).status_code == 422
    stale = accountant.post(at, data={**form, "was": "RRN000000"})
    assert stale.status_code == 412
    assert "Số hóa đơn thẻ vừa được người khác thay đổi" in stale.text
    before = case.rows(LedgerEntry)
    assert accountant.post(at, data=form).status_code == 303
    assert shown(accountant.get("/v1/payments/card/comparison").json()) == {}
    assert "khớp nhau ở mọi hóa đơn" in accountant.get("/ke-toan/the").text
    assert len(case.rows(LedgerEntry)) == len(before)
    [entry] = case.rows(AuditEntry, AuditEntry.action == "counter.slip_corrected")
    assert (entry.data["was"], entry.data["slip"], entry.data["reason"]) == ("RRN123465", "RRN123456", REASON)


def test_another_amount_is_shown_and_a_file_that_contradicts_an_earlier_one_is_refused(
    case, clerk, accountant
):
    paid_by_card(case, clerk, "RRN123456")
    found = upload(accountant, ("RRN123456", 500_000)).json()
    assert shown(found) == {"amounts_differ": ["RRN123456"]}
    assert found["amounts_differ"][0]["told_vnd"] == 500_000
    assert "500.000\N{NO-BREAK SPACE}đồng" in accountant.get("/ke-toan/the").text
    refused = upload(accountant, ("RRN999999", 1), ("RRN123456", FINE_VND))
    assert refused.status_code == 422
    assert "was told before with 500000 dong" in refused.text
    assert [row.slip for row in case.rows(AcquirerSlip)] == ["RRN123456"]


def test_a_charge_that_no_clerk_wrote_down_is_placed_by_two_persons(case, clerk, accountant):
    case.decided(kind="motorbike")
    visit = opened(case, clerk)
    clerk.post(f"{visit}/the")
    [payment] = case.payments()
    upload(accountant, ("RRN123456", FINE_VND))
    [told] = case.rows(AcquirerSlip)
    taken = accountant.post(f"/ke-toan/the/{told.id}/nhan")
    assert taken.status_code == 303
    assert accountant.post(f"/ke-toan/the/{told.id}/nhan").status_code == 409
    assert shown(accountant.get("/v1/payments/card/comparison").json()) == {}
    # The clerk who remembers now is told that the slip waits already.
    late = clerk.post(f"{visit}/the/{payment.id}", data={"outcome": "charged", "reference": "RRN123456"})
    assert late.status_code == 409

    page = accountant.get(taken.headers["location"]).text
    assert case.dossier().plate_display in page  # the attempt on that terminal names the case
    [line] = case.rows(StatementLine)
    body = {"dossier_id": str(case.id), "expected_version": case.dossier().version, "reason": REASON}
    assert accountant.post(f"/v1/payments/unplaced/{line.id}/placing", json=body).status_code == 202
    [approval] = case.rows(Approval)
    done = case.chief.post(
        f"/v1/approvals/{approval.id}/approval", json={"expected_version": case.dossier().version}
    )
    assert done.status_code == 200
    assert case.dossier().state == "closed"
    booked = sum(entry.debit_vnd for entry in case.rows(LedgerEntry, LedgerEntry.account == "clearing:card"))
    assert booked == FINE_VND


def test_a_faulty_file_counts_for_nothing_and_areas_see_no_slips(case, accountant, staff):
    files = {"file": ("the.csv", b"terminal_id,slip\n", "text/csv")}
    wrong = accountant.post("/ke-toan/the", data={"ngay": f"{datetime.now(UTC):%Y-%m-%d}"}, files=files)
    assert wrong.status_code == 422
    assert "missing column" in wrong.text
    assert "charged_at" in wrong.text
    assert case.rows(AcquirerSlip) == []
    limited = staff("ketoan-2", "accountant", areas=("01",))
    assert limited.get("/ke-toan/the").status_code == 200
    assert limited.get("/v1/payments/card/comparison").json()["code"] == "whole_area_needed"
    assert upload(limited, ("RRN123456", 1)).json()["code"] == "whole_area_needed"


def test_a_slip_used_in_another_area_is_used(case, clerk, accountant, services):
    paid_by_card(case, clerk, "RRN123456")
    told = [("RRN123456", FINE_VND), ("RRN654321", FINE_VND)]
    assert upload(accountant, *told).status_code == 200
    with services.database.unit_of_work() as session:
        [lacking] = [one for one in session.scalars(select(AcquirerSlip)) if one.slip == "RRN654321"]
        lacking_id = lacking.id
    assert accountant.post(f"/ke-toan/the/{lacking_id}/nhan").status_code == 303
    with services.database.unit_of_work() as session:
        elsewhere = make_account(session, "noikhac", "clerk", areas=("79-26740",))
        session.flush()
        scope.limit(session, elsewhere, vietnam_date(utc_now()))
        for slip in ("RRN123456", "RRN654321"):
            with pytest.raises(Problem, match="slip"):
                refuse_used(session, TERMINAL, slip)
        refuse_used(session, TERMINAL, "RRN999999")
