"""What is done once a second person has approved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.approvals.models import Approval
from backend.approvals.rules import Kind
from backend.approvals.service import Perform, case_of
from backend.dossiers import driver_age, evasion, steps
from backend.dossiers.moves import Actor, locked
from backend.payments import placing, returns
from backend.places.scope import whole_only
from backend.submissions import complaints, relief
from penalty.complaint import Answer, Ground
from penalty.evasion import Evasion
from penalty.minors import AgeBand


def _annul(session: Session, approval: Approval, approver: Account, now: datetime) -> None:
    dossier = locked(session, case_of(approval))
    complaints.cancel(
        session, dossier, Actor.of(approver), reason=approval.reason, now=now, signed_by=approver.id
    )


def _drop(session: Session, approval: Approval, approver: Account, now: datetime) -> None:
    steps.drop(session, case_of(approval), approver, reason=approval.reason, now=now)


def _uphold(session: Session, approval: Approval, approver: Account, now: datetime) -> None:
    answers = [
        Answer(Ground(one["ground"]), bool(one["justified"]), str(one["text"]))
        for one in approval.data["answers"]
    ]
    complaints.uphold(session, approval.subject_id, approver, answers=answers, now=now)


def _place(session: Session, approval: Approval, approver: Account, now: datetime) -> None:
    whole_only(session)
    placing.place(session, approval.subject_id, case_of(approval), approver, now)


def _return(session: Session, approval: Approval, approver: Account, now: datetime) -> None:
    whole_only(session)
    returns.queue(session, approval.subject_id, approver, reason=approval.reason, now=now)


def _evasion(session: Session, approval: Approval, approver: Account, now: datetime) -> None:
    evasion.record(session, locked(session, case_of(approval)), evasion_in(approval.data), approver, now)


def _remit(session: Session, approval: Approval, approver: Account, now: datetime) -> None:
    amount_vnd = approval.data["remits_vnd"]
    relief.remit(
        session, approval.subject_id, approver, amount_vnd=amount_vnd, reason=approval.reason, now=now
    )


def _age(session: Session, approval: Approval, approver: Account, now: datetime) -> None:  # noqa: ARG001
    dossier, band = locked(session, case_of(approval)), AgeBand(approval.data["band"])
    was, of = str(approval.data["was"]), approval.data.get("named_by")
    driver_age.corrected(session, dossier, band, approver, was=was, of=of)


def evasion_in(data: Mapping[str, Any]) -> Evasion:
    """The days of a request to record an evasion."""
    return Evasion(date.fromisoformat(data["began_on"]), date.fromisoformat(data["ended_on"]))


ACTS: Final[Mapping[Kind, Perform]] = {
    "annul_decision": _annul,
    "drop_dossier": _drop,
    "uphold_complaint": _uphold,
    "place_transfer": _place,
    "return_transfer": _return,
    "record_evasion": _evasion,
    "remit_fine": _remit,
    "correct_age": _age,
}
