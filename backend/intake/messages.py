"""From the bytes a device sent to a message we may believe: form, device, signature, approval, content."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session

from backend.errors import FieldError, field_errors
from backend.intake import refusals
from backend.intake.models import Device
from backend.settings import Settings
from edge.report import ACTS_OF_RULE, Signed, ViolationReport, is_signed_by, load_public_key, object_key
from penalty import catalogue, plates

Message = TypeVar("Message", bound=BaseModel)


def read_signed(body: bytes) -> Signed:
    """Raises Problem 422 naming the field, or the place where the JSON breaks."""
    try:
        return Signed.model_validate_json(body)
    except ValidationError as error:
        raise refusals.invalid(*field_errors(error.errors())) from error


def authentic_device(session: Session, signed: Signed) -> Device:
    """The approved device that signed this. Raises Problem 403 or 401."""
    device = session.get(Device, signed.device_id)
    if device is None:
        raise refusals.device_unknown(signed.device_id)
    try:
        genuine = is_signed_by(signed, load_public_key(device.public_key))
    except ValueError as error:  # NaN or a lone surrogate in the payload has no canonical form
        raise refusals.invalid(FieldError("payload", f"has no canonical form: {error}")) from error
    if not genuine:
        raise refusals.bad_signature(signed.device_id)
    if device.state != "approved":
        raise refusals.device_not_approved(signed.device_id, device.state)
    return device


def read_payload(signed: Signed, kind: type[Message]) -> Message:
    """The signed payload as a report or heartbeat. Raises Problem 422."""
    try:
        return kind.model_validate(signed.payload)
    except ValidationError as error:
        raise refusals.invalid(*field_errors(error.errors(), root="payload")) from error


def implausible(report: ViolationReport, settings: Settings, now: datetime) -> list[FieldError]:
    """What cannot be true although the form is right; empty when all is plausible."""
    faults = [*_time_faults(report, settings, now), *_act_faults(report)]
    if report.plate is not None and not plates.classify(report.plate.text):
        faults.append(
            FieldError(
                "payload.plate.text", f"{report.plate.text}: no class of Vietnamese plates reads like this"
            )
        )
    for index, file in enumerate(report.files):
        expected = object_key(report.scene.camera_id, report.times.event_at, report.report_id, file.name)
        if file.object_key != expected:
            faults.append(FieldError(f"payload.files[{index}].object_key", f"expected {expected}"))
        if file.size_bytes > settings.evidence_file_max_bytes:
            faults.append(
                FieldError(
                    f"payload.files[{index}].size_bytes", f"at most {settings.evidence_file_max_bytes} bytes"
                )
            )
    return faults


def _time_faults(report: ViolationReport, settings: Settings, now: datetime) -> list[FieldError]:
    event_at = report.times.event_at
    if event_at > now + timedelta(seconds=settings.report_future_limit_s):
        return [
            FieldError(
                "payload.times.event_at",
                f"{event_at.isoformat()} lies in the future; the server's clock says {now.isoformat()}",
            )
        ]
    if event_at < now - timedelta(days=settings.report_age_limit_days):
        limit = f"older than {settings.report_age_limit_days} days, when a penalty may no longer be issued"
        return [FieldError("payload.times.event_at", limit)]
    return []


def _act_faults(report: ViolationReport) -> list[FieldError]:
    if report.act not in ACTS_OF_RULE[report.rule]:
        return [FieldError("payload.act", f"{report.act} is no act of the rule {report.rule}")]
    if not any(row.act == report.act for row in catalogue.load().rows):
        return [FieldError("payload.act", f"{report.act} is not in the catalogue of acts")]
    return []
