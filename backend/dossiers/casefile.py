"""What the page of one dossier shows besides the dossier: steps, choices, statements, money, corrections."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.dossiers import choices, timeline
from backend.dossiers.facts import facts_of
from backend.dossiers.models import Dossier
from backend.dossiers.moves import Actor
from backend.dossiers.schemas import DossierDetail
from backend.owners import correcting
from backend.owners.models import USABLE, OwnerLookup
from backend.owners.words import CORRECTION_STATES, FIELD_NAMES, FIELD_STATES, SOURCE_NAMES
from backend.payments.models import Payment
from backend.payments.providers import NAMES, STATE_NAMES
from backend.submissions.models import Submission
from penalty.calendar import LegalCalendar
from penalty.complaint import LABELS as COMPLAINT_STATES
from penalty.dossier import State
from penalty.submissions import NAMES as STATEMENTS


def of(
    session: Session, dossier: Dossier, detail: DossierDetail, officer: Account, now: datetime
) -> dict[str, Any]:
    """The names a template needs; nobody is named in clear but staff."""
    actors = {event.actor.removeprefix("account:") for event in detail.events}
    people = session.scalars(select(Account).where(Account.username.in_(actors)))
    facts = facts_of(session, dossier, officer, now)
    lookup_id = dossier.owner_lookup_id
    lookup = session.get_one(OwnerLookup, lookup_id) if lookup_id else None
    return {
        "steps": timeline.steps(detail.events, detail.deadlines, LegalCalendar.load()),
        "power_vnd": facts.signing_power_vnd,
        "choices": choices.choices(State(dossier.state), Actor.of(officer).role, facts),
        "staff_names": {f"account:{one.username}": one.full_name for one in people},
        "statements": session.scalars(
            select(Submission).where(Submission.dossier_id == dossier.id).order_by(Submission.filed_at)
        ).all(),
        "attempts": session.scalars(
            select(Payment).where(Payment.dossier_id == dossier.id).order_by(Payment.started_at)
        ).all(),
        "corrections": correcting.of_lookup(session, lookup_id) if lookup_id else [],
        "owner_known": lookup is not None and lookup.state in USABLE,
        "statement_names": STATEMENTS,
        "complaint_states": COMPLAINT_STATES,
        "payment_ways": NAMES,
        "payment_states": STATE_NAMES,
        "correction_states": CORRECTION_STATES,
        "origin_words": {"fields": FIELD_NAMES, "sources": SOURCE_NAMES, "states": FIELD_STATES},
    }
