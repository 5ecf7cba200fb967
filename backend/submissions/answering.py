"""Answering a statement; each answer is one transaction with its move, paper and audit row."""

from __future__ import annotations

import uuid
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.dossiers import driver_age
from backend.dossiers.issuing import ask_for_document
from backend.dossiers.models import DocumentKind, Dossier
from backend.dossiers.moves import Actor, legal_move, locked, refuse_impossible, write_event
from backend.dossiers.new_owner import end_visits, seek_again
from backend.dossiers.numbers import next_number
from backend.errors import Problem
from backend.services import Services
from backend.submissions.models import Submission
from backend.submissions.naming import denials
from backend.submissions.service import find
from penalty.calendar import vietnam_date
from penalty.dossier import Action, Role
from penalty.guards import Facts
from penalty.submissions import CONTESTING, NAMES, SubmissionKind

ANSWERED_YES_OR_NO: Final = CONTESTING | {
    SubmissionKind.DRIVER,
    SubmissionKind.NOT_DRIVING,
    SubmissionKind.DATA,
}


@dataclass(frozen=True, slots=True)
class YesOrNo:
    """What an officer answers to a statement, and why."""

    officer: Account
    accepted: bool
    reason: str
    now: datetime


def answer(services: Services, session: Session, submission: Submission, said: YesOrNo) -> Submission:
    """Answer any statement but a complaint, as its kind asks for. Raises Problem 404, 409."""
    answering = {
        SubmissionKind.DRIVER: _answer_driver,
        SubmissionKind.NOT_DRIVING: _answer_denial,
        SubmissionKind.DATA: _answer_data,
    }.get(SubmissionKind(submission.kind), partial(_answer_contest, services))
    return answering(session, submission.id, said)


def _answer_contest(
    services: Services, session: Session, submission_id: uuid.UUID, said: YesOrNo
) -> Submission:
    """Answer "sold", "cloned" or "not mine".

    Accepted: the buyer is sought and gets a notice of his own, or the dossier is dropped. Refused: it goes on
    as it was.
    """
    submission = _answer(session, submission_id, CONTESTING, said)
    if said.accepted and submission.kind == SubmissionKind.SOLD:
        dossier = session.get_one(Dossier, submission.dossier_id)
        seek_again(services, session, dossier, said.officer, submission_id=submission.id, now=said.now)
    return submission


def _answer_driver(session: Session, submission_id: uuid.UUID, said: YesOrNo) -> Submission:
    """The person named was heard: he drove, and his record may be made, or not, and the owner is asked on."""
    submission = _answer(session, submission_id, {SubmissionKind.DRIVER}, said)
    dossier = session.get_one(Dossier, submission.dossier_id)
    for denial in denials(session, submission.id):
        outcome = "refused" if said.accepted else "accepted"
        settle(session, denial, said.officer, outcome=outcome, answer=said.reason, now=said.now)
        answer_on_paper(session, denial, said.officer, about=dossier.notice_number, now=said.now)
    if said.accepted:
        dossier.driver_submission_id, dossier.driver_age_band = submission.id, None
        driver_age.ask_for(session, dossier, said.officer.id)
    else:
        end_visits(session, submission.dossier_id, "driver", now=said.now)
    return submission


def _answer_denial(session: Session, submission_id: uuid.UUID, said: YesOrNo) -> Submission:
    """The person named is right, or drove after all: the decision upon the naming, which answers both."""
    denial = find(session, submission_id)
    if denial.named_by_id is None:
        raise _not_so(denial)
    _answer_driver(session, denial.named_by_id, replace(said, accepted=not said.accepted))
    return denial


def _answer_data(session: Session, submission_id: uuid.UUID, said: YesOrNo) -> Submission:
    """Say what was found about data a person holds to be wrong. The case itself is not moved by it."""
    return _answer(session, submission_id, {SubmissionKind.DATA}, said)


