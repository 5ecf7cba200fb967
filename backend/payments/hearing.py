"""Providers' callbacks: kept word for word first, then understood, then acted upon in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.dossiers.models import Dossier
from backend.dossiers.moves import locked
from backend.payments import posting
from backend.payments.amounts import amount_due, next_midnight
from backend.payments.models import Payment, PaymentCallback
from backend.payments.providers import offered, portal, provider
from backend.payments.starting import start, unasked
from backend.services import Services
from penalty.dossier import PAYABLE
from penalty.payments.portal import SIGNATURE, TIMESTAMP, Owed
from penalty.payments.values import Heard, HttpMessage, Known, PaymentError, Reply

_KEPT_HEADERS = (SIGNATURE, TIMESTAMP)
_LONGEST = 16_000


def keep_callback(
    services: Services, gateway: str, message: HttpMessage, remote_address: str, now: datetime
) -> uuid.UUID:
    """Store what came in a transaction of its own before anything is made of it."""
    with services.database.unit_of_work() as session:
        row = PaymentCallback(
            gateway=gateway,
            query=message.query[:_LONGEST],
            body=message.body[:_LONGEST].decode("utf-8", "replace").replace("\0", "\ufffd"),
            headers={name: message.headers[name] for name in _KEPT_HEADERS if name in message.headers},
            remote_address=remote_address,
            received_at=now,
        )
        session.add(row)
        session.flush()
        return row.id


def handle(services: Services, callback_id: uuid.UUID, now: datetime) -> Reply:
    """Act on a kept callback in one transaction; the same message again changes nothing."""
    with services.database.unit_of_work() as session:
        row = session.get_one(PaymentCallback, callback_id)
        speaker = provider(services.settings, row.gateway)
        heard = _understood(services, row, now)
        payment, known = None, None
        if isinstance(heard, Heard):
            payment = _found(session, row.gateway, heard, now)
            known = _known(session, row.gateway, payment, heard)
        reply = speaker.reply(heard, known)
        row.answer, row.payment_id = reply.verdict, payment.id if payment else None
        if reply.record and payment is not None and isinstance(heard, Heard):
            posting.record(session, payment, heard, now)
        return reply


def owed_at_portal(services: Services, message: HttpMessage, now: datetime) -> Reply:
    """What the portal may show of a decision today: plate and money, no name."""
    speaker = portal(services.settings)
    try:
        number = speaker.asked(message, now)
    except PaymentError as error:
        return speaker.reply(error, None)
    with services.database.unit_of_work() as session:
        dossier = session.scalar(select(Dossier).where(Dossier.decision_number == number))
        if dossier is None or dossier.state not in PAYABLE:
            return speaker.owed_reply(None)
        due = amount_due(session, dossier, now)
        owed = Owed(number, dossier.plate, due.fine_vnd, due.late.amount_vnd, next_midnight(now))
        return speaker.owed_reply(owed)


def shown_result(
    services: Services, session: Session, gateway: str, query: str
) -> tuple[Payment | None, Heard | None]:
    """What the return address may show: our own row, and the provider's words if their signature fits."""
    speaker = offered(services.settings).get(gateway)
    if speaker is None:
        return None, None
    try:
        heard = speaker.hear(HttpMessage(query=query))
    except PaymentError:
        return None, None
    return session.scalar(select(Payment).where(Payment.reference == heard.reference)), heard


def _understood(services: Services, row: PaymentCallback, now: datetime) -> Heard | PaymentError:
    message = HttpMessage(query=row.query, body=row.body.encode(), headers=row.headers)
    try:
        if row.gateway == "portal":
            return portal(services.settings).hear_at(message, now)
        return provider(services.settings, row.gateway).hear(message)
    except PaymentError as error:
        return error


def _found(session: Session, gateway: str, heard: Heard, now: datetime) -> Payment | None:
    """The attempt a message speaks of. The portal names decisions: its attempt begins with its message."""
    if gateway != "portal":
        return posting.locked_payment(session, heard.reference)
    dossier_id = session.scalar(select(Dossier.id).where(Dossier.decision_number == heard.reference))
    if dossier_id is None:
        return None
    dossier = locked(session, dossier_id)
    told_before = session.scalar(
        select(Payment).where(Payment.gateway == "portal", Payment.gateway_number == heard.provider_reference)
    )
    if told_before is not None or dossier.state not in PAYABLE:
        return told_before or unasked(session, dossier, method="portal", amount_vnd=heard.amount_vnd, now=now)
    if amount_due(session, dossier, now).total_vnd != heard.amount_vnd:
        return None
    return start(session, dossier, method="portal", remote_address="", language="vi", now=now)


def _known(session: Session, gateway: str, payment: Payment | None, heard: Heard) -> Known | None:
    if payment is None and gateway == "portal":
        is_ours = session.scalar(select(Dossier.id).where(Dossier.decision_number == heard.reference))
        return Known(amount_vnd=-1, recorded=False) if is_ours is not None else None
    return posting.known_of(payment, heard.outcome)


def headers_of(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers a signature may stand in, names in small letters."""
    return {name.lower(): value for name, value in headers.items() if name.lower() in _KEPT_HEADERS}
