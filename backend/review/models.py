from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified


class ReviewAct(Identified, Base):
    """One act of an officer on a violation: claimed | corrected | confirmed | rejected | released.

    Kept as labels for training too: a correction holds what the machine said and what the officer saw.
    """

    __tablename__ = "review_act"

    violation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("violation.id"), index=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    act: Mapped[str]
    reason: Mapped[str | None]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    dwell_s: Mapped[float | None]
    """From the evidence in sight to the act, as the screen measured it, at most since the claim."""
