"""Who was named as the driver of a case, and what that person says for himself."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from backend.dossiers.models import Dossier
from backend.submissions.models import Submission
from penalty.submissions import SubmissionKind


def naming_of(session: Session, dossier: Dossier) -> Submission | None:
    """The statement that names the driver who was heard, or who is asked; None where nobody is named now."""
    if dossier.driver_submission_id is not None:
        return session.get_one(Submission, dossier.driver_submission_id)
    return session.scalar(
        select(Submission)
        .where(
            Submission.dossier_id == dossier.id,
            Submission.kind == SubmissionKind.DRIVER,
            Submission.answered_at.is_(None),
        )
        .order_by(Submission.filed_at.desc())
        .limit(1)
    )


def denials(session: Session, naming_id: uuid.UUID) -> Sequence[Submission]:
    """Where the person named says that it was not he, oldest first."""
    return session.scalars(
        select(Submission)
        .where(Submission.named_by_id == naming_id, Submission.kind == SubmissionKind.NOT_DRIVING)
        .order_by(Submission.filed_at)
    ).all()


def shown_out(session: Session, id_number_index: str, since: datetime) -> Sequence[Submission]:
    """What somebody said who was named and did not drive: he keeps it, although the case is closed to him."""
    naming = aliased(Submission)
    return session.scalars(
        select(Submission)
        .join(naming, naming.id == Submission.named_by_id)
        .where(
            naming.named_index == id_number_index,
            naming.outcome == "refused",
            Submission.answered_at > since,
        )
        .order_by(Submission.filed_at.desc())
    ).all()
