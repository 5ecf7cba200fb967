"""E-mail. Courtesy only; says that there is a paper and nothing of the case (`notify.guard`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from notify.mail import Sender, SendMail, SmtpAnswer, build
from notify.message import Delivery, Message, Recipient

_NO_SUCH_BOX = frozenset({550, 551, 553, 521, 556})
_AUTHENTICATION = frozenset({530, 534, 535})


@dataclass(frozen=True, slots=True)
class EmailChannel:
    """Hands the message to a relay, which signs it for our domain (DKIM)."""

    sender: Sender
    send: SendMail = field(repr=False)
    clock: Callable[[], datetime]
    name: Literal["email"] = "email"

    def deliver(self, message: Message, recipient: Recipient, *, tracking_id: str) -> Delivery:
        """See `Channel.deliver`. `hard_bounce` where the server knows no such box."""
        if message.force != "courtesy":
            raise ValueError("email: legal delivery does not go this way")
        if recipient.email is None:
            return Delivery("failed", code="no_email", detail="no e-mail address is known")
        return self.send_text(message.subject, message.body, recipient.email, tracking_id=tracking_id)

    def send_text(self, subject: str, text: str, address: str, *, tracking_id: str) -> Delivery:
        """Any text to any address; what it may say is the caller's business."""
        envelope = build(
            sender=self.sender,
            recipient=address,
            subject=subject,
            text=text,
            tracking_id=tracking_id,
            at=self.clock(),
        )
        return read(self.send(envelope), tracking_id)


def read(answer: SmtpAnswer, tracking_id: str) -> Delivery:
    """SMTP's answer as a delivery."""
    code = str(answer.code) if answer.code else answer.outcome
    match answer.outcome:
        case "taken":
            return Delivery("accepted", provider_id=tracking_id)
        case "not_sent" | "later":
            return Delivery("failed", code=code, detail=answer.text, retryable=True)
        case "no_answer":
            return Delivery("unknown", code=code, detail=answer.text)
    if answer.code in _NO_SUCH_BOX:
        return Delivery("failed", code="hard_bounce", detail=f"{answer.code} {answer.text}".strip())
    return Delivery("failed", code=code, detail=answer.text, needs_operator=answer.code in _AUTHENTICATION)
