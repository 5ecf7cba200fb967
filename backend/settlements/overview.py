"""What lies with each way to pay and since when, what is overdue, and what was settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from backend.counter.models import CounterPayment
from backend.database import day_in_vietnam
from backend.dossiers.models import Dossier
from backend.payments import book
from backend.payments.models import LedgerEntry, LedgerTransaction, Payment
from backend.places.scope import whole_only
from backend.settings import Settings
from backend.settlements import settling
from backend.settlements.models import SettledPayment, Settlement
from penalty import ledger
from penalty.calendar import VIETNAM, LegalCalendar
from penalty.settlement import Layer, lying, overdue_vnd

ROWS: Final = 200
_FIRST_LOOK: Final = timedelta(days=31)
_WIDER: Final = 4


@dataclass(frozen=True, slots=True)
class Lying:
    """What lies with one way to pay. `layers`: of which days it is, the oldest first."""

    source: str
    amount_vnd: int
    overdue_vnd: int
    layers: tuple[Layer, ...]

    @property
    def since(self) -> date | None:
        return self.layers[0].day if self.layers else None


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A payment that is overdue and that no file of its gateway has named."""

    reference: str
    source: str
    amount_vnd: int
    taken_at: datetime
    dossier: Dossier | None


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the page of the treasury shows. `at_treasury_vnd`: settled and made good, less given back."""

    lying: tuple[Lying, ...]
    fees_owed_vnd: int
    at_treasury_vnd: int
    open: tuple[settling.Batch, ...]
    unnamed: tuple[Unnamed, ...]
    settled: tuple[Settlement, ...]

    @property
    def lying_vnd(self) -> int:
        return sum(one.amount_vnd for one in self.lying)

    @property
    def overdue_vnd(self) -> int:
        return sum(one.overdue_vnd for one in self.lying)


def overview(session: Session, settings: Settings, today: date) -> Overview:
    """How the money stands between ways to pay and treasury. Raises Problem 403 `whole_area_needed`."""
    whole_only(session)
    lies = settling.lying_vnd(session)
    fees_owed_vnd = lies.pop(settling.PROVINCE)
    lying_now = _lying(session, settings, lies, today)
    return Overview(
        lying=lying_now,
        fees_owed_vnd=fees_owed_vnd,
        at_treasury_vnd=book.balances_vnd(session, (ledger.CASH_TREASURY,))[ledger.CASH_TREASURY],
        open=tuple(settling.open_batches(session, settings)),
        unnamed=tuple(_all_unnamed(session, settings, lying_now, today)),
        settled=tuple(settled_last(session)),
    )


def due_before(settings: Settings, today: date) -> date:
    """Money that came before this day should have reached the treasury by now."""
    calendar, day = LegalCalendar.load(), today
    while calendar.add_working_days(day, settings.settle_within_working_days) >= today:
        day -= timedelta(days=1)
    return day + timedelta(days=1)


def _lying(session: Session, settings: Settings, lies: Mapping[str, int], today: date) -> tuple[Lying, ...]:
    before, found = due_before(settings, today), []
    for source, amount_vnd in lies.items():
        layers = _layers(session, source, amount_vnd, today) if amount_vnd else ()
        found.append(Lying(source, amount_vnd, overdue_vnd(layers, before=before), layers))
    return tuple(found)


def settled_last(session: Session, *, limit: int = 20) -> Sequence[Settlement]:
    """What was posted, the newest first."""
    done = select(Settlement).where(Settlement.settled_at.is_not(None))
    return session.scalars(done.order_by(Settlement.settled_at.desc()).limit(limit)).all()


def _all_unnamed(session: Session, settings: Settings, lies: Sequence[Lying], today: date) -> list[Unnamed]:
    """Overdue payments of gateways that tell by file, which no file has named; the oldest first."""
    before = due_before(settings, today)
    found: list[Unnamed] = []
    for one in lies:
        if one.source in settings.settlement_files and one.since is not None and one.overdue_vnd:
            found += _unnamed(session, one.source, one.since, before)
    return sorted(found, key=lambda row: row.taken_at)[:ROWS]


def _unnamed(session: Session, source: str, since: date, before: date) -> list[Unnamed]:
    named = SettledPayment.source == source
    by_reference = func.regexp_replace(LedgerTransaction.reference, f"^(unplaced/)?{source}/", "")
    by_slip = (
        select(CounterPayment.terminal_id + "/" + CounterPayment.terminal_reference)
        .select_from(CounterPayment)
        .join(Payment, Payment.id == CounterPayment.payment_id)
        .where(source + "/" + Payment.reference == LedgerTransaction.reference)
        .limit(1)
        .correlate(LedgerTransaction)
        .scalar_subquery()
    )
    rows = session.execute(
        select(by_reference, LedgerEntry.debit_vnd, LedgerTransaction.happened_at, Dossier)
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .outerjoin(Dossier, Dossier.id == LedgerTransaction.dossier_id)
        .where(
            LedgerEntry.account == ledger.clearing(source),
            LedgerEntry.debit_vnd > 0,
            LedgerTransaction.kind.in_(("fine_paid", "overpayment", "unplaced")),
            LedgerTransaction.happened_at >= _begins(since),
            LedgerTransaction.happened_at < _begins(before),
            ~exists().where(named, SettledPayment.reference.in_([by_reference, by_slip])),
        )
        .order_by(LedgerTransaction.happened_at)
        .limit(ROWS)
    )
    return [
        Unnamed(reference, source, amount_vnd, taken_at, dossier)
        for reference, amount_vnd, taken_at, dossier in rows
    ]


def _layers(session: Session, source: str, amount_vnd: int, today: date) -> tuple[Layer, ...]:
    """Looks back no further than it must: what lies there came in the last days, unless all is wrong."""
    back = _FIRST_LOOK
    while True:
        taken = _taken(session, source, today - back)
        if sum(taken.values()) >= amount_vnd or back > timedelta(days=20_000):
            return lying(taken, amount_vnd)
        back *= _WIDER


def _taken(session: Session, source: str, since: date) -> Mapping[date, int]:
    day = day_in_vietnam(LedgerTransaction.happened_at)
    rows = session.execute(
        select(day, func.sum(LedgerEntry.debit_vnd))
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .where(
            LedgerEntry.account == ledger.clearing(source),
            LedgerEntry.debit_vnd > 0,
            LedgerTransaction.happened_at >= _begins(since),
        )
        .group_by(day)
    )
    return {on: int(amount_vnd) for on, amount_vnd in rows}


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)
