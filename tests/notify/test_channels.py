from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pytest

import notify
from notify.channels import (
    HttpRequest,
    HttpResponse,
    NoAnswerError,
    NotSentError,
    Send,
    SmsChannel,
    VneidChannel,
    ZaloChannel,
)
from notify.message import Attachment, Delivery, Message, Recipient

PDF = Attachment("TB-2026-000123.pdf", "application/pdf", b"%PDF-1.7 test")
WHO = Recipient(phone="0900 000 001", id_number="000090000001")
NOBODY = Recipient()
COURTESY = notify.compose(
    "notice_sent",
    {"unit": "CSGT TP.HCM", "plate": "51A-1**.*5", "number": "TB-2026-000123", "sent_on": date(2026, 11, 23)},
)
LEGAL = notify.compose(
    "record_delivery",
    {"unit": "CSGT TP.HCM", "number": "BB-1", "sent_on": date(2026, 11, 23), "phone": "0900 000 999"},
    attachments=(PDF,),
)


class Provider:
    """Answers every request the same way and keeps what it was sent."""

    def __init__(self, status: int = 200, body: object = None, error: Exception | None = None) -> None:
        self.status, self.body, self.error = status, body, error
        self.seen: list[HttpRequest] = []

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.seen.append(request)
        if self.error is not None:
            raise self.error
        content = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        return HttpResponse(self.status, content)


def zalo(send: Send, ids: Mapping[str, str] | None = None) -> ZaloChannel:
    ids = {"notice_sent/2": "301"} if ids is None else ids
    return ZaloChannel("https://zalo.example/", "token", ids, send)


def sms(send: Send, **changes: Any) -> SmsChannel:
    return SmsChannel("https://sms.example", "key", "CSGT", send, **changes)


def vneid(send: Send) -> VneidChannel:
    return VneidChannel("https://box.example", "key", send)


def test_zalo_sends_phone_template_data_and_token() -> None:
    provider = Provider(body={"error": 0, "data": {"msg_id": "m1"}})
    found = zalo(provider).deliver(COURTESY, WHO, tracking_id="t1")
    (request,) = provider.seen
    assert request.url == "https://zalo.example/message/template"
    assert request.headers["access_token"] == "token"
    assert request.body == {
        "phone": "84900000001",
        "template_id": "301",
        "template_data": dict(COURTESY.fields),
        "tracking_id": "t1",
    }
    assert (found.state, found.provider_id) == ("accepted", "m1")


@pytest.mark.parametrize(
    ("status", "body", "code", "retryable", "operator"),
    [
        (200, {"error": -216}, "token", True, False),
        (200, {"error": -124}, "token", True, False),
        (401, {}, "token", True, False),
        (200, {"error": -14020}, "-14020", False, True),
        (200, {"error": -224}, "-224", False, True),
        (200, {"error": -1241}, "-1241", False, True),
        (200, {"error": -118, "message": "no account"}, "-118", False, False),
        (200, {"error": "0"}, "http_200", False, False),
        (200, b"<html>", "http_200", False, False),
        (400, {"error": 0}, "0", False, False),
        (429, {}, "http_429", True, False),
        (503, b"", "http_503", True, False),
        (200, {"error": -144}, "quota", False, False),
        (200, {"error": -141}, "opt_out", False, False),
        (200, {"error": -133}, "at_night", True, False),
    ],
)
def test_zalo_errors(status: int, body: object, code: str, retryable: bool, operator: bool) -> None:
    found = zalo(Provider(status, body)).deliver(COURTESY, WHO, tracking_id="t1")
    assert (found.state, found.code, found.retryable, found.needs_operator) == (
        "failed",
        code,
        retryable,
        operator,
    )


def test_zalo_without_an_approved_template_asks_an_operator() -> None:
    provider = Provider()
    found = zalo(provider, {}).deliver(COURTESY, WHO, tracking_id="t1")
    assert (found.code, found.needs_operator, provider.seen) == ("no_template", True, [])


def test_sms_sends_plain_text_with_its_size() -> None:
    provider = Provider(body={"status": "accepted", "message_id": "s1"})
    found = sms(provider).deliver(COURTESY, WHO, tracking_id="t1")
    body = provider.seen[0].body
    assert provider.seen[0].url == "https://sms.example/sms/send"
    assert (body["to"], body["sender"], body["encoding"], body["parts"]) == ("84900000001", "CSGT", "gsm7", 2)
    assert body["text"].startswith("CSGT TP.HCM: Xe 51A-1**.*5 co thong bao vi pham so TB-2026-000123")
    assert (found.state, found.provider_id) == ("accepted", "s1")


