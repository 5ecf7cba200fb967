"""A plan to pay later or in parts, as the signed papers have it, and the days on which nothing is added."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.dossiers.models import Document, DocumentKind, Dossier
from backend.submissions.models import Submission
from penalty.calendar import vietnam_date
from penalty.relief import Part, next_part_vnd, shortened
from penalty.submissions import RELIEFS


def plan_of(session: Session, dossier: Dossier) -> tuple[Part, ...]:
    """The parts of the newest plan, less what was taken off since; none: the whole fine is owed at once."""
    plan = _newest(session, dossier, DocumentKind.DEFERRAL, DocumentKind.INSTALMENTS)
    if plan is None:
        return ()
    parts = tuple(Part(date.fromisoformat(part["due_on"]), part["amount_vnd"]) for part in plan.says["parts"])
    since = select(Document.says).where(
        Document.dossier_id == dossier.id,
        Document.kind == DocumentKind.REMISSION,
        Document.asked_at > plan.asked_at,
    )
    return shortened(parts, sum(says["remitted_vnd"] for says in session.scalars(since)))


def _newest(session: Session, dossier: Dossier, *kinds: DocumentKind) -> Document | None:
    rows = select(Document).where(Document.dossier_id == dossier.id, Document.kind.in_(kinds))
    return session.scalar(rows.order_by(Document.asked_at.desc()).limit(1))


def next_part_due_vnd(session: Session, dossier: Dossier) -> int:
    """What completes the part that is due next; 0 without a plan."""
    return next_part_vnd(plan_of(session, dossier), dossier.paid_vnd)


def days_considered(session: Session, dossier: Dossier, *, until: date, today: date) -> timedelta:
    """How long a request was being considered after the time to pay; nothing is added (LHAV Art. 78.1)."""
    asked = session.scalars(
        select(Submission).where(Submission.dossier_id == dossier.id, Submission.kind.in_(RELIEFS))
    )
    total = timedelta()
    for one in asked:
        begins = max(vietnam_date(one.filed_at), until)
        ends = vietnam_date(one.answered_at) if one.answered_at else today
        total += max(timedelta(), ends - begins)
    return total
