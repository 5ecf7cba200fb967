"""The counter's first page: find the case with the person in front, then begin the visit."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from backend.accounts.models import Account
from backend.counter import papers, visits
from backend.counter.guards import Clerk, staff_words
from backend.counter.schemas import Person
from backend.counter.visits import CAPACITIES, SHOWN
from backend.database import SessionDep, utc_now
from backend.dossiers import queries
from backend.dossiers.assessing import assessment_of
from backend.dossiers.models import Dossier
from backend.errors import FieldError, Problem
from backend.i18n import screen_language
from backend.portal.entry import GROUPS, Entry, scanned
from backend.services import Services, ServicesDep
from backend.submissions.pictures import MOST_FILES
from backend.submissions.uploads import pictures_in
from backend.templating import render
from penalty.dossier import LABELS

router = APIRouter(include_in_schema=False)


@router.get("/quay")
def desk(request: Request, clerk: Clerk) -> Response:
    """Two ways to find a case."""
    return _desk(request, clerk)


@router.post("/quay")
async def search(request: Request, services: ServicesDep, session: SessionDep, clerk: Clerk) -> Response:
    """What was found; a search is logged, found or not."""
    given = {name: str(value).strip() for name, value in (await request.form()).items()}
    return await run_in_threadpool(_search, request, services, session, clerk, given)


@router.get("/quay/ho-so/{dossier_id}")
def who_is_there(dossier_id: uuid.UUID, request: Request, session: SessionDep, clerk: Clerk) -> Response:
    """Who stands at the counter? Nothing of the case is shown before."""
    return _person(request, clerk, queries.find(session, dossier_id))


@router.post("/quay/ho-so/{dossier_id}")
async def begin(
    dossier_id: uuid.UUID, request: Request, services: ServicesDep, session: SessionDep, clerk: Clerk
) -> Response:
    """Begin the visit, if this person may be told of the case."""
    form = await request.form(max_files=MOST_FILES + 1, max_part_size=64 * 1024)
    return await run_in_threadpool(_begin, dossier_id, request, services, session, clerk, form)


def _search(
    request: Request, services: Services, session: Session, clerk: Account, given: Mapping[str, str]
) -> Response:
    if "id_number" in given:
        if not given["id_number"]:
            return _desk(request, clerk, given=given, faults=("id_number",))
        found = visits.by_id_number(services, session, given["id_number"], clerk)
    else:
        asked = ("plate", "notice_number", "group")
        entry, _ = scanned(Entry(**{name: given[name] for name in asked if name in given}))
        given = {**given, "plate": entry.plate, "notice_number": entry.notice_number}
        if missing := [name for name in entry.missing if name != "secret"]:
            return _desk(request, clerk, given=given, faults=missing)
        found = visits.by_notice(session, entry, clerk)
    return _desk(request, clerk, given=given, found=found, nothing=not found)


def _begin(  # noqa: PLR0917 - called by its route alone
    dossier_id: uuid.UUID,
    request: Request,
    services: Services,
    session: Session,
    clerk: Account,
    form: FormData,
) -> Response:
    dossier = queries.find(session, dossier_id)
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    scans, faults = pictures_in(form, "authorisation", screen_language(request))
    try:
        person = Person.model_validate(given)
    except ValidationError as error:
        faults += [FieldError(str(fault["loc"][0]), "") for fault in error.errors()]
        return _person(request, clerk, dossier, given=given, faults=faults)
    if faults:
        return _person(request, clerk, dossier, given=given, faults=faults)
    try:
        serving = visits.open_visit(
            services, session, dossier, person.in_front(authorised=bool(scans)), clerk, utc_now()
        )
    except Problem as problem:
        if problem.status != 422:  # noqa: PLR2004 - the form can be mended; other refusals cannot
            raise
        return _person(request, clerk, dossier, given=given, problem=problem)
    for scan in scans:
        papers.keep(serving, scan, purpose="authorisation")
    return RedirectResponse(f"/quay/luot/{serving.visit.id}", status_code=303)


def _desk(
    request: Request,
    clerk: Account,
    *,
    given: Mapping[str, str] | None = None,
    found: Sequence[Dossier] = (),
    faults: Sequence[str] = (),
    nothing: bool = False,
) -> Response:
    return render(
        request,
        "counter/desk.html",
        status_code=422 if faults else 200,
        given=given or {},
        found=found,
        faults=faults,
        nothing=nothing,
        groups=GROUPS,
        acts={dossier.id: assessment_of(dossier) for dossier in found},
        state_labels=LABELS,
        **staff_words(request, clerk),
    )


def _person(
    request: Request,
    clerk: Account,
    dossier: Dossier,
    *,
    given: Mapping[str, Any] | None = None,
    faults: Sequence[FieldError] = (),
    problem: Problem | None = None,
) -> Response:
    return render(
        request,
        "counter/person.html",
        status_code=422 if faults or problem else 200,
        dossier=dossier,
        given=given or {},
        wrong=[fault.field for fault in faults],
        faults=[fault for fault in faults if fault.message],
        problem=problem,
        capacities=CAPACITIES,
        shown_papers=SHOWN,
        **staff_words(request, clerk),
    )
