"""The payer has chosen how: an attempt is written down, then its provider asked where he goes."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

import httpx2
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.database import utc_now
from backend.dossiers.models import Dossier
from backend.dossiers.moves import locked
from backend.errors import Problem
from backend.payments import asking
from backend.payments.models import Payment
from backend.payments.providers import provider
from backend.payments.starting import charge_of, start
from backend.services import Services
from penalty.payments.values import (
    Ask,
    Beginning,
    Charge,
    GoTo,
    Language,
    PaymentError,
    PayThere,
    Provider,
    ShowQr,
)

logger = logging.getLogger(__name__)


def begin(
    services: Services,
    dossier_id: uuid.UUID,
    *,
    method: str,
    remote_address: str,
    language: Language,
    actor: str | None = None,
    part: bool = False,
) -> GoTo | ShowQr | PayThere:
    """Where the payer goes from here.

    The attempt is written first, in a transaction of its own: whatever the provider then does with it, we
    know of it. One that is open already is gone on with.

    Raises Problem 404 (method), 409 `nothing_to_pay`, 503 where the provider does not answer.
    """
    speaker, now = provider(services.settings, method), utc_now()
    with services.database.unit_of_work() as session:
        payment = start(
            session,
            locked(session, dossier_id),
            method=method,
            remote_address=remote_address,
            language=language,
            now=now,
            actor=actor,
            part=part,
        )
        if payment.pay_url is not None:
            return GoTo(payment.pay_url)
        charge = charge_of(payment, session.get_one(Dossier, dossier_id), services.settings)
        try:
            way = speaker.begin(charge)
        except PaymentError as error:
            raise _refused(str(error)) from error
        _remember(session, payment, way, now)
    return _opened(services, speaker, charge, way) if isinstance(way, Ask) else way


def _remember(session: Session, payment: Payment, way: Beginning, now: datetime) -> None:
    """What is kept of an attempt once its way is known, and that somebody asks what became of a new one."""
    if isinstance(way, PayThere):  # the portal names decisions: an attempt begins with its message
        session.delete(payment)
    elif payment.started_at == now:
        asking.watch(session, session.get_one(Payment, payment.id), now)
    if isinstance(way, GoTo):
        payment.pay_url = way.url


def _opened(services: Services, speaker: Provider, charge: Charge, ask: Ask) -> GoTo:
    """The page that the provider opens for this attempt. Who presses meanwhile waits for the same one."""
    with services.database.unit_of_work() as session:
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(charge.reference, 0))))
        payment = session.scalars(select(Payment).where(Payment.reference == charge.reference)).one()
        if payment.pay_url is None:
            try:
                payment.pay_url = speaker.began(charge, asking.send(services, ask.request)).url
            except (PaymentError, httpx2.HTTPError) as error:
                logger.warning("payment %s: %s did not open it: %s", charge.reference, speaker.name, error)
                raise _refused(str(error)) from error
        return GoTo(payment.pay_url)


def _refused(why: str) -> Problem:
    return Problem(
        503,
        "payment_method_unavailable",
        "Cách nộp tiền này hiện chưa dùng được",
        "This way to pay cannot be used right now",
        "Chưa thu khoản nào. Hãy chọn cách khác hoặc thử lại sau ít phút.",
        f"Nothing was taken. Choose another way, or try again in a few minutes. ({why[:200]})",
    )
