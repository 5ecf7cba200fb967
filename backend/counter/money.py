"""Paying at the counter, and the day's list against the ledger.

Cash is not taken: a fine is paid to the State Treasury, at its counter or a bank's, or without cash (LHAV
Art. 78; Decree 118/2021 Art. 20, read at second hand). Who has only cash gets a payment slip for the bank. A
card is charged on a terminal that credits the treasury's account; its slip's reference is the proof.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.counter.models import CounterPayment, CounterVisit
from backend.counter.visits import Serving
from backend.dossiers.models import Dossier
from backend.dossiers.moves import locked
from backend.errors import Problem, not_found
from backend.payments import asking, paying, posting
from backend.payments.models import LedgerEntry, LedgerTransaction, Payment, StatementLine
from backend.payments.starting import start
from penalty import ledger
from penalty.calendar import VIETNAM
from penalty.payments.attempt import UNDECIDED, AttemptState
from penalty.payments.card_slips import slip_number
from penalty.payments.statement import references_in
from penalty.payments.values import Heard, Language, Outcome, ShowQr

CARD = "card"


def line_id_of(terminal_id: str, slip: str) -> str:
    """The number of a slip that the accountant took up as money that fits nothing."""
    return f"{terminal_id}/{slip}"


def show_vietqr(serving: Serving, language: Language) -> ShowQr:
    """Begin a payment by VietQR for the clerk's screen; the bank's statement says when it came."""
    way = paying.begin(
        serving.services,
        serving.visit.dossier_id,
        method="vietqr",
        remote_address="",
        language=language,
        actor=serving.clerk.actor,
    )
    if not isinstance(way, ShowQr):
        raise TypeError(f"vietqr: expected a code to show, got {type(way).__name__}")
    reference = references_in(way.purpose)[0]
    payment_id = serving.session.scalars(select(Payment.id).where(Payment.reference == reference)).one()
    serving.session.add(CounterPayment(visit_id=serving.visit.id, payment_id=payment_id))
    return way


def begin_card(serving: Serving, now: datetime) -> Payment:
    """Fix the amount to type into the terminal. Raises Problem 404 where no terminal is set up, 409."""
    terminal_id = serving.services.settings.counter_terminal_id
    if not terminal_id:
        raise not_found("Quầy này không nhận thẻ", "This counter takes no cards")
    payment = start(
        serving.session,
        locked(serving.session, serving.visit.dossier_id),
        method=CARD,
        remote_address="",
        language="vi",
        now=now,
        actor=serving.clerk.actor,
    )
    serving.session.add(
        CounterPayment(visit_id=serving.visit.id, payment_id=payment.id, terminal_id=terminal_id)
    )
    asking.watch(serving.session, payment, now)
    return payment


def waiting_card(session: Session, visit: CounterVisit) -> Payment | None:
    """The card payment of this visit whose slip has not been written down."""
    return session.scalar(
        select(Payment)
        .join(CounterPayment, CounterPayment.payment_id == Payment.id)
        .where(
            CounterPayment.visit_id == visit.id,
            Payment.gateway == CARD,
            Payment.state == AttemptState.STARTED,
        )
        .order_by(Payment.started_at.desc())
        .limit(1)
    )


def card_charged(serving: Serving, payment_id: uuid.UUID, reference: str, now: datetime) -> Payment:
    """The terminal printed its slip: book the money and close the case.

    Raises Problem 404, 409 `card_decided` for an attempt that ended, 409 `slip_used` for a slip written down
    before, 422 `slip_needed`.
    """
    mine, payment = _of_visit(serving, payment_id)
    slip = slip_number(reference)
    if slip is None:
        raise _slip_needed()
    refuse_used(serving.session, mine.terminal_id or "", slip)
    mine.terminal_reference = slip
    heard = Heard(payment.reference, payment.amount_vnd, Outcome.PAID, slip, "terminal", {})
    posting.record(serving.session, payment, heard, now)
    data = {"reference": payment.reference, "slip": slip, "amount_vnd": payment.amount_vnd}
    serving.log("counter.card_charged", data)
    return payment


def card_refused(serving: Serving, payment_id: uuid.UUID, now: datetime) -> None:
    """The terminal or the person refused: nothing was taken."""
    _, payment = _of_visit(serving, payment_id)
    heard = Heard(payment.reference, payment.amount_vnd, Outcome.FAILED, "", "terminal", {})
    posting.record(serving.session, payment, heard, now)
    serving.log("counter.card_refused", {"reference": payment.reference})


@dataclass(frozen=True, slots=True)
class DayLine:
    """One payment that began at the counter on a day; `booked_vnd` is what the ledger says came of it."""

    payment: Payment
    visit: CounterVisit
    dossier: Dossier
    slip: str | None
    booked_vnd: int

    @property
    def fits(self) -> bool:
        """Whether the payment and the ledger say the same."""
        paid = self.payment.amount_vnd if self.payment.state == AttemptState.PAID else 0
        came_unowed = self.payment.state in {AttemptState.SURPLUS, AttemptState.REFUNDED}
        return self.booked_vnd == (self.payment.amount_vnd if came_unowed else paid)


@dataclass(frozen=True, slots=True)
class DayTotal:
    """What one way to pay brought on the day, by the payments and by the ledger."""

    method: str
    count: int
    paid_vnd: int
    booked_vnd: int

    @property
    def balances(self) -> bool:
        return self.paid_vnd == self.booked_vnd


def day_list(session: Session, clerk: Account, day: date) -> list[DayLine]:
    """The clerk's payments of a day in Vietnam, oldest first."""
    begins = datetime.combine(day, time(), VIETNAM)
    rows = session.execute(
        select(Payment, CounterVisit, Dossier, CounterPayment.terminal_reference)
        .join(CounterPayment, CounterPayment.payment_id == Payment.id)
        .join(CounterVisit, CounterVisit.id == CounterPayment.visit_id)
        .join(Dossier, Dossier.id == Payment.dossier_id)
        .where(
            CounterVisit.clerk_id == clerk.id,
            Payment.started_at >= begins,
            Payment.started_at < begins + timedelta(days=1),
        )
        .order_by(Payment.started_at)
    ).all()
    booked = _booked(session, [row[0] for row in rows])
    return [
        DayLine(payment, visit, dossier, slip, booked.get(payment.reference, 0))
        for payment, visit, dossier, slip in rows
    ]


