"""The counter's card slips against what the acquirer says it took, and what an accountant does about them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, select, tuple_
from sqlalchemy.orm import Session

from backend import audit
from backend.accounting.models import AcquirerFile, AcquirerSlip
from backend.accounts.models import Account
from backend.counter.models import CounterPayment, CounterVisit
from backend.counter.money import CARD, line_id_of, refuse_used
from backend.database import day_in_vietnam
from backend.dossiers.models import Dossier
from backend.errors import Problem, not_found
from backend.payments import statements
from backend.payments.models import Payment, StatementLine
from backend.places.scope import whole_only
from backend.settings import Settings
from penalty.calendar import VIETNAM
from penalty.payments.attempt import AttemptState
from penalty.payments.card_slips import Layout, Slip, read_slips
from penalty.payments.values import PaymentError

_ROWS: Final = 200
_DAYS_LOOKED_BACK: Final = 31
_MONEY_CAME: Final = (AttemptState.PAID, AttemptState.SURPLUS, AttemptState.REFUNDED)
_DAY_TAKEN: Final = day_in_vietnam(Payment.answered_at)


@dataclass(frozen=True, slots=True)
class Taken:
    """A card payment as the clerk wrote it down; `told` is the bank's word on its slip, None without one."""

    id: uuid.UUID
    terminal_id: str
    slip: str
    payment: Payment
    dossier: Dossier
    clerk: Account
    told: AcquirerSlip | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Where the counter and the acquirer do not agree."""

    unknown: tuple[Taken, ...]
    """The clerk wrote a slip down; the bank's file of that day has none such."""
    lacking: tuple[AcquirerSlip, ...]
    """The bank charged a card; no case of ours has that slip."""
    differing: tuple[Taken, ...]
    """Both know the slip, with different amounts."""
    uncovered: tuple[date, ...]
    """Days with card payments for which no file was read, the newest first."""

    @property
    def count(self) -> int:
        return len(self.unknown) + len(self.lacking) + len(self.differing)

    def mistyped(self, taken: Taken) -> tuple[AcquirerSlip, ...]:
        """Slips that the clerk may have meant: of that terminal, of that amount, on no case."""
        return tuple(
            one
            for one in self.lacking
            if (one.terminal_id, one.amount_vnd) == (taken.terminal_id, taken.payment.amount_vnd)
        )


@dataclass(frozen=True, slots=True)
class Read:
    """What a file brought: slips that were new, and those read before."""

    new: int
    repeated: int


def import_slips(
    session: Session, settings: Settings, by: Account, *, day: date, content: bytes, file: str
) -> Read:
    """Read the acquirer's file of a day, all of it or nothing; a slip read before changes nothing.

    Raises Problem 403 `whole_area_needed`, 422 `statement_unreadable` naming row and column.
    """
    whole_only(session)
    slips = _read(settings, content, file)
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("acquirer_file"))))
    new = _unread(session, slips, file)
    row = AcquirerFile(day=day, name=file[:200], imported_by=by.id)
    session.add(row)
    session.flush()
    session.add_all(
        AcquirerSlip(
            file_id=row.id,
            terminal_id=slip.terminal_id,
            slip=slip.slip,
            amount_vnd=slip.amount_vnd,
            charged_at=slip.charged_at,
        )
        for slip in new
    )
    read = Read(new=len(new), repeated=len(slips) - len(new))
    audit.record(
        session,
        actor=by.actor,
        action="payment.acquirer_file",
        subject_type="acquirer_file",
        subject_id=row.id,
        data={"day": day.isoformat(), "file": row.name, "new": read.new, "repeated": read.repeated},
    )
    session.flush()
    return read


def compare(session: Session, today: date) -> Comparison:
    """Everything that does not agree now, the oldest first. Raises Problem 403 `whole_area_needed`."""
    whole_only(session)
    covered = exists().where(AcquirerFile.day == _DAY_TAKEN)
    return Comparison(
        unknown=tuple(_taken(session, and_(AcquirerSlip.id.is_(None), covered))),
        lacking=tuple(_lacking(session)),
        differing=tuple(_taken(session, AcquirerSlip.amount_vnd != Payment.amount_vnd)),
        uncovered=_uncovered(session, today),
    )


