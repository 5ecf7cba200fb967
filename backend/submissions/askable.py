"""Whether paying later, in parts or less may be asked for now: fine, time, and what was asked before."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.dossiers.models import Dossier
from backend.dossiers.moves import due_dates, last_day
from backend.dossiers.service import belongs_to_organisation
from backend.submissions.models import Submission
from penalty.calendar import vietnam_date
from penalty.dossier import PAYABLE
from penalty.relief import REMITTING, Relief, open_reliefs
from penalty.submissions import RELIEFS


def fined_organisation(session: Session, dossier: Dossier) -> bool:
    """Whether the fine is an organisation's: it owns the vehicle, and no driver was named and heard."""
    return dossier.driver_submission_id is None and belongs_to_organisation(session, dossier)


def relief_waits(session: Session, dossier_id: uuid.UUID) -> bool:
    """Whether a request to pay later, in parts or less is unanswered that follows no refused one.

    One that was asked for again after a refusal is answered, but holds nothing up.
    """
    of_case = (Submission.dossier_id == dossier_id, Submission.kind.in_(RELIEFS))
    waiting = select(Submission.id).where(*of_case, Submission.answered_at.is_(None))
    refused = select(Submission.id).where(*of_case, Submission.outcome == "refused")
    if session.scalar(refused.limit(1)) is not None:
        return False
    return session.scalar(waiting.limit(1)) is not None


def reliefs_open(session: Session, dossier: Dossier, now: datetime) -> tuple[Relief, ...]:
    """None while one waits for its answer; what was granted is not asked for again."""
    if dossier.state not in PAYABLE or not dossier.fine_vnd:
        return ()
    asked = select(Submission).where(Submission.dossier_id == dossier.id, Submission.kind.in_(RELIEFS))
    requests = session.scalars(asked).all()
    if any(one.answered_at is None for one in requests):
        return ()
    granted = {Relief(one.kind) for one in requests if one.outcome == "accepted"}
    if dossier.remitted_vnd:  # also by a waiver that was granted in part
        granted = granted - REMITTING | {Relief.REDUCTION}
    return open_reliefs(
        dossier.fine_vnd,
        organisation=fined_organisation(session, dossier),
        today=vietnam_date(now),
        pay_until=last_day(due_dates(session, dossier), "E1"),
        granted=granted,
    )
