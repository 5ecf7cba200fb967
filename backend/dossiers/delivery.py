"""Sends one message of a dossier and acts on the answer; only a legal delivery moves the dossier."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

import notify
from backend import jobs
from backend.dossiers import service
from backend.dossiers.holding import may_leave
from backend.dossiers.issuing import ask_for_message
from backend.dossiers.liable import addressee
from backend.dossiers.models import Document, DocumentKind, Dossier, Message
from backend.dossiers.moves import locked
from backend.dossiers.secrets import shown
from backend.dossiers.words import PAPERS
from backend.outgoing import http_send
from backend.owners.models import OwnerLookup
from backend.owners.service import log_look, vault_of
from backend.services import Services
from backend.settings import Settings
from notify.channels import (
    Send,
    SmsChannel,
    VneidChannel,
    ZaloChannel,
)
from notify.message import ChannelName, Force
from penalty import plates
from penalty.calendar import LegalCalendar, vietnam_date

RETRY_FIRST_S = 5
RETRY_MOST_S = 900
TRIES_EACH = 6
_TEMPLATES: dict[tuple[str, str], str] = {
    ("notice", "legal"): "notice_delivery",
    ("record", "legal"): "record_delivery",
    ("decision", "legal"): "decision_delivery",
    ("receipt", "legal"): "receipt_delivery",
    **{
        (kind, "legal"): "paper_delivery"
        for kind in ("reminder", "annulment", "answer", "refund", "deferral", "instalments")
    },
    ("notice", "courtesy"): "notice_sent",
    ("decision", "courtesy"): "decision_sent",
    ("receipt", "courtesy"): "payment_received",
}
_OPEN_STATES = frozenset({"waiting", "trying"})


@dataclass(frozen=True)
class Envelope:
    """A composed message with where it goes; made in one transaction, sent outside any."""

    message: notify.Message
    recipient: notify.Recipient
    channel: str
    tracking_id: str


def first_channel(
    services: Services, session: Session, dossier: Dossier, force: Force, document: Document
) -> ChannelName | None:
    """The best channel known for the person a paper is for, None where there is none."""
    channels = _channels(services, session, dossier, force, document)
    return channels[0] if channels else None


def _channels(
    services: Services, session: Session, dossier: Dossier, force: Force, document: Document
) -> tuple[ChannelName, ...]:
    person = addressee(services, session, dossier, document)
    if person is None or (document.kind, force) not in _TEMPLATES:
        return ()
    return notify.order(force, has_phone=person.phone is not None, has_id_number=bool(person.id_number))


def send_message(services: Services, message_id: uuid.UUID, now: datetime, send: Send | None = None) -> str:
    """Send it, write down what became of it, and say what follows. Settled already: nothing happens.

    Returns the row's state. A crash between the provider's "accepted" and our commit sends the same tracking
    id again, which providers take as the same message.
    """
    with services.database.unit_of_work() as session:
        row = session.get_one(Message, message_id)
        if not may_leave(session, row, now):
            return row.state
        envelope = _envelope(services, session, row)
    if envelope is None:
        return "settled"
    channel = _channel(services.settings, envelope.channel, send or http_send)
    delivery = channel.deliver(envelope.message, envelope.recipient, tracking_id=envelope.tracking_id)
    with services.database.unit_of_work() as session:
        row = session.get_one(Message, message_id)
        locked(session, row.dossier_id)
        session.refresh(row)
        if row.state in _OPEN_STATES:
            row.template = envelope.message.template
            _write_down(services, session, row, delivery, now)
        return row.state


def _envelope(services: Services, session: Session, row: Message) -> Envelope | None:
    if row.state not in _OPEN_STATES:
        return None
    dossier = session.get_one(Dossier, row.dossier_id)
    document = session.get_one(Document, row.document_id)
    person = addressee(services, session, dossier, document)
    if person is None:
        raise LookupError(f"message {row.id}: nobody is known to whom it could go")
    lookup = session.get_one(OwnerLookup, document.owner_lookup_id or dossier.owner_lookup_id)
    used = "id_number" if row.force == "legal" else "phone"
    log_look(session, actor="system", lookup=lookup, fields=[used], purpose=f"{row.purpose} by {row.channel}")
    return Envelope(
        message=_composed(services, dossier, document, row),
        recipient=notify.Recipient(phone=person.phone, id_number=person.id_number),
        channel=row.channel,
        tracking_id=str(row.id),
    )


def _composed(services: Services, dossier: Dossier, document: Document, row: Message) -> notify.Message:
    secret = vault_of(services).open("secret", dossier.id, dossier.secret_encrypted)
    template = _TEMPLATES[row.purpose, row.force]
    attachments: tuple[notify.Attachment, ...] = ()
    if row.force == "legal":
        content = services.store.read(services.settings.s3_documents_bucket, document.object_key or "")
        attachments = (notify.Attachment(f"{document.number}.pdf", "application/pdf", content),)
    values = _values(services.settings, dossier, document, secret)
    return notify.compose(
        template,
        {name: values[name] for name in notify.find(template).fields},
        lang="vi+en" if row.force == "legal" else "vi",
        attachments=attachments,
        secrets=[secret, shown(secret)],
    )


def _values(settings: Settings, dossier: Dossier, document: Document, secret: str) -> dict[str, object]:
    issued_on, calendar = vietnam_date(document.asked_at), LegalCalendar.load()
    delivered_on = calendar.due("D6", issued_on).due_on
    number = dossier.decision_number if document.kind == DocumentKind.RECEIPT else document.number
    return {
        "unit": settings.authority_name,
        "title": PAPERS[document.kind][0],
        "title_en": PAPERS[document.kind][1],
        "plate": plates.masked(dossier.plate_display),
        "number": document.number if number is None else number,
        "sent_on": issued_on,
        "secret": shown(secret),
        "answer_by": calendar.due("A2", issued_on).due_on,
        "phone": settings.authority_phone,
        "delivered_on": delivered_on,
        "pay_by": calendar.due("E1", delivered_on).due_on,
        "paid_on": vietnam_date(dossier.paid_at) if dossier.paid_at else issued_on,
    }


def _write_down(
    services: Services, session: Session, row: Message, delivery: notify.Delivery, now: datetime
) -> None:
    dossier = session.get_one(Dossier, row.dossier_id)
    row.attempts += 1
    row.provider_id = delivery.provider_id
    row.last_error = None if delivery.state == "accepted" else f"{delivery.code} {delivery.detail}".strip()
    if delivery.state == "accepted":
        row.state, row.sent_at = "sent", delivery.entered_at or now
        if row.force == "legal":
            _legally_delivered(services, session, dossier, row, now)
    elif delivery.state == "unknown" and not delivery.retryable:
        row.state = "unknown"
    elif delivery.retryable and row.attempts < TRIES_EACH:
        row.state = "trying"
        wait_s = min(RETRY_FIRST_S * 2 ** (row.attempts - 1), RETRY_MOST_S)
        jobs.defer(
            session,
            "dossiers.send",
            lock=f"message/{row.id}",
            at=now + timedelta(seconds=wait_s),
            message_id=str(row.id),
        )
    else:
        row.state = "failed"
        _next_channel(services, session, dossier, row)


def _next_channel(services: Services, session: Session, dossier: Dossier, row: Message) -> None:
    force: Force = "legal" if row.force == "legal" else "courtesy"
    document = session.get_one(Document, row.document_id)
    channels = list(_channels(services, session, dossier, force, document))
    later = channels[channels.index(row.channel) + 1 :] if row.channel in channels else []
    if later:
        ask_for_message(session, dossier, document=document, force=row.force, channel=later[0])


def _legally_delivered(
    services: Services, session: Session, dossier: Dossier, row: Message, now: datetime
) -> None:
    if row.purpose == "notice":
        service.notice_delivered(session, dossier, row.channel, now)
    elif row.purpose == "decision":
        service.decision_delivered(session, dossier, row.channel, now)
    if (row.purpose, "courtesy") in _TEMPLATES:
        document = session.get_one(Document, row.document_id)
        channel = first_channel(services, session, dossier, "courtesy", document)
        if channel is not None and channel != "letter":
            ask_for_message(session, dossier, document=document, force="courtesy", channel=channel)


def _channel(settings: Settings, name: str, send: Send) -> notify.Channel:
    if name == "vneid":
        return VneidChannel(settings.vneid_url, settings.vneid_token.get_secret_value(), send)
    if name == "zalo":
        ids = {f"{template}/1": f"{template}-1" for template in _TEMPLATES.values()}
        return ZaloChannel(settings.zalo_url, settings.zalo_token.get_secret_value(), ids, send)
    if name == "sms":
        return SmsChannel(settings.sms_url, settings.sms_token.get_secret_value(), settings.sms_sender, send)
    raise ValueError(f"channel {name}: a person posts letters")
