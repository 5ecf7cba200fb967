"""What staff are told, by each way."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook

from notify.alerts import Alert, EmailTo, SmsTo, Ways, WebhookTo, send_alert
from notify.channels import EmailChannel, HttpResponse, NoAnswerError, SmsChannel
from notify.mail import Sender, SmtpAnswer

NOW = datetime.now(UTC).replace(microsecond=0)
SECRET = "whsec_" + "c2VjcmV0LW9mLXRoaXMtdGVzdC0xMjM0"
ALERT = Alert(
    key="camera_down/pnt-01",
    severity="critical",
    title_vi="Camera pnt-01 mất tín hiệu",
    title_en="Camera pnt-01 is down",
    body_vi="Không có hình từ 19:30.",
    body_en="No picture since 19:30.",
    at=NOW,
)


class Way:
    def __init__(self, answer):
        self.answer, self.seen = answer, []

    def __call__(self, sent):
        self.seen.append(sent)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def told(target, answer, now=NOW):
    way = Way(answer)
    ways = Ways(
        http=way,
        email=EmailChannel(Sender("CSGT", "khong-tra-loi@phatnguoi.example"), way, lambda: NOW),
        sms=SmsChannel("https://sms.example", "key", "CSGT", way),
    )
    return send_alert(ALERT, target, ways, tracking_id="a1", now=now), way


def test_a_webhook_is_signed_as_the_standard_says():
    sent_at = datetime.now(UTC)  # the library's verifier knows no other clock, and takes five minutes
    found, way = told(WebhookTo("https://noc.example/in", SECRET), HttpResponse(204, b""), sent_at)
    (request,) = way.seen
    said = Webhook(SECRET).verify(request.content, dict(request.headers))
    assert said["type"] == "phatnguoi.alert"
    assert said["data"]["key"] == "camera_down/pnt-01"
    assert said["data"]["title"]["vi"] == "Camera pnt-01 mất tín hiệu"
    assert request.headers["webhook-id"] == "a1"
    assert found.state == "accepted"


@pytest.mark.parametrize(
    ("answer", "state", "retryable", "operator"),
    [
        (HttpResponse(410, b""), "failed", False, True),
        (HttpResponse(400, b""), "failed", False, False),
        (HttpResponse(503, b""), "failed", True, False),
        (NoAnswerError("cut"), "unknown", True, False),
    ],
)
def test_what_a_webhook_answers(answer, state, retryable, operator):
    found, _ = told(WebhookTo("https://noc.example/in", SECRET), answer)
    assert (found.state, found.retryable, found.needs_operator) == (state, retryable, operator)


def test_an_email_and_an_sms():
    found, way = told(EmailTo("truc@phatnguoi.example"), SmtpAnswer("taken"))
    assert found.state == "accepted"
    assert way.seen[0].recipient == "truc@phatnguoi.example"
    found, way = told(SmsTo("0900 000 001"), HttpResponse(200, b'{"status":"accepted","message_id":"s"}'))
    assert found.state == "accepted"
    assert way.seen[0].body["text"].startswith("[Khan] Camera pnt-01 mat tin hieu")
    assert way.seen[0].body["parts"] == 1


def test_a_way_that_is_not_set_up_is_said():
    found = send_alert(ALERT, EmailTo("a@b.example"), Ways(http=Way(None)), tracking_id="x", now=NOW)
    assert (found.code, found.needs_operator) == ("not_set_up", True)


@pytest.mark.parametrize("text", ["Gọi 0900000001", "Số 000299001234 vắng", "+84900000001"])
def test_an_alert_holds_no_person(text):
    with pytest.raises(ValueError, match="identification number or a phone"):
        Alert("k", "info", "t", "t", text, "b", NOW)


def test_addresses_and_secrets_stay_out_of_logs():
    shown = repr(EmailTo("a@b.example")) + repr(SmsTo("0900000001")) + repr(WebhookTo("https://x", SECRET))
    assert "a@b" not in shown
    assert "0900" not in shown
    assert "whsec" not in shown


def test_the_body_is_the_same_for_every_try():
    _, one = told(WebhookTo("https://noc.example/in", SECRET), HttpResponse(204, b""))
    _, two = told(WebhookTo("https://noc.example/in", SECRET), HttpResponse(204, b""))
    assert json.loads(one.seen[0].content) == json.loads(two.seen[0].content)
