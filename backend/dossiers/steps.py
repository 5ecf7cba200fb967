"""What an officer does to a dossier with a reason of his own; each is one transaction with its event."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.dossiers.facts import facts_of
from backend.dossiers.issuing import ask_for_document
from backend.dossiers.models import DocumentKind, Dossier
from backend.dossiers.moves import Actor, legal_move, locked, meet_clocks
from backend.dossiers.numbers import next_number
from backend.payments.amounts import amount_due
from penalty.calendar import vietnam_date
from penalty.dossier import Action
from penalty.enforcement import MeasureCode, measures
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
    legal_move(
        session,
        dossier,
        Action.DROP,
        actor=Actor.of(officer),
        facts=Facts(today=vietnam_date(now), reason=reason),
        now=now,
        data={"reason": reason},
    )
    return dossier


def enforce(
    session: Session,
    dossier_id: uuid.UUID,
    officer: Account,
    *,
    measure: MeasureCode,
    reason: str,
    now: datetime,
    expected_version: int,
) -> Dossier:
    """Order that a fine nobody paid is enforced (LHAV Art. 86-88); the signed paper goes to who owes it.

    One person signs it, as with the decision. Raises Problem 404, 403 `no_signing_power`, 409
    `paying_later`, `relief_waits`, `enforcement_late` or from another state, 412.
    """
    dossier = locked(session, dossier_id, expected_version=expected_version)
    owed = amount_due(session, dossier, now)
    says = {"measure": measure, "reason": reason, "fine_vnd": owed.fine_vnd, "late_vnd": owed.late.amount_vnd}
    legal_move(
        session,
        dossier,
        Action.ENFORCE,
        actor=Actor.of(officer),
        facts=replace(facts_of(session, dossier, officer, now), reason=reason),
        now=now,
        data={**says, "article": measures()[measure].article},
    )
    number = next_number(session, DocumentKind.ENFORCEMENT, now)
    ask_for_document(session, dossier, DocumentKind.ENFORCEMENT, number, says=says, signed_by=officer.id)
    return dossier


def enforcement_sent(session: Session, dossier: Dossier, now: datetime) -> None:
    """The order left for who owes the fine: that it is sent in time was asked for (LHAV Art. 88)."""
    meet_clocks(session, dossier, ("E9",), now)
