"""The pages of companies: ask to subscribe, vehicles, look-up, keys. No JavaScript is needed."""

from __future__ import annotations

import uuid
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile

from backend.citizens import service as citizens
from backend.database import SessionDep, utc_now
from backend.errors import FieldError, Problem
from backend.fleets import keys, lists, lookup, service, visits
from backend.fleets.checking import REASONS
from backend.fleets.keys import SCOPE_NAMES, SCOPES, Scope
from backend.fleets.models import Company, CompanyState, PlateState
from backend.fleets.routes import read_list
from backend.fleets.schemas import LookedUp
from backend.fleets.service import Contact
from backend.fleets.visits import (
    GivenForm,
    PostedCompany,
    PostedVisit,
    VerifiedCompany,
    Visit,
    VisitOf,
    text,
)
from backend.fleets.words import PLATE_STATES, STATES
from backend.i18n import screen_language
from backend.services import ServicesDep
from backend.submissions.pictures import LARGEST_BYTES, MOST_FILES
from backend.submissions.uploads import pictures_in
from backend.templating import render
from penalty.plates import KIND_NAMES

router = APIRouter(include_in_schema=False)
HOME = "/doanh-nghiep"
_SHOWN = 20
_OPEN = frozenset({CompanyState.ASKED, CompanyState.VERIFIED, CompanyState.SUSPENDED})


@router.get(HOME)
def home(request: Request, services: ServicesDep, session: SessionDep) -> Response:
    """Signed out: what this is. Signed in: how the company stands."""
    row = citizens.find(session, request.cookies.get(citizens.COOKIE, ""), utc_now())
    if row is None:
        return render(request, "fleets/door.html")
    request.state.csrf_token = row.csrf_token
    return _home(request, session, visits.visit(services, session, row))


@router.post(HOME)
def ask(
    request: Request, services: ServicesDep, session: SessionDep, visit: PostedVisit, given: GivenForm
) -> Response:
    """Ask to subscribe: whom to talk to, papers, vehicles."""
    contact = Contact(
        id_number=visit.citizen.id_number,
        person=text(given, "person"),
        phone=text(given, "phone", most=30),
        email=text(given, "email"),
    )
    papers, faults = pictures_in(given, "papers", screen_language(request))
    missing = [name for name in ("person", "phone") if not getattr(contact, name)]
    if not papers and not faults:
        missing.append("papers")
    asked, problem = _listed(given)
    if missing or faults or problem or asked is None or asked.faults:
        return _home(
            request, session, visit, given=given, missing=missing, faults=faults, asked=asked, problem=problem
        )
    service.ask(services, session, visit.citizen, contact, rows=asked.rows, papers=papers, now=utc_now())
    return RedirectResponse(HOME, status_code=303)


@router.post(f"{HOME}/ngung")
def leave(session: SessionDep, visit: PostedVisit) -> Response:
    """End the subscription: all keys end at once."""
    if visit.company is not None and visit.company.state in _OPEN:
        service.end(session, visit.company, utc_now())
    return RedirectResponse(HOME, status_code=303)


@router.get(f"{HOME}/xe")
def vehicles(request: Request, session: SessionDep, visit: VisitOf) -> Response:
    """The list, and the form for more."""
    return _vehicles(request, session, visit)


@router.post(f"{HOME}/xe")
def add_vehicles(request: Request, session: SessionDep, visit: PostedVisit, given: GivenForm) -> Response:
    """Add to the list; rows that cannot be used come back with the reason, and then none is taken."""
    asked, problem = _listed(given)
    if problem or asked is None or asked.faults:
        return _vehicles(request, session, visit, asked=asked, problem=problem, given=given)
    service.add_plates(session, _open(visit), asked.rows)
    return RedirectResponse(f"{HOME}/xe", status_code=303)


@router.post(f"{HOME}/xe/{{plate_id}}/bo")
def remove_vehicle(plate_id: uuid.UUID, session: SessionDep, visit: PostedVisit) -> Response:
    """Take one off the list."""
    service.remove_plate(session, _open(visit), plate_id)
    return RedirectResponse(f"{HOME}/xe", status_code=303)


@router.get(f"{HOME}/tra-cuu")
def lookup_form(request: Request, visit: VisitOf, company: VerifiedCompany) -> Response:
    """The form for a file or a few lines."""
    return company_page(request, visit, "lookup", company=company, answers=None, problem=None, listed="")


@router.post(f"{HOME}/tra-cuu")
def look_up(
    request: Request, session: SessionDep, visit: VisitOf, company: PostedCompany, given: GivenForm
) -> Response:
    """The answers by row: here, or as a file."""
    try:
        asked = read_list(_content(given))
    except Problem as problem:
        return company_page(
            request, visit, "lookup", 422, company=company, answers=None, problem=problem, listed=""
        )
    answers, language = lookup.look_up(session, company, asked, actor=company.actor), screen_language(request)
    match text(given, "format"):
        case "csv":
            body = lists.written(lookup.HEAD, lookup.table(answers, language)).encode("utf-8-sig")
            return _file(body, "text/csv; charset=utf-8", "tra-cuu.csv")
        case "json":
            return _file(
                LookedUp(rows=answers).model_dump_json().encode(), "application/json", "tra-cuu.json"
            )
    listed = lists.written(("plate", "kind"), [(row.plate, row.kind) for row in asked.rows]) + "".join(
        f"{one.text}\n" for one in asked.faults
    )
    return company_page(
        request, visit, "lookup", company=company, answers=answers, problem=None, listed=listed
    )


