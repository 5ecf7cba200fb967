"""Posting the settlements on which treasury, gateway and our book agree; the others wait for a person."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.counter.models import CounterPayment
from backend.counter.money import CARD, refuse_used
from backend.errors import Problem, not_found
from backend.payments import book, posting, statements
from backend.payments.models import LedgerEntry, LedgerTransaction, Payment, StatementLine
from backend.payments.providers import NAMES
from backend.places.scope import whole_only
from backend.settings import Settings
from backend.settlements.models import SettledPayment, Settlement
from penalty import ledger, settlement
from penalty.settlement import Standing, Told

PROVINCE: Final = "province"
"""Who makes the fees good that gateways keep back."""
SOURCES: Final = (*NAMES, PROVINCE)
"""Whose money arrives at the treasury."""


@dataclass(frozen=True, slots=True)
class Differing:
    """A payment in a gateway's file; `ours_vnd` is what our book has of it, None where it has none."""

    payment: SettledPayment
    ours_vnd: int | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that is not posted, what hinders it, and its payments that differ."""

    settlement: Settlement
    standing: Standing
    differing: tuple[Differing, ...]


def hold(session: Session) -> None:
    """One at a time: between reading what lies with a gateway and posting, nothing else takes from it."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("settlement"))))


def lying_vnd(session: Session) -> dict[str, int]:
    """By way to pay, what lies there; by `PROVINCE`, the fees it owes the treasury."""
    accounts = {source: account_of(source) for source in SOURCES}
    found = book.balances_vnd(session, tuple(accounts.values()))
    return {source: found[account] for source, account in accounts.items()}


def account_of(source: str) -> str:
    """From which account of the ledger a source pays the treasury."""
    return ledger.FEES_OWED if source == PROVINCE else ledger.clearing(source)


def open_batches(session: Session, settings: Settings) -> list[Batch]:
    """What is not posted, the oldest first."""
    lies = lying_vnd(session)
    return [_standing(session, settings, one, lies) for one in _open(session)]


def post_ready(session: Session, settings: Settings, by: Account, now: datetime) -> list[Settlement]:
    """Post every batch that nothing hinders. Callers `hold`."""
    posted, lies = [], lying_vnd(session)
    for one in _open(session):
        if _standing(session, settings, one, lies).standing is not Standing.READY:
            continue
        lies[one.source] -= _post(session, one, lies[one.source], by, now)
        posted.append(one)
    return posted


def take_up(session: Session, payment_id: uuid.UUID, by: Account, now: datetime) -> StatementLine:
    """A payment that a gateway passed on and our book lacks becomes money that fits nothing.

    Raises Problem 403, 404, 409 where the book has it by now, or its card slip is written down.
    """
    whole_only(session)
    hold(session)
    payment = session.get(SettledPayment, payment_id)
    if payment is None:
        raise not_found("Không có khoản nộp này", "There is no such payment")
    batch = session.get_one(Settlement, payment.settlement_id)
    # Whoever hears of it from the gateway meanwhile waits, and then finds the line.
    posting.locked_payment(session, payment.reference)
    if payment_id not in {one.payment.id for one in _differing(session, batch) if one.ours_vnd is None}:
        raise Problem(409, "in_the_book", "Khoản này đã có trong sổ", "The book has this payment by now")
    terminal_id, _, slip = payment.reference.rpartition("/")
    if payment.source == CARD and terminal_id:
        refuse_used(session, terminal_id, slip)
    line = StatementLine(
        gateway=payment.source,
        line_id=payment.reference,
        booked_at=batch.arrived_at or now,
        amount_vnd=payment.amount_vnd,
        purpose=f"{batch.reference} {payment.reference}",
        verdict="passed_on_not_booked",
        imported_by=by.id,
    )
    return statements.add_line(session, line, by, now)


def _post(session: Session, one: Settlement, lies_vnd: int, by: Account, now: datetime) -> int:
    told = Told(one.taken_vnd or one.arrived_vnd or 0, one.fee_vnd or 0)
    if one.source == PROVINCE:
        entries = settlement.fee_made_good(
            reference=one.reference, amount_vnd=told.taken_vnd, owed_vnd=lies_vnd, at=now
        )
    else:
        entries = settlement.settled(
            gateway=one.source, reference=one.reference, told=told, in_clearing_vnd=lies_vnd, at=now
        )
    book.post_new(session, None, entries)
    one.settled_at = now
    session.flush()
    audit.record(
        session,
        actor=by.actor,
        action="settlement.posted",
        subject_type="settlement",
        subject_id=one.id,
        data={
            "source": one.source,
            "reference": one.reference,
            "taken_vnd": told.taken_vnd,
            "fee_vnd": told.fee_vnd,
        },
    )
    return told.taken_vnd


def _open(session: Session) -> Sequence[Settlement]:
    waiting = select(Settlement).where(Settlement.settled_at.is_(None)).order_by(Settlement.id)
    return session.scalars(waiting).all()


def _standing(session: Session, settings: Settings, one: Settlement, lies: dict[str, int]) -> Batch:
    differing = _differing(session, one)
    return Batch(
        one,
        settlement.standing(
            Told(one.taken_vnd, one.fee_vnd or 0) if one.taken_vnd else None,
            one.arrived_vnd,
            file_needed=one.source in settings.settlement_files,
            payments_differ=bool(differing),
            in_clearing_vnd=lies[one.source],
        ),
        differing,
    )


def _differing(session: Session, one: Settlement) -> tuple[Differing, ...]:
    ours_vnd = booked_vnd(account_of(one.source))
    rows = session.execute(
        select(SettledPayment, ours_vnd)
        .where(SettledPayment.settlement_id == one.id, ours_vnd.is_distinct_from(SettledPayment.amount_vnd))
        .order_by(SettledPayment.reference)
    )
    return tuple(Differing(payment, None if ours is None else int(ours)) for payment, ours in rows)


def booked_vnd(account: str) -> ColumnElement[int | None]:
    """Of a payment in a gateway's file, what our book has: by its reference, its slip, or in suspense."""
    by_reference = SettledPayment.source + "/" + SettledPayment.reference
    unplaced = "unplaced/" + by_reference
    by_slip = (
        select(SettledPayment.source + "/" + Payment.reference)
        .select_from(Payment)
        .join(CounterPayment, CounterPayment.payment_id == Payment.id)
        .where(
            SettledPayment.source == Payment.gateway,
            CounterPayment.terminal_id + "/" + CounterPayment.terminal_reference == SettledPayment.reference,
        )
        .limit(1)
        .correlate(SettledPayment)
        .scalar_subquery()
    )
    return (
        select(func.sum(LedgerEntry.debit_vnd))
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(
            LedgerEntry.account == account, LedgerTransaction.reference.in_([by_reference, by_slip, unplaced])
        )
        .correlate(SettledPayment)
        .scalar_subquery()
    )