def test_sms_with_accents_costs_more_parts_and_has_a_limit() -> None:
    provider = Provider(body={"status": "accepted"})
    assert sms(provider, accents=True).deliver(COURTESY, WHO, tracking_id="t").code == "too_long"
    assert provider.seen == []
    assert (
        sms(provider, accents=True, most_parts=4).deliver(COURTESY, WHO, tracking_id="t").state == "accepted"
    )
    assert provider.seen[0].body["encoding"] == "ucs2"


@pytest.mark.parametrize(
    ("status", "body", "code", "retryable", "operator"),
    [
        (401, {"error": "unauthorized"}, "unauthorized", False, True),
        (400, {"error": "bad_number"}, "bad_number", False, False),
        (200, {"status": "refused"}, "http_200", False, False),
        (500, {}, "http_500", True, False),
    ],
)
def test_sms_errors(status: int, body: object, code: str, retryable: bool, operator: bool) -> None:
    found = sms(Provider(status, body)).deliver(COURTESY, WHO, tracking_id="t1")
    assert (found.state, found.code, found.retryable, found.needs_operator) == (
        "failed",
        code,
        retryable,
        operator,
    )


def test_the_box_gets_the_document_with_its_hash() -> None:
    provider = Provider(201, {"delivery_id": "d1", "entered_at": "2026-11-23T09:30:00+07:00"})
    found = vneid(provider).deliver(LEGAL, WHO, tracking_id="t1")
    body = provider.seen[0].body
    assert (body["message_id"], body["id_number"]) == ("t1", "000090000001")
    (file,) = body["attachments"]
    assert base64.b64decode(file["content_b64"]) == PDF.content
    assert file["sha256"] == PDF.sha256
    assert (found.state, found.provider_id) == ("accepted", "d1")
    assert found.entered_at == datetime.fromisoformat("2026-11-23T09:30:00+07:00")


@pytest.mark.parametrize("entered", [None, "yesterday", 5, "2026-11-23T09:30:00"])
def test_a_moment_of_entry_that_cannot_be_trusted_is_left_out(entered: object) -> None:
    found = vneid(Provider(200, {"delivery_id": "d1", "entered_at": entered})).deliver(
        LEGAL, WHO, tracking_id="t"
    )
    assert (found.state, found.entered_at) == ("accepted", None)


@pytest.mark.parametrize(
    ("status", "body", "code", "retryable", "operator"),
    [
        (404, {"code": "no_account"}, "no_account", False, False),
        (401, {}, "http_401", False, True),
        (422, {"code": "bad_attachment", "message": "x"}, "bad_attachment", False, False),
        (503, {"code": "unavailable"}, "http_503", True, False),
    ],
)
def test_box_errors(status: int, body: object, code: str, retryable: bool, operator: bool) -> None:
    found = vneid(Provider(status, body)).deliver(LEGAL, WHO, tracking_id="t1")
    assert (found.state, found.code, found.retryable, found.needs_operator) == (
        "failed",
        code,
        retryable,
        operator,
    )


@pytest.mark.parametrize(
    ("make", "message", "asks_again"), [(zalo, COURTESY, False), (sms, COURTESY, False), (vneid, LEGAL, True)]
)
def test_a_lost_answer_is_unknown_and_only_the_box_may_be_asked_again(
    make: Any, message: Message, asks_again: bool
) -> None:
    found: Delivery = make(Provider(error=NoAnswerError("timed out"))).deliver(message, WHO, tracking_id="t")
    assert (found.state, found.retryable) == ("unknown", asks_again)
    found = make(Provider(error=NotSentError("refused"))).deliver(message, WHO, tracking_id="t")
    assert (found.state, found.retryable) == ("failed", True)


@pytest.mark.parametrize(("make", "message"), [(zalo, LEGAL), (sms, LEGAL), (vneid, COURTESY)])
def test_legal_and_courtesy_never_go_the_others_way(make: Any, message: Message) -> None:
    provider = Provider(body={})
    with pytest.raises(ValueError, match="this way"):
        make(provider).deliver(message, WHO, tracking_id="t")
    assert provider.seen == []


@pytest.mark.parametrize(
    ("make", "message", "code"),
    [(zalo, COURTESY, "no_phone"), (sms, COURTESY, "no_phone"), (vneid, LEGAL, "no_id_number")],
)
def test_nothing_is_sent_to_nobody(make: Any, message: Message, code: str) -> None:
    provider = Provider(body={})
    found: Delivery = make(provider).deliver(message, NOBODY, tracking_id="t")
    assert (found.state, found.code, provider.seen) == ("failed", code, [])


def test_names_tokens_and_bodies_stay_out_of_logs() -> None:
    provider = Provider(body={"error": 0})
    channel = zalo(provider)
    channel.deliver(COURTESY, WHO, tracking_id="t")
    shown = repr(channel) + repr(provider.seen) + repr(WHO)
    assert "'token'" not in shown
    assert "0900" not in shown
    assert "000090000001" not in shown
