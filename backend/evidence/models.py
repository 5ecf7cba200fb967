from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified


class EvidenceFile(Identified, Base):
    """One file of a violation, as signed by the device and found in the store at intake."""

    __tablename__ = "evidence_file"
    __table_args__ = (UniqueConstraint("violation_id", "role"),)

    violation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("violation.id"))
    role: Mapped[str]
    name: Mapped[str]
    object_key: Mapped[str] = mapped_column(unique=True)
    sha256: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    verified_at: Mapped[datetime]
