"""Reading evidence back: by role, with every look by a person logged."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.errors import not_found
from backend.evidence.models import EvidenceFile


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


def note_view(session: Session, file: EvidenceFile, *, actor: str) -> None:
    """Log that this person looked at this file."""
    audit.record(
        session,
        actor=actor,
        action="evidence.viewed",
        subject_type="violation",
        subject_id=file.violation_id,
        data={"role": file.role},
    )
