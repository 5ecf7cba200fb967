"""What happens to a message, where it must not go, how a person wants to be told, and the post's batches."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, Sequence, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified

# Registered-mail numbers are never given twice; gaps are allowed.
LETTER_NUMBERS = Sequence("letter_number", metadata=Base.metadata)


class MessageEvent(Identified, Base):
    """One try, receipt or decision of a person; written once, never changed."""

    __tablename__ = "message_event"
    __table_args__ = (Index("message_event_message", "message_id", "at"),)

    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("message.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    resend: Mapped[int] = mapped_column(default=0)
    """Which sending of the message it belongs to: 0 the first, 1 after a person sent it again, ..."""
    code: Mapped[str | None]
    detail: Mapped[str | None]
    actor: Mapped[str] = mapped_column(default="system")
    provider_event: Mapped[str | None] = mapped_column(unique=True)
    """What the provider calls it, with its channel: the same event again is not written again."""


class Suppression(Identified, Base):
    """An address that must not be used, until a person lifts it with a reason."""

    __tablename__ = "suppression"
    __table_args__ = (
        Index(
            "suppression_active",
            "channel",
            "address_index",
            unique=True,
            postgresql_where="lifted_at IS NULL",
        ),
    )

    channel: Mapped[str]
    address_index: Mapped[str]
    reason: Mapped[str]
    message_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("message.id"), index=True)
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    lift_reason: Mapped[str | None]


class ContactChoice(Identified, Base):
    """How a person wants to be told, by the blind index of the identification number."""

    __tablename__ = "contact_choice"

    person_index: Mapped[str] = mapped_column(unique=True)
    lang: Mapped[str] = mapped_column(default="vi")
    channels: Mapped[list[str]]
    """Courtesy channels in the person's order; one that is not there is not used."""
    email_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime]


class ChannelToken(Base):
    """The tokens of a channel that change; both are written in one go, because a refresh uses the old up."""

    __tablename__ = "channel_token"

    channel: Mapped[str] = mapped_column(primary_key=True)
    seed_index: Mapped[str]
    """Blind index of the refresh token of the settings that this began with: another one begins anew."""
    access_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    refresh_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime | None]
    refreshed_at: Mapped[datetime | None]
    lost_at: Mapped[datetime | None]
    """The refresh token was refused: only a person can authorise again."""


class PostBatch(Identified, Base):
    """The letters of one day as one PDF for the post."""

    __tablename__ = "post_batch"

    day: Mapped[date] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="asked")
    asked_by: Mapped[str] = mapped_column(default="system")
    letters: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int] = mapped_column(default=0)
    object_key: Mapped[str | None]
    sha256: Mapped[str | None]
    made_at: Mapped[datetime | None]
    handed_over_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]


class PostLetter(Identified, Base):
    """One letter of a batch, with its number as registered mail."""

    __tablename__ = "post_letter"

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("post_batch.id"), index=True)
    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("message.id"), index=True)
    number: Mapped[str] = mapped_column(unique=True)
    first_page: Mapped[int | None]
    last_page: Mapped[int | None]
    state: Mapped[str] = mapped_column(default="waiting")
    told_at: Mapped[datetime | None]
    reason: Mapped[str | None]
