"""What all payment providers share: what is to be paid, how the payer gets there, what the provider says.

A provider is a protocol core: values in, values out. The shell sends the requests and stores each message
word for word before asking the core what it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol, runtime_checkable

Language = Literal["vi", "en"]


class PaymentError(ValueError):
    """A value the provider would refuse, or a message that cannot be understood; names the field."""


class ForgedError(PaymentError):
    """A message whose signature does not fit: whoever sent it does not know the secret."""


class Outcome(StrEnum):
    """`HELD`: the money was taken but is under suspicion; `PENDING`: nobody knows yet."""

    PAID = "paid"
    HELD = "held"
    FAILED = "failed"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request for the shell to send."""

    method: Literal["GET", "POST"]
    url: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """What arrived: an answer to our request (`status`), or a callback (`query` and `body`)."""

    status: int = 200
    query: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One attempt to pay one decision. The amount comes from the ledger, never from a browser.

    `reference` is ours and unique; `decision_number` and `plate` are what people recognise. Times are aware.
    """

    reference: str
    amount_vnd: int
    decision_number: str
    plate: str
    created_at: datetime
    expires_at: datetime
    return_url: str
    callback_url: str
    ip_address: str
    language: Language = "vi"

    def __post_init__(self) -> None:
        if self.amount_vnd <= 0:
            raise PaymentError(f"amount_vnd: must be above 0, got {self.amount_vnd}")
        if self.created_at.tzinfo is None or self.expires_at.tzinfo is None:
            raise PaymentError("created_at, expires_at: must carry their time zone")
        if self.expires_at <= self.created_at:
            raise PaymentError("expires_at: must be after created_at")


@dataclass(frozen=True, slots=True)
class GoTo:
    """Send the payer's browser there."""

    url: str


@dataclass(frozen=True, slots=True)
class ShowQr:
    """Show this text as a QR code, and the words that a person can type instead."""

    text: str
    bank: str
    account: str
    amount_vnd: int
    purpose: str


@dataclass(frozen=True, slots=True)
class PayThere:
    """Nothing to send or show: the payer looks the decision up at the provider's own place."""

    url: str
    decision_number: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the provider first; `Provider.began` makes of its answer where the payer goes."""

    request: HttpRequest


Beginning = GoTo | ShowQr | PayThere | Ask


@dataclass(frozen=True, slots=True)
class Heard:
    """What a provider says of one attempt, its signature already checked.

    `reference` is ours; `provider_reference` the provider's own number, '' where it gave none. `code` is the
    provider's word for the outcome, `raw` the whole message.
    """

    reference: str
    amount_vnd: int
    outcome: Outcome
    provider_reference: str
    code: str
    raw: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """Our own row for a reference: the amount asked for, and whether an outcome was written down before."""

    amount_vnd: int
    recorded: bool


Verdict = Literal["recorded", "known", "unknown_reference", "wrong_amount", "forged", "malformed", "pending"]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a callback is answered with.

    `record`: the caller must write the outcome down before it answers; `verdict` says why or why not.
    """

    status: int
    body: bytes
    content_type: str
    record: bool
    verdict: Verdict


@runtime_checkable
class Provider(Protocol):
    """One way to pay. Every method is a pure function."""

    @property
    def name(self) -> str:
        """As it stands in the ledger and in addresses: small letters."""

    def begin(self, charge: Charge) -> Beginning:
        """How the payer gets to pay. Raises PaymentError naming the field the provider would refuse."""

    def began(self, charge: Charge, answer: HttpMessage) -> GoTo:
        """Where the payer goes after an `Ask`. Raises PaymentError when the provider refused."""

    def hear(self, message: HttpMessage) -> Heard:
        """A callback, checked. Raises ForgedError or PaymentError."""

    def reply(self, heard: Heard | PaymentError, known: Known | None) -> Reply:
        """What the provider's document asks us to answer, and whether the outcome is to be recorded."""

    def ask_state(self, charge: Charge, *, request_id: str, at: datetime) -> HttpRequest | None:
        """The question how an attempt stands; None where the provider cannot be asked."""

    def read_state(self, answer: HttpMessage) -> Heard:
        """What the provider answered. Raises ForgedError or PaymentError."""


def verdict_of(heard: Heard | PaymentError, known: Known | None) -> Verdict:
    """The common order of checks: signature, form, reference, amount, whether it is known already.

    `recorded`: the outcome is to be written down; that of a failed payment too.
    """
    if isinstance(heard, PaymentError):
        return "forged" if isinstance(heard, ForgedError) else "malformed"
    if known is None:
        return "unknown_reference"
    if known.amount_vnd != heard.amount_vnd:
        return "wrong_amount"
    if known.recorded:
        return "known"
    return "pending" if heard.outcome is Outcome.PENDING else "recorded"
