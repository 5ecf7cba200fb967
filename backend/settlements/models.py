"""Batches of money on their way to the treasury, as both ends tell of them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified


class Settlement(Identified, Base):
    """One transfer to the treasury, known by the bank's own reference.

    `arrived_*` is the treasury's word, `taken_vnd` and `fee_vnd` the gateway's; each may come first. Once
    `settled_at` is set it is posted, and nothing about it changes any more.
    """

    __tablename__ = "settlement"
    __table_args__ = (
        UniqueConstraint("source", "reference"),
        CheckConstraint("arrived_vnd > 0 AND taken_vnd > 0 AND fee_vnd >= 0", name="amounts"),
        Index("settlement_open", "id", postgresql_where="settled_at IS NULL"),
        Index("settlement_settled_at", "settled_at"),
    )

    source: Mapped[str]
    reference: Mapped[str]
    arrived_vnd: Mapped[int | None] = mapped_column(BigInteger)
    arrived_at: Mapped[datetime | None]
    taken_vnd: Mapped[int | None] = mapped_column(BigInteger)
    fee_vnd: Mapped[int | None] = mapped_column(BigInteger)
    settled_at: Mapped[datetime | None]


class SettledPayment(Identified, Base):
    """One payment that a gateway says is in a batch; each is passed on once."""

    __tablename__ = "settled_payment"
    __table_args__ = (
        UniqueConstraint("source", "reference"),
        CheckConstraint("amount_vnd > 0 AND fee_vnd BETWEEN 0 AND amount_vnd", name="amounts"),
    )

    settlement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("settlement.id"), index=True)
    source: Mapped[str]
    reference: Mapped[str]
    amount_vnd: Mapped[int] = mapped_column(BigInteger)
    fee_vnd: Mapped[int] = mapped_column(BigInteger)
