"""Paying at the National Public Service Portal by decision number: it asks what is owed, and tells what came.

**Assumed protocol.** The portal's interface for fines was not obtained (docs/adding-a-payment-provider.md
says what is known): the payer finds the decision by its number, and the portal's receipt comes back. So
these messages are ours: JSON bodies, each signed in the header `x-signature` with HMAC-SHA256 over
`timestamp.body`, and refused when older than five minutes. An agreement with the portal replaces this one
file.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NoReturn

from penalty.payments.values import (
    Charge,
    ForgedError,
    GoTo,
    Heard,
    HttpMessage,
    HttpRequest,
    Known,
    Outcome,
    PaymentError,
    PayThere,
    Reply,
    Verdict,
    verdict_of,
)

SIGNATURE: Final = "x-signature"
TIMESTAMP: Final = "x-timestamp"
_OLDEST: Final = timedelta(minutes=5)
_NUMBER: Final = re.compile(r"[0-9A-ZĐ/.-]{3,60}")
_WORDS: Final[dict[Verdict, tuple[str, str]]] = {
    "recorded": ("00", "Đã ghi nhận"),
    "known": ("02", "Đã ghi nhận trước đó"),
    "unknown_reference": ("01", "Không có quyết định này hoặc không có khoản phải nộp"),
    "wrong_amount": ("04", "Số tiền không đúng; hỏi lại số tiền của ngày hôm nay"),
    "forged": ("97", "Sai chữ ký"),
    "malformed": ("99", "Bản tin không đúng"),
    "pending": ("99", "Bản tin không đúng"),
}


@dataclass(frozen=True, slots=True)
class Owed:
    """What the portal is told of a decision: the money, and no name."""

    decision_number: str
    plate: str
    fine_vnd: int
    late_vnd: int
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Portal:
    """The portal as a way to pay. Fulfils `Provider`; our reference is the decision number."""

    page_url: str
    secret: str = field(repr=False)

    @property
    def name(self) -> str:
        """As in the ledger."""
        return "portal"

    def begin(self, charge: Charge) -> PayThere:
        """Nothing to ask: the payer looks the decision up there."""
        return PayThere(self.page_url, charge.decision_number)

    def began(self, charge: Charge, answer: HttpMessage) -> GoTo:
        """Never: the portal is not asked."""
        return _not_asked(charge.decision_number, answer)

    def asked(self, message: HttpMessage, now: datetime) -> str:
        """The decision number the portal asks about. Raises ForgedError or PaymentError."""
        return _number(self._signed(message, now))

    def owed_reply(self, owed: Owed | None) -> Reply:
        """What is owed now, or that nothing is."""
        if owed is None:
            return _reply("unknown_reference")
        body = {
            "code": "00",
            "decision_number": owed.decision_number,
            "plate": owed.plate,
            "fine_vnd": owed.fine_vnd,
            "late_vnd": owed.late_vnd,
            "total_vnd": owed.fine_vnd + owed.late_vnd,
            "valid_until": owed.valid_until.isoformat(),
        }
        return Reply(200, json.dumps(body).encode(), "application/json", record=False, verdict="known")

    def hear(self, message: HttpMessage) -> Heard:
        """The portal says that a decision was paid. Its age is checked by `hear_at`."""
        return _heard(self._signed(message, None))

    def hear_at(self, message: HttpMessage, now: datetime) -> Heard:
        """`hear`, refusing what is older than five minutes: a copy sent again by somebody else."""
        return _heard(self._signed(message, now))

    def reply(self, heard: Heard | PaymentError, known: Known | None) -> Reply:
        """Always 200 with a code and words; the portal sends 99 again."""
        return _reply(verdict_of(heard, known))

    def ask_state(self, charge: Charge, *, request_id: str, at: datetime) -> HttpRequest | None:  # noqa: ARG002
        """The portal cannot be asked; its daily list is imported."""
        return None

    def read_state(self, answer: HttpMessage) -> Heard:
        """Never."""
        return _not_asked("state", answer)

    def sign(self, body: bytes, at: datetime) -> dict[str, str]:
        """The headers that make a message genuine."""
        stamp = str(int(at.timestamp()))
        return {TIMESTAMP: stamp, SIGNATURE: self._hmac(stamp, body)}

    def _signed(self, message: HttpMessage, now: datetime | None) -> dict[str, Any]:
        stamp = message.headers.get(TIMESTAMP, "")
        given = message.headers.get(SIGNATURE, "").lower()
        if not hmac.compare_digest(given.encode(), self._hmac(stamp, message.body).encode()):
            raise ForgedError(f"{SIGNATURE}: does not fit")
        if now is not None and (not stamp.isdigit() or abs(now.timestamp() - int(stamp)) > _OLDEST.seconds):
            raise ForgedError(f"{TIMESTAMP}: older or newer than five minutes")
        try:
            said = json.loads(message.body)
        except ValueError as error:
            raise PaymentError(f"body: no JSON: {error}") from error
        if not isinstance(said, dict):
            raise PaymentError("body: expected a JSON object")
        return said

    def _hmac(self, stamp: str, body: bytes) -> str:
        return hmac.new(self.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _number(said: dict[str, Any]) -> str:
    number = said.get("decision_number")
    if not isinstance(number, str) or not _NUMBER.fullmatch(number):
        raise PaymentError("decision_number: is missing or has another form")
    return number


def _heard(said: dict[str, Any]) -> Heard:
    amount, transaction = said.get("amount_vnd"), said.get("portal_transaction")
    if not isinstance(amount, int) or isinstance(amount, bool) or amount <= 0:
        raise PaymentError(f"amount_vnd: expected whole dong above 0, got {amount!r}")
    if not isinstance(transaction, str) or not transaction:
        raise PaymentError("portal_transaction: is missing")
    return Heard(
        reference=_number(said),
        amount_vnd=amount,
        outcome=Outcome.PAID,
        provider_reference=transaction,
        code="00",
        raw={str(name): str(value) for name, value in said.items()},
    )


def _reply(verdict: Verdict) -> Reply:
    code, words = _WORDS[verdict]
    body = json.dumps({"code": code, "message": words}, ensure_ascii=False).encode()
    return Reply(200, body, "application/json", record=verdict == "recorded", verdict=verdict)


def _not_asked(what: str, message: HttpMessage) -> NoReturn:
    raise PaymentError(f"portal {what}: is never asked ({len(message.body)} bytes came)")
