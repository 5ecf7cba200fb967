"""Receipts out of what providers post to us: the signature first, then the words.

Zalo has a protocol of its own (domain/notifications_privacy.md). For the SMS gateway, the identification
app and the post no document was at hand; ours take Standard Webhooks, with `{type, timestamp, data:
{tracking_id, code, detail}}`. Bounces are delivery status notifications (RFC 3464) that the relay posts,
signed the same way.
"""

from __future__ import annotations

import email
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import Message as Mail
from email.policy import default
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from notify.message import ChannelName
from notify.receipts import Outcome, Receipt, ReceiptError

_OUTCOMES: Mapping[str, Outcome] = {
    "message.delivered": "delivered",
    "message.read": "read",
    "message.failed": "failed",
    "letter.delivered": "delivered",
    "letter.returned": "returned",
}
_ZALO_OUTCOMES: Mapping[str, Outcome] = {"user_received_message": "delivered", "user_seen_message": "read"}
_LONGEST = 200


def zalo_signature(app_id: str, body: str, timestamp: str, oa_secret: str) -> str:
    """Hex SHA-256 of app id, raw body, timestamp and the account's secret, one after the other."""
    return hashlib.sha256(f"{app_id}{body}{timestamp}{oa_secret}".encode()).hexdigest()


def read_zalo(body: bytes, signature: str, *, app_id: str, oa_secret: str) -> Receipt | None:
    """A receipt of Zalo; None for an event that is none of a message's. Raises ReceiptError."""
    said = _object(body)
    timestamp = str(said.get("timestamp", ""))
    expected = zalo_signature(app_id, body.decode(), timestamp, oa_secret)
    if not hmac.compare_digest(signature.removeprefix("mac=").lower().encode(), expected.encode()):
        raise ReceiptError("signature: wrong")
    event, message = str(said.get("event_name", "")), said.get("message")
    if event not in _ZALO_OUTCOMES or not isinstance(message, dict):
        return None
    return Receipt(
        channel="zalo",
        tracking_id=_text(message, "tracking_id"),
        event_id=f"{_text(message, 'msg_id')}/{event}",
        outcome=_ZALO_OUTCOMES[event],
        at=_milliseconds(message.get("delivery_time") or timestamp),
    )


def read_standard(
    channel: ChannelName, body: bytes, headers: Mapping[str, str], *, secret: str
) -> Receipt | None:
    """A receipt signed by Standard Webhooks; None for a type that is none of ours. Raises ReceiptError."""
    said = _object(_verified(body, headers, secret))
    outcome = _OUTCOMES.get(str(said.get("type")))
    data = said.get("data")
    if outcome is None or not isinstance(data, dict):
        return None
    return Receipt(
        channel=channel,
        tracking_id=_text(data, "tracking_id"),
        event_id=headers["webhook-id"],
        outcome=outcome,
        at=_moment(said.get("timestamp")),
        code=str(data.get("code") or "")[:_LONGEST],
        detail=str(data.get("detail") or "")[:_LONGEST],
    )


def read_bounce(body: bytes, headers: Mapping[str, str], *, secret: str) -> Receipt | None:
    """A bounce that came back by mail; None for a mail that is no failure report. Raises ReceiptError."""
    mail = email.message_from_bytes(_verified(body, headers, secret), policy=default)
    status = next(
        (part for part in mail.walk() if part.get_content_type() == "message/delivery-status"), None
    )
    if status is None:
        return None
    fields = _recipient_fields(status)
    tracking = _original_id(mail)
    if fields.get("action", "").lower() != "failed" or tracking is None:
        return None
    code = fields.get("status", "")
    return Receipt(
        channel="email",
        tracking_id=tracking,
        event_id=headers["webhook-id"],
        outcome="failed",
        at=datetime.fromtimestamp(float(headers["webhook-timestamp"]), UTC),
        # Permanent (5.x.x) of the address itself (x.1.x), or a box switched off (x.2.1): RFC 3463.
        code="hard_bounce" if code.startswith(("5.1.", "5.2.1")) else f"bounce_{code}",
        detail=code,
    )


def _verified(body: bytes, headers: Mapping[str, str], secret: str) -> bytes:
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError) as error:
        raise ReceiptError("signature: wrong, or older than five minutes") from error
    return body


def _recipient_fields(status: Mail) -> dict[str, str]:
    """The fields of the last block: the first is about the message, the others about a recipient each."""
    blocks = status.get_payload()
    last = blocks[-1] if isinstance(blocks, list) and blocks else None
    return (
        {name.lower(): str(value).strip() for name, value in last.items()} if isinstance(last, Mail) else {}
    )


def _original_id(mail: Mail) -> str | None:
    """The tracking id out of the Message-ID of what we sent, which the report brings back."""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload(0)
            found = inner["Message-ID"] if isinstance(inner, Mail) else None
        elif kind == "text/rfc822-headers":
            found = email.message_from_string(str(part.get_payload()))["Message-ID"]
        else:
            continue
        if found:
            return str(found).strip().removeprefix("<").partition("@")[0]
    return None


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError as error:
        raise ReceiptError("body: expected a JSON object") from error
    if not isinstance(parsed, dict):
        raise ReceiptError("body: expected a JSON object")
    return parsed


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST:
        raise ReceiptError(f"{name}: expected a text of 1 to {_LONGEST} characters")
    return value


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ReceiptError("timestamp: expected ISO 8601") from error
    if moment.tzinfo is None:
        raise ReceiptError("timestamp: expected a zone")
    return moment


def _milliseconds(value: object) -> datetime:
    try:
        return datetime.fromtimestamp(int(str(value)) / 1000, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ReceiptError("timestamp: expected milliseconds") from error
