"""Asking once more before an act that cannot be undone: the page says whom, what, how much and by what law.

A form without `confirmed` does nothing but show it, so that no single click signs anything.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from backend.accounts.guards import Officer, TeamChief
from backend.accounts.models import Account
from backend.database import SessionDep, utc_now
from backend.dossiers import driver_age, recording
from backend.dossiers.assessing import assessment_of, with_circumstances
from backend.dossiers.facts import facts_of
from backend.dossiers.liable import person_of
from backend.dossiers.models import Dossier
from backend.dossiers.moves import Actor, locked, refuse_impossible
from backend.dossiers.questions import Act, Pair, question_of
from backend.dossiers.schemas import DecisionForm, EnforcementForm, OwnerLiableForm, RecordForm
from backend.evidence.service import evidence_files
from backend.owners.models import OwnerLookup
from backend.owners.service import log_look, masked
from backend.payments.amounts import AmountDue, amount_due
from backend.services import Services, ServicesDep
from backend.templating import render
from penalty.catalogue import Assessment
from penalty.dossier import Action
from penalty.enforcement import Measure, measures


@dataclass(frozen=True)
class Desk:
    """Who is asked, in which request."""

    request: Request
    services: Services
    session: Session
    officer: Account
    now: datetime


def _officers(request: Request, services: ServicesDep, session: SessionDep, officer: Officer) -> Desk:
    return Desk(request, services, session, officer, utc_now())


def _chiefs(request: Request, services: ServicesDep, session: SessionDep, chief: TeamChief) -> Desk:
    return Desk(request, services, session, chief, utc_now())


OfficersDesk = Annotated[Desk, Depends(_officers)]
ChiefsDesk = Annotated[Desk, Depends(_chiefs)]


def decision(desk: Desk, dossier_id: uuid.UUID, asked: DecisionForm) -> Response:
    """The decision as it would be signed. Raises what signing it would raise: Problem 403, 409, 412, 422."""
    dossier = locked(desk.session, dossier_id, expected_version=asked.expected_version)
    assessment = with_circumstances(desk.session, dossier, asked.circumstances)
    facts = facts_of(desk.session, dossier, desk.officer, desk.now)
    refuse_impossible(dossier, Action.DECIDE, actor=Actor.of(desk.officer), facts=facts)
    fields = asked.model_dump(exclude_none=True)
    return page(desk, dossier, act="decision", fields=fields, assessment=assessment)


def enforcement(desk: Desk, dossier_id: uuid.UUID, asked: EnforcementForm) -> Response:
    """The order as it would be signed. Raises what signing it would raise: Problem 403, 409, 412."""
    dossier = locked(desk.session, dossier_id, expected_version=asked.expected_version)
    facts = replace(facts_of(desk.session, dossier, desk.officer, desk.now), reason=asked.reason)
    refuse_impossible(dossier, Action.ENFORCE, actor=Actor.of(desk.officer), facts=facts)
    return page(
        desk,
        dossier,
        act="enforcement",
        fields=asked.model_dump(),
        reason=asked.reason,
        measure=measures()[asked.measure],
        owed=amount_due(desk.session, dossier, desk.now),
    )


def owner_liable(desk: Desk, dossier_id: uuid.UUID, asked: OwnerLiableForm) -> Response:
    """The record against a silent owner as it would be made. Raises Problem 409 before the time is over."""
    dossier = locked(desk.session, dossier_id)
    assessment = recording.assessed_as_owner(desk.session, dossier, desk.now)
    fields = asked.model_dump()
    return page(desk, dossier, act="owner_liable", fields=fields, reason=asked.reason, assessment=assessment)


def record(desk: Desk, dossier_id: uuid.UUID, signed: RecordForm) -> Response:
    """The record as it would be made at the station. Raises Problem 422 for an impossible day of birth."""
    dossier, born_on = locked(desk.session, dossier_id), signed.driver_born_on
    read = driver_age.assessed(desk.session, dossier, born_on) if born_on is not None else None
    assessment = read or driver_age.expected(desk.session, dossier)
    fields = signed.model_dump(mode="json", exclude_none=True)
    return page(desk, dossier, act="record", fields=fields, assessment=assessment)


def page(
    desk: Desk,
    dossier: Dossier,
    *,
    act: Act,
    fields: Mapping[str, Any],
    reason: str = "",
    assessment: Assessment | None = None,
    measure: Measure | None = None,
    owed: AmountDue | None = None,
    placed_vnd: int | None = None,
    lines: Sequence[tuple[Pair, str]] = (),
    back: str | None = None,
) -> Response:
    """The question; its form goes to the same address with `confirmed`, and `back` does nothing.

    `lines` is what else it is about, each with its name in both languages.
    """
    assessment = assessment or assessment_of(dossier)
    return render(
        desk.request,
        "dossiers/confirm.html",
        act=act,
        question=question_of(act, warning=assessment.is_warning),
        lines=lines,
        dossier=dossier,
        person=_person(desk, dossier),
        assessment=assessment,
        files=evidence_files(desk.session, dossier.violation_id),
        fields={name: value for name, value in fields.items() if name != "confirmed"},
        reason=reason,
        measure=measure,
        owed=owed,
        placed_vnd=placed_vnd,
        back=back or f"/canh-sat/ho-so/{dossier.id}",
        section="dossiers",
    )


def _person(desk: Desk, dossier: Dossier) -> dict[str, str | None] | None:
    """Whom it strikes, masked as on the page of the dossier; the look is logged."""
    person = person_of(desk.services, desk.session, dossier, "driver")
    if person is None:
        return None
    if dossier.owner_lookup_id is not None:
        lookup = desk.session.get_one(OwnerLookup, dossier.owner_lookup_id)
        fields = ["name", "id_number"]
        log_look(desk.session, actor=desk.officer.actor, lookup=lookup, fields=fields, purpose="dossier")
    return masked(person)
