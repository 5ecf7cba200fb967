"""A dossier, everything that happened to it, its papers, its time limits and its messages."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    Sequence,
    UniqueConstraint,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified

# One counter for all papers: a number is never given twice, and gaps are allowed.
PAPER_NUMBERS = Sequence("paper_number", metadata=Base.metadata)


class DocumentKind(StrEnum):
    """The papers of a case. The first four are those of the straight way."""

    NOTICE = "notice"
    RECORD = "record"
    DECISION = "decision"
    RECEIPT = "receipt"
    EVIDENCE_LIST = "evidence_list"
    TRANSFER = "transfer"
    REMINDER = "reminder"
    ANNULMENT = "annulment"
    ANSWER = "answer"
    REFUND = "refund"
    DEFERRAL = "deferral"
    INSTALMENTS = "instalments"
    ENFORCEMENT = "enforcement"
    REMISSION = "remission"


class Dossier(Identified, Base):
    """One vehicle, one act, one fine. `assessment` is what the catalogue said on the day of the act."""

    __tablename__ = "dossier"
    __table_args__ = (
        Index("dossier_state_opened", "state", "opened_at"),
        Index("dossier_opened", "opened_at"),
        Index("dossier_notified", "notified_at"),
        Index("dossier_decided", "decided_at"),
    )

    violation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("violation.id"), unique=True)
    owner_lookup_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("owner_lookup.id"), index=True)
    state: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)

    notice_number: Mapped[str] = mapped_column(unique=True)
    record_number: Mapped[str | None] = mapped_column(unique=True)
    decision_number: Mapped[str | None] = mapped_column(unique=True)
    receipt_number: Mapped[str | None] = mapped_column(unique=True)
    secret_hash: Mapped[str]
    secret_encrypted: Mapped[bytes] = mapped_column(LargeBinary)

    plate: Mapped[str] = mapped_column(index=True)
    plate_display: Mapped[str]
    ground_colour: Mapped[str]
    vehicle_kind: Mapped[str]
    act: Mapped[str]
    happened_at: Mapped[datetime]

    assessment: Mapped[dict[str, Any]]
    law_version: Mapped[str]
    fine_vnd: Mapped[int] = mapped_column(BigInteger)
    band_max_vnd: Mapped[int] = mapped_column(BigInteger)
    explanation_right: Mapped[bool]
    explanation_waived: Mapped[bool] = mapped_column(default=False)
    driver_submission_id: Mapped[uuid.UUID | None]
    """The statement that names who drove, once that person was heard; None: the owner himself is liable."""
    driver_age_band: Mapped[str | None]
    """That driver's age on the day of the act as `penalty.minors` has it; `unknown` to the register."""
    paid_vnd: Mapped[int] = mapped_column(BigInteger, default=0)
    remitted_vnd: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """What of the fine was taken off at the person's request; `fine_vnd` stays what was decided."""

    opened_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    notified_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    paid_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class FormerOwner(Identified, Base):
    """Somebody who had a notice and showed that the vehicle was no longer his: his part is over.

    His number and code open nothing any more; the look-up page tells him that, instead of "unknown".
    """

    __tablename__ = "former_owner"

    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    owner_lookup_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("owner_lookup.id"), index=True)
    submission_id: Mapped[uuid.UUID | None]
    notice_number: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[str]
    notified_at: Mapped[datetime | None]
    left_at: Mapped[datetime]


class DossierEvent(Identified, Base):
    """One line of the timeline; written once, never changed."""

    __tablename__ = "dossier_event"
    __table_args__ = (UniqueConstraint("dossier_id", "seq"),)

    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    seq: Mapped[int]
    kind: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor: Mapped[str]
    actor_role: Mapped[str]
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


class DossierDeadline(Identified, Base):
    """A legal time limit as computed on the day it began, with the rule it came from."""

    __tablename__ = "dossier_deadline"
    __table_args__ = (
        Index(
            "dossier_deadline_step", "dossier_id", "step_id", unique=True, postgresql_where="ended_at IS NULL"
        ),
        Index("dossier_deadline_starts_on", "starts_on", postgresql_using="brin"),
        Index("dossier_deadline_open", "due_on", postgresql_where="met_at IS NULL"),
        Index(
            "dossier_deadline_calendar",
            "calendar_version",
            postgresql_where="met_at IS NULL AND ended_at IS NULL AND swept_at IS NULL AND set_by IS NULL",
        ),
    )

    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    step_id: Mapped[str]
    starts_on: Mapped[date]
    due_on: Mapped[date]
    raw_due_on: Mapped[date]
    length: Mapped[int]
    unit: Mapped[str]
    title_vi: Mapped[str]
    title_en: Mapped[str]
    rule_vi: Mapped[str]
    rule_en: Mapped[str]
    article: Mapped[str]
    article_vi: Mapped[str]
    confidence: Mapped[str]
    calendar_version: Mapped[str]
    met_at: Mapped[datetime | None]
    swept_at: Mapped[datetime | None]
    """When the calendar acted on its passing."""
    ended_at: Mapped[datetime | None]
    """When it stopped to count: nobody is asked for it any more."""
    set_by: Mapped[str | None]
    """Number of the paper that set this day, where one did: no calendar moves it."""
    reminded: Mapped[list[str]] = mapped_column(default=list)
    """The reminders of it that were taken up, whether or not the person could be told."""


class Document(Identified, Base):
    """A paper of the dossier: the row is asked for with the step, the file follows by a job.

    `seq` counts the papers of one kind. `says` holds what was decided when it was asked for and stands
    nowhere else, so that the same row gives the same paper; nobody is named in it. `owner_lookup_id` is the
    owner of that day: a later one neither gets nor sees it.
    """

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("dossier_id", "kind", "seq"),)

    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    kind: Mapped[str]
    seq: Mapped[int] = mapped_column(default=1, server_default="1")
    says: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    signed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    owner_lookup_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("owner_lookup.id"), index=True)
    number: Mapped[str] = mapped_column(unique=True)
    asked_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    made_at: Mapped[datetime | None]
    object_key: Mapped[str | None]
    sha256: Mapped[str | None]
    size_bytes: Mapped[int | None]


class Message(Identified, Base):
    """One message on one channel. Legal deliveries and courtesy reminders are never the same row."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint(
            "dossier_id", "purpose", "channel", "document_id", postgresql_nulls_not_distinct=True
        ),
        Index("message_state", "state", "next_try_at"),
        Index("message_sent", "sent_at"),
    )

    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    document_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("document.id"), index=True)
    """The paper it brings or speaks of."""
    purpose: Mapped[str]
    force: Mapped[str]
    channel: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    template: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    provider_id: Mapped[str | None]
    code: Mapped[str | None]
    """The last answer in a word; None where the message went well."""
    last_error: Mapped[str | None]
    lang: Mapped[str | None]
    address_index: Mapped[str | None]
    """Blind index of where it went, so that a late bounce suppresses that address and no newer one."""
    asked_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    next_try_at: Mapped[datetime | None]
    give_up_at: Mapped[datetime | None]
    sending_at: Mapped[datetime | None]
    """Set before the provider is called and cleared with its answer: found set, we died in between."""
    perhaps_twice: Mapped[bool] = mapped_column(default=False)
    resends: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
