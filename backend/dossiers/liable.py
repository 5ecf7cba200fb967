"""Who answers for a dossier: the owner, or the driver he named once that person was heard."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from backend.dossiers.models import DocumentKind, Dossier
from backend.owners.models import OwnerLookup
from backend.owners.service import Owner, open_owner, vault_of
from backend.services import Services

_FOR_THE_OWNER: Final = DocumentKind.NOTICE


def person_of(services: Services, session: Session, dossier: Dossier, paper: str) -> Owner:
    """Whom a paper is for. Raises LookupError where nobody is known.

    A notice is always for the owner; record, decision and receipt are for the driver where one was named.
    """
    from backend.submissions.service import find, words_of  # noqa: PLC0415 - they stand on dossiers

    if dossier.driver_submission_id is not None and paper != _FOR_THE_OWNER:
        words = words_of(services, find(session, dossier.driver_submission_id))
        return Owner(
            kind="person",
            name=words["name"],
            id_number=words["id_number"],
            phone=words.get("phone"),
            address=words["address"],
        )
    owner = open_owner(session.get_one(OwnerLookup, dossier.owner_lookup_id), vault_of(services))
    if owner is None:
        raise LookupError(f"dossier {dossier.id}: its owner lookup holds no owner")
    return owner
