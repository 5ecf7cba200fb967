"""Owners and drivers who signed in with their e-ID."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified


class CitizenSession(Identified, Base):
    """A sign-in by e-ID. Who it is stands sealed in it, and as blind indexes to find cases by.

    `subject_index` and `sid_index` find the session again when the issuer says that it has ended.
    """

    __tablename__ = "citizen_session"

    token_hash: Mapped[str] = mapped_column(unique=True)
    csrf_token: Mapped[str]
    identity_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    id_number_index: Mapped[str] = mapped_column(index=True)
    subject_index: Mapped[str] = mapped_column(index=True)
    sid_index: Mapped[str | None] = mapped_column(index=True)
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @property
    def actor(self) -> str:
        """How the audit log names this person: the same at each visit, and telling nobody who it is."""
        return f"citizen:{self.id_number_index[:24]}"
