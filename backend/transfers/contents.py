"""What goes into a package, gathered from our rows; and the same as the other side reads it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.audit.models import AuditEntry
from backend.dossiers import queries
from backend.dossiers.models import Dossier
from backend.evidence.models import EvidenceFile
from backend.intake.models import Device, Violation
from backend.owners.models import OwnerLookup
from backend.owners.schemas import OwnerGiven
from backend.owners.service import open_owner, vault_of
from backend.services import Services
from backend.transfers.package import Package
from backend.transfers.values import Facts, TransferError
from edge.report import Signed, ViolationReport, is_signed_by, load_public_key, object_key, payload_sha256

DOSSIER = "dossier.json"
REPORT = "report.json"
AUDIT = "audit.json"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class EvidencePart(_Value):
    """One file of evidence; `path` is None where it is not enclosed."""

    role: str
    name: str
    object_key: str
    sha256: str
    size_bytes: int
    media_type: str
    path: str | None


class CasePart(_Value):
    """The case as the sender had it."""

    notice_number: str
    state: str
    plate: str
    plate_display: str
    ground_colour: str
    vehicle_kind: str
    act: str
    rule: str
    happened_at: AwareDatetime
    notified_at: AwareDatetime | None
    confirmed_by: str
    confirmed_at: AwareDatetime | None
    law_version: str
    fine_vnd: int
    owner: OwnerGiven | None
    evidence: tuple[EvidencePart, ...]
    events: tuple[dict[str, Any], ...]
    deadlines: tuple[dict[str, Any], ...]
    papers: tuple[dict[str, Any], ...]


class ReportPart(_Value):
    """The device's signed report, with the key that its signature fits."""

    payload: dict[str, Any]
    device_id: str
    signature: str
    device_name: str
    software_version: str
    public_key: str
    received_at: AwareDatetime


class Case(_Value):
    """All of a package that is needed to take the case over."""

    case: CasePart
    report: ReportPart
    facts: str = Field(pattern=r"^[0-9a-f]{64}$")


def facts_of(dossier: Dossier, violation: Violation) -> str:
    """The digest of what both sides must agree on."""
    return Facts(
        dossier.plate,
        dossier.ground_colour,
        dossier.vehicle_kind,
        dossier.act,
        dossier.happened_at,
        violation.payload_sha256,
    ).digest


def files_of(services: Services, session: Session, dossier: Dossier, *, most_bytes: int) -> dict[str, bytes]:
    """All files of a package. Evidence is enclosed as long as the whole stays below `most_bytes`.

    Raises ObjectMissingError, StoreUnavailableError.
    """
    violation = session.get_one(Violation, dossier.violation_id)
    files = dict(_papers(services, session, dossier))
    files[REPORT] = _json(_report(session, violation))
    files[AUDIT] = _json(_audit(session, dossier))
    evidence, enclosed = _evidence(services, session, violation, most_bytes - sum(map(len, files.values())))
    files |= enclosed
    files[DOSSIER] = _json(_case(services, session, dossier, violation, evidence))
    return files


def read_case(package: Package) -> Case:
    """The case in a package, its device's signature checked. Raises TransferError."""
    try:
        case = CasePart.model_validate_json(package.files[DOSSIER])
        report = ReportPart.model_validate_json(package.files[REPORT])
        genuine = is_signed_by(
            Signed(payload=report.payload, device_id=report.device_id, signature=report.signature),
            load_public_key(report.public_key),
        )
    except (KeyError, ValidationError, ValueError) as error:
        why = str(error).splitlines()[0]
        raise TransferError(
            "case_unreadable", f"Hồ sơ trong gói không đọc được: {why}.", f"The case cannot be read: {why}."
        ) from error
    if not genuine or not _evidence_is_the_reports(case, report, package):
        raise TransferError(
            "report_changed",
            "Bản ghi của camera không khớp với chữ ký của thiết bị, hoặc chứng cứ không phải của bản ghi đó.",
            "The camera's report does not fit the device's signature, or the evidence is not that report's.",
        )
    digest = Facts(
        case.plate,
        case.ground_colour,
        case.vehicle_kind,
        case.act,
        case.happened_at,
        payload_sha256(report.payload),
    ).digest
    return Case(case=case, report=report, facts=digest)