def day_totals(lines: Sequence[DayLine]) -> list[DayTotal]:
    """The lines added up by way to pay."""
    totals = []
    for method in sorted({line.payment.gateway for line in lines}):
        mine = [line for line in lines if line.payment.gateway == method]
        came = [line for line in mine if line.payment.state not in {*UNDECIDED, AttemptState.FAILED}]
        paid_vnd = sum(line.payment.amount_vnd for line in came)
        totals.append(DayTotal(method, len(came), paid_vnd, sum(line.booked_vnd for line in mine)))
    return totals


def _booked(session: Session, payments: Sequence[Payment]) -> dict[str, int]:
    """By payment, what the ledger's clearing accounts received."""
    names = {f"{payment.gateway}/{payment.reference}": payment.reference for payment in payments}
    rows = session.execute(
        select(LedgerTransaction.reference, func.sum(LedgerEntry.debit_vnd))
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .where(
            LedgerTransaction.reference.in_(names),
            LedgerEntry.account.in_({ledger.clearing(payment.gateway) for payment in payments}),
        )
        .group_by(LedgerTransaction.reference)
    )
    return {names[reference]: int(amount) for reference, amount in rows}


def _of_visit(serving: Serving, payment_id: uuid.UUID) -> tuple[CounterPayment, Payment]:
    session = serving.session
    mine = session.scalar(
        select(CounterPayment).where(
            CounterPayment.visit_id == serving.visit.id, CounterPayment.payment_id == payment_id
        )
    )
    payment = session.get(Payment, payment_id) if mine else None
    if mine is None or payment is None or payment.gateway != CARD:
        raise not_found("Không có lần nộp thẻ này", "There is no such card payment")
    held = posting.locked_payment(session, payment.reference)
    if held is None or held.state not in UNDECIDED:
        raise Problem(
            409,
            "card_decided",
            "Lần nộp thẻ này đã có kết quả",
            "This card payment has ended already",
            "Xem hồ sơ: nếu chưa nộp, bắt đầu lần nộp mới.",
            "Look at the case: if it is unpaid, begin anew.",
        )
    return mine, held


def refuse_used(session: Session, terminal_id: str, slip: str) -> None:
    """Raises Problem 409 `slip_used` where the slip pays another case anywhere, or waits to be placed on one.

    Who asks about the same slip meanwhile waits for the end of this transaction.
    """
    line_id = line_id_of(terminal_id, slip)
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"slip {line_id}", 0))))
    # The tables, not their classes: a session limited to areas does not see what lies elsewhere.
    taken, lines = CounterPayment.__table__.c, StatementLine.__table__.c
    pays = select(taken.id).where(taken.terminal_id == terminal_id, taken.terminal_reference == slip)
    taken_up = select(lines.id).where(lines.gateway == CARD, lines.line_id == line_id)
    if session.scalar(pays) is not None or session.scalar(taken_up) is not None:
        raise Problem(
            409,
            "slip_used",
            "Hóa đơn thẻ này đã được ghi cho một lần nộp khác",
            "This card slip was written down for another payment",
            "So lại số tham chiếu trên hóa đơn thẻ với máy.",
            "Compare the reference with the terminal's slip.",
        )


def _slip_needed() -> Problem:
    return Problem(
        422,
        "slip_needed",
        "Số tham chiếu trên hóa đơn thẻ chưa đúng",
        "The reference of the card slip is not right",
        "Gồm 6 đến 20 chữ và số, in trên hóa đơn của máy thẻ (REF hoặc RRN).",
        "6 to 20 letters and figures, printed on the terminal's slip (REF or RRN).",
    )
