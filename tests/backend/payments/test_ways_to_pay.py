"""Every way to pay besides VNPAY, from the owner's page to the balanced book."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from backend.dossiers.models import DossierDeadline, DossierEvent
from backend.payments import asking, hearing
from backend.payments.models import LedgerEntry, Payment, PaymentCallback, Refund, StatementLine
from backend.payments.providers import portal, provider
from penalty.calendar import VIETNAM, vietnam_date
from penalty.payments.values import HttpMessage
from penalty.payments.vietqr import decode

FINE_VND = 5_000_000


def balances(case) -> dict[str, int]:
    totals: dict[str, int] = {}
    for entry in case.rows(LedgerEntry):
        totals[entry.account] = totals.get(entry.account, 0) + entry.debit_vnd - entry.credit_vnd
    assert sum(totals.values()) == 0
    return {name: amount for name, amount in totals.items() if amount}


def pay(case, method: str):
    return case.owner.post("/ho-so/nop-phat", data={"method": method})


def overdue(case, days: int) -> None:
    with case.services.database.unit_of_work() as session:
        deadline = session.scalars(
            select(DossierDeadline).where(
                DossierDeadline.dossier_id == case.id, DossierDeadline.step_id == "E1"
            )
        ).one()
        deadline.due_on = vietnam_date(datetime.now(UTC)) - timedelta(days=days)


class TestMomo:
    def tell(self, case, body: dict) -> int:
        return case.officer.post("/v1/payments/momo/ipn", content=json.dumps(body)).status_code

    def told(self, case, payment: Payment, outcome: str = "paid") -> dict:
        """What the wallet says once the payer has chosen; its own call-back goes nowhere in this test."""
        form = {"order_id": payment.reference, "outcome": outcome}
        chosen = case.outside.http.post(f"{case.outside.at['momo']['url']}/sandbox/pay", data=form)
        self.way_back = chosen.headers["location"].removeprefix(case.services.settings.public_url)
        charge_url = f"{case.outside.at['momo']['url']}/v2/gateway/api/query"
        momo = provider(case.services.settings, "momo")
        with case.services.database.unit_of_work() as session:
            from backend.dossiers.models import Dossier
            from backend.payments.starting import charge_of

            charge = charge_of(payment, session.get_one(Dossier, case.id), case.services.settings)
        request = momo.ask_state(charge, request_id="q", at=datetime.now(UTC))
        assert request.url == charge_url
        return case.outside.http.post(request.url, content=request.body).json()

    def test_page_callback_receipt(self, case):
        case.decided(kind="motorbike")
        answer = pay(case, "momo")
        assert answer.status_code == 303
        assert answer.headers["location"].startswith(case.outside.at["momo"]["url"])
        (payment,) = case.payments()
        said = self.told(case, payment)
        assert self.tell(case, {**said, "amount": said["amount"] - 1}) == 400  # the signature no longer fits
        assert self.tell(case, said) == 204
        assert self.tell(case, said) == 204
        assert case.dossier().state == "closed"
        assert self.way_back.startswith("/thanh-toan/momo?")
        shown = case.owner.get(self.way_back).text
        assert "Chúng tôi không biết đây là lần nộp nào" not in shown
        assert "Chúng tôi không biết đây là lần nộp nào" in case.owner.get("/thanh-toan/momo").text
        assert balances(case) == {"treasury:fines": -FINE_VND, "clearing:momo": FINE_VND}
        assert [row.answer for row in sorted(case.rows(PaymentCallback), key=lambda r: r.received_at)] == [
            "forged",
            "recorded",
            "known",
        ]

    def test_a_lost_callback_is_asked_about(self, case):
        case.decided(kind="motorbike")
        pay(case, "momo")
        (payment,) = case.payments()
        later = datetime.now(UTC) + timedelta(minutes=3)
        asking.settle(case.services, payment.id, later)
        assert case.payments()[0].state == "started"
        self.told(case, payment)
        asking.settle(case.services, payment.id, later)
        assert case.dossier().state == "closed"
        asking.settle(case.services, payment.id, later)
        assert balances(case) == {"treasury:fines": -FINE_VND, "clearing:momo": FINE_VND}

    def test_held_money_is_cleared_later(self, case):
        case.decided(kind="motorbike")
        pay(case, "momo")
        (payment,) = case.payments()
        said = self.told(case, payment, "held")
        assert self.tell(case, said) == 204
        assert self.tell(case, said) == 204
        assert case.payments()[0].state == "held"
        assert case.dossier().state == "decided"
        page = case.owner.get("/thanh-toan/momo")
        assert page.status_code == 200

    def test_a_wallet_that_is_down_takes_nothing(self, case):
        case.decided(kind="motorbike")
        case.outside.faults(gateway_down=True)
        answer = pay(case, "momo")
        assert answer.status_code == 503
        case.outside.mend()
        assert [payment.state for payment in case.payments()] == ["started"]
        assert balances(case) == {"receivable:fines": FINE_VND, "treasury:fines": -FINE_VND}
        assert pay(case, "momo").status_code == 303


class TestVietQr:
    def scan(self, case, *, amount_vnd: int | None = None) -> None:
        """The payer scans the code of the newest attempt; the money stands on the bank's statement."""
        text = self.code(case)
        form = {"code": text} | ({} if amount_vnd is None else {"amount_vnd": amount_vnd})
        answer = case.outside.http.post(f"{case.outside.at['treasury']['url']}/scan", data=form)
        assert answer.status_code == 200, answer.text

    def code(self, case) -> str:
        from backend.dossiers.models import Dossier
        from backend.payments.starting import charge_of

        payment = max(case.payments(), key=lambda row: row.started_at)
        with case.services.database.unit_of_work() as session:
            charge = charge_of(payment, session.get_one(Dossier, case.id), case.services.settings)
        return provider(case.services.settings, "vietqr").begin(charge).text

    def statement(self, case) -> list[dict]:
        """Only the lines of this test: the bank's book is one for the whole run."""
        text = case.outside.http.get(f"{case.outside.at['treasury']['url']}/statement.csv").text
        head, *lines = text.splitlines()
        mine = {payment.reference for payment in case.payments()}
        kept = [line for line in lines if any(one in line for one in mine)]
        return self.upload(case, "\n".join([head, *kept]))

    def upload(self, case, text: str) -> list[dict]:
        answer = case.chief.post(
            "/v1/payments/vietqr/statements", files={"file": ("saoke.csv", text.encode(), "text/csv")}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["lines"]

    def test_code_statement_receipt_and_the_same_file_again(self, case):
        case.decided(kind="motorbike")
        page = pay(case, "vietqr")
        assert page.status_code == 200
        assert "data:image/svg+xml" in page.text
        assert decode(self.code(case)).amount_vnd == FINE_VND
        assert decode(self.code(case)).purpose in page.text
        self.scan(case)
        assert [line["verdict"] for line in self.statement(case)] == ["paid"]
        assert self.statement(case) == []
        assert case.dossier().state == "closed"
        assert balances(case) == {"treasury:fines": -FINE_VND, "clearing:vietqr": FINE_VND}

    def test_who_presses_pay_twice_is_shown_one_code(self, case):
        case.decided(kind="motorbike")
        first, again = pay(case, "vietqr"), pay(case, "vietqr")
        [payment] = case.payments()
        assert decode(self.code(case)).purpose in first.text
        assert decode(self.code(case)).purpose in again.text
        self.scan(case)
        assert [line["verdict"] for line in self.statement(case)] == ["paid"]
        assert case.payments()[0].id == payment.id
        assert case.rows(Refund) == []

    def test_a_part_is_booked_and_the_rest_stays_owed(self, case):
        case.decided(kind="motorbike")
        pay(case, "vietqr")
        self.scan(case, amount_vnd=2_000_000)
        assert [line["verdict"] for line in self.statement(case)] == ["wrong_amount"]
        dossier = case.dossier()
        assert (dossier.state, dossier.paid_vnd) == ("decided", 2_000_000)
        pay(case, "vietqr")
        assert decode(self.code(case)).amount_vnd == 3_000_000
        self.scan(case)
        self.statement(case)
        assert case.dossier().state == "closed"
        assert balances(case) == {"treasury:fines": -FINE_VND, "clearing:vietqr": FINE_VND}

    def test_after_a_late_part_the_surcharge_runs_on_the_rest_only(self, case):
        case.decided(kind="motorbike")
        overdue(case, days=31)
        pay(case, "vietqr")
        late_vnd = 5_000_000 * 30 * 5 // 10_000
        assert decode(self.code(case)).amount_vnd == FINE_VND + late_vnd
        self.scan(case, amount_vnd=1_000_000 + late_vnd)
        self.statement(case)
        pay(case, "vietqr")
        # The same day again: the thirty days are paid for, and this one is the day of payment.
        assert decode(self.code(case)).amount_vnd == 4_000_000
        self.scan(case)
        self.statement(case)
        assert case.dossier().state == "closed"
        assert balances(case) == {
            "treasury:fines": -FINE_VND,
            "treasury:surcharge": -late_vnd,
            "clearing:vietqr": FINE_VND + late_vnd,
        }

    def test_a_second_transfer_waits_for_a_person(self, case):
        case.decided(kind="motorbike")
        pay(case, "vietqr")
        self.scan(case)
        self.scan(case)
        assert sorted(line["verdict"] for line in self.statement(case)) == ["known", "paid"]
        waiting = case.chief.get("/v1/payments/unplaced").json()
        assert [line["verdict"] for line in waiting if line["amount_vnd"] == FINE_VND] == ["known"]

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            (b"line_id,booked_at\n", "missing column"),
            (b"line_id,booked_at,amount_vnd,purpose\na,2026-11-27T09:00:00+07:00,x,y\n", "row 2"),
            (b"\xff\xfe", "not UTF-8"),
        ],
    )
    def test_a_bad_file_books_nothing(self, case, text, says):
        answer = case.chief.post(
            "/v1/payments/vietqr/statements", files={"file": ("saoke.csv", text, "text/csv")}
        )
        assert answer.status_code == 422
        assert says in answer.text
        assert case.rows(StatementLine) == []

    def test_only_transfers_have_a_statement(self, case):
        text = b"line_id,booked_at,amount_vnd,purpose\nA-1,2026-11-27T09:00:00+07:00,5,ung ho\n"
        files = {"file": ("saoke.csv", text, "text/csv")}
        assert case.chief.post("/v1/payments/vnpay/statements", files=files).status_code == 404
        assert case.rows(StatementLine) == []

    def test_an_officer_may_not_book_statements(self, case):
        answer = case.officer.post(
            "/v1/payments/vietqr/statements", files={"file": ("a.csv", b"", "text/csv")}
        )
        assert answer.status_code == 403

    def test_an_attempt_nobody_paid_ends(self, case):
        case.decided(kind="motorbike")
        pay(case, "vietqr")
        (payment,) = case.payments()
        asking.settle(case.services, payment.id, payment.expires_at + timedelta(hours=2))
        assert case.payments()[0].state == "expired"
        self.scan(case)  # the code was kept, and is paid the same day all the same
        self.statement(case)
        assert case.dossier().state == "closed"


