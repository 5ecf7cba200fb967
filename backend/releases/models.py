from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from backend.cameras.models import RollsOut, TakesTurn
from backend.database import Base, Identified


class Release(Base):
    """A signed bundle in the object store. `manifest` is without its list of files."""

    __tablename__ = "release"

    version: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    object_key: Mapped[str]
    key_fingerprint: Mapped[str]
    notes_vi: Mapped[str]
    notes_en: Mapped[str]
    manifest: Mapped[dict[str, Any]]
    weights: Mapped[list[dict[str, Any]]]
    published_by: Mapped[str]
    published_at: Mapped[datetime]


class ReleaseRollOut(RollsOut, Identified, Base):
    """A release on its way to boxes: one first, then a share, then the rest. state: see the check."""

    __tablename__ = "release_roll_out"
    __table_args__ = (CheckConstraint("state IN ('running', 'paused', 'done', 'stopped')", name="state"),)

    version: Mapped[str] = mapped_column(ForeignKey("release.version"), index=True)


class ReleaseStep(TakesTurn, Base):
    """One box of a roll-out. state: waiting | offered | taken | well | failed | undone.

    `former`: what it ran before. `waiting_before`: reports in its outbox then; `fps_before`: pictures a
    second of each of its cameras that was well then. `slow_since`: since when one of them sends too few now.
    """

    __tablename__ = "release_step"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'offered', 'taken', 'well', 'failed', 'undone')", name="state"),
    )

    roll_out_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("release_roll_out.id"), primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True, index=True)
    former: Mapped[str]
    waiting_before: Mapped[int]
    fps_before: Mapped[dict[str, Any]]
    slow_since: Mapped[datetime | None]


class BoxSoftware(Base):
    """What a box said last of its versions: its ReleaseState, None where it takes no releases."""

    __tablename__ = "box_software"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    reported: Mapped[dict[str, Any] | None]
    reported_at: Mapped[datetime]


class BoxOrder(Base):
    """Which version a box is wanted to run; it is told with each answer to its heartbeat.

    Kept apart from what the box says: that is written with each heartbeat, this under a roll-out's lock.
    """

    __tablename__ = "box_order"

    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), primary_key=True)
    version: Mapped[str]
    order_id: Mapped[uuid.UUID]
    ordered_at: Mapped[datetime]
