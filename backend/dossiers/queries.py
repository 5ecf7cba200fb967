"""Reading dossiers: lists, and one dossier whole."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Final, cast

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.database import utc_now
from backend.dossiers import choices
from backend.dossiers.liable import readable
from backend.dossiers.models import Document, DocumentKind, Dossier, DossierDeadline, DossierEvent, Message
from backend.dossiers.moves import due_dates, last_day
from backend.dossiers.schemas import (
    DeadlineLine,
    DocumentLine,
    DossierDetail,
    DossierRow,
    EventLine,
    MessageLine,
)
from backend.errors import Problem, not_found
from backend.intake.models import Violation
from backend.messages.queries import registered_numbers
from backend.messages.resend import RESENDABLE
from backend.owners.models import NEEDS_PERSON, OwnerLookup
from backend.owners.service import current_lookup, log_look, masked_owner, vault_of
from backend.payments import book
from backend.rechecks import holds
from backend.services import Services
from penalty.calendar import LegalCalendar, Unit, vietnam_date
from penalty.dossier import Action, State


def dossiers(session: Session, *, state: str | None, limit: int) -> Sequence[Dossier]:
    """Oldest first, so that what waits longest is on top; closed ones newest first."""
    query = select(Dossier).limit(limit)
    query = query.order_by(Dossier.opened_at.desc() if state in {None, State.CLOSED} else Dossier.opened_at)
    return session.scalars(query.where(Dossier.state == state) if state else query).all()


def waiting_for_owner(session: Session, limit: int) -> Sequence[tuple[Dossier, OwnerLookup]]:
    """Dossiers whose owner lookup waits for a person."""
    rows = session.execute(
        select(Dossier, OwnerLookup)
        .join(
            OwnerLookup,
            (OwnerLookup.violation_id == Dossier.violation_id)
            & (OwnerLookup.plate == Dossier.plate)
            & (OwnerLookup.ground_colour == Dossier.ground_colour)
            & (OwnerLookup.vehicle_kind == Dossier.vehicle_kind),
        )
        .where(Dossier.state == State.OWNER_LOOKUP, OwnerLookup.state.in_(NEEDS_PERSON))
        .order_by(Dossier.opened_at)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def row(dossier: Dossier) -> DossierRow:
    return DossierRow.model_validate(dossier, from_attributes=True)


def find(session: Session, dossier_id: uuid.UUID) -> Dossier:
    """Raises Problem 404."""
    dossier = session.get(Dossier, dossier_id)
    if dossier is None:
        raise not_found("Không có hồ sơ này", "There is no such dossier")
    return dossier


def lookup_of(session: Session, dossier: Dossier) -> OwnerLookup | None:
    if dossier.owner_lookup_id is not None:
        return session.get_one(OwnerLookup, dossier.owner_lookup_id)
    return current_lookup(session, session.get_one(Violation, dossier.violation_id))


def events(session: Session, dossier: Dossier) -> list[EventLine]:
    rows = select(DossierEvent).where(DossierEvent.dossier_id == dossier.id).order_by(DossierEvent.seq)
    return [EventLine.model_validate(one, from_attributes=True) for one in session.scalars(rows)]


def deadlines(session: Session, dossier: Dossier) -> list[DeadlineLine]:
    rows = (
        select(DossierDeadline)
        .where(DossierDeadline.dossier_id == dossier.id, DossierDeadline.ended_at.is_(None))
        .order_by(DossierDeadline.met_at.is_not(None), DossierDeadline.due_on)
    )
    return [_deadline_line(one) for one in session.scalars(rows)]


def _deadline_line(deadline: DossierDeadline) -> DeadlineLine:
    own = {name: getattr(deadline, name, None) for name in DeadlineLine.model_fields}
    own["otherwise_on"] = LegalCalendar.load().counted_otherwise(
        deadline.step_id, cast("Unit", deadline.unit), deadline.length, deadline.starts_on
    )
    return DeadlineLine.model_validate(own)


def documents(session: Session, dossier: Dossier) -> list[Document]:
    rows = select(Document).where(Document.dossier_id == dossier.id).order_by(Document.asked_at)
    return list(session.scalars(rows))


def owners_documents(session: Session, dossier: Dossier) -> list[Document]:
    """The papers of the owner who is asked now; those of an owner before him are not his to see."""
    return [one for one in documents(session, dossier) if one.owner_lookup_id == dossier.owner_lookup_id]


def own_document(
    session: Session, dossier: Dossier, part: str, kind: str, seq: int | None = None
) -> Document:
    """One of these that is for whoever plays this part. Raises Problem 404."""
    mine = [
        one
        for one in owners_documents(session, dossier)
        if one.kind == kind
        and one.made_at is not None
        and seq in {None, one.seq}
        and readable(part, one, dossier)
    ]
    if not mine:
        raise _no_paper()
    return mine[-1]


def document(session: Session, dossier: Dossier, kind: str, seq: int | None = None) -> Document:
    """A paper that can be read; without `seq` the newest of its kind. Raises Problem 404."""
    made = select(Document).where(
        Document.dossier_id == dossier.id, Document.kind == kind, Document.made_at.is_not(None)
    )
    if seq is not None:
        made = made.where(Document.seq == seq)
    found = session.scalar(made.order_by(Document.seq.desc()).limit(1))
    if found is None:
        raise _no_paper()
    return found


def _no_paper() -> Problem:
    return not_found("Giấy tờ này chưa có", "There is no such paper yet")


def messages(session: Session, dossier: Dossier) -> list[MessageLine]:
    rows = select(Message).where(Message.dossier_id == dossier.id).order_by(Message.asked_at)
    found = session.scalars(rows).all()
    numbers = registered_numbers(session, found)
    return [message_line(one, numbers.get(one.id)) for one in found]


def message_line(message: Message, registered_number: str | None) -> MessageLine:
    own = {name: getattr(message, name, None) for name in MessageLine.model_fields}
    own |= {"registered_number": registered_number, "may_resend": message.state in RESENDABLE}
    return MessageLine.model_validate(own)


def detail(services: Services, session: Session, dossier: Dossier, viewer: Account) -> DossierDetail:
    """The whole dossier, owner masked; the look at the owner is logged.

    Raises Problem 409 `second_review_blind` for who is looking at its evidence for the second time.
    """
    holds.refuse_second(session, dossier.violation_id, viewer.id)
    lookup = lookup_of(session, dossier)
    owner = masked_owner(lookup, vault_of(services)) if lookup else None
    if lookup is not None and owner is not None:
        log_look(session, actor=viewer.actor, lookup=lookup, fields=[*owner], purpose="dossier")
    return DossierDetail(
        **row(dossier).model_dump(),
        explanation_right=dossier.explanation_right,
        law_version=dossier.law_version,
        assessment=dossier.assessment,
        outstanding_vnd=book.outstanding_vnd(session, dossier.id),
        owner=owner,
        owner_lookup_state=lookup.state if lookup else None,
        deadlines=deadlines(session, dossier),
        events=events(session, dossier),
        documents=[
            DocumentLine(
                kind=one.kind,
                seq=one.seq,
                number=one.number,
                ready=one.made_at is not None,
                sha256=one.sha256,
                size_bytes=one.size_bytes,
            )
            for one in documents(session, dossier)
        ],
        messages=messages(session, dossier),
        allowed=_allowed(session, dossier, lookup, viewer),
    )


def _allowed(session: Session, dossier: Dossier, lookup: OwnerLookup | None, viewer: Account) -> list[str]:
    """What this person may do now; the law's own table has the last word when it is done."""
    now = utc_now()
    if dossier.state == State.OWNER_LOOKUP and lookup is not None and lookup.state in NEEDS_PERSON:
        return ["resolve_owner"]
    if dossier.state == State.NOTIFIED:
        answer_until = last_day(due_dates(session, dossier), "A2")
        return ["owner_liable"] if answer_until is not None and vietnam_date(now) > answer_until else []
    open_now = {one.action for one in choices.of_dossier(session, dossier, viewer, now) if one.open}
    return [str(action) for action in (Action.DECIDE, Action.ENFORCE) if action in open_now]


def how_recorded(session: Session, dossier: Dossier) -> str:
    """How the record was made: `electronic`, at the `station`, or with the person liable `absent`."""
    says = session.scalar(
        select(Document.says).where(Document.dossier_id == dossier.id, Document.kind == DocumentKind.RECORD)
    )
    return str((says or {}).get("how", "electronic"))


# The duties that a case can leave open. Not D5: it ends with the delivery, however soon it was sent.
_OF_POLICE: Final = ("A1", "B1", "D1", "D3", "E9")


def next_due(session: Session, found: Sequence[Dossier], today: date) -> dict[uuid.UUID, DossierDeadline]:
    """For each dossier, the legal limit that runs out next: of the police also one that they have missed."""
    rows = session.scalars(
        select(DossierDeadline)
        .where(
            DossierDeadline.dossier_id.in_([dossier.id for dossier in found]),
            DossierDeadline.met_at.is_(None),
            DossierDeadline.ended_at.is_(None),
            or_(DossierDeadline.step_id.in_(_OF_POLICE), DossierDeadline.due_on >= today),
        )
        .order_by(DossierDeadline.due_on.desc(), DossierDeadline.step_id.desc())
    )
    return {one.dossier_id: one for one in rows}