class TestPortal:
    def post(self, case, path: str, value: dict, *, at: datetime | None = None) -> dict:
        body = json.dumps(value).encode()
        headers = portal(case.services.settings).sign(body, at or datetime.now(UTC))
        return case.officer.post(f"/v1/payments/portal/{path}", content=body, headers=headers).json()

    def test_by_decision_number(self, case):
        case.decided(kind="motorbike")
        page = pay(case, "portal")
        assert page.status_code == 200
        number = case.dossier().decision_number
        assert number in page.text
        assert case.payments() == []
        owed = self.post(case, "owed", {"decision_number": number})
        assert owed["total_vnd"] == FINE_VND
        assert "owner" not in json.dumps(owed)
        paid = {"decision_number": number, "amount_vnd": FINE_VND, "portal_transaction": "DVC-7"}
        assert self.post(case, "paid", {**paid, "amount_vnd": 1})["code"] == "04"
        assert self.post(case, "paid", paid)["code"] == "00"
        assert self.post(case, "paid", paid)["code"] == "02"
        assert case.dossier().state == "closed"
        assert balances(case) == {"treasury:fines": -FINE_VND, "clearing:portal": FINE_VND}
        assert self.post(case, "owed", {"decision_number": number})["code"] == "01"

    def test_wrong_messages(self, case):
        case.decided(kind="motorbike")
        number = case.dossier().decision_number
        paid = {"decision_number": number, "amount_vnd": FINE_VND, "portal_transaction": "DVC-8"}
        assert self.post(case, "paid", {**paid, "decision_number": "999/QĐ"})["code"] == "01"
        assert self.post(case, "paid", paid, at=datetime.now(UTC) - timedelta(hours=1))["code"] == "97"
        assert case.officer.post("/v1/payments/portal/paid", content=b"{}").json()["code"] == "97"
        assert case.dossier().state == "decided"

    def test_paid_twice_is_owed_back_and_given_back_once(self, case):
        case.decided(kind="motorbike")
        number = case.dossier().decision_number
        for transaction in ("DVC-21", "DVC-22"):
            paid = {"decision_number": number, "amount_vnd": FINE_VND, "portal_transaction": transaction}
            assert self.post(case, "paid", paid)["code"] == "00"
        (refund,) = case.rows(Refund)
        body = {"treasury_reference": "KB-001"}
        assert case.officer.post(f"/v1/refunds/{refund.id}/paid", json=body).status_code == 403
        for _ in range(2):
            assert case.chief.post(f"/v1/refunds/{refund.id}/paid", json=body).json()["state"] == "paid"
        other = case.chief.post(f"/v1/refunds/{refund.id}/paid", json={"treasury_reference": "KB-002"})
        assert other.status_code == 409
        assert balances(case) == {
            "treasury:fines": -FINE_VND,
            "clearing:portal": 2 * FINE_VND,
            "cash:treasury": -FINE_VND,
        }
        assert sorted(payment.state for payment in case.payments()) == ["paid", "refunded"]
        assert case.chief.get("/v1/refunds").json()["items"] == []


