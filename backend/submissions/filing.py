"""Whether somebody may complain now, the first time or the second, and what lapses when nobody does."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.dossiers.models import Dossier
from backend.dossiers.moves import SYSTEM, due_dates, last_day, locked, write_event
from backend.errors import Problem
from backend.services import Services
from backend.submissions.models import Submission
from penalty.calendar import LegalCalendar, vietnam_date
from penalty.complaint import (
    RUNNING,
    ComplaintAction,
    ComplaintError,
    ComplaintState,
    Ground,
    advance,
    second_until,
    state_of_first,
    state_of_next,
)
from penalty.submissions import SubmissionKind

_MAY_LAPSE = (ComplaintState.REJECTED, ComplaintState.REFUSED)


def state_of_new(
    session: Session,
    dossier: Dossier,
    before: Sequence[Submission],
    grounds: tuple[Ground, ...],
    now: datetime,
) -> ComplaintState:
    """Where a complaint filed now stands: the first, the second after one that failed, or one to be refused.

    `before`: what this person has said, oldest first. Raises Problem 409 `complaint_running`, or with the
    law's words.
    """
    complaints = [one for one in before if one.kind == SubmissionKind.COMPLAINT]
    running = [one for one in complaints if one.state in RUNNING]
    if running:
        raise _running(running[0])
    ended = [one for one in complaints if one.state != ComplaintState.WITHDRAWN]
    today = vietnam_date(now)
    until = last_day(due_dates(session, dossier), "G1")
    try:
        first = state_of_first(today=today, complain_until=until, grounds=grounds)
    except ComplaintError as error:
        raise complaint_refusal(error) from error
    if not ended:
        return first
    last = ended[-1]
    return state_of_next(before=ComplaintState(last.state), today=today, until=_second_until(last))


def standing(
    session: Session, dossier: Dossier, said: Sequence[Submission], now: datetime
) -> ComplaintState | None:
    """Where a complaint would stand if it were filed now; None while one runs, or without a decision."""
    try:
        return state_of_new(session, dossier, said, (Ground.OTHER,), now)
    except Problem:
        return None


def again_until(complaint: Submission, said: Sequence[Submission], today: date) -> date | None:
    """Until when this complaint may be filed a second time; None where it may not, or no longer.

    `said`: everything this person has said about the case.
    """
    later = any(one.kind == complaint.kind and one.filed_at > complaint.filed_at for one in said)
    if complaint.kind != SubmissionKind.COMPLAINT or complaint.state not in _MAY_LAPSE or later:
        return None
    until = _second_until(complaint)
    return until if today <= until else None


def lapse_complaints(services: Services, now: datetime) -> int:
    """End what was not upheld and not complained about again in time; how many ended.

    Looks at last days: a system that was off for a week does on its first call what it missed.
    """
    with services.database.unit_of_work() as session:
        open_still = select(Submission.id).where(
            Submission.kind == SubmissionKind.COMPLAINT, Submission.state.in_(_MAY_LAPSE)
        )
        waiting = session.scalars(open_still).all()
    return sum(_lapse(services, submission_id, now) for submission_id in waiting)


def _lapse(services: Services, submission_id: uuid.UUID, now: datetime) -> bool:
    with services.database.unit_of_work() as session:
        dossier = locked(session, session.get_one(Submission, submission_id).dossier_id)
        submission = session.get_one(Submission, submission_id, populate_existing=True)
        today = vietnam_date(now)
        again = select(Submission.id).where(
            Submission.dossier_id == dossier.id,
            Submission.kind == SubmissionKind.COMPLAINT,
            Submission.filed_at > submission.filed_at,
        )
        if submission.state not in _MAY_LAPSE or today <= _second_until(submission):
            return False
        if session.scalar(again.limit(1)) is not None:
            return False
        moved = advance(
            ComplaintState(submission.state),
            ComplaintAction.LET_LAPSE,
            by="system",
            calendar=LegalCalendar.load(),
            on=today,
        )
        submission.state = moved.to_state
        data = {"number": submission.number}
        write_event(session, dossier, "complaint_lapsed", actor=SYSTEM, now=now, data=data)
        return True


def _second_until(first: Submission) -> date:
    answered = first.answered_at or first.filed_at
    return second_until(LegalCalendar.load(), vietnam_date(answered)).due_on


def complaint_refusal(error: ComplaintError) -> Problem:
    """The law's refusal as the API says it."""
    status = 403 if error.code == "role_not_allowed" else 409
    return Problem(
        status,
        error.code,
        "Không thực hiện được với khiếu nại này",
        "This cannot be done with the complaint",
        error.message_vi,
        error.message_en,
    )


def _running(complaint: Submission) -> Problem:
    return Problem(
        409,
        "complaint_running",
        "Bạn đã có một đơn khiếu nại đang được giải quyết",
        "A complaint of yours is being resolved",
        f"Số {complaint.number}, chúng tôi trả lời chậm nhất ngày {complaint.answer_due_on:%d/%m/%Y}.",
        f"Number {complaint.number}, answered by the end of {complaint.answer_due_on:%d/%m/%Y}.",
    )
