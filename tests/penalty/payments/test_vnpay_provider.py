from __future__ import annotations

import json
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from penalty.calendar import VIETNAM
from penalty.payments import vnpay
from penalty.payments.values import Charge, ForgedError, HttpMessage, Known, Outcome, PaymentError, Provider
from penalty.payments.vnpay_provider import Vnpay

SECRET = "TESTSECRET"
GATE = Vnpay("https://pay.example/vpcpay.html", "https://pay.example/api", vnpay.Merchant("DEMOTEST", SECRET))
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=VIETNAM)
CHARGE = Charge(
    reference="QD000123-1",
    amount_vnd=19_000_000,
    decision_number="000123/QĐ-XPHC",
    plate="51A12345",
    created_at=NOW,
    expires_at=NOW + timedelta(minutes=15),
    return_url="https://example.vn/return",
    callback_url="https://example.vn/ipn",
    ip_address="203.0.113.7",
)
KNOWN = Known(19_000_000, recorded=False)


def ipn(**changes: str) -> HttpMessage:
    params = {
        "vnp_Amount": "1900000000",
        "vnp_ResponseCode": "00",
        "vnp_TransactionStatus": "00",
        "vnp_TmnCode": "DEMOTEST",
        "vnp_TransactionNo": "14001",
        "vnp_TxnRef": "QD000123-1",
    } | changes
    return HttpMessage(query=vnpay.signed_query(params, SECRET))


def test_the_way_to_the_gateway() -> None:
    assert isinstance(GATE, Provider)
    params = dict(parse_qsl(urlsplit(GATE.begin(CHARGE).url).query))
    assert vnpay.verify(params, SECRET)
    assert params["vnp_OrderInfo"] == "Nop phat 000123 QD XPHC 51A12345"
    assert (params["vnp_Amount"], params["vnp_Locale"]) == ("1900000000", "vn")


@pytest.mark.parametrize(
    ("message", "known", "code", "record"),
    [
        (ipn(), KNOWN, "00", True),
        (ipn(vnp_ResponseCode="24", vnp_TransactionStatus="02"), KNOWN, "00", True),
        (ipn(), Known(19_000_000, recorded=True), "02", False),
        (ipn(), None, "01", False),
        (ipn(), Known(5, recorded=False), "04", False),
        (HttpMessage(query=ipn().query.replace("1900000000", "1800000000")), KNOWN, "97", False),
        (ipn(vnp_TmnCode="OTHER"), KNOWN, "99", False),
        (ipn(vnp_Amount="5"), KNOWN, "99", False),
        (HttpMessage(query="x=1"), KNOWN, "97", False),
    ],
)
def test_the_answers_to_an_ipn(message: HttpMessage, known: Known | None, code: str, record: bool) -> None:
    try:
        heard = GATE.hear(message)
    except PaymentError as error:
        heard = error  # type: ignore[assignment]
    reply = GATE.reply(heard, known)
    assert (json.loads(reply.body)["RspCode"], reply.record) == (code, record)


@pytest.mark.parametrize(
    ("codes", "outcome"),
    [(("00", "00"), Outcome.PAID), (("07", "00"), Outcome.HELD), (("00", "02"), Outcome.FAILED)],
)
def test_both_codes_make_the_outcome(codes: tuple[str, str], outcome: Outcome) -> None:
    heard = GATE.hear(ipn(vnp_ResponseCode=codes[0], vnp_TransactionStatus=codes[1]))
    assert heard.outcome is outcome


def answer(**changes: str) -> HttpMessage:
    body = {
        "vnp_ResponseId": "1",
        "vnp_Command": "querydr",
        "vnp_ResponseCode": "00",
        "vnp_Message": "ok",
        "vnp_TmnCode": "DEMOTEST",
        "vnp_TxnRef": "QD000123-1",
        "vnp_Amount": "1900000000",
        "vnp_TransactionStatus": "00",
    } | changes
    text = "|".join(body.get(name, "") for name in vnpay._QUERY_ANSWER_FIELDS)
    return HttpMessage(body=json.dumps(body | {"vnp_SecureHash": vnpay._hmac(text, SECRET)}).encode())


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("00", Outcome.PAID), ("01", Outcome.PENDING), ("02", Outcome.FAILED), ("07", Outcome.HELD)],
)
def test_asking_how_it_stands(status: str, outcome: Outcome) -> None:
    request = GATE.ask_state(CHARGE, request_id="q1", at=NOW)
    assert json.loads(request.body)["vnp_Command"] == "querydr"
    assert GATE.read_state(answer(vnp_TransactionStatus=status)).outcome is outcome


def test_answers_that_do_not_count() -> None:
    with pytest.raises(PaymentError, match="91"):
        GATE.read_state(answer(vnp_ResponseCode="91"))
    with pytest.raises(ForgedError):
        GATE.read_state(HttpMessage(body=answer().body.replace(b"1900000000", b"1700000000")))
    with pytest.raises(PaymentError, match="no JSON"):
        GATE.read_state(HttpMessage(body=b"<html>"))
