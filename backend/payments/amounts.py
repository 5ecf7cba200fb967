"""What a dossier owes on a day. The ledger says so, never a browser or a callback."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.dossiers.models import Dossier, DossierDeadline
from backend.payments import book
from backend.payments.models import LedgerTransaction
from backend.payments.plans import days_considered
from penalty import ledger
from penalty.calendar import VIETNAM, vietnam_date


@dataclass(frozen=True)
class AmountDue:
    """What is owed on one day, and how it came about."""

    fine_vnd: int
    late: ledger.Surcharge

    @property
    def total_vnd(self) -> int:
        return self.fine_vnd + self.late.amount_vnd


def amount_due(session: Session, dossier: Dossier, now: datetime) -> AmountDue:
    """The ledger's balance plus the surcharge up to this day in Vietnam."""
    return amount_due_on(session, dossier, vietnam_date(now))


def amount_due_on(session: Session, dossier: Dossier, day: date) -> AmountDue:
    """The same for a day: the one on which money arrived, as the bank's statement has it."""
    unpaid = book.outstanding_vnd(session, dossier.id)
    free_until = _surcharge_free_until(session, dossier)
    if free_until is not None:
        free_until += days_considered(session, dossier, until=free_until, today=day)
    return AmountDue(
        unpaid,
        ledger.late_surcharge(unpaid, pay_until=free_until or day, paid_on=max(day, free_until or day)),
    )


def next_midnight(now: datetime) -> datetime:
    """When this day ends in Vietnam and the surcharge may grow."""
    return datetime.combine(vietnam_date(now) + timedelta(days=1), time(), VIETNAM)


def _surcharge_free_until(session: Session, dossier: Dossier) -> date | None:
    """The last day of paying in time; after a part was paid late, the day before that payment."""
    pay_until = session.scalar(
        select(DossierDeadline.due_on).where(
            DossierDeadline.dossier_id == dossier.id, DossierDeadline.step_id == "E1"
        )
    )
    accrued = session.scalars(
        select(LedgerTransaction.reference).where(
            LedgerTransaction.dossier_id == dossier.id, LedgerTransaction.kind == "surcharge_accrued"
        )
    )
    days = [date.fromisoformat(reference.rpartition("/")[2]) - timedelta(days=1) for reference in accrued]
    return max([pay_until, *days]) if pay_until is not None else max(days, default=None)
