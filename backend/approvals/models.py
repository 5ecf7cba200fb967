from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified


class Approval(Identified, Base):
    """An act that waits for a second person. state: waiting | approved | refused | withdrawn | expired.

    `subject_version` is the dossier's when it was asked for: approved is only what the first person saw. An
    act on money that is on no case has no dossier.
    """

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint("decided_by IS NULL OR decided_by <> requested_by", name="two_persons"),
        CheckConstraint(
            "state IN ('waiting', 'approved', 'refused', 'withdrawn', 'expired')",
            name="state",
        ),
        Index("approval_waiting", "kind", "subject_id", unique=True, postgresql_where="state = 'waiting'"),
    )

    kind: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    dossier_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    subject_version: Mapped[int]
    reason: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(default="waiting")
    requested_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    requested_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    expires_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str | None]
