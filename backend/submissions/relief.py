"""Deciding who pays later, in parts or less: a plan on signed paper, or an amount that is taken off."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.approvals import service as approvals
from backend.dossiers.assessing import power_over
from backend.dossiers.issuing import ask_for_document
from backend.dossiers.models import DocumentKind, Dossier
from backend.dossiers.moves import Actor, due_dates, locked, write_event
from backend.dossiers.numbers import next_number
from backend.errors import Problem
from backend.payments import book
from backend.services import Services
from backend.submissions.answering import answer_on_paper, answered_before, settle
from backend.submissions.models import Submission
from backend.submissions.remission import Remission, grant, proposed
from backend.submissions.schemas import ReliefAnswered
from backend.submissions.service import find, words_of
from penalty.calendar import LegalCalendar, vietnam_date
from penalty.dossier import PAYABLE, State
from penalty.relief import Part, Relief, ReliefError, plan
from penalty.submissions import RELIEFS, REMISSIONS


@dataclass(frozen=True)
class Considered:
    """A request with what would be granted, found lawful: a plan to pay, or an amount that is taken off."""

    submission: Submission
    dossier: Dossier
    parts: tuple[Part, ...] = ()
    remission: Remission | None = None


def consider(
    services: Services,
    session: Session,
    submission_id: uuid.UUID,
    chief: Account,
    asked: ReliefAnswered,
    *,
    now: datetime,
) -> Considered:
    """What granting or refusing this would do; nothing is changed. Raises all that `decide` raises."""
    dossier, submission = _held(session, submission_id, chief, now)
    waiting = approvals.waiting_for(session, submission.id, now)
    if waiting is not None:
        raise approvals.waits(waiting)
    found = Considered(submission, dossier)
    if not asked.accepted:
        return found
    if submission.kind in REMISSIONS:
        return replace(found, remission=proposed(session, dossier, submission, asked.amount_vnd))
    return replace(found, parts=_plan(services, session, submission, dossier, now))


def decide(
    services: Services,
    session: Session,
    submission_id: uuid.UUID,
    chief: Account,
    asked: ReliefAnswered,
    *,
    now: datetime,
) -> Submission:
    """Grant or refuse, by somebody who could have signed the decision (LHAV Art. 76, 77, 79).

    To take a fine off frees money: it is asked for, and done by `remit` (docs/adr/0013). Raises Problem 404,
    403 `no_signing_power`, 409 `answered_before`, `answer_does_not_fit`, `nothing_to_pay` or
    `approval_waits`, 422 `no_lawful_plan`, `amount_not_lawful`.
    """
    found = consider(services, session, submission_id, chief, asked, now=now)
    submission, dossier = found.submission, found.dossier
    if found.remission is not None:
        _ask_second_person(session, found, found.remission, chief, reason=asked.reason, now=now)
        return submission
    outcome = "accepted" if asked.accepted else "refused"
    settle(session, submission, chief, outcome=outcome, answer=asked.reason, now=now)
    if asked.accepted:
        _postpone(session, found, chief, reason=asked.reason, now=now)
    else:
        data = {"number": submission.number, "kind": submission.kind}
        write_event(session, dossier, "relief_refused", actor=Actor.of(chief), now=now, data=data)
        answer_on_paper(session, submission, chief, about=dossier.decision_number or "", now=now)
    return submission


def remit(
    session: Session,
    submission_id: uuid.UUID,
    chief: Account,
    *,
    amount_vnd: int,
    reason: str,
    now: datetime,
) -> Submission:
    """What a second person approved: it is taken off. Raises as `decide`."""
    dossier, submission = _held(session, submission_id, chief, now)
    granted = proposed(session, dossier, submission, amount_vnd)
    settle(session, submission, chief, outcome="accepted", answer=reason, now=now)
    grant(session, submission, dossier, chief, granted, reason=reason, now=now)
    return submission


def _ask_second_person(
    session: Session, found: Considered, asked: Remission, chief: Account, *, reason: str, now: datetime
) -> None:
    data = {
        "number": found.submission.number,
        "remits_vnd": asked.remits_vnd,
        "most_vnd": asked.most_vnd,
        "charged_vnd": asked.charged_vnd,
    }
    approvals.ask(
        session,
        "remit_fine",
        found.dossier,
        chief,
        subject_id=found.submission.id,
        reason=reason,
        data=data,
        now=now,
    )


def _held(
    session: Session, submission_id: uuid.UUID, chief: Account, now: datetime
) -> tuple[Dossier, Submission]:
    """Both locked, and this chief's to decide now."""
    dossier = locked(session, find(session, submission_id).dossier_id)
    submission = session.get_one(Submission, submission_id, with_for_update=True, populate_existing=True)
    _check(submission, dossier, power_over(dossier, chief, vietnam_date(now)))
    return dossier, submission


