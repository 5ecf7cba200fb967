"""Statements and daily files: money that came without a callback, and where two books differ."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.database import day_in_vietnam
from backend.dossiers.moves import locked
from backend.errors import FieldError, Problem
from backend.payments import book, posting
from backend.payments.amounts import amount_due_on
from backend.payments.models import LedgerEntry, LedgerTransaction, LineReturn, Payment, StatementLine
from backend.services import Services
from penalty import ledger
from penalty.calendar import vietnam_date
from penalty.dossier import PAYABLE
from penalty.payments.attempt import UNDECIDED
from penalty.payments.statement import (
    MOST_DIGITS,
    Difference,
    Line,
    Open,
    Settled,
    match,
    read_statement,
    reconcile,
    references_in,
)
from penalty.payments.values import Heard, Outcome, PaymentError

_LARGEST_FILE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reading:
    """What one statement held: lines that were new, and those that an earlier reading had taken."""

    lines: tuple[StatementLine, ...]
    repeated: tuple[Line, ...]

    @property
    def booked(self) -> tuple[StatementLine, ...]:
        """The new lines that paid something."""
        return tuple(line for line in self.lines if line.payment_id is not None)

    @property
    def unplaced(self) -> tuple[StatementLine, ...]:
        """The new lines that a person must look at."""
        return tuple(line for line in self.lines if line.payment_id is None)


def import_statement(
    services: Services, officer: Account, *, gateway: str, content: bytes, file: str, now: datetime
) -> Reading:
    """Read a statement and book what it brought; a line read before changes nothing.

    The whole file is checked before the first line counts; then each line is a transaction of its own, so
    that an import which was cut off is simply done again. Raises Problem 422 naming row and column.
    """
    lines = _read(content, file)
    taken = [_take(services, officer, gateway, line, now) for line in lines]
    return Reading(
        lines=tuple(row for row in taken if row is not None),
        repeated=tuple(line for line, row in zip(lines, taken, strict=True) if row is None),
    )


def waiting_for_a_person(session: Session) -> Sequence[StatementLine]:
    """Money nobody could place: no reference, an unknown one, or one that was paid before."""
    return session.scalars(
        select(StatementLine).where(fits_nothing()).order_by(StatementLine.booked_at).limit(500)
    ).all()


def fits_nothing() -> ColumnElement[bool]:
    """A line whose money is on no case, and that nobody has decided to send back."""
    going_back = exists().where(LineReturn.line_id == StatementLine.id)
    return and_(StatementLine.payment_id.is_(None), ~going_back)


def compare(
    session: Session, *, gateway: str, day: date, content: bytes, file: str
) -> tuple[Difference, ...]:
    """Where the provider's file of a day and our book differ. Raises Problem 422 naming row and column."""
    return reconcile(_booked(session, gateway, day), _settled(content, file))


def _take(
    services: Services, officer: Account, gateway: str, line: Line, now: datetime
) -> StatementLine | None:
    with services.database.unit_of_work() as session:
        before = select(StatementLine.id).where(
            StatementLine.gateway == gateway, StatementLine.line_id == line.line_id
        )
        if session.scalar(before) is not None:
            return None
        references = references_in(line.purpose)
        payment = posting.locked_payment(session, references[0]) if len(references) == 1 else None
        found = match([line], _open(payment))[0]
        row = StatementLine(
            gateway=gateway,
            line_id=line.line_id,
            booked_at=line.booked_at,
            amount_vnd=line.amount_vnd,
            purpose=line.purpose[:500],
            reference=found.reference,
            verdict=found.verdict,
            imported_by=officer.id,
        )
        if payment is not None and found.verdict in ("paid", "wrong_amount"):
            book_line(session, row, payment, now)
        return add_line(session, row, officer, now)