def files(session: Session, *, limit: int = 20) -> Sequence[AcquirerFile]:
    """The files that were read, the newest day first."""
    newest = select(AcquirerFile).order_by(AcquirerFile.day.desc(), AcquirerFile.imported_at.desc())
    return session.scalars(newest.limit(limit)).all()


def correct(
    session: Session, taken_id: uuid.UUID, by: Account, *, was: str, told_id: uuid.UUID, reason: str
) -> None:
    """The clerk mistyped: this payment's slip is that of the bank's word. No money moves.

    `was` is the slip as it was read. Raises Problem 403, 404, 409 `slip_used` or `slip_of_another`, 412.
    """
    whole_only(session)
    mine = session.get(CounterPayment, taken_id, with_for_update=True, populate_existing=True)
    told = session.get(AcquirerSlip, told_id)
    if mine is None or told is None:
        raise not_found("Không có hóa đơn thẻ này", "There is no such card slip")
    if mine.terminal_reference != was:
        raise _changed(mine.terminal_reference or "")
    payment = session.get_one(Payment, mine.payment_id)
    if (mine.terminal_id, payment.amount_vnd) != (told.terminal_id, told.amount_vnd):
        raise Problem(
            409,
            "slip_of_another",
            "Hóa đơn này không phải của lần quẹt thẻ đó",
            "This slip is not of that payment",
            "Máy thẻ hoặc số tiền khác nhau.",
            "Its terminal or its amount differs.",
        )
    refuse_used(session, told.terminal_id, told.slip)
    mine.terminal_reference = told.slip
    audit.record(
        session,
        actor=by.actor,
        action="counter.slip_corrected",
        subject_type="payment",
        subject_id=payment.id,
        data={"reference": payment.reference, "was": was, "slip": told.slip, "reason": reason},
    )
    session.flush()


def take_up(session: Session, told_id: uuid.UUID, by: Account, now: datetime) -> StatementLine:
    """A charge that is on no case becomes money that fits nothing, to be placed by two persons.

    Raises Problem 403, 404, 409 `slip_used`.
    """
    whole_only(session)
    told = session.get(AcquirerSlip, told_id, with_for_update=True)
    if told is None:
        raise not_found("Không có hóa đơn thẻ này", "There is no such card slip")
    refuse_used(session, told.terminal_id, told.slip)
    notices = ", ".join(_unfinished(session, told))
    line = StatementLine(
        gateway=CARD,
        line_id=line_id_of(told.terminal_id, told.slip),
        booked_at=told.charged_at,
        amount_vnd=told.amount_vnd,
        purpose=f"{told.terminal_id} {told.slip}" + (f", {notices}" if notices else ""),
        verdict="slip_not_booked",
        imported_by=by.id,
    )
    return statements.add_line(session, line, by, now)


def _read(settings: Settings, content: bytes, file: str) -> tuple[Slip, ...]:
    layout = Layout(
        columns={str(ours): theirs for ours, theirs in settings.acquirer_columns.items()},
        delimiter=settings.acquirer_delimiter,
        time_format=settings.acquirer_time_format,
    )
    try:
        return read_slips(statements.text_of(content, file), file=file, layout=layout)
    except PaymentError as error:
        raise statements.unreadable(str(error)) from error


