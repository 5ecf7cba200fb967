"""Keys of requests: claimed before the work, kept with its answer in the same transaction, then forgotten."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from backend.errors import Problem
from backend.idempotency.models import IdempotencyKey
from backend.owners.vault import Vault

KEPT_FOR: Final = timedelta(hours=24)
SHORTEST, LONGEST = 8, 128
_STRING = re.compile(
    rf'"(?P<quoted>[!#-\[\]-~]{{{SHORTEST},{LONGEST}}})"|(?P<bare>[!#-\[\]-~]{{{SHORTEST},{LONGEST}}})'
)
_TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(:lock)")
_FIELD = "idempotent_answer"
_IN_FLIGHT_RETRY_S = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that names itself: whose it is, by which key, and what it asks."""

    principal: str
    key: str
    fingerprint: bytes

    @property
    def row(self) -> str:
        return f"{self.principal}\0{self.key}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered, with the headers that belong to it."""

    status: int
    headers: dict[str, str]
    body: bytes


def parse_key(value: str) -> str:
    """The key of the header: a string of RFC 8941 in quotes, or the same without. Raises Problem 400."""
    found = _STRING.fullmatch(value.strip())
    if found is None:
        raise Problem(
            400,
            "idempotency_key_invalid",
            "Tiêu đề Idempotency-Key không đúng dạng",
            "The Idempotency-Key header is malformed",
            f"Gửi một chuỗi riêng cho mỗi yêu cầu, {SHORTEST} đến {LONGEST} ký tự ASCII, ví dụ một UUID.",
            f"Send each request with its own string, {SHORTEST} to {LONGEST} ASCII characters, e.g. a UUID.",
        )
    return found["quoted"] or found["bare"]


def fingerprint(method: str, address: str, body: bytes) -> bytes:
    """SHA-256 of what a request asks; `address` is path and query."""
    return hashlib.sha256(b"\0".join((method.encode(), address.encode(), body))).digest()


def claim(session: Session, vault: Vault, asked: Asked, now: datetime) -> Answer | None:
    """What this request was answered before; None: it is new, and this transaction alone may do it.

    Raises Problem 409 `request_in_flight` while another transaction does it, 422 `idempotency_key_reused`
    where the key was given to another request.
    """
    digest = hashlib.sha256(asked.row.encode()).digest()
    lock = int.from_bytes(digest[:8], signed=True)
    if not session.execute(_TRY_LOCK, {"lock": lock}).scalar_one():
        raise _in_flight()
    kept = session.get(IdempotencyKey, (asked.principal, asked.key))
    if kept is None:
        return None
    if kept.created_at <= now - KEPT_FOR:
        session.delete(kept)
        session.flush()
        return None
    if kept.fingerprint != asked.fingerprint:
        raise _reused()
    body = vault.open(_FIELD, asked.row, kept.answer_sealed).encode()
    return Answer(kept.status, kept.headers, body)


def keep(session: Session, vault: Vault, asked: Asked, answer: Answer, now: datetime) -> None:
    """Remember the answer, in the transaction that did what was asked."""
    session.add(
        IdempotencyKey(
            principal=asked.principal,
            key=asked.key,
            fingerprint=asked.fingerprint,
            status=answer.status,
            headers=answer.headers,
            answer_sealed=vault.seal(_FIELD, asked.row, answer.body.decode()),
            created_at=now,
        )
    )
    session.flush()


def forget(session: Session, now: datetime) -> int:
    """Delete what is kept no longer. Returns how many."""
    over = delete(IdempotencyKey).where(IdempotencyKey.created_at <= now - KEPT_FOR)
    return len(session.scalars(over.returning(IdempotencyKey.key)).all())


def _in_flight() -> Problem:
    return Problem(
        409,
        "request_in_flight",
        "Yêu cầu này đang được xử lý",
        "This request is being worked on",
        "Yêu cầu trước với cùng Idempotency-Key chưa xong. Chờ rồi gửi lại đúng yêu cầu đó.",
        "An earlier one with this Idempotency-Key has not ended. Wait, then send the same again.",
        headers={"Retry-After": str(_IN_FLIGHT_RETRY_S)},
    )


def _reused() -> Problem:
    return Problem(
        422,
        "idempotency_key_reused",
        "Idempotency-Key này đã dùng cho yêu cầu khác",
        "This Idempotency-Key was used for another request",
        "Mỗi yêu cầu cần một khóa mới; gửi lại thì giữ nguyên cả khóa lẫn nội dung.",
        "Every request needs a key of its own; to repeat one, keep both its key and its content.",
    )