@router.get(f"{HOME}/khoa")
def api_keys(request: Request, session: SessionDep, visit: VisitOf, company: VerifiedCompany) -> Response:
    """Keys in use."""
    return _keys(request, session, visit, company)


@router.post(f"{HOME}/khoa")
def make_key(
    request: Request, session: SessionDep, visit: VisitOf, company: PostedCompany, given: GivenForm
) -> Response:
    """A new key, shown on this one answer."""
    name = text(given, "name", most=60)
    scopes = tuple(one for one in SCOPES if one in given.getlist("scopes"))
    if not name or not scopes:
        missing = [field for field, value in (("name", name), ("scopes", scopes)) if not value]
        return _keys(request, session, visit, company, missing=missing, typed=name, ticked=scopes)
    _, secret = keys.make(session, company, name=name, scopes=scopes, now=utc_now())
    return _keys(request, session, visit, company, secret=secret)


@router.post(f"{HOME}/khoa/{{key_id}}/thu-hoi")
def revoke_key(key_id: uuid.UUID, session: SessionDep, company: PostedCompany) -> Response:
    """End a key at once."""
    keys.revoke(session, company, key_id, utc_now())
    return RedirectResponse(f"{HOME}/khoa", status_code=303)


def _home(
    request: Request,
    session: Session,
    visit: Visit,
    *,
    given: FormData | None = None,
    missing: list[str] | None = None,
    faults: list[FieldError] | None = None,
    asked: lists.Read | None = None,
    problem: Problem | None = None,
) -> Response:
    company = visit.company
    verified = company is not None and company.state == CompanyState.VERIFIED
    plates = service.plates_of(session, company) if company else ()
    counts = {state: sum(one.state == state for one in plates) for state in PlateState}
    return company_page(
        request,
        visit,
        "home",
        422 if given is not None else 200,
        company=company,
        counts=counts,
        cases=lookup.newest(session, company, _SHOWN) if company is not None and verified else (),
        asking=company is None or company.state not in _OPEN,
        typed={name: text(given, name) for name in ("person", "phone", "email")} if given else {},
        listed=text(given, "plates", most=lists.MOST_BYTES) if given else "",
        missing=missing or [],
        faults=faults or [],
        row_faults=asked.faults if asked else (),
        problem=problem,
        most_files=MOST_FILES,
        largest_mb=LARGEST_BYTES // 1024**2,
    )


def _vehicles(
    request: Request,
    session: Session,
    visit: Visit,
    *,
    asked: lists.Read | None = None,
    problem: Problem | None = None,
    given: FormData | None = None,
) -> Response:
    return company_page(
        request,
        visit,
        "vehicles",
        422 if given is not None else 200,
        company=_open(visit),
        plates=service.plates_of(session, _open(visit)),
        reasons=REASONS,
        plate_states=PLATE_STATES,
        row_faults=asked.faults if asked else (),
        problem=problem,
        listed=text(given, "plates", most=lists.MOST_BYTES) if given else "",
    )


def _keys(
    request: Request,
    session: Session,
    visit: Visit,
    company: Company,
    *,
    secret: str | None = None,
    missing: list[str] | None = None,
    typed: str = "",
    ticked: tuple[Scope, ...] = (),
) -> Response:
    return company_page(
        request,
        visit,
        "keys",
        422 if missing else 200,
        company=company,
        keys=keys.living(session, company, utc_now()),
        calls=keys.calls_of_week(session, company),
        scope_names=SCOPE_NAMES,
        secret=secret,
        missing=missing or [],
        typed=typed,
        ticked=ticked,
    )


def company_page(
    request: Request, visit: Visit, page: str, status_code: int = 200, /, **context: Any
) -> Response:
    """A page of a company that signed in."""
    return render(
        request,
        f"fleets/{page}.html",
        status_code=status_code,
        page=page,
        person=visit.citizen.name,
        until=visit.row.expires_at,
        states=STATES,
        kind_names=KIND_NAMES,
        **context,
    )


def _open(visit: Visit) -> Company:
    if visit.company is None or visit.company.state not in _OPEN:
        raise keys.not_verified()
    return visit.company


def _listed(given: FormData) -> tuple[lists.Read | None, Problem | None]:
    """The vehicles of a form, each with its kind."""
    try:
        return read_list(_content(given), kind_needed=True), None
    except Problem as problem:
        return None, problem


def _content(given: FormData) -> bytes:
    """A file where one was chosen, else the lines that were typed."""
    file = given.get("file")
    if isinstance(file, UploadFile) and file.filename:
        return file.file.read(lists.MOST_BYTES + 1)
    return text(given, "plates", most=lists.MOST_BYTES + 1).encode()


def _file(body: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(body, media_type=media_type, headers=headers)