def _postpone(session: Session, found: Considered, chief: Account, *, reason: str, now: datetime) -> None:
    submission, dossier, kind = found.submission, found.dossier, DocumentKind(found.submission.kind)
    number = next_number(session, kind, now)
    says = {
        "parts": [{"due_on": part.due_on.isoformat(), "amount_vnd": part.amount_vnd} for part in found.parts],
        "reason": reason,
        "deadlines": [],
    }
    ask_for_document(session, dossier, kind, number, says=says, signed_by=chief.id)
    _move_the_time_to_pay(session, dossier, found.parts, number)
    data = {"number": submission.number, "kind": submission.kind, "paper": number}
    write_event(session, dossier, "relief_granted", actor=Actor.of(chief), now=now, data=data)


def _plan(
    services: Services, session: Session, submission: Submission, dossier: Dossier, now: datetime
) -> tuple[Part, ...]:
    words = words_of(services, submission)
    try:
        return plan(
            Relief(submission.kind),
            book.outstanding_vnd(session, dossier.id),
            parts=int(words.get("parts") or 1),
            granted_on=vietnam_date(now),
            in_force_on=vietnam_date(dossier.decided_at or now),
            calendar=LegalCalendar.load(),
        )
    except ReliefError as error:
        raise Problem(
            422,
            "no_lawful_plan",
            "Không lập được kế hoạch nộp đúng luật",
            "No lawful plan is possible",
            error.vi,
            error.en,
        ) from error


def _move_the_time_to_pay(session: Session, dossier: Dossier, parts: tuple[Part, ...], number: str) -> None:
    deadline = due_dates(session, dossier).get("E1")
    if deadline is None:
        return
    deadline.due_on = deadline.raw_due_on = max(deadline.due_on, parts[-1].due_on)
    deadline.set_by = number
    deadline.rule_vi = f"Theo quyết định số {number}. {deadline.rule_vi}"
    deadline.rule_en = f"By decision {number}. {deadline.rule_en}"


def _check(submission: Submission, dossier: Dossier, power_vnd: int) -> None:
    if submission.answered_at is not None:
        raise answered_before()
    if submission.kind not in RELIEFS:
        raise Problem(
            409,
            "answer_does_not_fit",
            "Câu trả lời không hợp với loại đơn này",
            "This answer does not fit this kind of statement",
        )
    paid_meanwhile = dossier.state == State.CLOSED and submission.kind in REMISSIONS
    if dossier.state not in PAYABLE and not paid_meanwhile:
        raise Problem(
            409,
            "nothing_to_pay",
            "Hồ sơ này không còn khoản phải nộp",
            "Nothing is owed in this case any more",
        )
    if power_vnd < dossier.band_max_vnd:
        raise Problem(
            403,
            "no_signing_power",
            "Vượt thẩm quyền ký của bạn",
            "Not within your power to sign",
            "Người có thẩm quyền ký quyết định xử phạt mới được cho hoãn, giảm, miễn hoặc nộp nhiều lần.",
            "Only whoever may sign the decision may let it be paid later, in parts or less.",
        )
