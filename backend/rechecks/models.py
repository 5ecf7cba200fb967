"""Blind second reviews: a random sample of decided reports, looked at again by somebody else."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified


class RecheckState(StrEnum):
    """`differs` waits for a chief; the last two are the end."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    DIFFERS = "differs"
    AGREED = "agreed"
    SETTLED = "settled"


RUNNING = frozenset({RecheckState.WAITING, RecheckState.CLAIMED})
"""Not looked at again yet: the first verdict must not be shown to who may be the second."""
UNFINISHED = RUNNING | {RecheckState.DIFFERS}


class Recheck(Identified, Base):
    """One report of the sample: the first verdict as it was, the second, and what a chief made of the two."""

    __tablename__ = "recheck"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'claimed', 'differs', 'agreed', 'settled')", name="state"),
        CheckConstraint("settled_for IN ('first', 'second')", name="settled_for"),
        Index("recheck_open", "state", "created_at", postgresql_where="state IN ('waiting', 'claimed')"),
    )

    violation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("violation.id"), unique=True)
    state: Mapped[str] = mapped_column(default=RecheckState.WAITING)
    version: Mapped[int] = mapped_column(default=1)

    first_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    first_at: Mapped[datetime]
    first_verdict: Mapped[str]
    first_plate: Mapped[str | None]
    first_vehicle_kind: Mapped[str]
    first_reject_code: Mapped[str | None]
    notice_waits_until: Mapped[datetime | None]
    """A confirmed case's notice is not sent before this moment, unless the second review agrees sooner."""

    claimed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    claimed_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    second_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    second_at: Mapped[datetime | None]
    second_verdict: Mapped[str | None]
    second_plate: Mapped[str | None]
    second_vehicle_kind: Mapped[str | None]
    second_reject_code: Mapped[str | None]
    second_note: Mapped[str | None]
    dwell_s: Mapped[float | None]

    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime | None]
    settled_for: Mapped[str | None]
    settled_reason: Mapped[str | None]
    consequence: Mapped[str | None]
    """What followed from a settlement against the first verdict: dropped | too_late | reopened."""
