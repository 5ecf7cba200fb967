"""Who answers for a dossier: the owner, or the driver he named once that person was heard."""

from __future__ import annotations

import uuid
from typing import Final

from sqlalchemy.orm import Session

from backend.dossiers.models import Document, DocumentKind, Dossier
from backend.owners.models import OwnerLookup
from backend.owners.service import Owner, open_owner, vault_of
from backend.services import Services
from penalty.submissions import Speaker

FOR_BOTH: Final = frozenset({DocumentKind.EVIDENCE_LIST})
"""Nobody is named in it, and whoever sees the evidence may check it."""
FOR_THE_OWNER: Final = frozenset({DocumentKind.NOTICE, DocumentKind.TRANSFER, DocumentKind.ANSWER})


def readable(part: str, document: Document, dossier: Dossier) -> bool:
    """Whether a paper is for whoever plays this part in the case now, `owner` or `driver` (docs/adr/0014)."""
    named_by = document.says.get("named_by")
    if named_by is not None:
        return part == "driver" and named_by == str(dossier.driver_submission_id)
    return document.kind in FOR_BOTH or part == _part_of(document, dossier)


def speaks(part: str, dossier: Dossier) -> bool:
    """Whether this part is a party to the case: a driver once an officer heard him."""
    return part == "owner" or dossier.driver_submission_id is not None


def speaker(part: str, dossier: Dossier) -> Speaker:
    """As whom this part speaks now."""
    heard = dossier.driver_submission_id is not None
    if part == "owner":
        return Speaker.OWNER_BESIDE_DRIVER if heard else Speaker.OWNER
    return Speaker.DRIVER if heard else Speaker.NAMED


def addressee(services: Services, session: Session, dossier: Dossier, document: Document) -> Owner | None:
    """Whom a paper is for; None where nobody is known.

    A notice and an answer are for the owner of that day; record, decision and what follows are for the driver
    where one was named and heard; the answer to somebody who was named is for that person alone.
    """
    if "named_by" in document.says:
        return _named(services, session, uuid.UUID(document.says["named_by"]))
    part = "owner" if document.kind in FOR_THE_OWNER else "driver"
    return person_of(services, session, dossier, part, lookup_id=document.owner_lookup_id)


def _part_of(document: Document, dossier: Dossier) -> str:
    """Whose the paper is; where nobody else drove, all of them are the owner's."""
    heard = dossier.driver_submission_id is not None
    return "driver" if heard and document.kind not in FOR_THE_OWNER else "owner"


def _named(services: Services, session: Session, naming_id: uuid.UUID) -> Owner:
    from backend.submissions.service import find, words_of  # noqa: PLC0415 - they stand on dossiers

    words = words_of(services, find(session, naming_id))
    return Owner(
        kind="person",
        name=words["name"],
        id_number=words["id_number"],
        phone=words.get("phone"),
        address=words["address"],
    )


def person_of(
    services: Services, session: Session, dossier: Dossier, part: str, *, lookup_id: uuid.UUID | None = None
) -> Owner | None:
    """Who plays this part: the driver where one was heard, else the owner, of `lookup_id` or of today."""
    if part == "driver" and dossier.driver_submission_id is not None:
        return _named(services, session, dossier.driver_submission_id)
    lookup_id = lookup_id or dossier.owner_lookup_id
    if lookup_id is None:
        return None
    return open_owner(session.get_one(OwnerLookup, lookup_id), vault_of(services))
