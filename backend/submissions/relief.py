"""Deciding who pays later or in parts: a plan on signed paper, and the time to pay moved to its last day."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts.models import Account
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
from backend.submissions.service import find, words_of
from penalty.calendar import LegalCalendar, vietnam_date
from penalty.dossier import PAYABLE
from penalty.relief import Part, Relief, ReliefError, plan
from penalty.submissions import RELIEFS


def decide(
    services: Services,
    session: Session,
    submission_id: uuid.UUID,
    chief: Account,
    *,
    accepted: bool,
    reason: str,
    now: datetime,
) -> Submission:
    """Grant or refuse, by somebody who could have signed the decision (LHAV Art. 76, 79).

    Raises Problem 404, 403 `no_signing_power`, 409 `answered_before`, `answer_does_not_fit` or
    `nothing_to_pay`, 422 `no_lawful_plan`.
    """
    dossier = locked(session, find(session, submission_id).dossier_id)
    submission = session.get_one(Submission, submission_id, with_for_update=True, populate_existing=True)
    _check(submission, dossier, power_over(dossier, chief, vietnam_date(now)))
    settle(session, submission, chief, outcome="accepted" if accepted else "refused", answer=reason, now=now)
    data = {"number": submission.number, "kind": submission.kind}
    if not accepted:
        write_event(session, dossier, "relief_refused", actor=Actor.of(chief), now=now, data=data)
        answer_on_paper(session, submission, chief, about=dossier.decision_number or "", now=now)
        return submission
    parts = _plan(services, session, submission, dossier, now)
    kind = DocumentKind(submission.kind)
    number = next_number(session, kind, now)
    says = {
        "parts": [{"due_on": part.due_on.isoformat(), "amount_vnd": part.amount_vnd} for part in parts],
        "reason": reason,
        "deadlines": [],
    }
    ask_for_document(session, dossier, kind, number, says=says, signed_by=chief.id)
    _move_the_time_to_pay(session, dossier, parts, number)
    write_event(
        session, dossier, "relief_granted", actor=Actor.of(chief), now=now, data={**data, "paper": number}
    )
    return submission


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
    if dossier.state not in PAYABLE:
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
            "Người ra quyết định xử phạt mới được cho hoãn hoặc cho nộp nhiều lần.",
            "Only whoever may sign the decision may let it be paid later or in parts.",
        )
