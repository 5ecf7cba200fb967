"""The days by which statements are answered, counted anew once the calendar is another one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.dossiers.models import Dossier, DossierEvent
from backend.dossiers.moves import SYSTEM, locked, write_event
from backend.services import Services
from backend.submissions.models import Submission
from penalty.calendar import LegalCalendar, vietnam_date
from penalty.complaint import ComplaintState
from penalty.submissions import AnswerDue, SubmissionKind, answer_due

_RESOLVED_BY: Final = {ComplaintState.ACCEPTED: "G3", ComplaintState.SECOND_ACCEPTED: "G5"}


def recount_answers(services: Services, now: datetime, calendar: LegalCalendar) -> int:
    """What the law makes of each open statement by this calendar; how many days moved.

    A day that we promised, where the law sets none, is never moved to a later one.
    """
    with services.database.unit_of_work() as session:
        waiting = session.scalars(select(Submission.id).where(Submission.answered_at.is_(None))).all()
    moved = 0
    for submission_id in waiting:
        with services.database.unit_of_work() as session:
            submission = session.get_one(Submission, submission_id)
            due = _due(session, submission, calendar)
            later_promise = due.step_id is None and due.due_on > submission.answer_due_on
            if due.due_on != submission.answer_due_on and not later_promise:
                _move(session, submission, due, now)
                moved += 1
    return moved


def _due(session: Session, submission: Submission, calendar: LegalCalendar) -> AnswerDue:
    if submission.state in _RESOLVED_BY:
        due = calendar.due(_RESOLVED_BY[ComplaintState(submission.state)], _accepted_on(session, submission))
        return AnswerDue(due.due_on, due.step_id, due.rule_vi, due.rule_en)
    recorded_at = session.get_one(Dossier, submission.dossier_id).recorded_at
    return answer_due(
        SubmissionKind(submission.kind),
        vietnam_date(submission.filed_at),
        calendar,
        recorded_on=vietnam_date(recorded_at) if recorded_at else None,
    )


def _accepted_on(session: Session, complaint: Submission) -> date:
    at = session.scalars(
        select(DossierEvent.at).where(
            DossierEvent.dossier_id == complaint.dossier_id,
            DossierEvent.kind == "complaint_accepted",
            DossierEvent.data["number"].astext == complaint.number,
        )
    ).one()
    return vietnam_date(at)


def _move(session: Session, submission: Submission, due: AnswerDue, now: datetime) -> None:
    dossier = locked(session, submission.dossier_id)
    was = submission.answer_due_on
    submission.answer_due_on = due.due_on
    submission.answer_rule_vi, submission.answer_rule_en = due.rule_vi, due.rule_en
    limit = {"step": due.step_id or "answer", "was": was.isoformat(), "now": due.due_on.isoformat()}
    data = {"number": submission.number, "limits": [limit]}
    write_event(session, dossier, "time_limits_recounted", actor=SYSTEM, now=now, data=data)
