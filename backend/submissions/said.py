"""What a visitor of the portal has said, and may read again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.dossiers.models import Dossier, DossierEvent
from backend.portal.models import OwnerSession
from backend.submissions.models import Submission
from backend.submissions.service import of_owner


def of_visitor(session: Session, dossier: Dossier, visit: OwnerSession) -> Sequence[Submission]:
    """The owner's statements for the owner; for a driver those that he sent in himself."""
    said = of_owner(session, dossier)
    if visit.part == "owner":
        return said
    own = session.scalars(
        select(DossierEvent.data["number"].astext).where(
            DossierEvent.dossier_id == dossier.id, DossierEvent.actor == visit.actor
        )
    ).all()
    return [one for one in said if one.number in own]
