"""What an officer does to a dossier with a reason of his own; each is one transaction with its event."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.dossiers.models import Dossier
from backend.dossiers.moves import Actor, locked, move, refusal
from penalty.calendar import vietnam_date
from penalty.dossier import Action, IllegalMoveError
from penalty.guards import Facts


def drop(
    session: Session,
    dossier_id: uuid.UUID,
    officer: Account,
    *,
    reason: str,
    now: datetime,
    expected_version: int | None = None,
) -> Dossier:
    """End a case for want of grounds. Raises Problem 404, 409 where it stands too far for that, 412."""
    dossier = locked(session, dossier_id, expected_version=expected_version)
    try:
        move(
            session,
            dossier,
            Action.DROP,
            actor=Actor.of(officer),
            facts=Facts(today=vietnam_date(now), reason=reason),
            now=now,
            data={"reason": reason},
        )
    except IllegalMoveError as error:
        raise refusal(error) from error
    return dossier
