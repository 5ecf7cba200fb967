"""What a visitor of the portal has said, and may read again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from backend.dossiers.models import Dossier
from backend.portal.models import OwnerSession
from backend.submissions.models import Submission
from backend.submissions.service import of_part


def of_visitor(session: Session, dossier: Dossier, visit: OwnerSession) -> Sequence[Submission]:
    """The owner's statements for the owner, the driver's for the driver."""
    return of_part(session, dossier, visit.part)
