"""The record of a violation: by the owner himself, at the station, or against an owner who is silent."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.accounts.models import Account
from backend.dossiers import refusals
from backend.dossiers.assessing import assess, take
from backend.dossiers.driver_age import age_facts, known_age, owner_drove, read_on_papers
from backend.dossiers.issuing import ask_for_document
from backend.dossiers.models import DocumentKind, Dossier
from backend.dossiers.moves import Actor, OnBehalf, actor_for, due_dates, last_day, legal_move, locked, noted
from backend.dossiers.numbers import next_number
from backend.dossiers.service import belongs_to_organisation
from backend.intake.models import Violation
from penalty.calendar import vietnam_date
from penalty.catalogue import Assessment, Liable
from penalty.dossier import Action, State
from penalty.guards import Facts
from penalty.minors import AgeBand, lightened


@dataclass(frozen=True)
class Acceptance:
    """What the owner declared, all three needed to go on without a visit (Decree 118/2021 Art. 28a)."""

    was_driving: bool
    electronic_procedure: bool
    waives_explanation: bool

    @property
    def complete(self) -> bool:
        return self.was_driving and self.electronic_procedure and self.waives_explanation


def accept(
    session: Session,
    dossier: Dossier,
    acceptance: Acceptance,
    now: datetime,
    *,
    behalf: OnBehalf | None = None,
    visitor: str | None = None,
) -> None:
    """The owner says he drove and takes the electronic procedure: the record is made.

    Raises Problem 422 `acceptance_incomplete`, 409 `driver_needed` for the vehicle of an organisation (it
    cannot have driven), 409 where the dossier does not stand at "notified".
    """
    if belongs_to_organisation(session, dossier):
        raise refusals.driver_needed()
    if not acceptance.complete:
        raise refusals.acceptance_incomplete()
    owner_drove(session, dossier)
    facts = Facts(
        today=vietnam_date(now),
        violator_identified=acceptance.was_driving,
        record_signed=acceptance.electronic_procedure,
        limitation_until=due_dates(session, dossier)["A4"].raw_due_on,
        **age_facts(dossier),
    )
    legal_move(
        session,
        dossier,
        Action.MAKE_RECORD,
        actor=actor_for(dossier, behalf, visitor),
        facts=facts,
        now=now,
        data={"accepted": ["drove", "electronic_procedure", "no_explanation"], **noted(behalf)},
    )
    dossier.explanation_waived = True
    _on_paper(session, dossier, now)


def record_at_station(
    session: Session,
    dossier_id: uuid.UUID,
    officer: Account,
    *,
    waives_explanation: bool,
    now: datetime,
    driver_born_on: date | None = None,
) -> Dossier:
    """The person liable signed at the station: the owner, or the driver he named, who was heard.

    `driver_born_on` is what the papers of who drove say. Raises Problem 409 `driver_not_heard` where a driver
    was named and nobody has written down that he drove, `driver_age_unknown` where no register knew the age
    and no papers are named, `driver_under_age`.
    """
    dossier = locked(session, dossier_id)
    if dossier.state == State.DRIVER_NAMED and dossier.driver_submission_id is None:
        raise refusals.driver_not_heard()
    heard = dossier.driver_submission_id is not None
    if driver_born_on is not None and (heard or not belongs_to_organisation(session, dossier)):
        read_on_papers(session, dossier, driver_born_on, officer)
    owner_drove(session, dossier)
    facts = Facts(
        today=vietnam_date(now),
        violator_identified=True,
        record_signed=True,
        explanation_right=dossier.explanation_right,
        explanation_waived=waives_explanation,
        limitation_until=due_dates(session, dossier)["A4"].raw_due_on,
        **age_facts(dossier),
    )
    actor = Actor.of(officer)
    data = {"where": "station", "explanation_waived": waives_explanation}
    legal_move(session, dossier, Action.MAKE_RECORD, actor=actor, facts=facts, now=now, data=data)
    dossier.explanation_waived = waives_explanation
    _on_paper(session, dossier, now, says={"how": "station"}, signed_by=officer.id)
    return dossier


def assessed_as_owner(session: Session, dossier: Dossier, now: datetime) -> Assessment:
    """What a silent owner would be fined.

    Raises Problem 409 `owner_not_liable_yet` in the 20 days, `owner_named_driver` of one who was not silent,
    `driver_under_age` of a child.
    """
    if dossier.state == State.DRIVER_NAMED or dossier.driver_submission_id is not None:
        raise refusals.owner_named_driver()
    answer_until = last_day(due_dates(session, dossier), "A2")
    if answer_until is None or vietnam_date(now) <= answer_until:
        raise refusals.owner_not_liable_yet()
    liable: Liable = "organisation" if belongs_to_organisation(session, dossier) else "person"
    violation = session.get_one(Violation, dossier.violation_id)
    assessment, band = assess(violation, dossier.vehicle_kind, liable, as_owner=True), None
    if liable == "person":
        band = known_age(session, dossier)
    if band is AgeBand.UNDER_14:
        raise refusals.owner_under_age()
    return assessment if band is None else lightened(assessment, band)


def record_liable_owner(
    session: Session, dossier_id: uuid.UUID, officer: Account, *, reason: str, now: datetime
) -> Dossier:
    """The owner gave no answer and showed nothing: the record is made against him, without points.

    Decree 168/2024 Art. 47.8.b; an organisation as one. `reason` says what was tried, and who witnessed that
    nobody signed (LHAV Art. 58). Raises Problem 409 before the 20 days are over, or from another state.
    """
    dossier = locked(session, dossier_id)
    assessment = assessed_as_owner(session, dossier, now)
    facts = Facts(
        today=vietnam_date(now),
        violator_identified=True,
        record_signed=True,
        explanation_right=assessment.explanation_right,
        limitation_until=due_dates(session, dossier)["A4"].raw_due_on,
    )
    data = {"where": "absent", "basis": "47.8.b", "liable": assessment.liable, "reason": reason}
    legal_move(session, dossier, Action.MAKE_RECORD, actor=Actor.of(officer), facts=facts, now=now, data=data)
    if assessment.liable == "person":
        dossier.driver_age_band = known_age(session, dossier)
    take(dossier, assessment)
    _on_paper(session, dossier, now, says={"how": "absent", "reason": reason}, signed_by=officer.id)
    return dossier


def _on_paper(
    session: Session,
    dossier: Dossier,
    now: datetime,
    *,
    says: dict[str, Any] | None = None,
    signed_by: uuid.UUID | None = None,
) -> None:
    """The record as a paper, numbered and dated."""
    dossier.recorded_at = now
    dossier.record_number = next_number(session, DocumentKind.RECORD, now)
    ask_for_document(
        session, dossier, DocumentKind.RECORD, dossier.record_number, says=says, signed_by=signed_by
    )
