"""What the pages of signed-in people show of their cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.citizens.cases import Case, Part
from backend.database import utc_now
from backend.dossiers.assessing import assessment_of
from backend.dossiers.models import Dossier, DossierDeadline
from backend.dossiers.service import belongs_to_organisation
from backend.payments.amounts import amount_due
from backend.portal import story
from penalty.calendar import vietnam_date
from penalty.catalogue import Assessment, total_points
from penalty.dossier import PAYABLE, State
from penalty.points import Deduction

_WAITS_FOR_PERSON: dict[story.Next, str] = {"answer": "A2", "pay": "E1"}
_NOT_IN_FORCE = frozenset({State.ANNULLED, State.REFUNDED, State.REJECTED})


@dataclass(frozen=True)
class Line:
    """One case in the list. `by` is the day until which its viewer should act, where he should."""

    dossier: Dossier
    part: Part
    assessment: Assessment
    next_step: story.Next
    by: date | None
    due_vnd: int | None

    @property
    def waits(self) -> bool:
        return self.next_step in _WAITS_FOR_PERSON


@dataclass(frozen=True)
class Taken:
    """Points that one decision took."""

    dossier: Dossier
    assessment: Assessment
    deduction: Deduction


def line(session: Session, case: Case) -> Line:
    dossier = case.dossier
    next_step = story.next_for_owner(dossier)
    return Line(
        dossier=dossier,
        part=case.part,
        assessment=assessment_of(dossier),
        next_step=next_step,
        by=_act_by(session, dossier, _WAITS_FOR_PERSON.get(next_step)),
        due_vnd=amount_due(session, dossier, utc_now()).total_vnd if dossier.state in PAYABLE else None,
    )


def points_taken(session: Session, cases: Sequence[Case]) -> list[Taken]:
    """Points of the licence that decisions in force took from this person as the driver, newest first.

    An owner who named the driver lost none; nor does an organisation, which has no licence.
    """
    found = []
    for case in cases:
        dossier = case.dossier
        drove = case.part == ("driver" if dossier.driver_submission_id else "owner")
        if not drove or dossier.decided_at is None or dossier.state in _NOT_IN_FORCE:
            continue
        assessment = assessment_of(dossier)
        taken = total_points((assessment,))
        if taken and not belongs_to_organisation(session, dossier):
            deduction = Deduction(vietnam_date(dossier.decided_at), taken)
            found.append(Taken(dossier, assessment, deduction))
    return found


def _act_by(session: Session, dossier: Dossier, step_id: str | None) -> date | None:
    if step_id is None:
        return None
    return session.scalar(
        select(DossierDeadline.due_on).where(
            DossierDeadline.dossier_id == dossier.id,
            DossierDeadline.step_id == step_id,
            DossierDeadline.ended_at.is_(None),
        )
    )
