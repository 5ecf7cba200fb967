"""Everything kept about a person who signed in: what is shown to them, and what they may take away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.citizens.cases import Case
from backend.dossiers.models import Document, Message
from backend.owners.models import OwnerLookup
from backend.owners.service import log_look, open_owner, vault_of
from backend.owners.vault import masked_id, masked_phone
from backend.services import Services


@dataclass(frozen=True)
class Held:
    """What the registers told us of this person for one vehicle, and when. Numbers are masked."""

    plate: str
    kind: str
    name: str
    id_number: str
    phone: str | None
    address: str | None
    source: str
    fetched_at: datetime | None
    corrected: bool


@dataclass(frozen=True)
class Paper:
    """A paper of one of their cases."""

    document: Document
    case: Case


@dataclass(frozen=True)
class Sent:
    """A message about one of their cases."""

    message: Message
    case: Case


def held(services: Services, session: Session, cases: Sequence[Case], *, actor: str) -> list[Held]:
    """The owner's own records behind these cases, opened; each look is logged."""
    lookups = session.scalars(
        select(OwnerLookup)
        .where(OwnerLookup.id.in_([one.dossier.owner_lookup_id for one in cases if one.part == "owner"]))
        .order_by(OwnerLookup.fetched_at.desc())
    ).all()
    found = []
    for lookup in lookups:
        owner = open_owner(lookup, vault_of(services))
        if owner is None:
            continue
        fields = ["name", "id_number", "phone", "address"]
        log_look(session, actor=actor, lookup=lookup, fields=fields, purpose="own data")
        found.append(
            Held(
                plate=lookup.plate,
                kind=lookup.vehicle_kind,
                name=owner.name,
                id_number=masked_id(owner.id_number),
                phone=masked_phone(owner.phone) if owner.phone else None,
                address=owner.address,
                source=lookup.source or "",
                fetched_at=lookup.fetched_at,
                corrected=lookup.resolved_at is not None,
            )
        )
    return found


def papers(session: Session, cases: Sequence[Case]) -> list[Paper]:
    """Papers that are made and meant for this person, newest first."""
    of = {one.dossier.id: one for one in cases}
    rows = session.scalars(
        select(Document)
        .where(Document.dossier_id.in_(of), Document.made_at.is_not(None))
        .order_by(Document.made_at.desc())
    )
    found = [Paper(row, of[row.dossier_id]) for row in rows]
    return [one for one in found if _theirs(one.document, one.case)]


def messages(session: Session, cases: Sequence[Case]) -> list[Sent]:
    """What was sent, by which channel, newest first."""
    of = {one.dossier.id: one for one in cases}
    rows = session.execute(
        select(Message, Document)
        .join(Document, Document.id == Message.document_id)
        .where(Message.dossier_id.in_(of))
        .order_by(Message.asked_at.desc())
    )
    return [Sent(row[0], of[row[0].dossier_id]) for row in rows if _theirs(row[1], of[row[0].dossier_id])]


def _theirs(document: Document, case: Case) -> bool:
    """Not a paper of an owner before this one, and none that is for the owner where a driver looks."""
    same_owner = document.owner_lookup_id == case.dossier.owner_lookup_id
    return same_owner and case.may_read(document)
