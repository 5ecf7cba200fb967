from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from penalty.calendar import VIETNAM
from penalty.payments.momo import _CREATE, _IPN, Momo, sign
from penalty.payments.values import (
    Charge,
    ForgedError,
    GoTo,
    HttpMessage,
    Known,
    Outcome,
    PaymentError,
    Provider,
)

MOMO = Momo("https://test-payment.momo.vn", "MOMOTEST", "AK", "TESTSECRET")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=VIETNAM)
CHARGE = Charge(
    reference="QD000123-1",
    amount_vnd=19_000_000,
    decision_number="000123",
    plate="51A12345",
    created_at=NOW,
    expires_at=NOW + timedelta(minutes=15),
    return_url="https://example.vn/return",
    callback_url="https://example.vn/ipn",
    ip_address="203.0.113.7",
)


def said(**changes: Any) -> bytes:
    """An IPN of MoMo, signed."""
    values = {
        "partnerCode": "MOMOTEST",
        "orderId": "QD000123-1",
        "requestId": "QD000123-1",
        "amount": 19_000_000,
        "orderInfo": "Nop phat 000123",
        "orderType": "momo_wallet",
        "transId": 2_147_483_647,
        "resultCode": 0,
        "message": "Thành công.",
        "payType": "qr",
        "responseTime": 1_795_400_000_000,
        "extraData": "",
    } | changes
    return json.dumps(
        values | {"signature": sign({**values, "accessKey": "AK"}, _IPN, "TESTSECRET")}
    ).encode()


def test_it_is_a_provider() -> None:
    assert isinstance(MOMO, Provider)
    assert "TESTSECRET" not in repr(MOMO)


def test_the_vector_of_the_create_request() -> None:
    values = {
        "accessKey": "AK",
        "amount": 19_000_000,
        "extraData": "",
        "ipnUrl": "https://example.vn/ipn",
        "orderId": "QD000123-1",
        "orderInfo": "Nop phat QD 000123",
        "partnerCode": "MOMOTEST",
        "redirectUrl": "https://example.vn/return",
        "requestId": "r-1",
        "requestType": "captureWallet",
    }
    expected = "0a7aa25a116cc64b9c33717d0b718c30c9cc1106459d37975c2c3c1c5468361e"
    assert sign(values, _CREATE, "TESTSECRET") == expected


def test_asking_for_a_page_and_going_there() -> None:
    request = MOMO.begin(CHARGE).request
    body = json.loads(request.body)
    assert request.url == "https://test-payment.momo.vn/v2/gateway/api/create"
    assert (body["amount"], body["orderId"], body["requestId"]) == (19_000_000, "QD000123-1", "QD000123-1")
    assert body["signature"] == sign(body, _CREATE, "TESTSECRET")
    answer = {
        "resultCode": 0,
        "orderId": "QD000123-1",
        "amount": 19_000_000,
        "payUrl": "https://momo.vn/pay/1",
    }
    assert MOMO.began(CHARGE, HttpMessage(body=json.dumps(answer).encode())) == GoTo("https://momo.vn/pay/1")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"resultCode": 41, "message": "Trùng orderId"}, "Trùng orderId"),
        ({"amount": 1}, "another order"),
        ({"orderId": "X"}, "another order"),
        ({"payUrl": "javascript:alert(1)"}, "payUrl"),
        ({"payUrl": None}, "payUrl"),
    ],
)
def test_a_refused_or_odd_answer(changes: dict[str, Any], says: str) -> None:
    answer = {"resultCode": 0, "orderId": "QD000123-1", "amount": 19_000_000, "payUrl": "https://m"} | changes
    with pytest.raises(PaymentError, match=says):
        MOMO.began(CHARGE, HttpMessage(body=json.dumps(answer).encode()))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"amount_vnd": 999}, "MoMo takes"),
        ({"amount_vnd": 50_000_001}, "MoMo takes"),
        ({"reference": "a b"}, "reference"),
    ],
)
def test_what_momo_would_refuse(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(PaymentError, match=says):
        MOMO.begin(replace(CHARGE, **changes))


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (0, Outcome.PAID),
        (9000, Outcome.HELD),
        (1000, Outcome.PENDING),
        (7002, Outcome.PENDING),
        (1006, Outcome.FAILED),
    ],
)
def test_what_an_ipn_says(code: int, outcome: Outcome) -> None:
    heard = MOMO.hear(HttpMessage(body=said(resultCode=code)))
    assert (heard.reference, heard.amount_vnd, heard.outcome) == ("QD000123-1", 19_000_000, outcome)
    assert heard.provider_reference == "2147483647"


@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        (b"", PaymentError, "no JSON"),
        (b"[]", PaymentError, "JSON object"),
        (said().replace(b"19000000", b"19000001"), ForgedError, "signature"),
        (said(partnerCode="OTHER"), PaymentError, "partnerCode"),
        (said(amount="19000000"), PaymentError, "amount"),
        (said(amount=True), PaymentError, "amount"),
        (said(resultCode="0"), PaymentError, "resultCode"),
        (said(orderId=""), PaymentError, "orderId"),
    ],
)
def test_messages_that_do_not_count(body: bytes, error: type[PaymentError], says: str) -> None:
    with pytest.raises(error, match=says) as told:
        MOMO.hear(HttpMessage(body=body))
    assert not MOMO.reply(told.value, Known(19_000_000, recorded=False)).record


@pytest.mark.parametrize(
    ("known", "code", "status", "record", "verdict"),
    [
        (Known(19_000_000, recorded=False), 0, 204, True, "recorded"),
        (Known(19_000_000, recorded=False), 1006, 204, True, "recorded"),
        (Known(19_000_000, recorded=True), 0, 204, False, "known"),
        (Known(19_000_000, recorded=False), 7002, 204, False, "pending"),
        (Known(1, recorded=False), 0, 400, False, "wrong_amount"),
        (None, 0, 400, False, "unknown_reference"),
    ],
)
def test_replies(known: Known | None, code: int, status: int, record: bool, verdict: str) -> None:
    reply = MOMO.reply(MOMO.hear(HttpMessage(body=said(resultCode=code))), known)
    assert (reply.status, reply.record, reply.verdict) == (status, record, verdict)


def test_asking_how_it_stands() -> None:
    body = json.loads(MOMO.ask_state(CHARGE, request_id="q1", at=NOW).body)
    assert body["signature"] == sign(body, ("accessKey", "orderId", "partnerCode", "requestId"), "TESTSECRET")
    heard = MOMO.read_state(HttpMessage(body=said()))
    assert heard.outcome is Outcome.PAID


def test_the_browser_brings_the_same_back_in_its_query() -> None:
    brought = urlencode(json.loads(said()))
    assert MOMO.hear(HttpMessage(query=brought)) == replace(
        MOMO.hear(HttpMessage(body=said())), raw=MOMO.hear(HttpMessage(query=brought)).raw
    )
    assert MOMO.hear(HttpMessage(query=brought)).outcome is Outcome.PAID
    with pytest.raises(ForgedError):
        MOMO.hear(HttpMessage(query=brought.replace("19000000", "1900000")))
    with pytest.raises(PaymentError):
        MOMO.hear(HttpMessage(query=""))
