"""A notice that reached the wrong person: his part ends, and whoever owned the vehicle that day is sought.

The registry is asked again for the owner at the time of the act. The limitation runs on (LHAV Art. 6), the
twenty days to answer begin with the new notice (Circular 73/2024 Art. 24.5), and a buyer who has not
registered counts as owner (Decree 168/2024 Art. 47.6), to be established by an officer from the papers.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.counter.models import CounterVisit
from backend.dossiers.models import DocumentKind, Dossier, FormerOwner
from backend.dossiers.numbers import next_number
from backend.dossiers.secrets import new_secret, secret_hash
from backend.intake.models import Violation
from backend.owners.service import request_new_lookup, vault_of
from backend.portal.models import OwnerSession
from backend.services import Services

_STANDS_FOR: Final = {"owner": "owner", "representative": "owner", "driver": "driver"}


def end_visits(session: Session, dossier_id: uuid.UUID, *parts: str, now: datetime) -> None:
    """Whoever plays one of these parts sees the case no longer, on an open page or at an open counter."""
    session.execute(
        delete(OwnerSession).where(OwnerSession.dossier_id == dossier_id, OwnerSession.part.in_(parts))
    )
    session.execute(
        update(CounterVisit)
        .where(
            CounterVisit.dossier_id == dossier_id,
            CounterVisit.capacity.in_([capacity for capacity, part in _STANDS_FOR.items() if part in parts]),
            CounterVisit.ended_at.is_(None),
        )
        .values(ended_at=now)
    )


def seek_again(
    services: Services,
    session: Session,
    dossier: Dossier,
    officer: Account,
    *,
    submission_id: uuid.UUID | None,
    now: datetime,
) -> None:
    """The old owner's number and code open nothing from here on; the new notice has its own.

    Called within the transaction that moves the dossier back to `owner_lookup`.
    """
    if dossier.owner_lookup_id is None:
        raise LookupError(f"dossier {dossier.id}: nobody was notified yet")
    session.add(
        FormerOwner(
            dossier_id=dossier.id,
            owner_lookup_id=dossier.owner_lookup_id,
            submission_id=submission_id,
            notice_number=dossier.notice_number,
            secret_hash=dossier.secret_hash,
            notified_at=dossier.notified_at,
            left_at=now,
        )
    )
    end_visits(session, dossier.id, "owner", "driver", now=now)
    number, secret = next_number(session, DocumentKind.NOTICE, now), new_secret()
    key = services.settings.secret_key.get_secret_value()
    dossier.notice_number, dossier.secret_hash = number, secret_hash(key, number, secret)
    dossier.secret_encrypted = vault_of(services).seal("secret", dossier.id, secret)
    dossier.notified_at = dossier.owner_lookup_id = dossier.driver_age_band = None
    request_new_lookup(session, session.get_one(Violation, dossier.violation_id), officer)
