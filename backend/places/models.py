"""Areas that the province added, and where its cameras stand, each with its days and who says it."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified


class AreaRow(Identified, Base):
    """A ward (or another area) that this installation needs; columns as in data/areas.csv."""

    __tablename__ = "area"
    __table_args__ = (
        UniqueConstraint("code", "valid_from", postgresql_nulls_not_distinct=True),
        CheckConstraint("level IN ('country', 'province', 'ward')", name="level"),
    )

    code: Mapped[str]
    level: Mapped[str]
    name: Mapped[str]
    parent_code: Mapped[str | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    successor_code: Mapped[str | None]
    source: Mapped[str]
    confidence: Mapped[str]


class CameraPlace(Identified, Base):
    """A camera stands in an area, from a day on; moved, the old row ends and a new one begins."""

    __tablename__ = "camera_place"
    __table_args__ = (Index("ix_camera_place_camera", "camera_id", "valid_from", unique=True),)

    camera_id: Mapped[str]
    area_code: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str]
    placed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
