from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified


class Alert(Identified, Base):
    """Something that is wrong and needs a person. Open until `ended_at`; at most one open for one thing.

    `rule` and `subject` name what is wrong with what; `told` counts how often people were told.
    """

    __tablename__ = "alert"
    __table_args__ = (
        CheckConstraint("severity IN ('info', 'warning', 'critical')", name="severity"),
        Index("uq_alert_open", "rule", "subject", unique=True, postgresql_where="ended_at IS NULL"),
        Index("ix_alert_subject", "subject", "began_at"),
    )

    rule: Mapped[str]
    subject: Mapped[str]
    severity: Mapped[str]
    title_vi: Mapped[str]
    title_en: Mapped[str]
    detail_vi: Mapped[str]
    detail_en: Mapped[str]
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    told: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None]


class OnCall(Identified, Base):
    """Where one person on duty is told. channel: email | sms | webhook. Address and secret are sealed.

    `rules`: which alerts; none named means all. Hours of the legal day (Asia/Ho_Chi_Minh); past midnight when
    `until_hour` is not later.
    """

    __tablename__ = "on_call"
    __table_args__ = (CheckConstraint("channel IN ('email', 'sms', 'webhook')", name="channel"),)

    name: Mapped[str]
    channel: Mapped[str]
    address_sealed: Mapped[bytes]
    secret_sealed: Mapped[bytes | None]
    rules: Mapped[list[str]]
    severity_at_least: Mapped[str] = mapped_column(default="warning")
    since_hour: Mapped[int] = mapped_column(default=0)
    until_hour: Mapped[int] = mapped_column(default=24)
    active: Mapped[bool] = mapped_column(default=True)


class AlertTelling(Identified, Base):
    """One message about an alert to one person on duty, and what became of it."""

    __tablename__ = "alert_telling"

    alert_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("alert.id"), index=True)
    on_call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("on_call.id"))
    number: Mapped[int]
    resolved: Mapped[bool]
    state: Mapped[str]
    code: Mapped[str]
    at: Mapped[datetime]
