"""How old who drove was on the day of the act: known with the owner, asked for, or read on papers.

Of the date of birth only the band of ages is kept (`penalty.minors`); no timeline names it (LHAV Art. 134).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypedDict

from sqlalchemy.orm import Session

from backend import audit, jobs
from backend.accounts.models import Account
from backend.dossiers import refusals
from backend.dossiers.assessing import assess, take
from backend.dossiers.liable import person_of
from backend.dossiers.models import Dossier
from backend.dossiers.moves import locked
from backend.errors import FieldError, Problem
from backend.intake.models import Violation
from backend.owners.models import OwnerLookup
from backend.owners.population import Population
from backend.owners.service import Owner
from backend.services import Services
from penalty.calendar import vietnam_date
from penalty.catalogue import Assessment
from penalty.dossier import ANSWERABLE, State
from penalty.minors import AgeBand, age_band, lightened

UNKNOWN = "unknown"
"""The register knows nobody of that number and name: the papers have to be seen."""
SILENT = "silent"
"""Said to a second person where the register was asked, and has not answered."""
_JOB = "dossiers.driver_age"
_PROCEDURE = "phat-nguoi/tuoi-nguoi-lai-xe"


def ask_for(session: Session, dossier: Dossier, officer_id: uuid.UUID) -> None:
    """Have the register asked in this officer's name: of a driver who was heard, or of an owner."""
    jobs.defer(session, _JOB, dossier_id=str(dossier.id), officer_id=str(officer_id))


def ask_for_owner(session: Session, dossier: Dossier, lookup: OwnerLookup) -> None:
    """The owner is known, his age is not: an officer named him, or the registry had no date."""
    if lookup.owner_kind == "person" and lookup.age_band is None:
        ask_for(session, dossier, dossier.opened_by)


def ask_again(session: Session, dossier: Dossier) -> None:
    """The owner says that he drove before anybody has asked how old he is."""
    if dossier.owner_lookup_id is not None:
        ask_for_owner(session, dossier, _owner(session, dossier))


def ask_before_record(services: Services, dossier_id: uuid.UUID, officer: Account) -> None:
    """Have the register asked where nobody has: that stands even if the record is refused."""
    with services.database.unit_of_work() as session:
        dossier = session.get(Dossier, dossier_id)
        if dossier is None or State(dossier.state) not in ANSWERABLE:
            return
        asked_for = _asked(services, session, dossier_id, officer.id) is not None
        if asked_for and jobs.tries(session, _JOB, dossier_id=str(dossier_id)) is None:
            ask_for(session, dossier, officer.id)


@dataclass(frozen=True)
class _Asked:
    """Whose age is asked for, and which statement or look-up names that person."""

    person: Owner
    named_by: uuid.UUID
    officer: str


def look_up(services: Services, dossier_id: uuid.UUID, officer_id: uuid.UUID, population: Population) -> None:
    """Ask the population database outside any transaction, and keep the band. Known already: nothing happens.

    Raises OutsideUnavailableError: the job tries again.
    """
    with services.database.unit_of_work() as session:
        asked = _asked(services, session, dossier_id, officer_id)
    if asked is None:
        return
    born_on = population.born_on(
        id_number=asked.person.id_number,
        name=asked.person.name,
        request_id=asked.named_by,
        officer_id=asked.officer,
        procedure_code=_PROCEDURE,
    )
    with services.database.unit_of_work() as session:
        dossier, officer = locked(session, dossier_id), session.get_one(Account, officer_id)
        if _asked(services, session, dossier_id, officer_id, again=True) != asked:
            return
        if dossier.driver_submission_id is not None:
            _keep(session, dossier, born_on, source="population", actor=officer.actor)
        else:
            _keep_of_owner(session, dossier, born_on, actor=officer.actor)


def _asked(
    services: Services, session: Session, dossier_id: uuid.UUID, officer_id: uuid.UUID, *, again: bool = False
) -> _Asked | None:
    """The driver who was heard, else the owner; None where the age is known, or was looked for in vain."""
    dossier, officer = session.get_one(Dossier, dossier_id), session.get_one(Account, officer_id)
    person = person_of(services, session, dossier, "driver")
    named = named_by(dossier)
    if person is None or named is None or person.kind != "person":
        return None
    known = known_band(session, dossier)
    if known is not None and not (again and known == UNKNOWN):
        return None
    return _Asked(person, named, officer.username)


def known_band(session: Session, dossier: Dossier) -> str | None:
    """The band of the driver who was heard, or of the owner; None: nobody has looked."""
    if dossier.driver_submission_id is not None or dossier.driver_age_band is not None:
        return dossier.driver_age_band
    return _owner(session, dossier).age_band if dossier.owner_lookup_id is not None else None


