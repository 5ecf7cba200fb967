"""What owners say about their cases, and what they are answered."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified


class Submission(Identified, Base):
    """One statement of an owner or a named driver: his words, sealed, and the date by which he is answered.

    `state` is `open` or `answered`, for a complaint that of `penalty.complaint`. `grounds` names the grounds
    of a complaint or a denial; `answers` what was said to each.
    """

    __tablename__ = "submission"
    __table_args__ = (
        Index("submission_open", "answer_due_on", postgresql_where="answered_at IS NULL"),
        Index("submission_filed", "filed_at"),
    )

    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    owner_lookup_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("owner_lookup.id"), index=True)
    """The owner who said it: a later owner of the vehicle does not see it."""
    named_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("submission.id"), index=True)
    """The owner's statement that named its speaker as the driver; None: the owner speaks."""
    kind: Mapped[str]
    number: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="open")
    words_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    named_index: Mapped[str | None] = mapped_column(index=True)
    """Blind index of the identification number of the driver it names."""
    grounds: Mapped[list[str]] = mapped_column(default=list)
    answers: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    filed_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    answer_due_on: Mapped[date]
    answer_rule_vi: Mapped[str]
    answer_rule_en: Mapped[str]
    answer: Mapped[str | None]
    outcome: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))


class SubmissionFile(Identified, Base):
    """A picture that came with a statement, made anew from its pixels so that nothing hides in it."""

    __tablename__ = "submission_file"

    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"), index=True)
    object_key: Mapped[str]
    sha256: Mapped[str]
    size_bytes: Mapped[int]
    media_type: Mapped[str]
