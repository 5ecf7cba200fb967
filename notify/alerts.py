"""Telling staff that something needs them: by e-mail, SMS or a webhook signed by Standard Webhooks.

An alert is for people who work here: it names a thing (a camera, a box, a queue) and never a person.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from standardwebhooks.webhooks import Webhook

from notify.channels.email import EmailChannel
from notify.channels.http import HttpRequest, Send, exchange
from notify.channels.sms import SmsChannel
from notify.message import Delivery

Severity = Literal["info", "warning", "critical"]
WEBHOOK_TYPE = "phatnguoi.alert"
_TAKEN = range(200, 300)
_GONE = frozenset({404, 410})
_PERSONAL = re.compile(r"(?<!\d)(?:\d{12}|\+?84\d{9}|0[35789]\d{8})(?!\d)")
_MARK: dict[Severity, tuple[str, str]] = {
    "info": ("Tin", "Info"),
    "warning": ("Cảnh báo", "Warning"),
    "critical": ("Khẩn", "Critical"),
}


@dataclass(frozen=True, slots=True)
class Alert:
    """`key` names what is wrong (`camera_down/pnt-01`), the same while it lasts: receivers join by it.

    Raises ValueError where a text holds what looks like an identification number or a phone.
    """

    key: str
    severity: Severity
    title_vi: str
    title_en: str
    body_vi: str
    body_en: str
    at: datetime
    resolved: bool = False

    def __post_init__(self) -> None:
        for text in (self.title_vi, self.title_en, self.body_vi, self.body_en):
            if _PERSONAL.search(text):
                raise ValueError("alert: a text holds what looks like an identification number or a phone")

    def subject(self) -> str:
        vi, en = ("Đã hết", "Resolved") if self.resolved else _MARK[self.severity]
        return f"[{vi} / {en}] {self.title_vi} / {self.title_en}"

    def text(self) -> str:
        return f"{self.title_vi}\n{self.body_vi}\n\n{self.title_en}\n{self.body_en}\n\n{self.at.isoformat()}"

    def short(self) -> str:
        """For an SMS: Vietnamese, without the details."""
        mark = "Đã hết" if self.resolved else _MARK[self.severity][0]
        return f"[{mark}] {self.title_vi} ({self.at:%H:%M %d/%m})"


@dataclass(frozen=True, slots=True)
class EmailTo:
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SmsTo:
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WebhookTo:
    """`secret` is Standard Webhooks' own: `whsec_` and base64."""

    url: str
    secret: str = field(repr=False)


Target = EmailTo | SmsTo | WebhookTo


@dataclass(frozen=True, slots=True)
class Ways:
    """What an alert can go by; None where that way is not set up."""

    http: Send = field(repr=False)
    email: EmailChannel | None = None
    sms: SmsChannel | None = None


def send_alert(alert: Alert, target: Target, ways: Ways, *, tracking_id: str, now: datetime) -> Delivery:
    """Hand one alert to one address; the same `tracking_id` again means the same alert.

    `now` is the moment of this try: receivers refuse a webhook whose stamp is more than minutes old.

    Never raises for a refusal or a broken connection. `failed` with code `not_set_up` where the way is None.
    """
    match target:
        case EmailTo(address):
            if ways.email is None:
                return _not_set_up("email")
            return ways.email.send_text(alert.subject(), alert.text(), address, tracking_id=tracking_id)
        case SmsTo(phone):
            if ways.sms is None:
                return _not_set_up("sms")
            return ways.sms.send_text(alert.short(), phone, tracking_id=tracking_id)
        case WebhookTo():
            return _to_webhook(alert, target, ways.http, tracking_id, now.astimezone(UTC))


def payload(alert: Alert) -> str:
    """The body of the webhook: `type`, `timestamp` and `data`, as Standard Webhooks recommends."""
    data = {
        "key": alert.key,
        "severity": alert.severity,
        "resolved": alert.resolved,
        "title": {"vi": alert.title_vi, "en": alert.title_en},
        "body": {"vi": alert.body_vi, "en": alert.body_en},
    }
    said = {"type": WEBHOOK_TYPE, "timestamp": alert.at.isoformat(), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _to_webhook(alert: Alert, target: WebhookTo, send: Send, tracking_id: str, now: datetime) -> Delivery:
    body = payload(alert)
    signature = Webhook(target.secret).sign(tracking_id, now, body)
    headers = {
        "webhook-id": tracking_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
    answer = exchange(send, HttpRequest(target.url, headers, raw=body.encode()))
    if isinstance(answer, Delivery):
        # The receiver knows a repeat by its webhook-id.
        return Delivery(answer.state, code=answer.code, detail=answer.detail, retryable=True)
    if answer.status in _TAKEN:
        return Delivery("accepted", provider_id=tracking_id)
    return Delivery("failed", code=f"http_{answer.status}", needs_operator=answer.status in _GONE)


def _not_set_up(way: str) -> Delivery:
    return Delivery("failed", code="not_set_up", detail=f"{way}: not set up", needs_operator=True)