def add_line(session: Session, line: StatementLine, by: Account, now: datetime) -> StatementLine:
    """Keep a line that was read, and write down who brought it; what is on no case is booked as such."""
    session.add(line)
    session.flush()
    if line.payment_id is None:
        posting = ledger.unplaced(
            gateway=line.gateway, line_id=line.line_id, amount_vnd=line.amount_vnd, at=now
        )
        book.post_new(session, None, posting)
    audit.record(
        session,
        actor=by.actor,
        action="payment.statement_line",
        subject_type="statement_line",
        subject_id=line.id,
        data={"line_id": line.line_id, "amount_vnd": line.amount_vnd, "verdict": line.verdict},
    )
    return line


def book_line(
    session: Session, line: StatementLine, payment: Payment, now: datetime, *, was_unplaced: bool = False
) -> None:
    """What arrived counts as of the day the bank booked it, whatever was asked for then.

    Callers hold the dossier and the payment. `was_unplaced`: the line was kept before, as fitting nothing.
    """
    dossier = locked(session, payment.dossier_id)
    on = vietnam_date(line.booked_at)
    if dossier.state in PAYABLE:
        late = amount_due_on(session, dossier, on).late
        payment.late_vnd, payment.late_days = late.amount_vnd, late.days
        payment.late_formula_vi = late.formula_vi if late.amount_vnd else None
    heard = Heard(payment.reference, line.amount_vnd, Outcome.PAID, line.line_id, line.verdict, {})
    posting.record(session, payment, heard, now, on=on, was_unplaced=was_unplaced)
    line.payment_id = payment.id


def _open(payment: Payment | None) -> dict[str, Open]:
    if payment is None:
        return {}
    return {payment.reference: Open(payment.amount_vnd, recorded=payment.state not in UNDECIDED)}


def _booked(session: Session, gateway: str, day: date) -> dict[str, int]:
    """What our book says a gateway took on a day in Vietnam, by our reference."""
    account = ledger.clearing(gateway)
    booked_on = day_in_vietnam(LedgerTransaction.happened_at)
    rows = session.execute(
        select(LedgerTransaction.reference, func.sum(LedgerEntry.debit_vnd))
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .where(
            LedgerTransaction.kind.in_(("fine_paid", "overpayment")),
            LedgerEntry.account == account,
            LedgerEntry.debit_vnd > 0,
            booked_on == day,
        )
        .group_by(LedgerTransaction.reference)
    )
    return {reference.removeprefix(f"{gateway}/"): int(amount) for reference, amount in rows}


def _read(content: bytes, file: str) -> tuple[Line, ...]:
    try:
        return read_statement(text_of(content, file), file=file)
    except PaymentError as error:
        raise unreadable(str(error)) from error


def _settled(content: bytes, file: str) -> list[Settled]:
    reader = csv.DictReader(io.StringIO(text_of(content, file)))
    try:
        missing = [name for name in ("reference", "amount_vnd") if name not in (reader.fieldnames or ())]
        found = list(reader)
    except csv.Error as error:
        raise unreadable(f"{file}: row {max(1, reader.line_num)}: {error}") from error
    if missing:
        raise unreadable(f"{file}: row 1: missing column {', '.join(missing)}")
    rows = []
    for number, row in enumerate(found, start=2):
        amount = row["amount_vnd"] or ""
        if not (amount.isascii() and amount.isdigit() and len(amount) <= MOST_DIGITS):
            raise unreadable(
                f"{file}: row {number}, column 'amount_vnd': expected whole dong, got {amount!r}"
            )
        rows.append(Settled(row["reference"] or "", int(amount)))
    return rows


def text_of(content: bytes, file: str) -> str:
    """An uploaded file as text. Raises Problem 422 for what is too large or not UTF-8."""
    if len(content) > _LARGEST_FILE:
        raise unreadable(f"{file}: larger than {_LARGEST_FILE // 1024**2} MiB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise unreadable(f"{file}: byte {error.start}: not UTF-8 text") from error


def unreadable(why: str) -> Problem:
    """422: a file that was uploaded is faulty, and none of it counts."""
    return Problem(
        422,
        "statement_unreadable",
        "Không đọc được tệp sao kê",
        "The statement cannot be read",
        f"Chưa ghi nhận dòng nào. {why}",
        f"Nothing of it was booked. {why}",
        errors=(FieldError("file", why),),
    )
