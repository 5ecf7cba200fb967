"""What a provider's word does to attempt, ledger and dossier, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.dossiers.models import Dossier
from backend.dossiers.moves import SYSTEM, locked, write_event
from backend.dossiers.service import paid_in_full
from backend.payments import book, suspense
from backend.payments.models import LedgerEntry, LedgerTransaction, Payment, Refund
from penalty import ledger
from penalty.calendar import vietnam_date
from penalty.dossier import PAYABLE
from penalty.payments.attempt import UNDECIDED, AttemptEvent, AttemptState, after, event_of
from penalty.payments.values import Heard, Known, Outcome


@dataclass(frozen=True, slots=True)
class _Money:
    """What came, when we learned of it, the day in Vietnam it counts for, and whether it lay in suspense."""

    amount_vnd: int
    at: datetime
    on: date
    was_unplaced: bool = False


def locked_payment(session: Session, reference: str) -> Payment | None:
    """The attempt, with its dossier held first: two messages about one dossier wait for each other."""
    dossier_id = session.scalar(select(Payment.dossier_id).where(Payment.reference == reference))
    if dossier_id is None:
        return None
    locked(session, dossier_id)
    return session.scalar(
        select(Payment)
        .where(Payment.reference == reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def known_of(payment: Payment | None, outcome: Outcome | None = None) -> Known | None:
    """Our row as the core compares it: decided attempts, and a second "held", are nothing new."""
    if payment is None:
        return None
    undecided = payment.state in UNDECIDED
    told_before = payment.state == AttemptState.HELD and outcome is Outcome.HELD
    return Known(amount_vnd=payment.amount_vnd, recorded=not undecided or told_before)


def record(
    session: Session,
    payment: Payment,
    heard: Heard,
    now: datetime,
    *,
    on: date | None = None,
    was_unplaced: bool = False,
) -> None:
    """Write an outcome down, once. `on`: the day in Vietnam the money counts for; today without it.

    `was_unplaced`: the money is in the book already, as fitting nothing. Money that was taken up under the
    attempt's own reference comes out of suspense; where it is placed or goes back, the attempt brings none.

    Callers hold the dossier and the payment, and have asked `known_of` whether this is news.
    """
    dossier = session.get_one(Dossier, payment.dossier_id)
    owed = dossier.state in PAYABLE and book.outstanding_vnd(session, dossier.id) > 0
    event = event_of(heard.outcome, owed=owed)
    if event is None:
        return
    came = _Money(heard.amount_vnd, now, on or vietnam_date(now), was_unplaced)
    paid = heard.outcome is Outcome.PAID
    before = suspense.claim(session, payment) if paid and not was_unplaced else None
    if before is not None:
        came = replace(came, amount_vnd=before.amount_vnd, was_unplaced=True)
        event = event if before.waits else AttemptEvent.FAILED
    _answered(payment, event, heard, now)
    if before is not None and not before.waits:
        return
    if paid:
        _take_money(session, dossier, payment, came, pays=owed)
        return
    data = {"reference": payment.reference, "code": heard.code}
    kind = "payment_held" if event is AttemptEvent.HELD else "payment_failed"
    write_event(session, dossier, kind, actor=SYSTEM, now=now, data=data)


def _answered(payment: Payment, event: AttemptEvent, heard: Heard, now: datetime) -> None:
    payment.state = after(AttemptState(payment.state), event)
    payment.answered_at = now
    payment.response_code = heard.code
    payment.gateway_number = heard.provider_reference or None


def expire(session: Session, payment: Payment, now: datetime) -> None:
    """Nobody paid in time. Should money come all the same, it still counts."""
    payment.state = after(AttemptState(payment.state), AttemptEvent.TIMED_OUT)
    dossier = session.get_one(Dossier, payment.dossier_id)
    data = {"reference": payment.reference}
    write_event(session, dossier, "payment_expired", actor=SYSTEM, now=now, data=data)


def _take_money(session: Session, dossier: Dossier, payment: Payment, came: _Money, *, pays: bool) -> None:
    """Book what came. It pays the debt if one stands; whatever is over goes to the refund queue."""
    amount_vnd, now = came.amount_vnd, came.at
    owed = book.outstanding_vnd(session, dossier.id)
    if pays and payment.late_vnd:
        _book_surcharge(session, dossier, payment, came)
        owed += payment.late_vnd
    posting = ledger.fine_paid(
        dossier=str(dossier.id),
        gateway=payment.gateway,
        gateway_reference=payment.reference,
        amount_vnd=amount_vnd,
        outstanding_vnd=owed if pays else 0,
        at=now,
        was_unplaced=came.was_unplaced,
    )
    book.post_new(session, dossier.id, posting)
    over_vnd = amount_vnd - min(amount_vnd, owed) if pays else amount_vnd
    if over_vnd > 0:
        queue_refund(session, dossier, payment, over_vnd, now)
    if not pays:
        return
    dossier.paid_vnd += amount_vnd - over_vnd
    if amount_vnd < owed:
        data = {"reference": payment.reference, "amount_vnd": amount_vnd, "left_vnd": owed - amount_vnd}
        write_event(session, dossier, "partly_paid", actor=SYSTEM, now=now, data=data)
        return
    session.flush()
    paid_in_full(session, dossier, due_vnd=book.charged_vnd(session, dossier.id), now=now)


def _book_surcharge(session: Session, dossier: Dossier, payment: Payment, came: _Money) -> None:
    """The surcharge as it was asked for; nothing that asks for it outlives its day."""
    surcharge = ledger.Surcharge(payment.late_vnd, payment.late_days, payment.late_formula_vi or "", "")
    posting = ledger.surcharge_accrued(
        dossier=str(dossier.id),
        decision_number=dossier.decision_number or "",
        surcharge=surcharge,
        on=came.on,
        at=came.at,
    )
    book.post(session, dossier.id, posting)


def give_back(
    session: Session,
    dossier: Dossier,
    payments: Iterable[Payment],
    amount_vnd: int,
    now: datetime,
    *,
    reason: str,
) -> None:
    """Queue what is owed back, of each payment in turn no more than it brought and still holds.

    Raises LedgerError where together they hold less.
    """
    left_vnd = amount_vnd
    for payment in payments:
        share_vnd = min(_held_vnd(session, payment), left_vnd)
        if share_vnd > 0:
            queue_refund(session, dossier, payment, share_vnd, now, reason=reason)
            left_vnd -= share_vnd
    if left_vnd > 0:
        raise ledger.LedgerError(
            f"dossier {dossier.id}: {left_vnd} of {amount_vnd} owed back came by no payment"
        )


def _held_vnd(session: Session, payment: Payment) -> int:
    """What came by this payment, whatever was asked for, less what goes or went back of it."""
    came = (
        select(func.coalesce(func.sum(LedgerEntry.debit_vnd), 0))
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(LedgerTransaction.reference == f"{payment.gateway}/{payment.reference}")
    )
    back = select(func.coalesce(func.sum(Refund.amount_vnd), 0)).where(Refund.payment_id == payment.id)
    return int(session.scalar(came) or 0) - int(session.scalar(back) or 0)


def queue_refund(
    session: Session,
    dossier: Dossier,
    payment: Payment,
    amount_vnd: int,
    now: datetime,
    *,
    reason: str | None = None,
) -> None:
    """Money that is not owed goes back through the treasury, by a person."""
    reason = reason or ("paid_twice" if dossier.paid_vnd else "not_owed")
    session.add(Refund(payment_id=payment.id, dossier_id=dossier.id, amount_vnd=amount_vnd, reason=reason))
    data = {"reference": payment.reference, "amount_vnd": amount_vnd}
    write_event(session, dossier, "refund_queued", actor=SYSTEM, now=now, data=data)
