"""Attempts nobody has told us the end of: ask the provider, and let go what was never paid.

A lost callback costs the payer nothing but a few minutes: every undecided attempt is asked about, at first
after two minutes and then ever less often, for seven days.
"""

from __future__ import annotations

import logging
import secrets
import uuid
from datetime import datetime, timedelta

import httpx2
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import outgoing
from backend.dossiers.models import Dossier
from backend.jobs import defer
from backend.payments import posting
from backend.payments.models import Payment
from backend.payments.providers import offered
from backend.payments.starting import charge_of
from backend.services import Services
from penalty.payments.attempt import UNDECIDED, AttemptState
from penalty.payments.values import Heard, HttpMessage, HttpRequest, PaymentError, verdict_of

logger = logging.getLogger(__name__)

ASK_AFTER = timedelta(minutes=2)
EXPIRE_AFTER = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=7)


def watch(session: Session, payment: Payment, now: datetime) -> None:
    """Have an attempt asked about in a while; each time it is still undecided, the wait doubles."""
    wait = max(ASK_AFTER, now - payment.started_at)
    if now + wait <= payment.started_at + GIVE_UP_AFTER:
        defer(session, "payments.settle", at=now + wait, payment_id=str(payment.id))


def settle(services: Services, payment_id: uuid.UUID, now: datetime) -> None:
    """Ask about one attempt and write down what was said, or that its time is over."""
    heard = _ask(services, payment_id, now)
    with services.database.unit_of_work() as session:
        reference = session.scalar(select(Payment.reference).where(Payment.id == payment_id))
        payment = posting.locked_payment(session, reference or "")
        if payment is None or payment.state not in UNDECIDED:
            return
        if heard is not None and heard.reference == payment.reference:
            verdict = verdict_of(heard, posting.known_of(payment, heard.outcome))
            if verdict == "recorded":
                posting.record(session, payment, heard, now)
            elif verdict == "wrong_amount":
                logger.error("payment %s: the provider names another amount", payment.reference)
        if payment.state == AttemptState.STARTED and now > payment.expires_at + EXPIRE_AFTER:
            posting.expire(session, payment, now)
        if payment.state in UNDECIDED:
            watch(session, payment, now)


def _ask(services: Services, payment_id: uuid.UUID, now: datetime) -> Heard | None:
    """The provider's word; None where it cannot be asked or does not answer now."""
    with services.database.unit_of_work() as session:
        payment = session.get(Payment, payment_id)
        speaker = offered(services.settings).get(payment.gateway) if payment is not None else None
        if payment is None or speaker is None:
            return None
        charge = charge_of(payment, session.get_one(Dossier, payment.dossier_id), services.settings)
        request = speaker.ask_state(charge, request_id=secrets.token_hex(12), at=now)
    if request is None:
        return None
    try:
        return speaker.read_state(send(services, request))
    except (PaymentError, httpx2.HTTPError) as error:
        logger.warning("payment %s: asked %s, no answer: %s", charge.reference, speaker.name, error)
        return None


def send(services: Services, request: HttpRequest) -> HttpMessage:
    """Send a core's request. Raises httpx2.HTTPError where nobody answers."""
    answer = outgoing.client().request(
        request.method,
        request.url,
        content=request.body,
        headers=dict(request.headers),
        timeout=services.settings.outside_timeout_s,
    )
    return HttpMessage(status=answer.status_code, body=answer.content, headers=dict(answer.headers))
