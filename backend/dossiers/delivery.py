"""Sends one message of a dossier and acts on the answer; only a legal delivery moves the dossier.

Sent at least once: the row says `sending_at` before the provider is called. Whoever finds it set knows that
we died in between, hands over the same tracking id again and, where the provider cannot tell repeats apart,
writes down that the person perhaps got it twice.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

import notify
from backend.dossiers.holding import may_leave
from backend.dossiers.models import Document, DocumentKind, Dossier
from backend.dossiers.moves import due_dates
from backend.dossiers.purposes import REMINDERS, template_of
from backend.dossiers.secrets import shown
from backend.dossiers.words import PAPERS
from backend.messages import channels, outcome, suppression
from backend.messages.contacts import Contact
from backend.messages.outcome import Work
from backend.outgoing import http_send
from backend.owners.models import OwnerLookup
from backend.owners.service import log_look, vault_of
from backend.services import Services
from notify.channels import Send
from notify.mail import SendMail
from notify.message import ChannelName, Force
from penalty import plates
from penalty.calendar import LegalCalendar, vietnam_date

logger = logging.getLogger(__name__)
_TOO_EARLY = timedelta(seconds=1)
_USES = {"vneid": "id_number", "zalo": "phone", "sms": "phone", "email": "email", "letter": "address"}


@dataclass(frozen=True)
class Envelope:
    """A composed message with where it goes; made in one transaction, sent outside any."""

    message: notify.Message
    recipient: notify.Recipient
    channel: ChannelName
    tracking_id: str


def first_channel(
    services: Services, session: Session, dossier: Dossier, force: Force, document: Document
) -> ChannelName | None:
    """The best channel known for the person a paper is for, None where there is none."""
    found = outcome.channels_for(services, session, dossier, document, purpose=document.kind, force=force)
    return found[0] if found else None


def send_message(
    services: Services,
    message_id: uuid.UUID,
    now: datetime,
    send: Send | None = None,
    send_mail: SendMail | None = None,
) -> str:
    """Send it, write down what became of it, and say what follows. Returns the row's state.

    Settled already, held by quiet hours, suppressed or of no more use: nothing is sent.
    """
    with services.database.unit_of_work() as session:
        prepared = _prepare(outcome.take_up(services, session, message_id, now))
    if isinstance(prepared, str):
        return prepared
    delivery = channels.deliver(
        services,
        prepared.channel,
        prepared.message,
        prepared.recipient,
        tracking_id=prepared.tracking_id,
        now=now,
        send=send or http_send,
        send_mail=send_mail,
    )
    with services.database.unit_of_work() as session:
        work = outcome.take_up(services, session, message_id, now)
        if work.row.sending_at is not None:
            outcome.after_answer(work, delivery)
        return work.row.state


def _prepare(work: Work) -> Envelope | str:
    """What to send now; a state where nothing is to be sent."""
    if not _its_time(work) or not may_leave(work.session, work.row, work.now):
        return work.row.state
    if not _of_use(work):
        work.row.state, work.row.next_try_at = "dropped", None
        work.write("dropped")
        return work.row.state
    contact = work.contact()
    if _suppressed(work, contact):
        return work.row.state
    try:
        message = _composed(work, contact)
    except (notify.ForbiddenContentError, notify.TemplateError) as error:
        # No other channel may say it either: a person must look.
        logger.warning("message %s: %s", work.row.id, type(error).__name__)
        work.row.state, work.row.code, work.row.last_error = "dead", "content", f"content {error}"
        work.write("dead", code="content", detail=str(error))
        return work.row.state
    return _sealed(work, contact, message)


def _its_time(work: Work) -> bool:
    """Whether it is to be sent now; a courtesy message in quiet hours is put off until they end."""
    row, quiet = work.row, work.services.settings.quiet
    if row.state not in outcome.OPEN_STATES:
        return False
    if row.sending_at is None and row.next_try_at is not None and work.now < row.next_try_at - _TOO_EARLY:
        return False
    if row.force == "courtesy" and quiet.quiet(work.now):
        outcome.try_at(work.session, row, quiet.next_allowed(work.now, chance=outcome.chance()))
        return False
    return True


def _of_use(work: Work) -> bool:
    reminder = REMINDERS.get(work.row.purpose)
    if reminder is None:
        return True
    deadline = due_dates(work.session, work.dossier).get(reminder.step)
    return deadline is not None and reminder.of_use(
        work.dossier.state, deadline.due_on, vietnam_date(work.now)
    )


def _suppressed(work: Work, contact: Contact) -> bool:
    """Whether the address must not be used; the next channel is asked for then."""
    row = work.row
    row.address_index = outcome.index_of(work.services, contact, work.channel)
    found = row.address_index and suppression.active(work.session, row.channel, row.address_index)
    if not found:
        return False
    row.code, row.last_error = found.reason, f"suppressed {found.reason}"
    work.write("suppressed", code=found.reason)
    outcome.give_up(work, "suppressed")
    return True


def _sealed(work: Work, contact: Contact, message: notify.Message) -> Envelope:
    row, session, settings = work.row, work.session, work.services.settings
    lookup = session.get_one(OwnerLookup, work.document.owner_lookup_id or work.dossier.owner_lookup_id)
    purpose = f"{row.purpose} by {row.channel}"
    log_look(session, actor="system", lookup=lookup, fields=[_USES[row.channel]], purpose=purpose)
    if row.sending_at is not None:
        twice = row.channel not in channels.IDEMPOTENT
        row.perhaps_twice = row.perhaps_twice or twice
        work.write("perhaps_twice" if twice else "asked_again")
    row.sending_at, row.template, row.lang = work.now, message.template, message.lang
    if row.give_up_at is None:
        hours = settings.patience_legal_hours if row.force == "legal" else settings.patience_courtesy_hours
        row.give_up_at = work.now + timedelta(hours=hours)
    return Envelope(message, contact.recipient(), work.channel, outcome.tracking_id(row))


def _composed(work: Work, contact: Contact) -> notify.Message:
    services, dossier, row = work.services, work.dossier, work.row
    document = work.document
    secret = vault_of(services).open("secret", dossier.id, dossier.secret_encrypted)
    template = template_of(row.purpose, row.force, dossier.driver_age_band)
    attachments: tuple[notify.Attachment, ...] = ()
    if row.force == "legal":
        content = services.store.read(services.settings.s3_documents_bucket, document.object_key or "")
        attachments = (notify.Attachment(f"{document.number}.pdf", "application/pdf", content),)
    values = _values(work, document, secret)
    return notify.compose(
        template,
        {name: values[name] for name in notify.find(template).fields},
        lang="vi+en" if row.force == "legal" else contact.choice.lang,
        channel=work.channel,
        attachments=attachments,
        secrets=[secret, shown(secret)],
    )


def _values(work: Work, document: Document, secret: str) -> dict[str, object]:
    settings, dossier, purpose = work.services.settings, work.dossier, work.row.purpose
    issued_on, calendar = vietnam_date(document.asked_at), LegalCalendar.load()
    delivered_on = calendar.due("D6", issued_on).due_on
    number = dossier.decision_number if document.kind == DocumentKind.RECEIPT else document.number
    values: dict[str, object] = {
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
    if purpose in REMINDERS:
        values["due_on"] = due_dates(work.session, dossier)[REMINDERS[purpose].step].due_on
    return values
