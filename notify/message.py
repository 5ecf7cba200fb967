"""What is said to whom, and how a channel answers. Values only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

ChannelName = Literal["vneid", "zalo", "sms", "email", "letter"]
Force = Literal["legal", "courtesy"]
Lang = Literal["vi", "en", "vi+en"]
DeliveryState = Literal["accepted", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a legal message."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Message:
    """A composed message. Legal and courtesy messages are different objects and are logged apart."""

    force: Force
    template_id: str
    template_version: int
    lang: Lang
    subject: str
    body: str
    fields: Mapping[str, str]
    attachments: tuple[Attachment, ...] = ()

    @property
    def template(self) -> str:
        """Name and version, as the log keeps them: `notice_sent/1`."""
        return f"{self.template_id}/{self.template_version}"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a message goes. The phone is in any Vietnamese way of writing; nothing is shown in repr."""

    phone: str | None = field(default=None, repr=False)
    id_number: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A channel's answer.

    `accepted`: the provider has it. `failed`: it has not; `retryable` says whether the same again may help.
    `unknown`: it may or may not have it (a time-out), so only an idempotent channel may be asked again.
    `needs_operator` marks faults that no retry mends (a lost token, a package that does not allow it).
    `retry_after_s` is how long the provider asked us to wait, 0 where it did not.
    """

    state: DeliveryState
    provider_id: str | None = None
    code: str = ""
    detail: str = ""
    retryable: bool = False
    needs_operator: bool = False
    retry_after_s: float = 0.0
    entered_at: datetime | None = None


class Channel(Protocol):
    """One way to a person."""

    @property
    def name(self) -> ChannelName: ...

    def deliver(self, message: Message, recipient: Recipient, *, tracking_id: str) -> Delivery:
        """Hand the message over; the same `tracking_id` again means the same message.

        Never raises for a provider's refusal or a broken connection; raises ValueError for a message that
        must not go this way.
        """
        ...
