"""Resolving complaints: each ground answered; one that is upheld cancels the decision and frees the money."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.guards import role_missing
from backend.accounts.models import CHIEFS, Account
from backend.approvals import service as approvals
from backend.dossiers.issuing import ask_for_document
from backend.dossiers.models import DocumentKind, Dossier
from backend.dossiers.moves import Actor, legal_move, locked, write_event
from backend.dossiers.numbers import next_number
from backend.payments import book, posting
from backend.payments.models import Payment
from backend.submissions.answering import answer_on_paper, answered_before, settle
from backend.submissions.filing import complaint_refusal
from backend.submissions.models import Submission
from backend.submissions.service import find
from penalty import ledger
from penalty.calendar import LegalCalendar, vietnam_date
from penalty.complaint import (
    SECOND,
    TO_REFUSE,
    Answer,
    ComplaintAction,
    ComplaintError,
    ComplaintState,
    Ground,
    Moved,
    advance,
)
from penalty.dossier import Action, Role
from penalty.guards import Facts
from penalty.payments.attempt import AttemptEvent, AttemptState, after
from penalty.submissions import SubmissionKind

_EVENTS = {
    ComplaintAction.ACCEPT: "complaint_accepted",
    ComplaintAction.REFUSE: "complaint_refused",
    ComplaintAction.UPHOLD: "complaint_upheld",
    ComplaintAction.REJECT: "complaint_rejected",
    ComplaintAction.WITHDRAW: "complaint_withdrawn",
}
_ENDS = (ComplaintAction.REFUSE, ComplaintAction.UPHOLD, ComplaintAction.REJECT)


def resolve(
    session: Session,
    submission_id: uuid.UUID,
    action: ComplaintAction,
    chief: Account,
    *,
    answers: Sequence[Answer] = (),
    reason: str = "",
    now: datetime,
) -> Submission:
    """Accept, refuse or reject, in one transaction; to uphold is asked for, and done by `uphold`.

    `reason`: why one that came too late or once too often is refused, or accepted all the same. Raises
    Problem 404, 403, or 409 with the law's words. The first complaint is resolved by whoever issued the
    decision (Law on Complaints Art. 7), so a team chief may judge his own; one that is upheld frees money, so
    a second person decides upon what the first one drafted (docs/adr/0013).
    """
    dossier, submission = _held(session, submission_id)
    if action is ComplaintAction.UPHOLD:
        _advanced(submission, action, answers, vietnam_date(now), by=_draft_for(submission))
        draft = f"Khiếu nại {submission.number} đúng."
        data = {"answers": _kept(answers), "number": submission.number}
        approvals.ask(
            session,
            "uphold_complaint",
            dossier,
            chief,
            subject_id=submission.id,
            reason=draft,
            data=data,
            now=now,
        )
        return submission
    _one_person_may(session, submission, chief, now)
    return _resolved(session, dossier, submission, action, chief, answers=answers, reason=reason, now=now)


def refuse_impossible_resolution(
    session: Session,
    submission_id: uuid.UUID,
    action: ComplaintAction,
    chief: Account,
    *,
    answers: Sequence[Answer],
    reason: str,
    now: datetime,
) -> None:
    """Raises what `resolve` would raise; changes nothing."""
    dossier, submission = _held(session, submission_id)
    _one_person_may(session, submission, chief, now)
    by = _judge(dossier, submission, chief)
    _advanced(submission, action, answers, vietnam_date(now), by=by, reason=reason)


def _one_person_may(session: Session, submission: Submission, chief: Account, now: datetime) -> None:
    if not chief.has(*CHIEFS):
        raise role_missing(*CHIEFS)
    waiting = approvals.waiting_for(session, submission.id, now)
    if waiting is not None:
        raise approvals.waits(waiting)


def uphold(
    session: Session, submission_id: uuid.UUID, chief: Account, *, answers: Sequence[Answer], now: datetime
) -> Submission:
    """What a second person approved: the complaint is right, the decision is cancelled, money is owed back.

    Raises Problem 404, or 409 where the complaint stands otherwise by now.
    """
    dossier, submission = _held(session, submission_id)
    return _resolved(session, dossier, submission, ComplaintAction.UPHOLD, chief, answers=answers, now=now)


def _held(session: Session, submission_id: uuid.UUID) -> tuple[Dossier, Submission]:
    dossier = locked(session, find(session, submission_id).dossier_id)
    submission = session.get_one(Submission, submission_id, with_for_update=True, populate_existing=True)
    if submission.kind != SubmissionKind.COMPLAINT:
        raise answered_before()
    return dossier, submission


def _kept(answers: Sequence[Answer]) -> list[dict[str, object]]:
    return [{"ground": str(one.ground), "justified": one.justified, "text": one.text} for one in answers]


def _resolved(
    session: Session,
    dossier: Dossier,
    submission: Submission,
    action: ComplaintAction,
    chief: Account,
    *,
    answers: Sequence[Answer],
    now: datetime,
    reason: str = "",
) -> Submission:
    by = _judge(dossier, submission, chief)
    excused = action is ComplaintAction.ACCEPT and submission.state in TO_REFUSE
    moved = _advanced(submission, action, answers, vietnam_date(now), by=by, reason=reason)
    submission.state = moved.to_state
    if moved.deadlines and action is ComplaintAction.ACCEPT:
        submission.answer_due_on = moved.deadlines[0].due_on
        submission.answer_rule_vi, submission.answer_rule_en = (
            moved.deadlines[0].rule_vi,
            moved.deadlines[0].rule_en,
        )
    actor = Actor.of(chief)
    if action in _ENDS:
        submission.answers = _kept(answers)
        text = "\n".join(one.text for one in answers) or reason.strip()
        settle(session, submission, chief, outcome=str(moved.to_state), answer=text, now=now)
        answer_on_paper(session, submission, chief, about=dossier.decision_number or "", now=now)
    data = {"number": submission.number, **({"why_late": reason.strip()} if excused else {})}
    write_event(session, dossier, _EVENTS[action], actor=actor, now=now, data=data)
    if action is ComplaintAction.UPHOLD:
        cancel(
            session,
            dossier,
            actor,
            reason=f"Khiếu nại {submission.number} đúng.",
            now=now,
            signed_by=chief.id,
        )
    return submission


def withdraw(
    session: Session, submission: Submission, dossier: Dossier, now: datetime, *, visitor: str
) -> None:
    """Whoever made it takes it back; `visitor` is how the log names him. Raises Problem 409."""
    try:
        moved = advance(
            ComplaintState(submission.state),
            ComplaintAction.WITHDRAW,
            by="complainant",
            calendar=LegalCalendar.load(),
            on=vietnam_date(now),
        )
    except ComplaintError as error:
        raise complaint_refusal(error) from error
    submission.state, submission.answered_at, submission.outcome = moved.to_state, now, "withdrawn"
    actor = Actor(visitor, Role.OWNER)
    data = {"number": submission.number}
    write_event(session, dossier, "complaint_withdrawn", actor=actor, now=now, data=data)


def cancel(
    session: Session,
    dossier: Dossier,
    actor: Actor,
    *,
    reason: str,
    now: datetime,
    signed_by: uuid.UUID | None = None,
) -> None:
    """Cancel the decision, on paper too: what is unpaid is owed no more, what was paid is owed back.

    One transaction. `signed_by` is the account whose name stands under the paper.
    """
    decided = dossier.decision_number is not None
    facts = Facts(today=vietnam_date(now), reason=reason, decided=decided)
    legal_move(session, dossier, Action.ANNUL, actor=actor, facts=facts, now=now, data={"reason": reason})
    owed_before = book.outstanding_vnd(session, dossier.id)
    charged = book.charged_vnd(session, dossier.id)
    number = next_number(session, DocumentKind.ANNULMENT, now)
    if charged:
        _take_back(session, dossier, number, owed_before, now)
    refund_vnd = charged - owed_before
    says = {"reason": reason, "refund_vnd": refund_vnd}
    ask_for_document(session, dossier, DocumentKind.ANNULMENT, number, says=says, signed_by=signed_by)
    payments = session.scalars(
        select(Payment)
        .where(Payment.dossier_id == dossier.id, Payment.state == AttemptState.PAID)
        .order_by(Payment.answered_at)
    ).all()
    for payment in payments:
        payment.state = after(AttemptState.PAID, AttemptEvent.DEBT_FELL_AWAY)
    posting.give_back(session, dossier, payments, refund_vnd, now, reason="annulled")


def _take_back(session: Session, dossier: Dossier, number: str, owed_vnd: int, now: datetime) -> None:
    """What was charged is charged no more; a warning charged nothing."""
    entries = ledger.annulled(
        dossier=str(dossier.id),
        decision_number=dossier.decision_number or "",
        annulment_number=number,
        fine_vnd=-book.balance_vnd(session, ledger.TREASURY_FINES, dossier.id),
        surcharge_vnd=-book.balance_vnd(session, ledger.TREASURY_SURCHARGE, dossier.id),
        owed_vnd=owed_vnd,
        at=now,
    )
    book.post(session, dossier.id, entries)


def _draft_for(submission: Submission) -> str:
    """Whose decision a draft prepares; that person signs it by approving."""
    return "superior" if submission.state in SECOND else "team_chief"


def _judge(dossier: Dossier, submission: Submission, chief: Account) -> str:
    """As whom this person resolves: a second one is for a head of division who did not sign the decision."""
    superior = chief.has("division") and chief.id != dossier.decided_by
    return "superior" if submission.state in SECOND and superior else "team_chief"


def _advanced(
    submission: Submission,
    action: ComplaintAction,
    answers: Sequence[Answer],
    on: date,
    *,
    by: str,
    reason: str = "",
) -> Moved:
    try:
        return advance(
            ComplaintState(submission.state),
            action,
            by=by,
            calendar=LegalCalendar.load(),
            on=on,
            grounds=tuple(Ground(ground) for ground in submission.grounds),
            answers=tuple(answers),
            reason=reason,
        )
    except ComplaintError as error:
        raise complaint_refusal(error) from error