def refuse_impossible_answer(session: Session, submission: Submission, said: YesOrNo) -> Dossier:
    """The dossier, held, where this answer could be given. Raises Problem 409 as giving it would."""
    dossier = locked(session, submission.dossier_id)
    answered, accepted = submission, said.accepted
    if submission.kind == SubmissionKind.NOT_DRIVING and submission.named_by_id is not None:
        answered, accepted = find(session, submission.named_by_id), not accepted
    if submission.kind not in ANSWERED_YES_OR_NO:
        raise _not_so(submission)
    if answered.answered_at is not None:
        raise answered_before()
    action = _action(answered, accepted=accepted)
    if action is not None:
        facts = _facts(dossier, said.reason, said.now)
        refuse_impossible(dossier, action, actor=Actor.of(said.officer), facts=facts)
    return dossier


def _action(submission: Submission, *, accepted: bool) -> Action | None:
    """The move of the case that the answer is; None: the case stays as it is."""
    match SubmissionKind(submission.kind):
        case SubmissionKind.DRIVER:
            return Action.DRIVER_CONFIRMS if accepted else Action.DRIVER_DENIES
        case SubmissionKind.DATA:
            return None
        case SubmissionKind.SOLD if accepted:
            return Action.FIND_OTHER_OWNER
    return Action.DROP if accepted else Action.REFUSE_CONTEST


def _facts(dossier: Dossier, reason: str, now: datetime) -> Facts:
    heard = dossier.driver_submission_id is not None
    return Facts(today=vietnam_date(now), reason=reason, driver_heard=heard)


def _answer(
    session: Session, submission_id: uuid.UUID, kinds: AbstractSet[SubmissionKind], said: YesOrNo
) -> Submission:
    dossier = locked(session, find(session, submission_id).dossier_id)
    submission = session.get_one(Submission, submission_id, with_for_update=True, populate_existing=True)
    if submission.kind not in kinds:
        raise _not_so(submission)
    if submission.answered_at is not None:
        raise answered_before()
    officer, now = said.officer, said.now
    action = _action(submission, accepted=said.accepted)
    if action is not None:
        facts, data = _facts(dossier, said.reason, now), {"number": submission.number}
        legal_move(session, dossier, action, actor=Actor.of(officer), facts=facts, now=now, data=data)
    outcome = "accepted" if said.accepted else "refused"
    settle(session, submission, officer, outcome=outcome, answer=said.reason, now=now)
    answer_on_paper(session, submission, officer, about=dossier.notice_number, now=now)
    return submission


def answer_on_paper(
    session: Session, submission: Submission, officer: Account, *, about: str, now: datetime
) -> None:
    """The answer as a paper for whoever made the statement; `about` is the notice's or decision's number."""
    dossier = session.get_one(Dossier, submission.dossier_id)
    number = next_number(session, DocumentKind.ANSWER, now)
    ask_for_document(
        session,
        dossier,
        DocumentKind.ANSWER,
        number,
        says={
            "submission_id": str(submission.id),
            "subject_number": about,
            **({"named_by": str(submission.named_by_id)} if submission.named_by_id else {}),
        },
        signed_by=officer.id,
        owner_lookup_id=submission.owner_lookup_id,
    )
    write_event(
        session,
        dossier,
        "answered",
        actor=Actor(officer.actor, Role.OFFICER),
        now=now,
        data={"number": number, "statement": submission.number},
    )


def settle(
    session: Session, submission: Submission, officer: Account, *, outcome: str, answer: str, now: datetime
) -> None:
    """Write the answer down; the owner reads it on his page."""
    if submission.kind != SubmissionKind.COMPLAINT:
        submission.state = "answered"
    submission.outcome, submission.answer = outcome, answer
    submission.answered_at, submission.answered_by = now, officer.id
    audit.record(
        session,
        actor=officer.actor,
        action="submission.answered",
        subject_type="submission",
        subject_id=submission.id,
        data={"number": submission.number, "kind": submission.kind, "outcome": outcome},
    )


def answered_before() -> Problem:
    return Problem(
        409,
        "answered_before",
        "Đơn này đã được trả lời",
        "This was answered before",
        "Tải lại trang để xem câu trả lời.",
        "Reload the page to see the answer.",
    )


def _not_so(submission: Submission) -> Problem:
    vi, en = NAMES[SubmissionKind(submission.kind)]
    return Problem(
        409,
        "answer_does_not_fit",
        "Câu trả lời không hợp với loại đơn này",
        "This answer does not fit this kind of statement",
        f"Đây là “{vi}”.",
        f"It is “{en}”.",
    )
