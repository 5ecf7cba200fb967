"""What officers see of dossiers: the list in tabs, one dossier whole, and what a person does there."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from sqlalchemy.orm import Session

from backend.accounts.guards import Officer
from backend.accounts.models import Account
from backend.approvals import ageing
from backend.approvals.screens import at_dossier
from backend.database import SessionDep, utc_now
from backend.dossiers import (
    assessing,
    casefile,
    confirming,
    driver_age,
    finding,
    queries,
    recording,
    service,
    steps,
)
from backend.dossiers.confirming import ChiefsDesk, OfficersDesk
from backend.dossiers.models import Dossier
from backend.dossiers.schemas import DecisionForm, EnforcementForm, OwnerLiableForm, RecordForm
from backend.dossiers.words import CHANNELS, EVENTS, MESSAGE_STATES, PAPERS, PURPOSES, UNITS
from backend.errors import FieldError, Problem, field_errors
from backend.evidence.service import evidence_files
from backend.i18n import screen_language
from backend.intake.models import Violation
from backend.messages import letters
from backend.messages.queries import BADGES
from backend.owners import correcting
from backend.owners.resolving import resolve
from backend.owners.schemas import ContactCorrection, OwnerGiven, Resolution
from backend.owners.service import LABELS as LOOKUP_LABELS
from backend.owners.service import lines_compared
from backend.owners.words import CONTACT_FAULTS
from backend.services import Services, ServicesDep
from backend.templating import render
from penalty.calendar import vietnam_date
from penalty.dossier import DECIDABLE, END_STATES, LABELS, OPEN_STATES, State
from penalty.enforcement import measures
from penalty.plates import COLOUR_NAMES, KIND_NAMES

router = APIRouter(include_in_schema=False)
Tab = Literal["to_sign", "owner", "running", "closed"]
_TAB_STATES: dict[str, tuple[State, ...]] = {
    "to_sign": tuple(sorted(DECIDABLE)),
    "running": tuple(sorted(OPEN_STATES)),
    "closed": tuple(sorted(END_STATES)),
}
_PAGE = 100


@router.get("/canh-sat/ho-so")
def dossier_list(
    request: Request,
    session: SessionDep,
    officer: Officer,
    *,
    tab: Annotated[Tab, Query()] = "to_sign",
    beyond: Annotated[uuid.UUID | None, Query()] = None,
    words: Annotated[str, Query(alias="q", max_length=40)] = "",
) -> Response:
    """The list, by what has to be done, in pages; or what fits a number or a plate."""
    words = words.strip()
    waiting = queries.waiting_for_owner(session, _PAGE)
    dossiers, more = _listed(session, tab, queries.find(session, beyond) if beyond else None)
    if words:
        dossiers, more = finding.found(session, words, officer, limit=_PAGE), False
        if len(dossiers) == 1:
            return _back(dossiers[0].id)
    elif tab == "owner":
        dossiers, more = [dossier for dossier, _ in waiting], False
    return render(
        request,
        "dossiers/list.html",
        tab="" if words else tab,
        asked=words,
        dossiers=dossiers,
        more=more,
        beyond=beyond,
        most=_PAGE,
        lookups={dossier.id: lookup for dossier, lookup in waiting},
        counts={"to_sign": len(_listed(session, "to_sign", None)[0]), "owner": len(waiting)},
        due=queries.next_due(session, dossiers, vietnam_date(utc_now())),
        acts=assessing.assessment_of,
        **_words(),
        **_staff(request, officer),
    )


def _listed(session: Session, tab: str, beyond: Dossier | None) -> tuple[Sequence[Dossier], bool]:
    newest_first = tab != "to_sign"
    states = _TAB_STATES.get(tab, ())
    return finding.page(session, states, newest_first=newest_first, beyond=beyond, limit=_PAGE)


@router.get("/canh-sat/ho-so/{dossier_id}")
def dossier_page(
    request: Request, dossier_id: uuid.UUID, services: ServicesDep, session: SessionDep, officer: Officer
) -> Response:
    """One dossier whole."""
    return _page(request, services, session, queries.find(session, dossier_id), officer)


@router.post("/canh-sat/ho-so/{dossier_id}/quyet-dinh")
def sign_decision(
    dossier_id: uuid.UUID, desk: OfficersDesk, asked: Annotated[DecisionForm, Form()]
) -> Response:
    """Ask once more; confirmed, sign, then show the dossier."""
    if not asked.confirmed:
        return confirming.decision(desk, dossier_id, asked)
    service.decide(
        desk.session,
        dossier_id,
        expected_version=asked.expected_version,
        officer=desk.officer,
        now=desk.now,
        circumstances=asked.circumstances,
    )
    return _back(dossier_id)


@router.post("/canh-sat/ho-so/{dossier_id}/bien-ban")
def make_record(dossier_id: uuid.UUID, desk: OfficersDesk, signed: Annotated[RecordForm, Form()]) -> Response:
    """The record was signed at the station: ask once more; confirmed, make it, then show the dossier.

    Papers that differ from the register about the age are shown to a second person first.
    """
    driver_age.ask_before_record(desk.services, dossier_id, desk.officer)
    if signed.driver_born_on is not None:
        asked = ageing.ask_if_it_differs(
            desk.session, dossier_id, desk.officer, signed.driver_born_on, desk.now
        )
        if asked is not None:
            return RedirectResponse(f"/quan-tri/phe-duyet/{asked.id}", status_code=303)
    if not signed.confirmed:
        return confirming.record(desk, dossier_id, signed)
    recording.record_at_station(
        desk.session,
        dossier_id,
        desk.officer,
        waives_explanation=signed.waives_explanation,
        driver_born_on=signed.driver_born_on,
        now=desk.now,
    )
    return _back(dossier_id)


@router.post("/canh-sat/ho-so/{dossier_id}/chu-xe")
async def settle_owner(
    request: Request, dossier_id: uuid.UUID, services: ServicesDep, session: SessionDep, officer: Officer
) -> Response:
    """Settle the owner, then show the dossier; a faulty form comes back with what is wrong."""
    form = {key: str(value).strip() for key, value in (await request.form()).items()}
    dossier = queries.find(session, dossier_id)
    lookup = queries.lookup_of(session, dossier)
    if lookup is None:
        raise Problem(409, "lookup_missing", "Chưa tra cứu chủ xe", "The owner was not looked up")
    try:
        resolution = _resolution(form)
    except ValidationError as error:
        faults = [replace(one, field=one.field.rpartition(".")[2]) for one in field_errors(error.errors())]
        return _page(request, services, session, dossier, officer, faults=faults, given=form, status_code=422)
    resolve(services, session, lookup.id, resolution, officer=officer, now=utc_now())
    return _back(dossier_id)


def _resolution(form: dict[str, str]) -> Resolution:
    fields = ("kind", "name", "id_number", "phone", "address")
    owner = {key: form[key] for key in fields if form.get(key)}
    taken = None if form.get("basis") == "registry" else OwnerGiven.model_validate(owner)
    return Resolution(owner=taken, reason=form.get("reason", ""))


@router.post("/canh-sat/ho-so/{dossier_id}/chu-xe-chiu-phat")
def owner_liable(
    dossier_id: uuid.UUID, desk: OfficersDesk, asked: Annotated[OwnerLiableForm, Form()]
) -> Response:
    """Ask once more; confirmed, make the record against a silent owner, then show the dossier."""
    if not asked.confirmed:
        return confirming.owner_liable(desk, dossier_id, asked)
    recording.record_liable_owner(desk.session, dossier_id, desk.officer, reason=asked.reason, now=desk.now)
    return _back(dossier_id)


@router.post("/canh-sat/ho-so/{dossier_id}/cuong-che")
def enforce(dossier_id: uuid.UUID, desk: ChiefsDesk, asked: Annotated[EnforcementForm, Form()]) -> Response:
    """Ask once more; confirmed, order enforcement, then show the dossier."""
    if not asked.confirmed:
        return confirming.enforcement(desk, dossier_id, asked)
    steps.enforce(
        desk.session,
        dossier_id,
        desk.officer,
        measure=asked.measure,
        reason=asked.reason,
        now=desk.now,
        expected_version=asked.expected_version,
    )
    return _back(dossier_id)


@router.post("/canh-sat/ho-so/{dossier_id}/lien-lac")
async def correct_contact(
    request: Request, dossier_id: uuid.UUID, services: ServicesDep, session: SessionDep, officer: Officer
) -> Response:
    """Another telephone or address of the owner, then the dossier; a faulty form says what is wrong."""
    form = {key: str(value).strip() for key, value in (await request.form()).items()}
    dossier = queries.find(session, dossier_id)
    if dossier.owner_lookup_id is None:
        raise correcting.not_known()
    at = 0 if screen_language(request) == "vi" else 1
    fields = {key: form[key] for key in ContactCorrection.model_fields if form.get(key)}
    try:
        given = ContactCorrection.model_validate(fields)
        correcting.correct_contact(
            services, session, dossier.owner_lookup_id, given, officer=officer, now=utc_now()
        )
    except ValidationError as error:
        faults = [CONTACT_FAULTS[str(fault["loc"][0])][at] for fault in error.errors()]
    except Problem as refused:
        faults = [refused.detail(screen_language(request))]
    else:
        return _back(dossier_id, "#owner")
    return _page(request, services, session, dossier, officer, contact=(faults, form), status_code=422)


@router.post("/canh-sat/ho-so/{dossier_id}/thu/{message_id}")
def post_letter(
    dossier_id: uuid.UUID,
    message_id: uuid.UUID,
    services: ServicesDep,
    session: SessionDep,
    officer: Officer,
) -> Response:
    """Note that the letter is in the post, then show the dossier."""
    letters.posted_by_hand(services, session, dossier_id, message_id, officer=officer)
    return _back(dossier_id)


def _back(dossier_id: uuid.UUID, part: str = "") -> Response:
    return RedirectResponse(f"/canh-sat/ho-so/{dossier_id}{part}", status_code=303)


def _page(
    request: Request,
    services: Services,
    session: Session,
    dossier: Dossier,
    officer: Account,
    *,
    faults: list[FieldError] | None = None,
    given: dict[str, str] | None = None,
    contact: tuple[list[str], dict[str, str]] = ([], {}),
    status_code: int = 200,
) -> Response:
    detail = queries.detail(services, session, dossier, officer)
    violation, lookup = session.get_one(Violation, dossier.violation_id), queries.lookup_of(session, dossier)
    return render(
        request,
        "dossiers/page.html",
        status_code=status_code,
        dossier=detail,
        **casefile.of(session, dossier, detail, officer, utc_now()),
        dossier_row=dossier,
        files=evidence_files(session, dossier.violation_id),
        reasons=violation.payload["reasons"],
        lookup=lookup,
        compared=lines_compared(violation, lookup),
        assessment=assessing.assessment_of(dossier),
        how_recorded=queries.how_recorded(session, dossier),
        faults=faults or [],
        given=given or {},
        contact_faults=contact[0],
        contact_given=contact[1],
        **at_dossier(session, dossier, officer),
        **_words(),
        **_staff(request, officer),
    )


def _words() -> dict[str, Any]:
    return {
        "state_labels": LABELS,
        "lookup_labels": LOOKUP_LABELS,
        "events": EVENTS,
        "units": UNITS,
        "papers": PAPERS,
        "channels": CHANNELS,
        "purposes": PURPOSES,
        "message_states": MESSAGE_STATES,
        "message_badges": BADGES,
        "kind_names": KIND_NAMES,
        "colour_names": COLOUR_NAMES,
        "measures": measures(),
    }


def _staff(request: Request, officer: Account) -> dict[str, Any]:
    return {"account": officer, "csrf_token": request.state.csrf_token, "section": "dossiers"}
