"""Receipts by webhook: late, twice, out of order, of nobody, and forged."""

from __future__ import annotations

import json
import uuid

from sqlalchemy import update

from backend.dossiers.models import Message
from backend.messages.models import Suppression


def test_a_message_is_delivered_when_its_provider_says_so_and_once(case, mailroom):
    case.notified(kind="motorbike")
    receipts = mailroom.new_receipts()
    assert {one["channel"] for one in receipts} >= {"vneid"}
    assert mailroom.one("vneid").state == "sent"
    for receipt in [*receipts, *receipts]:
        answer = mailroom.post(receipt)
        assert answer.status_code == 200, answer.text
    row = mailroom.one("vneid")
    assert row.state == "delivered"
    assert row.delivered_at is not None
    assert mailroom.history(row.id) == ["accepted", "receipt_delivered"]
    assert mailroom.post(receipts[0]).json() == {"new": False}


def test_out_of_order_reading_wins(case, mailroom):
    case.outside.faults(receipts_reversed=True)
    case.notified(kind="motorbike")
    for receipt in mailroom.new_receipts():
        mailroom.post(receipt)
    states = mailroom.states()
    assert states["vneid"] == "delivered"
    assert states.get("zalo", "read") == "read"


def test_a_forged_receipt_changes_nothing(case, mailroom):
    case.notified(kind="motorbike")
    receipt = next(one for one in mailroom.new_receipts() if one["channel"] == "vneid")
    forged = {**receipt, "body": receipt["body"].replace("delivered", "failed")}
    answer = mailroom.post(forged)
    assert (answer.status_code, answer.json()["code"]) == (401, "receipt_signature")
    assert mailroom.one("vneid").state == "sent"
    assert mailroom.post({**receipt, "headers": {}}).status_code == 401
    assert mailroom.post({"channel": "zalo", "body": "{}", "headers": {}}).status_code == 401
    big = {**receipt, "body": "x" * (1024 * 1024 + 1)}
    assert mailroom.post(big).status_code == 413


def test_a_receipt_of_another_message_or_channel_is_taken_and_ignored(case, mailroom):
    from datetime import UTC, datetime

    from standardwebhooks.webhooks import Webhook

    case.notified(kind="motorbike")
    secret = case.services.settings.sms_webhook_secret.get_secret_value()
    for tracking in (str(uuid.uuid4()), "nonsense", str(mailroom.one("vneid").id)):
        now = datetime.now(UTC)
        body = json.dumps(
            {"type": "message.failed", "timestamp": now.isoformat(), "data": {"tracking_id": tracking}}
        )
        headers = {
            "webhook-id": f"x-{tracking}",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(f"x-{tracking}", now, body),
        }
        assert mailroom.post({"channel": "sms", "body": body, "headers": headers}).json() == {"new": False}
    assert mailroom.one("vneid").state == "sent"


def test_a_receipt_that_overtakes_our_own_note_counts(case, mailroom):
    """The provider's webhook is faster than our commit: its word must not be lost."""
    from notify.channels import HttpResponse

    case.notified(kind="motorbike")
    mailroom.new_receipts()
    row = mailroom.one("vneid")
    with case.services.database.unit_of_work() as session:
        session.execute(update(Message).where(Message.id == row.id).values(state="waiting", sent_at=None))
    said = {"type": "message.read", "tracking": str(row.id)}

    def send(request):
        from datetime import UTC, datetime

        from standardwebhooks.webhooks import Webhook

        now = datetime.now(UTC)
        data = {"tracking_id": said["tracking"]}
        body = json.dumps({"type": said["type"], "timestamp": now.isoformat(), "data": data})
        secret = case.services.settings.vneid_webhook_secret.get_secret_value()
        headers = {
            "webhook-id": "fast",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign("fast", now, body),
        }
        assert mailroom.post({"channel": "vneid", "body": body, "headers": headers}).json() == {"new": True}
        return HttpResponse(201, b'{"delivery_id":"d"}')

    assert mailroom.send(row.id, send=send) == "read"
    assert mailroom.one("vneid").sent_at is not None


def test_a_number_that_does_not_exist_is_not_used_again_until_a_person_says_so(case, mailroom):
    case.outside.faults(zalo_down=True, sms_unreachable=True)
    case.notified(kind="motorbike")
    from datetime import timedelta

    with case.services.database.unit_of_work() as session:
        session.execute(update(Message).where(Message.channel == "zalo").values(attempts=9))
    zalo = mailroom.one("zalo")
    assert mailroom.send(zalo.id, after=timedelta(hours=7)) == "failed"
    case.jobs()
    sms = mailroom.one("sms")
    assert sms.state == "sent"
    for receipt in mailroom.new_receipts():
        mailroom.post(receipt)
    sms = mailroom.one("sms")
    assert (sms.state, sms.code) == ("dead", "hard_bounce")
    (entry,) = case.rows(Suppression)
    assert (entry.channel, entry.reason) == ("sms", "hard_bounce")
    said = {
        "needs_person": "Địa chỉ không tồn tại",
        "underway": "Không có gì",
        "addresses": "Tin nhắn SMS · Địa chỉ không tồn tại",
        "post": "Thư chờ gửi",
    }
    pages = {tab: case.officer.get("/canh-sat/tin-nhan", params={"tab": tab}) for tab in said}
    assert {tab: page.status_code for tab, page in pages.items()} == dict.fromkeys(said, 200)
    assert {tab: words in pages[tab].text for tab, words in said.items()} == dict.fromkeys(said, True)
    refused = case.officer.post(f"/v1/messages/{sms.id}/resend")
    assert (refused.status_code, refused.json()["code"]) == (409, "address_suppressed")
    lifted = {"reason": "Chủ xe báo số đã hoạt động lại."}
    assert case.officer.post(f"/v1/suppressions/{entry.id}/lift", json=lifted).status_code == 204
    assert case.officer.post(f"/v1/suppressions/{entry.id}/lift", json=lifted).status_code == 409
    case.outside.faults(sms_unreachable=False)
    assert case.officer.post(f"/v1/messages/{sms.id}/resend").json()["state"] == "waiting"
    case.jobs()
    for receipt in mailroom.new_receipts():
        mailroom.post(receipt)
    sms = mailroom.one("sms")
    assert (sms.state, sms.resends) == ("delivered", 1)
    assert mailroom.history(sms.id)[-3:] == ["resent", "accepted", "receipt_delivered"]
