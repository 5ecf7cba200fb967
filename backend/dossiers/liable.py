"""Who answers for a dossier: the owner, or the driver he named once that person was heard."""

from __future__ import annotations

import uuid
from typing import Final

from sqlalchemy.orm import Session

from backend.dossiers.models import Document, DocumentKind, Dossier
from backend.owners.models import OwnerLookup
from backend.owners.service import Owner, open_owner, vault_of
from backend.services import Services

FOR_THE_OWNER: Final = frozenset({DocumentKind.NOTICE, DocumentKind.TRANSFER, DocumentKind.ANSWER})


def readable(part: str, kind: str) -> bool:
    """Whether a paper of this kind is for whoever plays this part in the case, `owner` or `driver`."""
    return part == "owner" or kind not in FOR_THE_OWNER


def speaks(part: str, dossier: Dossier) -> bool:
    """Whether this part may say and choose something in the case: a driver once an officer heard him."""
    return part == "owner" or dossier.driver_submission_id is not None


def addressee(services: Services, session: Session, dossier: Dossier, document: Document) -> Owner | None:
    """Whom a paper is for; None where nobody is known.

    A notice and an answer are for the owner of that day; record, decision and what follows are for the driver
    where one was named and heard.
    """
    part = "owner" if document.kind in FOR_THE_OWNER else "driver"
    return person_of(services, session, dossier, part, lookup_id=document.owner_lookup_id)


def person_of(
    services: Services, session: Session, dossier: Dossier, part: str, *, lookup_id: uuid.UUID | None = None
) -> Owner | None:
    """Who plays this part: the driver where one was heard, else the owner, of `lookup_id` or of today."""
    from backend.submissions.service import find, words_of  # noqa: PLC0415 - they stand on dossiers

    if part == "driver" and dossier.driver_submission_id is not None:
        words = words_of(services, find(session, dossier.driver_submission_id))
        return Owner(
            kind="person",
            name=words["name"],
            id_number=words["id_number"],
            phone=words.get("phone"),
            address=words["address"],
        )
    lookup_id = lookup_id or dossier.owner_lookup_id
    if lookup_id is None:
        return None
    return open_owner(session.get_one(OwnerLookup, lookup_id), vault_of(services))