def owner_drove(session: Session, dossier: Dossier) -> None:
    """The owner says that he drove: what the law makes of his age holds for him as for a driver he names."""
    if dossier.driver_submission_id is not None or dossier.driver_age_band not in {None, UNKNOWN}:
        return
    if dossier.owner_lookup_id is None or _owner(session, dossier).owner_kind != "person":
        return
    dossier.driver_age_band = known_band(session, dossier) or UNKNOWN
    found = expected(session, dossier)
    if found is not None:
        take(dossier, found)


def expected(session: Session, dossier: Dossier) -> Assessment | None:
    """What the law asks of the driver or the owner at the age that is known; None: nobody knows it."""
    band = known_age(session, dossier)
    return None if band is None else of_band(session, dossier, band)


def known_age(session: Session, dossier: Dossier) -> AgeBand | None:
    """The band of ages that a register or the papers gave; None: nobody knows it."""
    band = known_band(session, dossier)
    return None if band in {None, UNKNOWN} else AgeBand(band)


def _owner(session: Session, dossier: Dossier) -> OwnerLookup:
    return session.get_one(OwnerLookup, dossier.owner_lookup_id)


def read_on_papers(session: Session, dossier: Dossier, born_on: date, officer: Account) -> None:
    """An officer saw the driver's papers with the record.

    Raises Problem 422 for an impossible day, 409 as `conflict`, and `age_conflict` where two persons have to
    settle it.
    """
    if conflict(session, dossier, born_on) is not None:
        raise refusals.age_conflict()
    _keep(session, dossier, born_on, source="papers", actor=officer.actor)


def conflict(session: Session, dossier: Dossier, born_on: date) -> tuple[str, AgeBand] | None:
    """What a register said and the band by the papers, where that takes a second person.

    A register that knows nobody leaves it to the papers. One that was asked in vain (`SILENT`) does so for an
    adult alone: nobody makes himself a minor before it answers. Raises Problem 409 `age_pending` until then.
    """
    _check(dossier, born_on)
    known, read = known_band(session, dossier), age_band(born_on, vietnam_date(dossier.happened_at))
    if known is None:
        if not jobs.tries(session, _JOB, dossier_id=str(dossier.id)):
            raise refusals.age_pending()
        return None if read is AgeBand.ADULT else (SILENT, read)
    return None if known in {UNKNOWN, read} else (known, read)


def named_by(dossier: Dossier) -> uuid.UUID | None:
    """The statement or look-up that names whose age it is."""
    return dossier.driver_submission_id or dossier.owner_lookup_id


def corrected(
    session: Session, dossier: Dossier, band: AgeBand, officer: Account, *, was: str, of: str | None
) -> None:
    """Two persons saw the papers: their band stands.

    Raises Problem 409 once the record was made, `age_of_another` where the case has gone on to somebody else
    than `of` (`named_by`), or a register now says something else than `was`.
    """
    if State(dossier.state) not in ANSWERABLE:
        raise refusals.age_too_late()
    before = known_band(session, dossier)
    if of != str(named_by(dossier)) or (before or SILENT) not in {was, band}:
        raise refusals.age_of_another()
    dossier.driver_age_band = band
    take(dossier, of_band(session, dossier, band))
    _log(session, dossier, officer.actor, source="papers", was=before)


def assessed(session: Session, dossier: Dossier, born_on: date) -> Assessment:
    """What the law asks of a driver born that day. Raises Problem 422 for an impossible day."""
    _check(dossier, born_on)
    return of_band(session, dossier, age_band(born_on, vietnam_date(dossier.happened_at)))


def of_band(session: Session, dossier: Dossier, band: AgeBand) -> Assessment:
    """What the law asks of a driver of this age."""
    violation = session.get_one(Violation, dossier.violation_id)
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
    """Of a driver who was named and heard, and of an owner who says that he drove; of nobody else."""
    band = dossier.driver_age_band
    if dossier.driver_submission_id is None and band is None:
        return {"age_known": True, "may_be_penalised": True}
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
    _log(session, dossier, actor, source=source, was=before)


def _keep_of_owner(session: Session, dossier: Dossier, born_on: date | None, *, actor: str) -> None:
    """Kept with the owner: his dossier is judged by it once he says that he drove."""
    lookup, happened_on = _owner(session, dossier), vietnam_date(dossier.happened_at)
    possible = born_on is not None and born_on <= happened_on
    lookup.age_band = age_band(born_on, happened_on) if born_on and possible else UNKNOWN
    audit.record(
        session,
        actor=actor,
        action="owner.age",
        subject_type="owner_lookup",
        subject_id=lookup.id,
        data={"source": "population", "band": lookup.age_band},
    )


def _log(
    session: Session,
    dossier: Dossier,
    actor: str,
    *,
    source: Literal["population", "papers"],
    was: str | None,
) -> None:
    audit.record(
        session,
        actor=actor,
        action="dossier.driver_age",
        subject_type="dossier",
        subject_id=dossier.id,
        data={"source": source, "band": dossier.driver_age_band} | ({"was": was} if was else {}),
    )
