"""Taking a part of a fine off, or all of it: paper, book and dossier in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.dossiers.facts import facts_of
from backend.dossiers.issuing import ask_for_document
from backend.dossiers.models import DocumentKind, Dossier
from backend.dossiers.moves import Actor, legal_move
from backend.dossiers.numbers import next_number
from backend.dossiers.service import issue_receipt, paid_in_full
from backend.errors import Problem
from backend.payments import book
from backend.payments.models import LedgerEntry, LedgerTransaction, Payment
from backend.payments.posting import give_back
from backend.submissions.models import Submission
from penalty import ledger, remission
from penalty.calendar import vietnam_date
from penalty.dossier import PAYABLE, Action
from penalty.guards import Facts
from penalty.money import format_vnd, format_vnd_en
from penalty.payments.attempt import AttemptState
from penalty.submissions import SubmissionKind


@dataclass(frozen=True, slots=True)
class Remission:
    """What is taken off, of at most what; after it `left_vnd` is still owed and `back_vnd` goes back.

    `late_vnd`: the surcharge that was added to the fine.
    """

    remits_vnd: int
    most_vnd: int
    charged_vnd: int
    owed_vnd: int
    late_vnd: int

    @property
    def action(self) -> Action:
        return Action.EXEMPT if self.remits_vnd == self.most_vnd else Action.REDUCE

    @property
    def surcharge_vnd(self) -> int:
        """The unpaid surcharge, which falls away with the whole fine: the case ends, and nothing is owed."""
        unpaid_vnd = max(0, self.owed_vnd - self.remits_vnd)
        return min(unpaid_vnd, self.late_vnd) if self.action is Action.EXEMPT else 0

    @property
    def left_vnd(self) -> int:
        return max(0, self.owed_vnd - self.remits_vnd - self.surcharge_vnd)

    @property
    def back_vnd(self) -> int:
        return max(0, self.remits_vnd - self.owed_vnd)


def proposed(session: Session, dossier: Dossier, submission: Submission, amount_vnd: int | None) -> Remission:
    """What granting this would do; no amount: all that may be taken off.

    Raises Problem 422 `amount_not_lawful` for an amount out of bounds, or the whole where a part was asked.
    """
    limits = bounds(session, dossier, submission)
    most_vnd = limits.most_vnd
    remits_vnd = most_vnd if amount_vnd is None else amount_vnd
    whole_asked = submission.kind == SubmissionKind.EXEMPTION
    if not 0 < remits_vnd <= most_vnd or (remits_vnd == most_vnd and not whole_asked):
        raise _not_lawful(most_vnd, whole_asked=whole_asked)
    return replace(limits, remits_vnd=remits_vnd)


def bounds(session: Session, dossier: Dossier, submission: Submission) -> Remission:
    """The fine, what is owed of it, and the most that may be taken off; nothing is, so far."""
    charged_vnd = -book.balance_vnd(session, ledger.TREASURY_FINES, dossier.id)
    most_vnd = remission.remittable_vnd(
        owed_when_asked_vnd=_owed_at(session, dossier, submission.filed_at), charged_fine_vnd=charged_vnd
    )
    late_vnd = -book.balance_vnd(session, ledger.TREASURY_SURCHARGE, dossier.id)
    return Remission(0, most_vnd, charged_vnd, book.outstanding_vnd(session, dossier.id), late_vnd)


def _facts(
    session: Session, dossier: Dossier, chief: Account, granted: Remission, *, reason: str, now: datetime
) -> Facts:
    """What the guards look at when this is granted."""
    return replace(
        facts_of(session, dossier, chief, now),
        reason=reason,
        remission_asked=True,
        remittable_vnd=granted.most_vnd,
        remits_vnd=granted.remits_vnd,
    )


def grant(
    session: Session,
    submission: Submission,
    dossier: Dossier,
    chief: Account,
    granted: Remission,
    *,
    reason: str,
    now: datetime,
) -> None:
    """Take it off. What was paid above the rest goes to the refund queue by itself.

    Raises Problem 403 `no_signing_power`, 409 where the case does not stand so.
    """
    number = next_number(session, DocumentKind.REMISSION, now)
    amounts = {"remitted_vnd": granted.remits_vnd, "left_vnd": granted.left_vnd, "back_vnd": granted.back_vnd}
    data = {"number": submission.number, "kind": submission.kind, "paper": number, **amounts}
    facts, actor = _facts(session, dossier, chief, granted, reason=reason, now=now), Actor.of(chief)
    legal_move(session, dossier, granted.action, actor=actor, facts=facts, now=now, data=data)
    _book(session, dossier, granted, number, now)
    says = {
        **amounts,
        "fine_vnd": granted.charged_vnd,
        "whole": granted.action is Action.EXEMPT,
        "grounds": submission.grounds,
        "statement": submission.number,
        "statement_on": vietnam_date(submission.filed_at).isoformat(),
        "reason": reason,
    }
    ask_for_document(session, dossier, DocumentKind.REMISSION, number, says=says, signed_by=chief.id)
    _end_where_nothing_is_left(session, dossier, granted, now)


def _book(session: Session, dossier: Dossier, granted: Remission, number: str, now: datetime) -> None:
    posting = ledger.fine_remitted(
        dossier=str(dossier.id),
        remission_number=number,
        remitted_vnd=granted.remits_vnd,
        fine_vnd=granted.charged_vnd,
        owed_vnd=granted.owed_vnd,
        surcharge_vnd=granted.surcharge_vnd,
        at=now,
    )
    book.post(session, dossier.id, posting)
    dossier.remitted_vnd += granted.remits_vnd
    dossier.paid_vnd -= granted.back_vnd
    payments = _payments(session, dossier)
    give_back(session, dossier, payments, granted.back_vnd, now, reason="remitted")


def _end_where_nothing_is_left(session: Session, dossier: Dossier, granted: Remission, now: datetime) -> None:
    """A case in which the rest was paid before, or of which nothing is owed any more, has ended."""
    if granted.action is Action.REDUCE:
        if dossier.state in PAYABLE and not book.outstanding_vnd(session, dossier.id):
            paid_in_full(session, dossier, due_vnd=book.charged_vnd(session, dossier.id), now=now)
        return
    dossier.closed_at = dossier.closed_at or now
    last = next(iter(_payments(session, dossier)), None)
    if dossier.paid_vnd and last is not None and dossier.receipt_number is None:
        dossier.paid_at = last.answered_at or now
        issue_receipt(session, dossier, now)


def _payments(session: Session, dossier: Dossier) -> list[Payment]:
    """What was paid, the newest first."""
    rows = session.scalars(
        select(Payment)
        .where(Payment.dossier_id == dossier.id, Payment.state == AttemptState.PAID)
        .order_by(Payment.answered_at.desc())
    )
    return list(rows)


def _owed_at(session: Session, dossier: Dossier, moment: datetime) -> int:
    """What was owed then: a payment that came later, and the surcharge with it, left it as it was."""
    total = (
        select(func.coalesce(func.sum(LedgerEntry.debit_vnd - LedgerEntry.credit_vnd), 0))
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(
            LedgerEntry.dossier_id == dossier.id,
            LedgerEntry.account == ledger.RECEIVABLE,
            LedgerTransaction.happened_at <= moment,
        )
    )
    return int(session.scalar(total) or 0)


def _not_lawful(most_vnd: int, *, whole_asked: bool) -> Problem:
    vi, en = format_vnd(most_vnd), format_vnd_en(most_vnd)
    return Problem(
        422,
        "amount_not_lawful",
        "Số tiền giảm không đúng",
        "This amount cannot be taken off",
        f"Nhập số tiền lớn hơn 0 và {'không quá' if whole_asked else 'nhỏ hơn'} {vi}, là số tiền còn phải nộp"
        " khi nhận đơn.",
        f"Give an amount above zero and {'up to' if whole_asked else 'below'} {en}, which was owed when the"
        " request came.",
    )
