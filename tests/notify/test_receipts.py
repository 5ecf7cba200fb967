"""Receipts: signatures, words, and any order."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook

from notify.receipts import ReceiptError, settle
from notify.webhooks import read_bounce, read_standard, read_zalo, zalo_signature

SECRET = "whsec_c2VjcmV0LW9mLXRoaXMtdGVzdC0xMjM0"


def signed(body: bytes):
    now = datetime.now(UTC)
    return {
        "webhook-id": "rc_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("rc_1", now, body.decode()),
    }


def said(kind="message.delivered", **data):
    data = {"tracking_id": "t1", **data}
    return json.dumps({"type": kind, "timestamp": "2026-11-23T03:00:00+00:00", "data": data}).encode()


def test_zalos_signature_of_the_notes():
    """The vector of domain/notifications_privacy.md."""
    found = zalo_signature("APPID", '{"a":1}', "1700000000000", "OASECRET")
    assert found == "ab13ac5342ba678e1bfa8b5ce2271e2887370c5161bd558cfe252fd468b7f14c"


def zalo(event="user_received_message", **message):
    message = {"msg_id": "m1", "tracking_id": "t1", "delivery_time": "1700000000000", **message}
    body = json.dumps({"event_name": event, "timestamp": "1700000000001", "message": message})
    return body.encode(), zalo_signature("APP", body, "1700000000001", "S")


@pytest.mark.parametrize("prefix", ["", "mac="])
def test_a_receipt_of_zalo(prefix):
    body, signature = zalo()
    found = read_zalo(body, prefix + signature, app_id="APP", oa_secret="S")
    assert (found.tracking_id, found.outcome) == ("t1", "delivered")
    assert found.event_id == "m1/user_received_message"
    assert found.at == datetime.fromtimestamp(1_700_000_000, UTC)


def test_other_events_of_zalo_are_none_of_ours():
    body, signature = zalo("user_feedback")
    assert read_zalo(body, signature, app_id="APP", oa_secret="S") is None


@pytest.mark.parametrize(
    "change", [{"signature": "0" * 64}, {"app_id": "X"}, {"oa_secret": "X"}, {"signature": ""}]
)
def test_a_wrong_signature_of_zalo(change):
    body, signature = zalo()
    values = {"signature": signature, "app_id": "APP", "oa_secret": "S", **change}
    with pytest.raises(ReceiptError, match="signature"):
        read_zalo(body, values["signature"], app_id=values["app_id"], oa_secret=values["oa_secret"])


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("message.delivered", "delivered"),
        ("message.read", "read"),
        ("message.failed", "failed"),
        ("letter.returned", "returned"),
    ],
)
def test_standard_receipts(kind, outcome):
    body = said(kind, code="hard_bounce", detail="x")
    found = read_standard("sms", body, signed(body), secret=SECRET)
    assert (found.outcome, found.code, found.tracking_id) == (outcome, "hard_bounce", "t1")
    assert found.event_id == "rc_1"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda h: h | {"webhook-signature": "v1,AAAA"},
        lambda h: h | {"webhook-signature": "nonsense"},
        lambda h: h | {"webhook-id": "rc_2"},
        lambda h: h | {"webhook-timestamp": "1"},
        lambda h: {},
    ],
)
def test_what_is_not_signed_right(spoil):
    body = said()
    with pytest.raises(ReceiptError, match="signature"):
        read_standard("sms", body, spoil(signed(body)), secret=SECRET)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{",
        b'{"type":"message.read","timestamp":"2026-11-23T03:00:00+00:00","data":{}}',
        said().replace(b"03:00:00+00:00", b"noon"),
        said().replace(b"+00:00", b""),
    ],
)
def test_what_is_no_receipt(body):
    with pytest.raises(ReceiptError):
        read_standard("sms", body, signed(body), secret=SECRET)


def test_other_types_are_none_of_ours():
    body = said("invoice.paid")
    assert read_standard("sms", body, signed(body), secret=SECRET) is None


def bounce(status="5.1.1", action="failed"):
    return (
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nSorry.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
        f"Final-Recipient: rfc822; a@b.example\nAction: {action}\nStatus: {status}\n\n"
        "--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <t1@phatnguoi.example>\n\n--b--\n"
    ).encode()


@pytest.mark.parametrize(
    ("status", "code"), [("5.1.1", "hard_bounce"), ("5.2.2", "bounce_5.2.2"), ("5.2.1", "hard_bounce")]
)
def test_a_bounce_that_came_back(status, code):
    body = bounce(status)
    found = read_bounce(body, signed(body), secret=SECRET)
    assert (found.channel, found.tracking_id, found.outcome, found.code) == ("email", "t1", "failed", code)


@pytest.mark.parametrize("body", [bounce(action="delayed"), b"Subject: out of office\n\nAway."])
def test_a_mail_that_is_no_failure(body):
    assert read_bounce(body, signed(body), secret=SECRET) is None


@pytest.mark.parametrize("start", ["sent", "unknown"])
@pytest.mark.parametrize(
    "receipts",
    [["delivered", "read"], ["failed", "delivered"], ["returned", "delivered", "read"], ["failed"]],
)
def test_any_order_of_receipts_has_the_same_end(start, receipts):
    ends = set()
    for order in itertools.permutations(receipts):
        state = start
        for outcome in order:
            state = settle(state, outcome)
        ends.add(state)
    assert len(ends) == 1


@pytest.mark.parametrize(
    ("state", "outcome", "after"),
    [
        ("waiting", "failed", "waiting"),
        ("waiting", "delivered", "delivered"),
        ("dropped", "read", "read"),
        ("delivered", "failed", "delivered"),
        ("returned", "delivered", "delivered"),
        ("read", "delivered", "read"),
    ],
)
def test_settling(state, outcome, after):
    assert settle(state, outcome) == after
