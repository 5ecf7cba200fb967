"""Paying a fine: attempts, the gateway's callbacks, and what they do to ledger and dossier."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from urllib.parse import parse_qsl

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.dossiers.models import Dossier, DossierDeadline
from backend.dossiers.moves import SYSTEM, locked, write_event
from backend.dossiers.service import paid_in_full
from backend.errors import Problem
from backend.payments import book
from backend.payments.models import Payment, PaymentCallback, PaymentState, Refund
from backend.services import Services
from backend.settings import Settings
from penalty import ledger
from penalty.calendar import VIETNAM, vietnam_date
from penalty.dossier import State
from penalty.payments import vnpay

GATEWAY = "vnpay"
LINK_LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True)
class AmountDue:
    """What is owed on one day, and how it came about."""

    fine_vnd: int
    late: ledger.Surcharge

    @property
    def total_vnd(self) -> int:
        return self.fine_vnd + self.late.amount_vnd


def merchant(settings: Settings) -> vnpay.Merchant:
    return vnpay.Merchant(settings.vnpay_tmn_code, settings.vnpay_hash_secret.get_secret_value())


def amount_due(session: Session, dossier: Dossier, now: datetime) -> AmountDue:
    """The ledger's balance plus the surcharge of this day in Vietnam; never a number from the browser."""
    unpaid = book.outstanding_vnd(session, dossier.id)
    pay_until = session.scalar(
        select(DossierDeadline.due_on).where(
            DossierDeadline.dossier_id == dossier.id, DossierDeadline.step_id == "E1"
        )
    )
    today = vietnam_date(now)
    return AmountDue(unpaid, ledger.late_surcharge(unpaid, pay_until=pay_until or today, paid_on=today))


def start(
    services: Services,
    session: Session,
    dossier: Dossier,
    *,
    remote_address: str,
    locale: Literal["vn", "en"],
    now: datetime,
) -> str:
    """Begin an attempt to pay; returns the gateway's address for the payer's browser.

    Raises Problem 409 `nothing_to_pay` unless a decision stands unpaid.
    """
    due = amount_due(session, dossier, now)
    if dossier.state != State.DECIDED or due.total_vnd <= 0 or dossier.decision_number is None:
        raise _nothing_to_pay()
    payment = Payment(
        dossier_id=dossier.id,
        reference=f"PN{now.astimezone(VIETNAM):%y%m%d}-{secrets.token_hex(6).upper()}",
        amount_vnd=due.total_vnd,
        late_vnd=due.late.amount_vnd,
        late_days=due.late.days,
        late_formula_vi=due.late.formula_vi if due.late.amount_vnd else None,
        locale=locale,
        remote_address=remote_address,
        started_at=now,
        expires_at=_expiry(now),
    )
    session.add(payment)
    session.flush()
    audit.record(
        session,
        actor=f"owner:{dossier.id}",
        action="payment.started",
        subject_type="payment",
        subject_id=payment.id,
        data={
            "dossier_id": str(dossier.id),
            "amount_vnd": payment.amount_vnd,
            "reference": payment.reference,
        },
    )
    return vnpay.build_pay_url(
        services.settings.vnpay_url,
        vnpay.PayRequest(
            txn_ref=payment.reference,
            amount_vnd=payment.amount_vnd,
            order_info=_order_info(dossier),
            return_url=f"{services.settings.public_url}/thanh-toan/vnpay",
            ip_address=remote_address,
            created_at=payment.started_at,
            expires_at=payment.expires_at,
            locale=locale,
        ),
        merchant(services.settings),
    )


def _expiry(now: datetime) -> datetime:
    """A quarter of an hour, but never past midnight in Vietnam, when the amount may change."""
    local = now.astimezone(VIETNAM)
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), VIETNAM)
    return max(min(now + LINK_LIFETIME, midnight - timedelta(seconds=1)), now + timedelta(seconds=1))


def _order_info(dossier: Dossier) -> str:
    number = (dossier.decision_number or "").replace("Đ", "D").replace("-", " ")
    return f"Nop phat {number} {dossier.plate}"


def keep_callback(services: Services, query: str, remote_address: str, now: datetime) -> uuid.UUID:
    """Store what the gateway sent, word for word, in a transaction of its own before acting on it."""
    with services.database.unit_of_work() as session:
        row = PaymentCallback(query=query[:8000], remote_address=remote_address, received_at=now)
        session.add(row)
        session.flush()
        return row.id


def handle_ipn(services: Services, callback_id: uuid.UUID, now: datetime) -> vnpay.IpnAnswer:
    """Act on a kept callback in one transaction; the same message again changes nothing."""
    settings = services.settings
    with services.database.unit_of_work() as session:
        row = session.get_one(PaymentCallback, callback_id)
        params = dict(parse_qsl(row.query, keep_blank_values=True))
        signature_ok = vnpay.verify(params, settings.vnpay_hash_secret.get_secret_value())
        callback = _parsed(params, settings) if signature_ok else None
        payment = _locked_payment(session, callback.txn_ref) if callback else None
        known = None
        if payment is not None:
            recorded = payment.state != PaymentState.STARTED
            known = vnpay.KnownPayment(amount_vnd=payment.amount_vnd, recorded=recorded)
        answer = vnpay.decide_ipn(signature_ok=signature_ok, callback=callback, known=known)
        row.answer, row.payment_id = answer.code, payment.id if payment else None
        if answer.record and payment is not None and callback is not None:
            _record(session, payment, callback, now)
        return answer


