"""Camera boxes: they enrol themselves, an operator approves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.cameras import spells
from backend.errors import not_found
from backend.intake import refusals
from backend.intake.models import Device
from backend.intake.schemas import DeviceView, Enrolment
from edge.report import key_fingerprint

MOST_PENDING = 200


def view(device: Device) -> DeviceView:
    return DeviceView.model_validate(
        {
            "device_id": device.device_id,
            "name": device.name,
            "state": device.state,
            "key_fingerprint": key_fingerprint(device.public_key),
            "software_version": device.software_version,
            "enrolled_at": device.enrolled_at,
            "last_heartbeat_at": device.last_heartbeat_at,
        }
    )


def enrol(session: Session, enrolment: Enrolment, now: datetime) -> tuple[Device, bool]:
    """The device and whether it is new. Raises Problem 409 for a known id with another key, 429.

    Enrolment is not signed: once an operator has decided, it changes nothing (heartbeats bring the version).
    """
    added = None
    if session.get(Device, enrolment.device_id) is None:
        pending = session.scalar(select(func.count()).select_from(Device).where(Device.state == "pending"))
        if (pending or 0) >= MOST_PENDING:
            raise refusals.too_many_pending()
        added = session.scalar(
            insert(Device)
            .values(**enrolment.model_dump(), state="pending", outbox_waiting=0, enrolled_at=now)
            .on_conflict_do_nothing()
            .returning(Device.device_id)
        )
    device = session.get_one(Device, enrolment.device_id)
    if device.public_key != enrolment.public_key:
        raise refusals.device_key_conflict(device.device_id)
    if device.state == "pending":
        device.software_version = enrolment.software_version
        device.name = enrolment.name
    if added:
        audit.record(
            session,
            actor=f"device:{device.device_id}",
            action="device.enrolled",
            subject_type="device",
            subject_id=device.device_id,
            data={"key_fingerprint": key_fingerprint(device.public_key)},
        )
    return device, added is not None


def decide(session: Session, device_id: str, *, approve: bool, operator: Account, now: datetime) -> Device:
    """Approve or revoke; doing it twice changes nothing. Raises Problem 404."""
    device = session.get(Device, device_id, with_for_update=True)
    if device is None:
        raise not_found("Không có thiết bị này", "There is no such device")
    state = "approved" if approve else "revoked"
    if device.state == state:
        return device
    device.state = state
    if approve:
        device.approved_at, device.approved_by = now, operator.id
    else:
        spells.end_for_revoked(session, device_id, now)
    audit.record(
        session,
        actor=operator.actor,
        action=f"device.{state}",
        subject_type="device",
        subject_id=device_id,
        data={"key_fingerprint": key_fingerprint(device.public_key)},
    )
    return device