def _unread(session: Session, slips: Sequence[Slip], file: str) -> list[Slip]:
    """The slips that no file has told before. Raises Problem 422 where one was told with another amount."""
    rows = session.execute(
        select(AcquirerSlip.terminal_id, AcquirerSlip.slip, AcquirerSlip.amount_vnd).where(
            tuple_(AcquirerSlip.terminal_id, AcquirerSlip.slip).in_(
                [(slip.terminal_id, slip.slip) for slip in slips]
            )
        )
    )
    known = {(terminal_id, slip): amount_vnd for terminal_id, slip, amount_vnd in rows}
    for slip in slips:
        before = known.get((slip.terminal_id, slip.slip))
        if before not in {None, slip.amount_vnd}:
            raise statements.unreadable(
                f"{file}: slip {slip.slip} of {slip.terminal_id} was told before with {before} dong,"
                f" now with {slip.amount_vnd}"
            )
    return [slip for slip in slips if (slip.terminal_id, slip.slip) not in known]


def _same_slip() -> ColumnElement[bool]:
    return and_(
        AcquirerSlip.terminal_id == CounterPayment.terminal_id,
        AcquirerSlip.slip == CounterPayment.terminal_reference,
    )


def _taken(session: Session, wrong: ColumnElement[bool]) -> list[Taken]:
    rows = session.execute(
        select(CounterPayment, Payment, Dossier, Account, AcquirerSlip)
        .join(Payment, Payment.id == CounterPayment.payment_id)
        .join(Dossier, Dossier.id == Payment.dossier_id)
        .join(CounterVisit, CounterVisit.id == CounterPayment.visit_id)
        .join(Account, Account.id == CounterVisit.clerk_id)
        .outerjoin(AcquirerSlip, _same_slip())
        .where(
            CounterPayment.terminal_reference.is_not(None),
            Payment.gateway == CARD,
            Payment.state.in_(_MONEY_CAME),
            wrong,
        )
        .order_by(Payment.answered_at)
        .limit(_ROWS)
    )
    return [
        Taken(mine.id, mine.terminal_id or "", mine.terminal_reference or "", payment, dossier, clerk, told)
        for mine, payment, dossier, clerk, told in rows
    ]


def _lacking(session: Session) -> Sequence[AcquirerSlip]:
    taken_up = exists().where(
        StatementLine.gateway == CARD,
        StatementLine.line_id == AcquirerSlip.terminal_id + "/" + AcquirerSlip.slip,
    )
    written_down = exists().where(_same_slip())
    return session.scalars(
        select(AcquirerSlip).where(~written_down, ~taken_up).order_by(AcquirerSlip.charged_at).limit(_ROWS)
    ).all()


def _uncovered(session: Session, today: date) -> tuple[date, ...]:
    midnight = datetime.combine(today, time(), VIETNAM)
    days = (
        select(_DAY_TAKEN)
        .where(
            Payment.gateway == CARD,
            Payment.state.in_(_MONEY_CAME),
            Payment.answered_at >= midnight - timedelta(days=_DAYS_LOOKED_BACK),
            Payment.answered_at < midnight,
            ~exists().where(AcquirerFile.day == _DAY_TAKEN),
        )
        .distinct()
    )
    return tuple(sorted(session.scalars(days), reverse=True))


def _unfinished(session: Session, told: AcquirerSlip) -> list[str]:
    """Notices of cases in which such a payment was begun on that terminal and never written down as paid."""
    rows = session.scalars(
        select(Dossier.notice_number)
        .join(Payment, Payment.dossier_id == Dossier.id)
        .join(CounterPayment, CounterPayment.payment_id == Payment.id)
        .where(
            CounterPayment.terminal_id == told.terminal_id,
            CounterPayment.terminal_reference.is_(None),
            Payment.gateway == CARD,
            Payment.amount_vnd == told.amount_vnd,
            Payment.started_at.between(
                told.charged_at - timedelta(days=1), told.charged_at + timedelta(hours=1)
            ),
        )
        .order_by(Payment.started_at.desc())
        .limit(5)
    )
    return list(dict.fromkeys(rows))


def _changed(now: str) -> Problem:
    return Problem(
        412,
        "version_conflict",
        "Số hóa đơn thẻ vừa được người khác thay đổi",
        "Somebody changed this slip in the meantime",
        f"Số hiện tại là {now}. Hãy tải lại rồi làm tiếp.",
        f"It is now {now}. Load it again, then go on.",
    )
