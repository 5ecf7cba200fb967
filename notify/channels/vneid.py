"""The box of the national identification app: legal delivery, with the signed document attached.

Deemed delivered three working days after entry (Decree 118/2021 Art. 17a.5), so the moment of entry is kept.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from notify.channels.http import HttpRequest, HttpResponse, Send, exchange
from notify.message import Delivery, Message, Recipient

_TAKEN = frozenset({200, 201})
_UNAUTHORISED = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class VneidChannel:
    """`POST /v1/messages`; the same `message_id` is the same message, so a lost answer is asked again."""

    base_url: str
    api_key: str = field(repr=False)
    send: Send = field(repr=False)
    name: Literal["vneid"] = "vneid"

    def deliver(self, message: Message, recipient: Recipient, *, tracking_id: str) -> Delivery:
        """See `Channel.deliver`."""
        if message.force != "legal":
            raise ValueError("vneid: courtesy messages do not go this way")
        if recipient.id_number is None:
            return Delivery("failed", code="no_id_number", detail="no identification number is known")
        request = HttpRequest(
            url=f"{self.base_url.rstrip('/')}/v1/messages",
            headers={"Authorization": f"Bearer {self.api_key}"},
            body={
                "message_id": tracking_id,
                "id_number": recipient.id_number,
                "subject": message.subject,
                "body": message.body,
                "attachments": [
                    {
                        "name": file.name,
                        "media_type": file.media_type,
                        "sha256": file.sha256,
                        "content_b64": base64.b64encode(file.content).decode(),
                    }
                    for file in message.attachments
                ],
            },
            timeout_s=30.0,
        )
        answer = exchange(self.send, request)
        if isinstance(answer, HttpResponse):
            return _read(answer)
        if answer.state == "unknown":
            return Delivery("unknown", code=answer.code, detail=answer.detail, retryable=True)
        return answer


def _read(answer: HttpResponse) -> Delivery:
    body = answer.json()
    if answer.status in _TAKEN:
        found = body.get("delivery_id") or body.get("message_id")
        return Delivery(
            "accepted",
            provider_id=None if found is None else str(found),
            entered_at=_moment(body.get("entered_at")),
        )
    code = str(body.get("code") or body.get("error") or f"http_{answer.status}")
    return Delivery(
        "failed",
        code=code,
        detail=str(body.get("detail") or body.get("message") or ""),
        needs_operator=answer.status in _UNAUTHORISED,
    )


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
