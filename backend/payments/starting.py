"""An attempt to pay begins: one row, and where the payer goes from here."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend import audit
from backend.dossiers.models import Dossier
from backend.errors import Problem
from backend.payments.amounts import AmountDue, amount_due, next_midnight
from backend.payments.models import Payment
from backend.payments.plans import next_part_due_vnd
from backend.settings import Settings
from penalty.dossier import PAYABLE
from penalty.payments.attempt import AttemptState
from penalty.payments.statement import make_reference
from penalty.payments.values import Charge, Language

LINK_LIFETIME = timedelta(minutes=15)
OPENS_WITHIN = timedelta(seconds=15)
_SERIALS = 36**9


def start(
    session: Session,
    dossier: Dossier,
    *,
    method: str,
    remote_address: str,
    language: Language,
    now: datetime,
    actor: str | None = None,
    part: bool = False,
) -> Payment:
    """Begin an attempt, or go on with the one that is open already (`begun_before`).

    `actor` is who does it for the owner, `part` the next part of a plan alone.

    Raises Problem 409 `nothing_to_pay` unless a decision stands unpaid.
    """
    due = amount_due(session, dossier, now)
    if dossier.state not in PAYABLE or due.total_vnd <= 0 or dossier.decision_number is None:
        raise nothing_to_pay()
    next_part_vnd = next_part_due_vnd(session, dossier) if part and not due.late.amount_vnd else 0
    amount_vnd = min(next_part_vnd, due.total_vnd) or due.total_vnd
    begun = begun_before(session, dossier, method=method, amount_vnd=amount_vnd, now=now)
    if begun is not None and remote_address:
        return begun
    payment = _attempt(
        dossier, due, method=method, amount_vnd=amount_vnd, remote_address=remote_address, now=now
    )
    payment.locale = language
    session.add(payment)
    session.flush()
    _log(session, payment, actor or f"owner:{dossier.id}")
    return payment


def _log(session: Session, payment: Payment, actor: str) -> None:
    audit.record(
        session,
        actor=actor,
        action="payment.started",
        subject_type="payment",
        subject_id=payment.id,
        data={
            "dossier_id": str(payment.dossier_id),
            "method": payment.gateway,
            "amount_vnd": payment.amount_vnd,
            "reference": payment.reference,
        },
    )


def _attempt(
    dossier: Dossier, due: AmountDue, *, method: str, amount_vnd: int, remote_address: str, now: datetime
) -> Payment:
    """The row of an attempt, with the surcharge as it was shown."""
    return Payment(
        dossier_id=dossier.id,
        gateway=method,
        reference=make_reference(secrets.randbelow(_SERIALS)),
        amount_vnd=amount_vnd,
        late_vnd=due.late.amount_vnd,
        late_days=due.late.days,
        late_formula_vi=due.late.formula_vi if due.late.amount_vnd else None,
        remote_address=remote_address,
        started_at=now,
        expires_at=_expiry(method, now),
    )


def begun_before(
    session: Session, dossier: Dossier, *, method: str, amount_vnd: int, now: datetime
) -> Payment | None:
    """The open attempt for the same amount that can be shown again: pressed twice, nobody pays twice.

    A code holds as it is. A gateway's page is opened again by its own address, `pay_url`: its reference may
    not come in a second request (VNPAY: once a day; MoMo: `requestId` once). One without an address is being
    opened by another press just now, or never will be. At the counter, which tells no address, each code
    belongs to its visit.
    """
    return session.scalar(
        select(Payment)
        .where(
            Payment.dossier_id == dossier.id,
            Payment.gateway == method,
            Payment.amount_vnd == amount_vnd,
            Payment.remote_address != "",
            Payment.state == AttemptState.STARTED,
            Payment.expires_at > now,
            or_(
                Payment.gateway == "vietqr",
                Payment.pay_url.is_not(None),
                Payment.started_at > now - OPENS_WITHIN,
            ),
        )
        .order_by(Payment.started_at.desc())
        .limit(1)
    )


def unasked(session: Session, dossier: Dossier, *, method: str, amount_vnd: int, now: datetime) -> Payment:
    """An attempt for money that came without one, so that it can be given back."""
    payment = Payment(
        dossier_id=dossier.id,
        gateway=method,
        reference=make_reference(secrets.randbelow(_SERIALS)),
        amount_vnd=amount_vnd,
        locale="vi",
        remote_address="",
        started_at=now,
        expires_at=next_midnight(now),
    )
    session.add(payment)
    session.flush()
    return payment


def charge_of(payment: Payment, dossier: Dossier, settings: Settings) -> Charge:
    """The attempt as its provider is told of it."""
    return Charge(
        reference=payment.reference,
        amount_vnd=payment.amount_vnd,
        decision_number=dossier.decision_number or "",
        plate=dossier.plate,
        created_at=payment.started_at,
        expires_at=payment.expires_at,
        return_url=f"{settings.public_url}/thanh-toan/{payment.gateway}",
        callback_url=f"{settings.public_url}/v1/payments/{payment.gateway}/ipn",
        ip_address=payment.remote_address,
        language="en" if payment.locale == "en" else "vi",
    )


def _expiry(method: str, now: datetime) -> datetime:
    """Never past midnight in Vietnam, when the amount may change; a gateway's page a quarter of an hour."""
    latest = next_midnight(now) - timedelta(seconds=1)
    if method not in ("vietqr", "portal"):
        latest = min(now + LINK_LIFETIME, latest)
    return max(latest, now + timedelta(seconds=1))


def nothing_to_pay() -> Problem:
    return Problem(
        409,
        "nothing_to_pay",
        "Hiện không có khoản nào phải nộp",
        "There is nothing to pay now",
        "Chỉ nộp được khi đã có quyết định xử phạt và chưa nộp đủ.",
        "A fine can be paid once the decision is issued and while it is unpaid.",
    )