def _evidence_is_the_reports(case: CasePart, report: ReportPart, package: Package) -> bool:
    """Every file is one that the device signed, lies where its report puts it, and is enclosed as it says."""
    told = ViolationReport.model_validate(report.payload)
    signed = {(one.role, one.name, one.sha256, one.object_key) for one in told.files}
    return all(
        (one.role, one.name, one.sha256, one.object_key) in signed
        and one.object_key == object_key(told.scene.camera_id, told.times.event_at, told.report_id, one.name)
        and (one.path is None or one.path in package.files)
        for one in case.evidence
    )


def _case(
    services: Services, session: Session, dossier: Dossier, violation: Violation, evidence: list[EvidencePart]
) -> dict[str, Any]:
    lookup = session.get_one(OwnerLookup, dossier.owner_lookup_id) if dossier.owner_lookup_id else None
    owner = open_owner(lookup, vault_of(services)) if lookup else None
    part = CasePart(
        notice_number=dossier.notice_number,
        state=dossier.state,
        plate=dossier.plate,
        plate_display=dossier.plate_display,
        ground_colour=dossier.ground_colour,
        vehicle_kind=dossier.vehicle_kind,
        act=dossier.act,
        rule=violation.rule,
        happened_at=dossier.happened_at,
        notified_at=dossier.notified_at,
        confirmed_by=str(dossier.opened_by),
        confirmed_at=violation.decided_at,
        law_version=dossier.law_version,
        fine_vnd=dossier.fine_vnd,
        owner=OwnerGiven.model_validate(vars(owner)) if owner else None,
        evidence=tuple(evidence),
        events=tuple(one.model_dump(mode="json") for one in queries.events(session, dossier)),
        deadlines=tuple(one.model_dump(mode="json") for one in queries.deadlines(session, dossier)),
        papers=tuple(
            {"kind": one.kind, "seq": one.seq, "number": one.number, "sha256": one.sha256}
            for one in queries.documents(session, dossier)
        ),
    )
    return part.model_dump(mode="json")


def _papers(services: Services, session: Session, dossier: Dossier) -> dict[str, bytes]:
    bucket = services.settings.s3_documents_bucket
    return {
        f"papers/{one.kind}-{one.seq}.pdf": services.store.read(bucket, one.object_key)
        for one in queries.documents(session, dossier)
        if one.object_key is not None
    }


def _evidence(
    services: Services, session: Session, violation: Violation, room_bytes: int
) -> tuple[list[EvidencePart], dict[str, bytes]]:
    rows = session.scalars(
        select(EvidenceFile)
        .where(EvidenceFile.violation_id == violation.id)
        .order_by(EvidenceFile.size_bytes, EvidenceFile.role)
    )
    parts: list[EvidencePart] = []
    enclosed: dict[str, bytes] = {}
    for row in rows:
        path = f"evidence/{row.name}" if row.size_bytes <= room_bytes else None
        if path is not None:
            enclosed[path] = services.store.read(services.settings.s3_bucket, row.object_key)
            room_bytes -= row.size_bytes
        parts.append(
            EvidencePart(
                role=row.role,
                name=row.name,
                object_key=row.object_key,
                sha256=row.sha256,
                size_bytes=row.size_bytes,
                media_type=row.media_type,
                path=path,
            )
        )
    return parts, enclosed


def _report(session: Session, violation: Violation) -> dict[str, Any]:
    device = session.get_one(Device, violation.device_id)
    return ReportPart(
        payload=violation.payload,
        device_id=violation.device_id,
        signature=violation.signature,
        device_name=device.name,
        software_version=device.software_version,
        public_key=device.public_key,
        received_at=violation.received_at,
    ).model_dump(mode="json")


def _audit(session: Session, dossier: Dossier) -> list[dict[str, Any]]:
    """The lines about this case, each with the hashes that chain it in our log."""
    rows = session.scalars(
        select(AuditEntry)
        .where(
            or_(
                AuditEntry.subject_id.in_([str(dossier.id), str(dossier.violation_id)]),
                AuditEntry.data["violation_id"].astext == str(dossier.violation_id),
                AuditEntry.data["dossier_id"].astext == str(dossier.id),
            )
        )
        .order_by(AuditEntry.seq)
    )
    names = ("seq", "actor", "action", "subject_type", "subject_id", "data", "previous_hash", "entry_hash")
    return [{"at": row.at.isoformat(), **{name: getattr(row, name) for name in names}} for row in rows]


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, default=_plain).encode()


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
