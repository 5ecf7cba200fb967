"""The job behind a lookup: ask, judge, write down, and ask again later while a register is silent."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from backend import audit, jobs
from backend.accounts.models import Account
from backend.intake.models import Violation
from backend.owners.body_colour import colour_shown
from backend.owners.judge import judge
from backend.owners.models import USABLE, LookupState, OwnerLookup
from backend.owners.origins import of_registers
from backend.owners.outside import Found, Outside
from backend.owners.registry import OutsideUnavailableError, Question
from backend.owners.service import get_lookup, seal_owner, vault_of, was_refuted
from backend.owners.vault import Vault
from backend.services import Services
from penalty.calendar import vietnam_date
from penalty.minors import age_band

RETRY_FIRST_S = 5
RETRY_MOST_S = 3600
_OPEN = frozenset({LookupState.WAITING, LookupState.UNAVAILABLE})


def run_lookup(services: Services, lookup_id: uuid.UUID, outside: Outside, now: datetime) -> LookupState:
    """Ask registry and population database, and write down what they said. Done already: nothing happens.

    The questions are asked outside any transaction; the answer, the follow-up job and the audit line are one.
    """
    question = _question(services, lookup_id)
    if question is None:
        with services.database.unit_of_work() as session:
            return LookupState(get_lookup(session, lookup_id).state)
    try:
        found = outside.ask(question)
    except OutsideUnavailableError as error:
        with services.database.unit_of_work() as session:
            return _retry_later(session, get_lookup(session, lookup_id, lock=True), str(error), now)
    with services.database.unit_of_work() as session:
        lookup = get_lookup(session, lookup_id, lock=True)
        if lookup.state in _OPEN:
            _write_answer(session, lookup, found, vault_of(services), now)
        return LookupState(lookup.state)


def _question(services: Services, lookup_id: uuid.UUID) -> Question | None:
    with services.database.unit_of_work() as session:
        lookup = get_lookup(session, lookup_id)
        if lookup.state not in _OPEN:
            return None
        officer = session.get_one(Account, lookup.officer_id)
        violation = session.get_one(Violation, lookup.violation_id)
        return Question(
            request_id=lookup.request_id,
            officer_id=officer.username,
            procedure_code=lookup.procedure_code,
            plate=lookup.plate,
            ground_colour=lookup.ground_colour,
            vehicle_kind=lookup.vehicle_kind,
            at=violation.event_at,
        )


def _band(session: Session, lookup: OwnerLookup, found: Found) -> str | None:
    """Of the date of birth only the band on the day of the act is kept; None where no register gave one."""
    owner = found.registration.owner if found.registration is not None else None
    if owner is None or owner.kind != "person" or owner.birth_date is None or not found.person_confirmed:
        return None
    happened_on = vietnam_date(session.get_one(Violation, lookup.violation_id).event_at)
    return age_band(owner.birth_date, happened_on) if owner.birth_date <= happened_on else None


def _retry_later(session: Session, lookup: OwnerLookup, error: str, now: datetime) -> LookupState:
    if lookup.state not in _OPEN:
        return LookupState(lookup.state)
    wait_s = min(RETRY_FIRST_S * 2**lookup.attempts, RETRY_MOST_S)
    lookup.attempts += 1
    lookup.state = LookupState.UNAVAILABLE
    lookup.last_error = error
    lookup.next_try_at = now + timedelta(seconds=wait_s)
    lookup.version += 1
    jobs.defer(
        session,
        "owners.lookup",
        lock=f"owner_lookup/{lookup.id}",
        at=lookup.next_try_at,
        lookup_id=str(lookup.id),
    )
    return LookupState.UNAVAILABLE


def _write_answer(session: Session, lookup: OwnerLookup, found: Found, vault: Vault, now: datetime) -> None:
    answer = found.registration
    violation = session.get_one(Violation, lookup.violation_id)
    named = vault.index("id_number", answer.owner.id_number) if answer is not None else None
    verdict = judge(
        answer,
        vehicle_kind=lookup.vehicle_kind,
        ground_colour=lookup.ground_colour,
        colour=colour_shown(violation.payload, violation.vehicle_colour_confirmed),
        now=now,
        person_confirmed=found.person_confirmed,
        refuted=was_refuted(session, lookup, named),
    )
    lookup.state = verdict.state
    lookup.fields = of_registers(found, vietnam_date(now))
    lookup.warnings = [doubt.as_dict() for doubt in verdict.doubts]
    lookup.source, lookup.fetched_at = ", ".join(found.sources), now
    lookup.attempts += 1
    lookup.next_try_at = lookup.last_error = None
    lookup.version += 1
    if answer is not None:
        lookup.vehicle = answer.vehicle.model_dump(exclude_none=True)
        lookup.registry_updated_on = answer.updated_on
        seal_owner(lookup, found.owner_now(), vault)
        lookup.age_band = _band(session, lookup, found)
    audit.record(
        session,
        actor="system",
        action=f"owner.lookup_{verdict.state}",
        subject_type="owner_lookup",
        subject_id=lookup.id,
        data={"sources": list(found.sources), "doubts": [doubt.code for doubt in verdict.doubts]},
    )
    if verdict.state in USABLE:
        jobs.defer(session, "dossiers.owner_known", violation_id=str(lookup.violation_id))
