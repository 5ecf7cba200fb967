"""The pages of people who signed in: their cases, points, papers and data. No JavaScript is needed."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from backend.citizens import service, views
from backend.citizens.cases import case_of, cases_of
from backend.citizens.models import CitizenSession
from backend.citizens.service import SignedIn
from backend.database import SessionDep, utc_now
from backend.errors import not_found
from backend.portal import service as visits
from backend.services import Services, ServicesDep
from backend.templating import render
from penalty.calendar import LegalCalendar, vietnam_date
from penalty.plates import KIND_NAMES
from penalty.points import balance

router = APIRouter(include_in_schema=False)


@router.get("/cua-toi")
def mine(request: Request, services: ServicesDep, session: SessionDep, citizen: SignedIn) -> Response:
    """All cases of all vehicles, those that wait for their owner first."""
    cases = [views.line(session, case) for case in cases_of(session, citizen.id_number_index)]
    return _page(request, services, citizen, "cases", cases=cases, kind_names=KIND_NAMES)


@router.post("/cua-toi/ho-so/{dossier_id}")
def open_case(
    dossier_id: uuid.UUID,
    services: ServicesDep,
    session: SessionDep,
    citizen: SignedIn,
    csrf_token: Annotated[str, Form()] = "",
) -> Response:
    """Open one case: the same pages as by notice number and secret, without either."""
    service.check_form(citizen, csrf_token)
    case = case_of(session, citizen.id_number_index, dossier_id)
    if case is None:
        raise not_found("Không có hồ sơ này trong các hồ sơ của bạn", "This is not one of your cases")
    token = visits.open_visit(
        session, case.dossier, utc_now(), actor=citizen.actor, citizen_session_id=citizen.id, part=case.part
    )
    answer = RedirectResponse("/ho-so", status_code=303)
    visits.set_cookie(answer, services.settings, token)
    return answer


@router.get("/cua-toi/diem")
def points(request: Request, services: ServicesDep, session: SessionDep, citizen: SignedIn) -> Response:
    """Licence points, as far as decisions of this system go."""
    taken = views.deductions(session, citizen.id_number_index)
    now = balance([one.deduction for one in taken], vietnam_date(utc_now()), LegalCalendar.load())
    return _page(request, services, citizen, "points", taken=taken, balance=now)


def _page(
    request: Request, services: Services, citizen: CitizenSession, page: str, **context: Any
) -> Response:
    return render(
        request,
        f"citizens/{page}.html",
        page=page,
        person=service.citizen_in(services, citizen).name,
        until=citizen.expires_at,
        **context,
    )