@pytest.mark.parametrize("method", ["vnpay", "momo"])
def test_who_presses_pay_twice_is_led_to_one_page_of_the_gateway(case, services, method):
    case.decided(kind="motorbike")
    first, again = pay(case, method), pay(case, method)
    assert first.headers["location"] == again.headers["location"]
    [payment] = case.payments()
    with services.database.unit_of_work() as session:  # its time is over, and so is the page's
        session.execute(update(Payment).values(expires_at=payment.started_at))
    assert pay(case, method).headers["location"] != first.headers["location"]
    assert len(case.payments()) == 2


def test_pressed_many_times_at_one_moment_the_wallet_opens_one_page(case):
    case.decided(kind="motorbike")
    start = threading.Barrier(4)

    def press(_):
        start.wait()
        return pay(case, "momo")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(press, range(4)))
    assert [answer.status_code for answer in answers] == [303] * 4
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len(case.payments()) == 1


def test_the_form_offers_every_way_and_refuses_others(case):
    case.decided(kind="motorbike")
    page = case.owner.get("/ho-so/nop-phat").text
    for method in ("vietqr", "vnpay", "momo", "portal"):
        assert f'value="{method}"' in page
    assert pay(case, "cash").status_code == 404
    assert case.payments() == []


def test_where_the_gateways_file_and_our_book_differ(case):
    case.decided(kind="motorbike")
    asked = case.start_payment()
    assert case.ipn(case.result(asked)) == "00"
    day = datetime.now(VIETNAM).date().isoformat()

    def send(text: str):
        return case.chief.post(
            f"/v1/payments/vnpay/comparison?day={day}",
            files={"file": ("vnpay.csv", text.encode(), "text/csv")},
        )

    def compare(text: str) -> list[dict]:
        answer = send(text)
        assert answer.status_code == 200, answer.text
        return answer.json()["differences"]

    reference = asked["vnp_TxnRef"]
    assert compare(f"reference,amount_vnd\n{reference},{FINE_VND}\n") == []
    found = compare(f"reference,amount_vnd\n{reference},{FINE_VND - 1}\nPNX,5\n")
    assert sorted(found, key=lambda one: one["theirs_vnd"]) == [
        {"reference": "PNX", "ours_vnd": None, "theirs_vnd": 5},
        {"reference": reference, "ours_vnd": FINE_VND, "theirs_vnd": FINE_VND - 1},
    ]
    assert send("reference\rx,amount_vnd\n").json()["code"] == "statement_unreadable"


def test_an_unknown_gateway_has_no_callback(case):
    assert case.officer.post("/v1/payments/nobody/ipn", content=b"{}").status_code == 404
    assert case.officer.get("/v1/payments/nobody/ipn").status_code == 404
    kept = hearing.keep_callback(case.services, "momo", HttpMessage(body=b"\0x"), "", datetime.now(UTC))
    assert hearing.handle(case.services, kept, datetime.now(UTC)).verdict == "malformed"
    assert [event.kind for event in case.rows(DossierEvent)] == []
