from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from penalty.calendar import VIETNAM
from penalty.payments.portal import Owed, Portal
from penalty.payments.values import ForgedError, HttpMessage, Known, Outcome, PaymentError, Provider

PORTAL = Portal("https://dichvucong.example.vn/nop-phat", "TESTSECRET")
NOW = datetime(2026, 11, 27, 9, 30, tzinfo=VIETNAM)
NUMBER = "000123/QĐ-XPHC"


def message(value: Any, *, at: datetime = NOW, portal: Portal = PORTAL) -> HttpMessage:
    body = json.dumps(value).encode()
    return HttpMessage(body=body, headers=portal.sign(body, at))


def paid(**changes: Any) -> dict[str, Any]:
    return {"decision_number": NUMBER, "amount_vnd": 900_000, "portal_transaction": "DVC-1"} | changes


def test_it_is_a_provider_and_tells_no_secret() -> None:
    assert isinstance(PORTAL, Provider)
    assert "TESTSECRET" not in repr(PORTAL)


def test_what_is_owed_holds_money_and_no_name() -> None:
    assert PORTAL.asked(message({"decision_number": NUMBER}), NOW) == NUMBER
    reply = PORTAL.owed_reply(Owed(NUMBER, "61A12345", 900_000, 450, NOW))
    assert json.loads(reply.body) == {
        "code": "00",
        "decision_number": NUMBER,
        "plate": "61A12345",
        "fine_vnd": 900_000,
        "late_vnd": 450,
        "total_vnd": 900_450,
        "valid_until": NOW.isoformat(),
    }
    assert json.loads(PORTAL.owed_reply(None).body)["code"] == "01"


def test_a_payment_is_heard() -> None:
    heard = PORTAL.hear_at(message(paid()), NOW + timedelta(minutes=4))
    assert (heard.reference, heard.amount_vnd, heard.outcome) == (NUMBER, 900_000, Outcome.PAID)
    assert heard.provider_reference == "DVC-1"


@pytest.mark.parametrize("off", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_an_old_copy_is_refused(off: timedelta) -> None:
    with pytest.raises(ForgedError, match="five minutes"):
        PORTAL.hear_at(message(paid()), NOW + off)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ([], "JSON object"),
        (paid(amount_vnd=0), "amount_vnd"),
        (paid(amount_vnd="900000"), "amount_vnd"),
        (paid(amount_vnd=True), "amount_vnd"),
        (paid(portal_transaction=""), "portal_transaction"),
        (paid(decision_number="<b>"), "decision_number"),
        (paid(decision_number=None), "decision_number"),
    ],
)
def test_malformed_messages_are_named(value: Any, says: str) -> None:
    with pytest.raises(PaymentError, match=says):
        PORTAL.hear(message(value))


def test_another_secret_or_body_is_forged() -> None:
    with pytest.raises(ForgedError):
        PORTAL.hear(message(paid(), portal=Portal("https://x", "OTHER")))
    genuine = message(paid())
    with pytest.raises(ForgedError):
        PORTAL.hear(HttpMessage(body=genuine.body.replace(b"900000", b"100000"), headers=genuine.headers))
    with pytest.raises(ForgedError):
        PORTAL.hear(HttpMessage(body=genuine.body))


@pytest.mark.parametrize(
    ("known", "code", "record"),
    [
        (Known(900_000, recorded=False), "00", True),
        (Known(900_000, recorded=True), "02", False),
        (Known(900_450, recorded=False), "04", False),
        (None, "01", False),
    ],
)
def test_replies(known: Known | None, code: str, record: bool) -> None:
    reply = PORTAL.reply(PORTAL.hear(message(paid())), known)
    assert (json.loads(reply.body)["code"], reply.record) == (code, record)
    assert json.loads(PORTAL.reply(ForgedError("x"), known).body)["code"] == "97"
    assert json.loads(PORTAL.reply(PaymentError("x"), known).body)["code"] == "99"
