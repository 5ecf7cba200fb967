from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified


class Device(Base):
    """A camera box and the key it signs with. state: pending | approved | revoked."""

    __tablename__ = "device"
    __table_args__ = (CheckConstraint("state IN ('pending', 'approved', 'revoked')", name="state"),)

    device_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    public_key: Mapped[str]
    software_version: Mapped[str]
    state: Mapped[str] = mapped_column(default="pending")
    enrolled_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    last_heartbeat_at: Mapped[datetime | None]
    outbox_waiting: Mapped[int] = mapped_column(default=0)
    outbox_oldest_s: Mapped[float | None]
    disk_free_bytes: Mapped[int | None] = mapped_column(BigInteger)
    clock_offset_s: Mapped[float | None]
    clock_uncertainty_s: Mapped[float | None]
    clock_synchronised: Mapped[bool | None]


class Camera(Base):
    """A camera as its box last described it."""

    __tablename__ = "camera"

    camera_id: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), index=True)
    name: Mapped[str]
    location: Mapped[str]
    camera_file_sha256: Mapped[str]
    speed_limit_kmh: Mapped[int | None]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Violation(Identified, Base):
    """One signed report, and what officers made of it. state: review | claimed | confirmed | rejected."""

    __tablename__ = "violation"
    __table_args__ = (
        CheckConstraint("state IN ('review', 'claimed', 'confirmed', 'rejected')", name="state"),
        Index("ix_violation_queue", "state", "notify_due_on", "event_at"),
        Index("ix_violation_rule_event_at", "rule", "event_at"),
        Index("violation_event_at", "event_at", postgresql_using="brin"),
    )

    report_id: Mapped[str] = mapped_column(unique=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), index=True)
    camera_id: Mapped[str] = mapped_column(index=True)
    rule: Mapped[str]
    act: Mapped[str]
    vehicle_kind: Mapped[str]
    plate_read: Mapped[str | None]
    plate_display: Mapped[str | None]
    plate_confidence: Mapped[float | None]
    plate_ground_colour: Mapped[str | None]
    event_at: Mapped[datetime]
    notify_due_on: Mapped[date]
    payload: Mapped[dict[str, Any]]
    payload_sha256: Mapped[str]
    signature: Mapped[str]
    received_at: Mapped[datetime]

    state: Mapped[str] = mapped_column(default="review")
    version: Mapped[int] = mapped_column(default=1)
    claimed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    claimed_until: Mapped[datetime | None]
    plate_confirmed: Mapped[str | None]
    ground_colour_confirmed: Mapped[str | None]
    vehicle_kind_confirmed: Mapped[str | None]
    vehicle_colour_confirmed: Mapped[str | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    reject_code: Mapped[str | None]
    note: Mapped[str | None]

    @property
    def plate_current(self) -> str | None:
        """The plate as corrected by an officer, else as read."""
        return self.plate_confirmed or self.plate_read

    @property
    def ground_colour_current(self) -> str:
        return self.ground_colour_confirmed or self.plate_ground_colour or "unknown"

    @property
    def vehicle_kind_current(self) -> str:
        return self.vehicle_kind_confirmed or self.vehicle_kind

    @property
    def vehicle_colour_current(self) -> str | None:
        """The paint as an officer sees it, else as the box measured it; None where it measures none."""
        measured = self.payload["vehicle"].get("colour") or {}
        return self.vehicle_colour_confirmed or measured.get("name")


class CameraStatus(Base):
    """How a camera does, by the last heartbeat of its box."""

    __tablename__ = "camera_status"

    camera_id: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.device_id"), index=True)
    name: Mapped[str]
    state: Mapped[str]
    detail: Mapped[str]
    fps: Mapped[float]
    frames_total: Mapped[int] = mapped_column(BigInteger)
    vehicles_total: Mapped[int] = mapped_column(BigInteger)
    violations_total: Mapped[int] = mapped_column(BigInteger)
    withheld_total: Mapped[int] = mapped_column(BigInteger)
    last_frame_at: Mapped[datetime | None]
    signal_state: Mapped[str | None]
    thumbnail_jpeg: Mapped[bytes | None]
    camera_file_sha256: Mapped[str | None]
    refused_sha256: Mapped[str | None]
    refused_why: Mapped[str] = mapped_column(server_default="")
    calibrated_on: Mapped[date | None]
    certified_until: Mapped[date | None]
    rules: Mapped[list[str]] = mapped_column(server_default="{}")
    pace_level: Mapped[int] = mapped_column(server_default="0")
    withheld_codes: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    watched_until: Mapped[datetime | None]
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]
