"""Money that goes back: through the treasury, by a person, once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.dossiers.issuing import ask_for_document
from backend.dossiers.models import DocumentKind, Dossier
from backend.dossiers.moves import Actor, locked, move, write_event
from backend.dossiers.numbers import next_number
from backend.errors import Problem, not_found
from backend.payments import book
from backend.payments.models import Payment, Refund
from penalty import ledger
from penalty.calendar import vietnam_date
from penalty.dossier import Action, State
from penalty.guards import Facts
from penalty.payments.attempt import AttemptEvent, AttemptState, after


def queued(session: Session, limit: int) -> list[Refund]:
    """What is to be given back, oldest first."""
    rows = session.scalars(
        select(Refund).where(Refund.state == "queued").order_by(Refund.queued_at).limit(limit)
    )
    return list(rows)


def find(session: Session, refund_id: uuid.UUID) -> Refund:
    """Raises Problem 404."""
    found = session.get(Refund, refund_id)
    if found is None:
        raise not_found("Không có khoản hoàn trả này", "There is no such refund")
    return found


@dataclass(frozen=True, slots=True)
class GoesBack:
    """A refund and the payment that it comes from."""

    refund: Refund
    payment: Payment


def of_dossier(session: Session, dossier: Dossier) -> list[GoesBack]:
    """What of this case's money goes or went back, oldest first."""
    rows = session.execute(
        select(Refund, Payment)
        .join(Payment, Payment.id == Refund.payment_id)
        .where(Refund.dossier_id == dossier.id)
        .order_by(Refund.queued_at)
    )
    return [GoesBack(refund, payment) for refund, payment in rows]


def paid_back(
    session: Session,
    refund_id: uuid.UUID,
    officer: Account,
    treasury_reference: str,
    now: datetime,
    *,
    expected_version: int | None = None,
) -> Refund:
    """The treasury has paid. `expected_version` is the dossier's as it was read.

    Raises Problem 404, 412, or 409 where it was written down under another number.
    """
    dossier = locked(session, find(session, refund_id).dossier_id, expected_version=expected_version)
    refund = session.get_one(Refund, refund_id, with_for_update=True, populate_existing=True)
    if refund.state == "paid":
        if refund.treasury_reference == treasury_reference:
            return refund
        raise paid_before(refund.treasury_reference or "")
    _book(session, dossier, refund, treasury_reference, now)
    _tell(session, dossier, refund, officer, now)
    _end_if_all_went_back(session, dossier, Actor.of(officer), now)
    return refund


def paid_before(reference: str) -> Problem:
    """409: money that is back already, under this number."""
    return Problem(
        409,
        "refund_paid_before",
        "Khoản này đã được hoàn trả",
        "This was paid back before",
        f"Chứng từ {reference}.",
        f"Under {reference}.",
    )


def _book(session: Session, dossier: Dossier, refund: Refund, treasury_reference: str, now: datetime) -> None:
    payment = session.get_one(Payment, refund.payment_id)
    posting = ledger.refund_paid(
        dossier=str(dossier.id),
        gateway=payment.gateway,
        refund_reference=f"{treasury_reference}/{payment.reference}/{refund.id}",
        amount_vnd=refund.amount_vnd,
        at=now,
    )
    book.post_new(session, dossier.id, posting)
    refund.state, refund.treasury_reference, refund.paid_at = "paid", treasury_reference, now
    if payment.state == AttemptState.SURPLUS:
        payment.state = after(AttemptState.SURPLUS, AttemptEvent.GAVE_BACK)


def _tell(session: Session, dossier: Dossier, refund: Refund, officer: Account, now: datetime) -> None:
    """The decision to give back, the line on the case's way, and the audit log."""
    ask_for_document(
        session,
        dossier,
        DocumentKind.REFUND,
        next_number(session, DocumentKind.REFUND, now),
        says={"refund_id": str(refund.id)},
        signed_by=officer.id,
    )
    data = {"amount_vnd": refund.amount_vnd, "treasury_reference": refund.treasury_reference}
    write_event(session, dossier, "refund_paid", actor=Actor.of(officer), now=now, data=data)
    audit.record(
        session,
        actor=officer.actor,
        action="payment.refunded",
        subject_type="refund",
        subject_id=refund.id,
        data=data,
    )


def _end_if_all_went_back(session: Session, dossier: Dossier, actor: Actor, now: datetime) -> None:
    """The last of what a cancelled decision had brought in is back with the payer: the case has ended."""
    if dossier.state != State.ANNULLED:
        return
    session.flush()
    went_back = session.scalar(
        select(func.sum(Refund.amount_vnd)).where(
            Refund.dossier_id == dossier.id, Refund.state == "paid", Refund.reason == "annulled"
        )
    )
    if not went_back or went_back < dossier.paid_vnd:
        return
    facts = Facts(today=vietnam_date(now), paid_vnd=dossier.paid_vnd, refunded_vnd=int(went_back))
    move(session, dossier, Action.REFUND, actor=actor, facts=facts, now=now)
