"""SMS by a registered sender name. Courtesy only; sent without accents, which takes the fewest parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from notify.channels.http import HttpRequest, HttpResponse, Send, exchange
from notify.message import Delivery, Message, Recipient
from notify.phones import try_normalise
from notify.sms import size, without_accents

_OK = 200
_UNAUTHORISED = 401


@dataclass(frozen=True, slots=True)
class SmsChannel:
    """A gateway that takes `POST /sms/send` {to, sender, text, encoding, parts, tracking_id}."""

    base_url: str
    api_key: str = field(repr=False)
    sender: str
    send: Send = field(repr=False)
    accents: bool = False
    most_parts: int = 3
    name: Literal["sms"] = "sms"

    def deliver(self, message: Message, recipient: Recipient, *, tracking_id: str) -> Delivery:
        """See `Channel.deliver`. A text of more than `most_parts` parts is refused with `too_long`."""
        if message.force != "courtesy":
            raise ValueError("sms: legal delivery does not go this way")
        if recipient.phone is None:
            return Delivery("failed", code="no_phone", detail="no phone number is known")
        return self.send_text(message.body, recipient.phone, tracking_id=tracking_id)

    def send_text(self, text: str, phone: str, *, tracking_id: str) -> Delivery:
        """Any text to any phone; what it may say is the caller's business."""
        to = try_normalise(phone)
        if to is None:
            return Delivery("failed", code="bad_phone", detail="the phone number is none")
        text = text if self.accents else without_accents(text)
        measured = size(text)
        if measured.parts > self.most_parts:
            return Delivery(
                "failed", code="too_long", detail=f"{measured.parts} parts, at most {self.most_parts}"
            )
        request = HttpRequest(
            url=f"{self.base_url.rstrip('/')}/sms/send",
            headers={"Authorization": f"Bearer {self.api_key}"},
            body={
                "to": to,
                "sender": self.sender,
                "text": text,
                "encoding": measured.encoding,
                "parts": measured.parts,
                "tracking_id": tracking_id,
            },
        )
        answer = exchange(self.send, request)
        return answer if isinstance(answer, Delivery) else _read(answer)


def _read(answer: HttpResponse) -> Delivery:
    body = answer.json()
    if answer.status == _OK and body.get("status") == "accepted":
        found = body.get("message_id")
        return Delivery("accepted", provider_id=None if found is None else str(found))
    code = str(body.get("error") or body.get("code") or f"http_{answer.status}")
    return Delivery(
        "failed",
        code=code,
        detail=str(body.get("message", "")),
        needs_operator=answer.status == _UNAUTHORISED,
    )
