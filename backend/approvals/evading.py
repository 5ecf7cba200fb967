"""Asking that somebody's deliberate evasion is recorded: its days are checked now, and again when done."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.approvals import service
from backend.approvals.models import Approval
from backend.approvals.schemas import EvasionAsked
from backend.dossiers.evasion import recounted
from backend.dossiers.moves import locked
from penalty.evasion import Evasion


def ask(
    session: Session, dossier_id: uuid.UUID, officer: Account, asked: EvasionAsked, now: datetime
) -> Approval:
    """Put it before a second person. Raises Problem 403, 404, 409, 412, 422 `evasion_days`."""
    dossier = locked(session, dossier_id, expected_version=asked.expected_version)
    found = recounted(session, dossier, Evasion(asked.began_on, asked.ended_on), now)
    data = {
        "began_on": asked.began_on.isoformat(),
        "ended_on": asked.ended_on.isoformat(),
        "evidence": asked.evidence,
        "step": found.deadline.step_id,
        "until": found.deadline.raw_due_on.isoformat(),
    }
    return service.ask(
        session,
        "record_evasion",
        dossier,
        officer,
        subject_id=dossier.id,
        reason=asked.reason,
        now=now,
        data=data,
    )
