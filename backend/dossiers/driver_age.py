"""How old the driver whom an owner named was on the day of the act: asked of the register, or read on papers.

Of the date of birth only the band of ages is kept (`penalty.minors`); no timeline names it (LHAV Art. 134).
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import Literal, TypedDict

from sqlalchemy.orm import Session

from backend import audit, jobs
from backend.accounts.models import Account
from backend.dossiers.assessing import assess, take
from backend.dossiers.liable import person_of
from backend.dossiers.models import Dossier
from backend.dossiers.moves import locked
from backend.errors import FieldError, Problem
from backend.intake.models import Violation
from backend.owners.population import Population
from backend.services import Services
from penalty.calendar import vietnam_date
from penalty.catalogue import Assessment
from penalty.dossier import ANSWERABLE, State
from penalty.minors import AgeBand, age_band, lightened

UNKNOWN = "unknown"
"""The register knows nobody of that number and name: the papers have to be seen."""
_PROCEDURE = "phat-nguoi/tuoi-nguoi-lai-xe"


def ask_for(session: Session, dossier: Dossier, officer: Account) -> None:
    """The driver was heard: have the register asked in this officer's name."""
    jobs.defer(session, "dossiers.driver_age", dossier_id=str(dossier.id), officer_id=str(officer.id))


def look_up(services: Services, dossier_id: uuid.UUID, officer_id: uuid.UUID, population: Population) -> None:
    """Ask the population database outside any transaction, and keep the band. Known already: nothing happens.

    Raises OutsideUnavailableError: the job tries again.
    """
    with services.database.unit_of_work() as session:
        dossier, officer = session.get_one(Dossier, dossier_id), session.get_one(Account, officer_id)
        driver = person_of(services, session, dossier, "driver")
        if dossier.driver_age_band is not None or driver is None or dossier.driver_submission_id is None:
            return
        asked_for, username = dossier.driver_submission_id, officer.username
    born_on = population.born_on(
        id_number=driver.id_number,
        name=driver.name,
        request_id=asked_for,
        officer_id=username,
        procedure_code=_PROCEDURE,
    )
    with services.database.unit_of_work() as session:
        dossier = locked(session, dossier_id)
        if dossier.driver_submission_id != asked_for or dossier.driver_age_band not in {None, UNKNOWN}:
            return
        _keep(session, dossier, born_on, source="population", actor=officer.actor)


def read_on_papers(session: Session, dossier: Dossier, born_on: date, officer: Account) -> None:
    """An officer saw the driver's papers with the record. Raises Problem 422 for an impossible day."""
    _check(dossier, born_on)
    _keep(session, dossier, born_on, source="papers", actor=officer.actor)


def assessed(session: Session, dossier: Dossier, born_on: date) -> Assessment:
    """What the law asks of a driver born that day. Raises Problem 422 for an impossible day."""
    _check(dossier, born_on)
    violation = session.get_one(Violation, dossier.violation_id)
    band = age_band(born_on, vietnam_date(dossier.happened_at))
    return lightened(assess(violation, dossier.vehicle_kind), band)


def _check(dossier: Dossier, born_on: date) -> None:
    if not date(1900, 1, 1) <= born_on <= vietnam_date(dossier.happened_at):
        raise Problem(
            422,
            "request_invalid",
            "Ngày sinh không đúng",
            "The date of birth is not possible",
            "Ngày sinh phải trước ngày vi phạm.",
            "It must lie before the day of the act.",
            errors=(FieldError("driver_born_on", "must lie before the day of the act"),),
        )


class AgeFacts(TypedDict):
    """What the guards ask about a driver's age."""

    age_known: bool
    may_be_penalised: bool


def age_facts(dossier: Dossier) -> AgeFacts:
    """Only of a driver who was named and heard; nothing is asked of an owner's age."""
    if dossier.driver_submission_id is None:
        return {"age_known": True, "may_be_penalised": True}
    band = dossier.driver_age_band
    return {"age_known": band not in {None, UNKNOWN}, "may_be_penalised": band != AgeBand.UNDER_14}


def _keep(
    session: Session,
    dossier: Dossier,
    born_on: date | None,
    *,
    source: Literal["population", "papers"],
    actor: str,
) -> None:
    found = assessed(session, dossier, born_on) if born_on is not None else None
    before = dossier.driver_age_band
    dossier.driver_age_band = found.age_band if found is not None else UNKNOWN
    if found is not None and State(dossier.state) in ANSWERABLE:
        take(dossier, found)
    audit.record(
        session,
        actor=actor,
        action="dossier.driver_age",
        subject_type="dossier",
        subject_id=dossier.id,
        data={"source": source, "band": dossier.driver_age_band} | ({"was": before} if before else {}),
    )
