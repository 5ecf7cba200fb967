"""Reading evidence back: by role, with every look by a person logged."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from backend import audit
from backend.audit.models import AuditEntry
from backend.errors import not_found
from backend.evidence.models import EvidenceFile
from edge.report import FOR_OWNERS

_ONE_LOOK = timedelta(minutes=10)


def evidence_files(session: Session, violation_id: uuid.UUID) -> dict[str, EvidenceFile]:
    """All files of a violation by role."""
    found = session.scalars(select(EvidenceFile).where(EvidenceFile.violation_id == violation_id))
    return {file.role: file for file in found}


def evidence_file(session: Session, violation_id: uuid.UUID, role: str) -> EvidenceFile:
    """Raises Problem 404."""
    file = session.scalar(
        select(EvidenceFile).where(EvidenceFile.violation_id == violation_id, EvidenceFile.role == role)
    )
    if file is None:
        raise not_found("Không có tệp chứng cứ này", "There is no such evidence file")
    return file


def owner_file(session: Session, violation_id: uuid.UUID, role: str) -> EvidenceFile:
    """A file that the owner may see. Raises Problem 404 for an original as for a file that is not there."""
    return evidence_file(session, violation_id, role if role in FOR_OWNERS else "")


def note_view(session: Session, file: EvidenceFile, *, actor: str, piece: bool, now: datetime) -> None:
    """Log that this person looked at this file; a `piece` of a video that he is looking at is no new look."""
    lately = exists().where(
        AuditEntry.subject_type == "violation",
        AuditEntry.subject_id == str(file.violation_id),
        AuditEntry.action == "evidence.viewed",
        AuditEntry.actor == actor,
        AuditEntry.data["role"].astext == file.role,
        AuditEntry.at > now - _ONE_LOOK,
    )
    if piece and session.scalar(select(lately)):
        return
    audit.record(
        session,
        actor=actor,
        action="evidence.viewed",
        subject_type="violation",
        subject_id=file.violation_id,
        data={"role": file.role},
    )
