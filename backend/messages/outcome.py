"""What an answer or a receipt makes of a message and its dossier; each in the caller's transaction."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import jobs
from backend.dossiers import service, steps
from backend.dossiers.issuing import ask_for_message
from backend.dossiers.liable import addressee
from backend.dossiers.models import Document, Dossier, Message
from backend.dossiers.moves import locked
from backend.dossiers.purposes import TEMPLATES, paper_of
from backend.messages import log, returned, suppression
from backend.messages.contacts import Contact, contact_of
from backend.messages.models import MessageEvent
from backend.owners.service import vault_of
from backend.services import Services
from notify.message import ChannelName, Delivery, Force
from notify.receipts import SUPPRESSING, Outcome, Receipt, settle
from notify.routing import follows, order, wait_s
from penalty.guards import RETURNS_BEFORE_DEEMED

OPEN_STATES = frozenset({"waiting", "trying"})
_HAVE_IT = frozenset({"delivered", "read"})
_SLOW_S = 900.0
_FRACTION = 10_000


def chance() -> float:
    """In [0, 1): spreads tries apart."""
    return secrets.randbelow(_FRACTION) / _FRACTION


@dataclass(frozen=True)
class Work:
    """One message in one transaction at one moment, its dossier locked: whoever changes it holds that."""

    services: Services
    session: Session
    row: Message
    dossier: Dossier
    now: datetime

    @property
    def force(self) -> Force:
        return "legal" if self.row.force == "legal" else "courtesy"

    @property
    def channel(self) -> ChannelName:
        return self.row.channel  # type: ignore[return-value]  # written by ask_for_message

    @property
    def document(self) -> Document:
        return paper_of(self.session, self.row)

    def contact(self) -> Contact:
        """The person it is for. Raises LookupError where nobody is known."""
        found = contact_for(self.services, self.session, self.dossier, self.document)
        if found is None:
            raise LookupError(f"message {self.row.id}: nobody is known to whom it could go")
        return found

    def write(self, kind: str, *, code: str = "", detail: str = "", actor: str = "system") -> None:
        log.write(self.session, self.row, kind, at=self.now, code=code, detail=detail, actor=actor)


def take_up(services: Services, session: Session, message_id: uuid.UUID, now: datetime) -> Work:
    """The message with its dossier held until the transaction ends."""
    row = session.get_one(Message, message_id)
    dossier = locked(session, row.dossier_id)
    session.refresh(row)
    return Work(services, session, row, dossier, now)


def contact_for(services: Services, session: Session, dossier: Dossier, document: Document) -> Contact | None:
    """The person a paper is for; None where nobody is known."""
    person = addressee(services, session, dossier, document)
    return None if person is None else contact_of(services, session, person)


def channels_for(
    services: Services,
    session: Session,
    dossier: Dossier,
    document: Document,
    *,
    purpose: str,
    force: Force,
) -> tuple[ChannelName, ...]:
    """The channels for the person a paper is for, best first; none where there is nothing to say."""
    contact = contact_for(services, session, dossier, document)
    if contact is None or (purpose, force) not in TEMPLATES:
        return ()
    return order(force, contact.known(), preferred=contact.choice.channels)


def after_answer(work: Work, delivery: Delivery) -> None:
    """Write down what the provider answered, and have done what follows."""
    row, now = work.row, work.now
    row.attempts += 1
    row.sending_at = None
    row.code = delivery.code or None
    row.last_error = None if delivery.state == "accepted" else f"{delivery.code} {delivery.detail}".strip()
    row.provider_id = delivery.provider_id or row.provider_id
    work.write(delivery.state, code=delivery.code, detail=delivery.detail)
    verdict = follows(
        delivery, force=work.force, tries=row.attempts, now=now, give_up_at=row.give_up_at or now
    )
    if verdict == "done":
        _taken(work, delivery.entered_at or now)
    elif row.state in _HAVE_IT:
        return
    elif verdict == "unknown":
        row.state, row.next_try_at = "unknown", None
        _receipts_that_came_early(work)
    elif verdict == "retry":
        asked = _SLOW_S if delivery.needs_operator else delivery.retry_after_s
        row.state = "trying"
        try_at(
            work.session, row, now + timedelta(seconds=wait_s(row.attempts, chance=chance(), asked_s=asked))
        )
    else:
        _suppress(work, delivery.code)
        give_up(work, "failed")


def _taken(work: Work, sent_at: datetime) -> None:
    row = work.row
    row.sent_at, row.next_try_at = sent_at, None
    if row.state not in _HAVE_IT:
        row.state = "sent"
    if row.force == "legal":
        legally_sent(work)
    _receipts_that_came_early(work)


def _receipts_that_came_early(work: Work) -> None:
    """A receipt may overtake the answer to the very message: what it said counts from now on."""
    early = select(MessageEvent).where(
        MessageEvent.message_id == work.row.id,
        MessageEvent.resend == work.row.resends,
        MessageEvent.kind.startswith(log.RECEIPT, autoescape=True),
    )
    for event in work.session.scalars(early.order_by(MessageEvent.at)).all():
        outcome: Outcome = event.kind.removeprefix(log.RECEIPT)  # type: ignore[assignment]
        _move(work, outcome, event.code or "", event.at)


def after_receipt(work: Work, receipt: Receipt) -> bool:
    """What a provider says later. False where it said so before: nothing happens."""
    row, resend = work.row, _resend_of(receipt.tracking_id)
    new = log.write(
        work.session,
        row,
        f"{log.RECEIPT}{receipt.outcome}",
        at=receipt.at,
        code=receipt.code,
        detail=receipt.detail,
        provider_event=f"{receipt.channel}/{receipt.event_id}",
        resend=resend,
    )
    if new and (resend == row.resends or receipt.outcome in _HAVE_IT):
        _move(work, receipt.outcome, receipt.code, receipt.at)
    return new


def _move(work: Work, outcome: Outcome, code: str, at: datetime) -> None:
    row = work.row
    before, row.state = row.state, settle(row.state, outcome)
    if row.state == before:
        return
    if row.state in _HAVE_IT:
        row.delivered_at, row.next_try_at = row.delivered_at or at, None
        if row.channel == "letter" and row.purpose == "decision":
            service.decision_delivered(work.session, work.dossier, row.channel, at)
        return
    row.code = row.last_error = code or outcome
    if row.state == "returned" and returned.counts_for_the_law(work.dossier, row):
        returns = returned.returns_that_count(work.session, row, work.document)
        if returned.is_tried_again(returns):
            returned.begin_anew(row)
            work.write("post_again", detail=f"{returns} of {RETURNS_BEFORE_DEEMED}")
            return
        service.decision_returned(work.session, work.dossier, returns=returns, now=at)
    _suppress(work, code)
    give_up(work, row.state)


def give_up(work: Work, state: str) -> None:
    """This channel did not reach the person: `state` and the next channel, or `dead` where none is left.

    Returned mail stays `returned`: a person has to look at it, whatever else is tried.
    """
    row = work.row
    row.next_try_at, row.state = None, state
    later = _later(work)
    if later is not None:
        ask_for_message(
            work.session,
            work.dossier,
            document=work.document,
            force=row.force,
            channel=later,
            purpose=row.purpose,
        )
    elif state != "returned":
        row.state = "dead"
        work.write("dead", code=row.code or "")


def _later(work: Work) -> ChannelName | None:
    row = work.row
    channels = channels_for(
        work.services, work.session, work.dossier, work.document, purpose=row.purpose, force=work.force
    )
    tried = select(Message.channel).where(
        Message.document_id == row.document_id, Message.purpose == row.purpose, Message.force == row.force
    )
    known = set(work.session.scalars(tried))
    return next((one for one in channels if one not in known), None)


def legally_sent(work: Work) -> None:
    """The law's clocks that begin with a sending, and the reminder that goes with it.

    A decision by post begins its clock on receipt, not on posting (deadlines.csv E1).
    """
    session, dossier, row = work.session, work.dossier, work.row
    if row.purpose == "notice":
        service.notice_delivered(session, dossier, row.channel, work.now)
    elif row.purpose == "decision" and row.channel != "letter":
        service.decision_delivered(session, dossier, row.channel, work.now)
    elif row.purpose == "enforcement":
        steps.enforcement_sent(session, dossier, work.now)
    remind(work.services, session, dossier, work.document, purpose=row.purpose)


def remind(
    services: Services, session: Session, dossier: Dossier, document: Document, *, purpose: str
) -> bool:
    """Ask for a courtesy message on the person's first channel. None known, or asked before: False."""
    known = select(Message.id).where(
        Message.document_id == document.id, Message.purpose == purpose, Message.force == "courtesy"
    )
    channels = channels_for(services, session, dossier, document, purpose=purpose, force="courtesy")
    if not channels or session.scalar(known) is not None:
        return False
    ask_for_message(
        session, dossier, document=document, force="courtesy", channel=channels[0], purpose=purpose
    )
    return True


def try_at(session: Session, row: Message, moment: datetime) -> None:
    """Ask for the next try in this transaction."""
    row.next_try_at = moment
    jobs.defer(session, "dossiers.send", lock=f"message/{row.id}", at=moment, message_id=str(row.id))


def tracking_id(row: Message) -> str:
    """What the provider knows the message by; sent again by a person, it is another message."""
    return str(row.id) if row.resends == 0 else f"{row.id}.{row.resends}"


def _resend_of(tracking: str) -> int:
    tail = tracking.partition(".")[2]
    return int(tail) if tail.isdigit() else 0


def _suppress(work: Work, code: str) -> None:
    row = work.row
    if code in SUPPRESSING and row.address_index is not None:
        suppression.suppress(
            work.session, row.channel, row.address_index, code, message_id=row.id, now=work.now
        )


def index_of(services: Services, contact: Contact, channel: ChannelName) -> str | None:
    """The blind index of where this channel leads; None where it leads nowhere."""
    address = contact.address(channel)
    return None if address is None else suppression.address_index(vault_of(services), channel, address)
