"""Alerts to staff over the sandbox's real mail server and SMS gateway."""

from __future__ import annotations

from backend.database import utc_now
from backend.messages.alerts import alert_staff
from notify.alerts import Alert, EmailTo, SmsTo

ALERT = Alert(
    "box_silent/b-17",
    "warning",
    "Hộp b-17 im lặng",
    "Box b-17 is silent",
    "Từ 10 phút.",
    "For 10 minutes.",
    utc_now(),
)


def told(services, target):
    return alert_staff(services.settings, ALERT, target, tracking_id="alert-1", now=utc_now())


def test_staff_get_an_email_and_an_sms(services, outside):
    assert told(services, EmailTo("truc@phatnguoi.example")).state == "accepted"
    mail = outside.inbox(email="truc@phatnguoi.example")[-1]
    assert mail["content"]["subject"] == "[Cảnh báo / Warning] Hộp b-17 im lặng / Box b-17 is silent"
    assert told(services, SmsTo("0900000999")).state == "accepted"
    assert outside.inbox(phone="0900000999")[-1]["content"]["text"].startswith("[Canh bao] Hop b-17 im lang")


def test_what_a_mail_server_does(services, outside):
    assert told(services, EmailTo("khong-co@phatnguoi.example")).code == "hard_bounce"
    assert told(services, EmailTo("day@phatnguoi.example")).retryable
    outside.faults(mail_greylists=True)
    first = told(services, EmailTo("moi@phatnguoi.example"))
    assert (first.code, first.retryable) == ("450", True)
    outside.faults(mail_down=True)
    assert told(services, EmailTo("truc@phatnguoi.example")).retryable


def test_nobody_listens(settings):
    from backend.settings import Settings

    there = Settings(**{name: getattr(settings, name) for name in Settings.model_fields} | {"smtp_port": 9})
    found = alert_staff(there, ALERT, EmailTo("a@b.example"), tracking_id="x", now=utc_now())
    assert (found.code, found.retryable) == ("not_sent", True)
