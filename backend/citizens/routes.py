"""The pages of people who signed in: their cases, points, papers and data. No JavaScript is needed."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from sqlalchemy.orm import Session
from starlette.background import BackgroundTask

from backend import audit
from backend.citizens import archive, holdings, service, views
from backend.citizens.cases import Case, case_of, cases_of
from backend.citizens.models import CitizenSession
from backend.citizens.service import Sends, SignedIn
from backend.database import SessionDep, utc_now
from backend.dossiers.files import pdf_response
from backend.dossiers.words import CHANNELS, MESSAGE_STATES, PAPERS
from backend.errors import not_found
from backend.i18n import screen_language
from backend.owners.vault import masked_id
from backend.portal import looks
from backend.portal import service as visits
from backend.services import Services, ServicesDep
from backend.submissions.naming import shown_out
from backend.templating import render
from penalty.calendar import LegalCalendar, vietnam_date
from penalty.plates import KIND_NAMES
from penalty.points import balance

router = APIRouter(include_in_schema=False)
_SHOWN_AFTERWARDS = timedelta(days=365)


@router.get("/cua-toi")
def mine(request: Request, services: ServicesDep, session: SessionDep, citizen: SignedIn) -> Response:
    """All cases of all vehicles, those that wait for their owner first."""
    cases = [views.line(session, case) for case in cases_of(session, citizen.id_number_index)]
    past = shown_out(session, citizen.id_number_index, utc_now() - _SHOWN_AFTERWARDS)
    return _page(request, services, citizen, "cases", cases=cases, kind_names=KIND_NAMES, shown_out=past)


@router.post("/cua-toi/ho-so/{dossier_id}")
def open_case(
    dossier_id: uuid.UUID,
    services: ServicesDep,
    session: SessionDep,
    citizen: Sends,
    to: Annotated[Literal["", "data"], Form()] = "",
) -> Response:
    """Open one case: the same pages as by notice number and secret, without either."""
    case = _own(session, citizen, dossier_id)
    token = visits.open_visit(
        session, case.dossier, utc_now(), actor=citizen.actor, citizen_session_id=citizen.id, part=case.part
    )
    answer = RedirectResponse("/ho-so/y-kien/data" if to else "/ho-so", status_code=303)
    visits.set_cookie(answer, services.settings, token)
    return answer


@router.get("/cua-toi/diem")
def points(request: Request, services: ServicesDep, session: SessionDep, citizen: SignedIn) -> Response:
    """Licence points, as far as decisions of this system go."""
    taken = views.points_taken(session, cases_of(session, citizen.id_number_index))
    left = balance([one.deduction for one in taken], vietnam_date(utc_now()), LegalCalendar.load())
    return _page(request, services, citizen, "points", taken=taken, balance=left)


@router.get("/cua-toi/giay-to")
def papers(request: Request, services: ServicesDep, session: SessionDep, citizen: SignedIn) -> Response:
    """Every paper and every message of all cases."""
    cases = cases_of(session, citizen.id_number_index)
    return _page(
        request,
        services,
        citizen,
        "papers",
        papers=holdings.papers(session, cases),
        messages=holdings.messages(session, cases),
        paper_words=PAPERS,
        channel_words=CHANNELS,
        state_words=MESSAGE_STATES,
    )


@router.get("/cua-toi/giay-to/{document_id}.pdf")
def paper(document_id: uuid.UUID, services: ServicesDep, session: SessionDep, citizen: SignedIn) -> Response:
    """One paper; the look is logged."""
    cases = cases_of(session, citizen.id_number_index)
    for one in holdings.papers(session, cases):
        if one.document.id == document_id:
            return pdf_response(services, session, one.document, actor=citizen.actor)
    raise not_found("Không có giấy tờ này trong các hồ sơ của bạn", "This is not one of your papers")


@router.get("/cua-toi/du-lieu")
def data(request: Request, services: ServicesDep, session: SessionDep, citizen: SignedIn) -> Response:
    """What is kept about this person, who looked, how to take it away and how to have it mended."""
    cases = cases_of(session, citizen.id_number_index)
    own = [case.dossier for case in cases if case.part == "owner"]
    return _page(
        request,
        services,
        citizen,
        "data",
        id_number=masked_id(service.citizen_in(services, citizen).id_number),
        cases=cases,
        seen=looks.looks_at(session, own, viewer=citizen.actor),
        held=holdings.held(services, session, cases, actor=citizen.actor),
        kind_names=KIND_NAMES,
    )


@router.post("/cua-toi/du-lieu/tai-ve")
def download(request: Request, services: ServicesDep, session: SessionDep, citizen: Sends) -> Response:
    """All of it as a zip."""
    now = utc_now()
    path = archive.write(
        services,
        session,
        service.citizen_in(services, citizen),
        cases_of(session, citizen.id_number_index),
        actor=citizen.actor,
        language=screen_language(request),
        now=now,
    )
    audit.record(
        session,
        actor=citizen.actor,
        action="citizen.data_taken_away",
        subject_type="citizen_session",
        subject_id=citizen.id,
    )
    return FileResponse(
        path,
        media_type="application/zip",
        filename=f"du-lieu-cua-toi-{vietnam_date(now):%Y%m%d}.zip",
        headers={"Cache-Control": "private, no-store"},
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


def _own(session: Session, citizen: CitizenSession, dossier_id: uuid.UUID) -> Case:
    case = case_of(session, citizen.id_number_index, dossier_id)
    if case is None:
        raise not_found("Không có hồ sơ này trong các hồ sơ của bạn", "This is not one of your cases")
    return case


def _page(
    request: Request, services: Services, citizen: CitizenSession, page: str, **context: Any
) -> Response:
    who = service.citizen_in(services, citizen)
    return render(
        request,
        f"citizens/{page}.html",
        page=page,
        person=who.name,
        organisation=who.organisation,
        until=citizen.expires_at,
        **context,
    )
