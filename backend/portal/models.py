"""The owner's visit: one session, one dossier; and the attempts that keep guessing slow."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified
from backend.dossiers.liable import readable, speaks
from backend.dossiers.models import Document, Dossier


class OwnerSession(Base):
    """Opened by plate, kind, notice number and secret, or by somebody signed in; shows that dossier alone.

    `part` is what the visitor is in the case. A visit of somebody signed in ends with that session.
    `idle_limit_s`: on a shared kiosk, the visit ends after so long without a request.
    """

    __tablename__ = "owner_session"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    expires_at: Mapped[datetime]
    part: Mapped[str] = mapped_column(default="owner", server_default="owner")
    citizen_session_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("citizen_session.id", ondelete="CASCADE"), index=True
    )
    idle_limit_s: Mapped[int | None]
    kiosk_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("kiosk.id"), index=True)
    actor: Mapped[str]
    """How the audit log names the visitor."""

    def may_read(self, paper: Document, dossier: Dossier) -> bool:
        """Whether a paper of the case is for this visitor."""
        return readable(self.part, paper, dossier)

    def speaks(self, dossier: Dossier) -> bool:
        """Whether this visitor may say and choose something in the case he looks at."""
        return speaks(self.part, dossier)


class Kiosk(Identified, Base):
    """A shared touch screen: first a place with a one-time code, then the machine that entered it.

    Code and cookie are kept as hashes. Revoked, the row stays for the record.
    """

    __tablename__ = "kiosk"

    place: Mapped[str]
    code_hash: Mapped[str | None] = mapped_column(unique=True)
    code_expires_at: Mapped[datetime]
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    issued_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    paired_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class LookupAttempt(Identified, Base):
    """A failed look-up, kept as keyed hashes: enough to slow guessing, too little to know who asked."""

    __tablename__ = "lookup_attempt"
    __table_args__ = (
        Index("lookup_attempt_address", "address_hash", "at"),
        Index("lookup_attempt_notice", "notice_hash", "at"),
    )

    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    address_hash: Mapped[str]
    notice_hash: Mapped[str]


class PlateLookup(Base):
    """A public look-up that was answered, kept as keyed hashes for a day: to slow whoever asks for many.

    A ticket is good once: its hash is the key.
    """

    __tablename__ = "plate_lookup"
    __table_args__ = (
        Index("plate_lookup_address", "address_hash", "at"),
        Index("plate_lookup_plate", "plate_hash", "at"),
    )

    ticket_hash: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    address_hash: Mapped[str]
    plate_hash: Mapped[str]
