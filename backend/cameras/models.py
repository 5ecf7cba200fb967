from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.cameras.advance import Step
from backend.database import Base, Identified


class CameraSetup(Base):
    """What operators decided of one camera: its box, the version it should run, the draft in hand.

    `device_id`: the box it is assigned to; None leaves it with whichever box speaks of it. `wanted`: the
    number of the version that its box is given; None gives it none. `version` counts changes of this row.
    """

    __tablename__ = "camera_setup"

    camera_id: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.device_id"), index=True)
    wanted: Mapped[int | None]
    draft: Mapped[str | None]
    draft_by: Mapped[str | None]
    draft_at: Mapped[datetime | None]
    latitude_deg: Mapped[float | None]
    longitude_deg: Mapped[float | None]
    version: Mapped[int] = mapped_column(default=1)


class CameraFileVersion(Base):
    """A camera file as published. Rows are never changed: a trigger refuses it."""

    __tablename__ = "camera_file_version"

    camera_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    note: Mapped[str]
    author: Mapped[str]
    published_at: Mapped[datetime]
    based_on: Mapped[int | None]


class RollsOut:
    """A roll-out of whatever it is. `why`: a `backend.cameras.why.Why`, of one that was stopped."""

    state: Mapped[str] = mapped_column(default="running", index=True)
    note: Mapped[str]
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    why: Mapped[dict[str, Any] | None]


class TakesTurn:
    """One thing of a roll-out: `wave` 1 goes first and alone. `why`: of one that failed."""

    wave: Mapped[int]
    state: Mapped[str] = mapped_column(default="waiting")
    offered_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    why: Mapped[dict[str, Any] | None]

    def take(self, step: Step) -> bool:
        """Write down how it stands now; whether it has just been offered what it is to run."""
        offered = self.state != step.state and step.state == "offered"
        self.state, self.why = step.state, step.why.stored if step.why else None
        self.offered_at, self.taken_at = step.offered_at, step.taken_at
        return offered


class RollOut(RollsOut, Identified, Base):
    """New camera files on their way to one or more cameras, the first alone. state: see the check."""

    __tablename__ = "roll_out"
    __table_args__ = (CheckConstraint("state IN ('running', 'done', 'stopped')", name="state"),)


class RollOutStep(TakesTurn, Base):
    """One camera of a roll-out. state: waiting | offered | taken | well | failed | undone.

    `former` is what it ran before, to go back to.
    """

    __tablename__ = "roll_out_step"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'offered', 'taken', 'well', 'failed', 'undone')", name="state"),
    )

    roll_out_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("roll_out.id"), primary_key=True)
    camera_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    number: Mapped[int]
    former: Mapped[int | None]
    healthy_before: Mapped[bool] = mapped_column(default=True)


class BoxAsk(Identified, Base):
    """Something a person asked of a camera's box, and what came back. kind: view | logs | rehearse."""

    __tablename__ = "box_ask"
    __table_args__ = (Index("ix_box_ask_camera", "camera_id", "kind", "asked_at"),)

    camera_id: Mapped[str]
    kind: Mapped[str]
    camera_file: Mapped[str] = mapped_column(default="")
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    reply: Mapped[dict[str, Any] | None]
    picture_jpeg: Mapped[bytes | None]


class CameraSpell(Base):
    """A stretch of time in which a camera could prove nothing, as its box told; open without `ended_at`."""

    __tablename__ = "camera_spell"
    __table_args__ = (Index("ix_camera_spell_open", "camera_id", postgresql_where="ended_at IS NULL"),)

    camera_id: Mapped[str] = mapped_column(primary_key=True)
    fault: Mapped[str] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(primary_key=True)
    ended_at: Mapped[datetime | None]
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"))
