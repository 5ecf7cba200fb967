"""Reading in what treasury and gateways say of settlements; what fits is posted at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.counter.money import CARD
from backend.errors import Problem
from backend.payments import statements
from backend.places.scope import whole_only
from backend.settings import Settings
from backend.settlements import settling
from backend.settlements.models import SettledPayment, Settlement
from penalty.payments.settlements import Arrived, PassedOn, read_arrived, read_passed_on
from penalty.payments.values import PaymentError


@dataclass(frozen=True, slots=True)
class Read:
    """What a file brought: rows that were new, those read before, and the batches that are posted now."""

    new: int
    repeated: int
    posted: tuple[Settlement, ...]


def take_arrived(
    session: Session, settings: Settings, by: Account, *, content: bytes, file: str, now: datetime
) -> Read:
    """Read the treasury's file of what arrived, all of it or nothing; a transfer read before changes nothing.

    Raises Problem 403 `whole_area_needed`, 422 `statement_unreadable` naming row and column.
    """
    whole_only(session)
    with _told_where():
        rows = read_arrived(statements.text_of(content, file), file=file, sources=settling.SOURCES)
    settling.hold(session)
    new = sum(_arrives(session, row, file) for row in rows)
    posted = settling.post_ready(session, settings, by, now)
    return _kept(session, by, file, Read(new, len(rows) - new, tuple(posted)))


def take_passed_on(
    session: Session,
    settings: Settings,
    by: Account,
    *,
    source: str,
    content: bytes,
    file: str,
    now: datetime,
) -> Read:
    """Read a gateway's file of what it passed on, all of it or nothing. Raises as `take_arrived`."""
    whole_only(session)
    with _told_where():
        rows = read_passed_on(statements.text_of(content, file), file=file, by_slip=source == CARD)
    settling.hold(session)
    known = _known(session, source, rows)
    for row in rows:
        before = known.get(row.reference)
        if before not in {None, (row.settlement, row.amount_vnd, row.fee_vnd)}:
            raise _told_otherwise(file, row.reference)
    batch_of = attrgetter("settlement")
    new = sorted((row for row in rows if row.reference not in known), key=batch_of)
    for reference, payments in groupby(new, batch_of):
        _passes_on(session, source, reference, list(payments), file)
    posted = settling.post_ready(session, settings, by, now)
    return _kept(session, by, file, Read(len(new), len(rows) - len(new), tuple(posted)))


def _arrives(session: Session, row: Arrived, file: str) -> bool:
    batch = _batch(session, row.source, row.reference)
    if batch.arrived_vnd is None:
        batch.arrived_vnd, batch.arrived_at = row.amount_vnd, row.arrived_at
        session.flush()
        return True
    if batch.arrived_vnd != row.amount_vnd:
        raise _told_otherwise(file, row.reference)
    return False


def _passes_on(
    session: Session, source: str, reference: str, payments: Sequence[PassedOn], file: str
) -> None:
    batch = _batch(session, source, reference)
    if batch.settled_at is not None:
        raise _told_otherwise(file, reference)
    batch.taken_vnd = (batch.taken_vnd or 0) + sum(one.amount_vnd for one in payments)
    batch.fee_vnd = (batch.fee_vnd or 0) + sum(one.fee_vnd for one in payments)
    session.add_all(
        SettledPayment(
            settlement_id=batch.id,
            source=source,
            reference=one.reference,
            amount_vnd=one.amount_vnd,
            fee_vnd=one.fee_vnd,
        )
        for one in payments
    )
    session.flush()


def _batch(session: Session, source: str, reference: str) -> Settlement:
    same = select(Settlement).where(Settlement.source == source, Settlement.reference == reference)
    batch = session.scalar(same)
    if batch is None:
        batch = Settlement(source=source, reference=reference)
        session.add(batch)
        session.flush()
    return batch


def _known(session: Session, source: str, rows: Sequence[PassedOn]) -> dict[str, tuple[str, int, int]]:
    found = session.execute(
        select(
            SettledPayment.reference, Settlement.reference, SettledPayment.amount_vnd, SettledPayment.fee_vnd
        )
        .join(Settlement, Settlement.id == SettledPayment.settlement_id)
        .where(SettledPayment.source == source, SettledPayment.reference.in_([row.reference for row in rows]))
    )
    return {reference: (batch, amount_vnd, fee_vnd) for reference, batch, amount_vnd, fee_vnd in found}


def _kept(session: Session, by: Account, file: str, read: Read) -> Read:
    audit.record(
        session,
        actor=by.actor,
        action="settlement.file",
        subject_type="settlement",
        subject_id=file[:200],
        data={
            "new": read.new,
            "repeated": read.repeated,
            "posted": [batch.reference for batch in read.posted],
        },
    )
    return read


@contextmanager
def _told_where() -> Iterator[None]:
    """A fault of the file as Problem 422."""
    try:
        yield
    except PaymentError as error:
        raise statements.unreadable(str(error)) from error


def _told_otherwise(file: str, reference: str) -> Problem:
    return statements.unreadable(f"{file}: {reference} was told otherwise before, or its batch is settled")
