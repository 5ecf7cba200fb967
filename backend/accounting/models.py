"""What the bank behind the card terminals says it took."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified


class AcquirerFile(Identified, Base):
    """A file that was read. It speaks for a day: a slip of that day that it lacks is unknown to the bank."""

    __tablename__ = "acquirer_file"

    day: Mapped[date] = mapped_column(index=True)
    name: Mapped[str]
    imported_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    imported_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class AcquirerSlip(Identified, Base):
    """One charge that the bank knows, read once."""

    __tablename__ = "acquirer_slip"
    __table_args__ = (
        UniqueConstraint("terminal_id", "slip"),
        CheckConstraint("amount_vnd > 0", name="above_zero"),
    )

    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("acquirer_file.id"), index=True)
    terminal_id: Mapped[str]
    slip: Mapped[str]
    amount_vnd: Mapped[int] = mapped_column(BigInteger)
    charged_at: Mapped[datetime]
