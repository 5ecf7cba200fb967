from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base


class IdempotencyKey(Base):
    """One request that was done, by the key its sender gave it, and what it was answered.

    `fingerprint`: SHA-256 of method, address and body. `answer_sealed`: the body as it was sent, which may
    tell of people.
    """

    __tablename__ = "idempotency_key"
    __table_args__ = (Index("ix_idempotency_key_created_at", "created_at"),)

    principal: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(SmallInteger)
    headers: Mapped[dict[str, Any]]
    answer_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