def _parsed(params: dict[str, str], settings: Settings) -> vnpay.Callback | None:
    if params.get("vnp_TmnCode") != settings.vnpay_tmn_code:
        return None
    try:
        return vnpay.parse_callback(params, settings.vnpay_hash_secret.get_secret_value())
    except vnpay.VnpayError:
        return None


def _locked_payment(session: Session, reference: str) -> Payment | None:
    """The attempt, with its dossier held first: two callbacks for one dossier wait for each other."""
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


def _record(session: Session, payment: Payment, callback: vnpay.Callback, now: datetime) -> None:
    payment.answered_at = now
    payment.response_code, payment.status_code = callback.response_code, callback.transaction_status
    payment.gateway_number = callback.transaction_no or None
    payment.bank_code = callback.bank_code or None
    dossier = session.get_one(Dossier, payment.dossier_id)
    if callback.outcome is vnpay.Outcome.PAID:
        _take_money(session, dossier, payment, now)
    else:
        held = callback.outcome is vnpay.Outcome.HELD
        payment.state = PaymentState.HELD if held else PaymentState.FAILED
        data = {"reference": payment.reference, "code": callback.response_code}
        kind = "payment_held" if held else "payment_failed"
        write_event(session, dossier, kind, actor=SYSTEM, now=now, data=data)


def _take_money(session: Session, dossier: Dossier, payment: Payment, now: datetime) -> None:
    """Book what came. It pays the debt if one stands; whatever is over goes to the refund queue."""
    owed = book.outstanding_vnd(session, dossier.id)
    pays = dossier.state == State.DECIDED and owed > 0
    if pays and payment.late_vnd:
        _book_surcharge(session, dossier, payment, now)
        owed += payment.late_vnd
    posting = ledger.fine_paid(
        dossier=str(dossier.id),
        gateway=payment.gateway,
        gateway_reference=payment.reference,
        amount_vnd=payment.amount_vnd,
        outstanding_vnd=owed if pays else 0,
        at=now,
    )
    book.post(session, dossier.id, posting)
    over_vnd = payment.amount_vnd - min(payment.amount_vnd, owed) if pays else payment.amount_vnd
    payment.state = PaymentState.PAID if pays else PaymentState.REFUND
    if over_vnd > 0:
        _queue_refund(session, dossier, payment, over_vnd, now)
    if not pays:
        return
    dossier.paid_vnd += payment.amount_vnd - over_vnd
    if payment.amount_vnd < owed:
        data = {"reference": payment.reference, "amount_vnd": payment.amount_vnd}
        write_event(session, dossier, "partly_paid", actor=SYSTEM, now=now, data=data)
        return
    session.flush()
    paid_in_full(session, dossier, due_vnd=book.charged_vnd(session, dossier.id), now=now)


def _book_surcharge(session: Session, dossier: Dossier, payment: Payment, now: datetime) -> None:
    """The surcharge as it was asked for when the link was made; the link does not outlive that day."""
    surcharge = ledger.Surcharge(payment.late_vnd, payment.late_days, payment.late_formula_vi or "", "")
    posting = ledger.surcharge_accrued(
        dossier=str(dossier.id),
        decision_number=dossier.decision_number or "",
        surcharge=surcharge,
        on=vietnam_date(payment.started_at),
        at=now,
    )
    book.post(session, dossier.id, posting)


def _queue_refund(
    session: Session, dossier: Dossier, payment: Payment, amount_vnd: int, now: datetime
) -> None:
    reason = "paid_twice" if dossier.paid_vnd else "not_owed"
    session.add(Refund(payment_id=payment.id, dossier_id=dossier.id, amount_vnd=amount_vnd, reason=reason))
    data = {"reference": payment.reference, "amount_vnd": amount_vnd}
    write_event(session, dossier, "refund_queued", actor=SYSTEM, now=now, data=data)


def shown_result(
    services: Services, session: Session, query: str
) -> tuple[Payment | None, vnpay.Callback | None]:
    """What the return address may show: our own row, and the gateway's words if their signature fits."""
    params = dict(parse_qsl(query, keep_blank_values=True))
    callback = _parsed(params, services.settings)
    if callback is None:
        return None, None
    return session.scalar(select(Payment).where(Payment.reference == callback.txn_ref)), callback


def _nothing_to_pay() -> Problem:
    return Problem(
        409,
        "nothing_to_pay",
        "Hiện không có khoản nào phải nộp",
        "There is nothing to pay now",
        "Chỉ nộp được khi đã có quyết định xử phạt và chưa nộp đủ.",
        "A fine can be paid once the decision is issued and while it is unpaid.",
    )
