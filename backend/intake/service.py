"""Taking in violations."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend import audit
from backend.database import new_id
from backend.errors import FieldError
from backend.evidence.models import EvidenceFile
from backend.evidence.verification import verify_files
from backend.intake import refusals
from backend.intake.messages import authentic_device, implausible, read_payload, read_signed
from backend.intake.models import Camera, Device, Violation
from backend.intake.schemas import Stored
from backend.services import Services
from edge.report import Signed, ViolationReport, payload_sha256
from penalty.calendar import LegalCalendar

NOTIFY_STEP = (
    "A1"  # identify the owner and send the notice: 10 days from detection, Circular 73/2024 Art. 24.1
)


@cache
def _calendar() -> LegalCalendar:
    return LegalCalendar.load()


def take_violation(session: Session, services: Services, body: bytes, now: datetime) -> Stored:
    """Store a signed report once. Raises Problem for every fault, see `backend.intake.refusals`."""
    signed = read_signed(body)
    device = authentic_device(session, signed)
    report = read_payload(signed, ViolationReport)
    digest = payload_sha256(signed.payload)
    known = _known(session, report.report_id, digest)
    if known:
        return known
    faults = implausible(report, services.settings, now) + _camera_faults(session, device, report)
    if faults:
        raise refusals.invalid(*faults)
    _require_evidence(services, report)
    violation_id = _insert(session, signed, report, digest, now)
    if violation_id is None:
        # The same report was being stored by another request; by now that one has committed.
        return _known(session, report.report_id, digest) or _vanished(report)
    _insert_files(session, violation_id, report, now)
    _note_camera(session, report, now)
    audit.record(
        session,
        actor=f"device:{device.device_id}",
        action="violation.received",
        subject_type="violation",
        subject_id=violation_id,
        data={"report_id": report.report_id, "payload_sha256": digest, "files": len(report.files)},
    )
    return Stored(status="stored", violation_id=violation_id)


def _vanished(report: ViolationReport) -> Stored:
    raise RuntimeError(f"report {report.report_id} conflicts with a row that cannot be read")


def _known(session: Session, report_id: str, digest: str) -> Stored | None:
    row = session.execute(
        select(Violation.id, Violation.payload_sha256).where(Violation.report_id == report_id)
    ).one_or_none()
    if row is None:
        return None
    if row.payload_sha256 != digest:
        raise refusals.report_conflict(report_id)
    return Stored(status="already_stored", violation_id=row.id)


def _camera_faults(session: Session, device: Device, report: ViolationReport) -> list[FieldError]:
    """A camera belongs to the box that first spoke of it, until that box is revoked."""
    camera = session.get(Camera, report.scene.camera_id)
    if camera is None or camera.device_id == device.device_id:
        return []
    if session.get_one(Device, camera.device_id).state == "revoked":
        return []
    return [FieldError("payload.scene.camera_id", f"{camera.camera_id} belongs to device {camera.device_id}")]


def _require_evidence(services: Services, report: ViolationReport) -> None:
    findings = verify_files(services.store, services.settings.s3_bucket, report.files)
    if findings.missing:
        raise refusals.evidence_missing(findings.missing + findings.mismatching)
    if findings.mismatching:
        raise refusals.evidence_mismatch(findings.mismatching)


def _insert(
    session: Session, signed: Signed, report: ViolationReport, digest: str, now: datetime
) -> uuid.UUID | None:
    plate = report.plate
    return session.scalar(
        insert(Violation)
        .values(
            id=new_id(),
            report_id=report.report_id,
            device_id=report.device_id,
            camera_id=report.scene.camera_id,
            rule=report.rule,
            act=report.act,
            vehicle_kind=report.vehicle.kind,
            plate_read=plate.text if plate else None,
            plate_display=plate.display if plate else None,
            plate_confidence=plate.confidence if plate else None,
            plate_ground_colour=plate.ground_colour if plate else None,
            event_at=report.times.event_at,
            notify_due_on=_calendar().due(NOTIFY_STEP, report.times.event_at).due_on,
            payload=signed.payload,
            payload_sha256=digest,
            signature=signed.signature,
            received_at=now,
            state="review",
            version=1,
        )
        .on_conflict_do_nothing(index_elements=[Violation.report_id])
        .returning(Violation.id)
    )


def _insert_files(session: Session, violation_id: uuid.UUID, report: ViolationReport, now: datetime) -> None:
    session.add_all(
        EvidenceFile(violation_id=violation_id, verified_at=now, **file.model_dump(exclude={"c2pa"}))
        for file in report.files
    )
    session.flush()


def _note_camera(session: Session, report: ViolationReport, now: datetime) -> None:
    scene = report.scene
    values = {
        "device_id": report.device_id,
        "name": scene.name,
        "location": scene.location,
        "camera_file_sha256": scene.camera_file_sha256,
        "speed_limit_kmh": scene.speed_limit_kmh,
        "last_seen_at": now,
    }
    session.execute(
        insert(Camera)
        .values(camera_id=scene.camera_id, first_seen_at=now, **values)
        .on_conflict_do_update(index_elements=[Camera.camera_id], set_=values)
    )
