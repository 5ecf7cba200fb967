"""Cases that went to another authority or came from one, and where the two systems differ."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified


class Transfer(Identified, Base):
    """One case on its way. The id is the same on both sides.

    `state` of one that goes out: `waiting` (the package is not there yet), `sent`, `accepted`, `refused`,
    `settled`; of one that comes in: `received`, `accepted`, `refused`, `settled`. `theirs` is what the other
    side last said, and `theirs_digest` its digest once it was taken over.
    """

    __tablename__ = "transfer"
    __table_args__ = (Index("transfer_direction_state", "direction", "state", "created_at"),)

    direction: Mapped[str]
    peer: Mapped[str]
    number: Mapped[str]
    reason: Mapped[str]
    state: Mapped[str]
    dossier_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    by_account: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    package_key: Mapped[str | None]
    package_sha256: Mapped[str | None]
    facts: Mapped[str | None]
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What a person sees of one that came in before it is taken over; nobody is named in it."""
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    theirs: Mapped[dict[str, Any] | None]
    theirs_digest: Mapped[str | None]
    theirs_at: Mapped[datetime | None]


class TransferDifference(Identified, Base):
    """A difference that a comparison found.

    `digests` are both sides' states: one that was settled returns when they change.
    """

    __tablename__ = "transfer_difference"
    __table_args__ = (
        Index(
            "transfer_difference_open",
            "peer",
            "transfer_ref",
            "kind",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
    )

    peer: Mapped[str]
    transfer_ref: Mapped[str]
    kind: Mapped[str]
    ours: Mapped[dict[str, Any] | None]
    theirs: Mapped[dict[str, Any] | None]
    digests: Mapped[str]
    found_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    how: Mapped[str | None]
    """`by_itself`, `gone` or `by_person`."""
    note: Mapped[str | None]
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
