"""Is this evidence intact? The signed report against the device's key, every file against the report."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from backend import audit
from backend.evidence.service import evidence_files
from backend.evidence.store import ObjectMissingError
from backend.evidence.verification import difference
from backend.intake.models import Device, Violation
from backend.services import Services
from edge.report import (
    MANIFEST_NAME,
    ORIGINALS,
    EvidenceFile,
    Frames,
    Signed,
    ViolationReport,
    is_signed_by,
    key_fingerprint,
    load_public_key,
    manifest_bytes,
    object_key,
    payload_sha256,
)

Verdict = Literal["intact", "changed", "missing"]


@dataclass(frozen=True)
class Checked:
    """One file and what was found. `sealed`: an original, which only officers may see."""

    name: str
    role: str
    verdict: Verdict
    sealed: bool
    vi: str
    en: str


@dataclass(frozen=True)
class Integrity:
    """What a check found, when, and whose key vouches for it."""

    at: datetime
    device_id: str
    key_fingerprint: str
    files: tuple[Checked, ...]
    frames: Frames | None

    @property
    def intact(self) -> bool:
        """Whether nothing was changed and nothing is missing."""
        return not self.faulty

    @property
    def faulty(self) -> tuple[str, ...]:
        """The names of the files that are not as signed."""
        return tuple(one.name for one in self.files if one.verdict != "intact")


def signed_report(violation: Violation) -> Signed:
    """The report exactly as the device signed it."""
    return Signed(payload=violation.payload, device_id=violation.device_id, signature=violation.signature)


def check(
    services: Services, session: Session, violation: Violation, *, actor: str, now: datetime
) -> Integrity:
    """Read every file back and compare; the outcome is logged. Raises StoreUnavailableError."""
    device = session.get_one(Device, violation.device_id)
    report = ViolationReport.model_validate(violation.payload)
    manifest = _check_manifest(services, violation, report, device)
    found = Integrity(
        at=now,
        device_id=device.device_id,
        key_fingerprint=key_fingerprint(device.public_key),
        files=(manifest, *_check_files(services, session, violation.id, report)),
        frames=report.frames,
    )
    audit.record(
        session,
        actor=actor,
        action="evidence.checked",
        subject_type="violation",
        subject_id=violation.id,
        data={"intact": found.intact, "faulty": list(found.faulty)},
    )
    return found


def _check_manifest(
    services: Services, violation: Violation, report: ViolationReport, device: Device
) -> Checked:
    """The signature over the report in the database, then the copy of it that lies beside the files."""

    def said(verdict: Verdict, vi: str, en: str) -> Checked:
        return Checked(MANIFEST_NAME, "manifest", verdict, sealed=False, vi=vi, en=en)

    signed = signed_report(violation)
    genuine = is_signed_by(signed, load_public_key(device.public_key))
    if not genuine or payload_sha256(signed.payload) != violation.payload_sha256:
        return said(
            "changed",
            "Bản kê trong cơ sở dữ liệu không còn đúng với chữ ký của hộp camera.",
            "The list in the database no longer fits the signature of the camera box.",
        )
    key = object_key(report.scene.camera_id, report.times.event_at, report.report_id, MANIFEST_NAME)
    try:
        beside = services.store.read(services.settings.s3_bucket, key)
    except ObjectMissingError:
        return said(
            "missing",
            "Bản kê để cạnh các tệp không còn; bản trong cơ sở dữ liệu còn nguyên và đúng chữ ký.",
            "The list beside the files is gone; the one in the database is whole and its signature holds.",
        )
    if beside not in {manifest_bytes(signed), signed.model_dump_json(indent=1).encode()}:
        return said(
            "changed",
            "Bản kê để cạnh các tệp đã bị sửa; bản trong cơ sở dữ liệu còn nguyên và đúng chữ ký.",
            "The list beside the files was changed; the one in the database is whole, its signature holds.",
        )
    return said(
        "intact",
        "Chữ ký của hộp camera đúng với từng chữ của bản kê.",
        "The signature of the camera box holds for every letter of the list.",
    )


def _check_files(
    services: Services, session: Session, violation_id: uuid.UUID, report: ViolationReport
) -> Iterator[Checked]:
    """By the signed list, not by what the database says of the files; both must agree."""
    rows = {role: row.sha256 for role, row in evidence_files(session, violation_id).items()}
    for file in report.files:
        yield _check_file(services, file, listed=rows.get(file.role) == file.sha256)


def _check_file(services: Services, file: EvidenceFile, *, listed: bool) -> Checked:
    def said(verdict: Verdict, vi: str, en: str) -> Checked:
        return Checked(file.name, file.role, verdict, file.role in ORIGINALS, vi, en)

    try:
        found = services.store.fingerprint(services.settings.s3_bucket, file.object_key)
    except ObjectMissingError:
        return said("missing", "Tệp không còn trong kho.", "The file is no longer in the store.")
    if difference(file, found):
        return said(
            "changed",
            f"Tệp đã bị thay đổi: kho có {found.size_bytes} byte với dấu vân tay {found.sha256[:12]}…, "
            f"đã ký {file.size_bytes} byte với {file.sha256[:12]}….",
            f"The file was changed: the store has {found.size_bytes} bytes with the fingerprint "
            f"{found.sha256[:12]}…, signed were {file.size_bytes} bytes with {file.sha256[:12]}….",
        )
    if not listed:
        return said(
            "changed",
            "Tệp đúng với chữ ký, nhưng cơ sở dữ liệu ghi khác về tệp này.",
            "The file is as signed, but the database says something else of it.",
        )
    return said(
        "intact",
        "Đúng từng byte như lúc hộp camera ký.",
        "Byte for byte what the camera box signed.",
    )
