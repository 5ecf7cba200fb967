"""Visits to the counter: who stood there, for whom, and what was signed and paid."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified


class CounterVisit(Identified, Base):
    """One person served by one clerk about one dossier.

    `capacity` is `owner`, `driver` or `representative`; `shown` the paper that proved who it is. Name and
    identification number are sealed.
    """

    __tablename__ = "counter_visit"
    __table_args__ = (Index("counter_visit_clerk_opened", "clerk_id", "opened_at"),)

    number: Mapped[str] = mapped_column(unique=True)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    clerk_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    capacity: Mapped[str]
    shown: Mapped[str]
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    id_number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    ended_at: Mapped[datetime | None]


class CounterPaper(Identified, Base):
    """A paper with the person's own signature, scanned: what was declared, or who may act for whom."""

    __tablename__ = "counter_paper"

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("counter_visit.id"), index=True)
    purpose: Mapped[str]
    submission_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("submission.id"), index=True)
    object_key: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[int]
    media_type: Mapped[str]


class CounterPayment(Identified, Base):
    """An attempt to pay that began at the counter; a card's `terminal_reference` is that of its slip."""

    __tablename__ = "counter_payment"
    __table_args__ = (UniqueConstraint("terminal_id", "terminal_reference"),)

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("counter_visit.id"), index=True)
    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment.id"), unique=True)
    terminal_id: Mapped[str | None]
    terminal_reference: Mapped[str | None]
