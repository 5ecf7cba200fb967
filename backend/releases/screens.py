"""The operators' screens about releases: what there is, which box runs what, and roll-outs."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import select

from backend.accounts.guards import Operator
from backend.cameras.refusals import nothing_chosen
from backend.cameras.words import STEP_NAMES
from backend.database import SessionDep, utc_now
from backend.errors import Problem
from backend.i18n import screen_language
from backend.releases import rollouts, service, software, views
from backend.releases.models import ReleaseRollOut
from backend.releases.refusals import WHY_NOT
from backend.review.words import name_of
from backend.services import Services, ServicesDep
from backend.templating import render
from backend.uploads import GivenForm, upload_in

router = APIRouter(include_in_schema=False)

_PAGE = "/dieu-hanh/phan-mem"
_SHOWN = 20
Text = Annotated[str, Form()]


@router.get(_PAGE, response_class=HTMLResponse)
def releases_page(
    request: Request, session: SessionDep, services: ServicesDep, _operator: Operator
) -> HTMLResponse:
    return _releases(request, session, services)


@router.post(_PAGE, response_class=HTMLResponse)
def publish(
    request: Request, session: SessionDep, services: ServicesDep, operator: Operator, form: GivenForm
) -> Response:
    try:
        content = upload_in(form).content
        found = service.publish(session, services, content, actor=operator.actor, now=utc_now())
    except Problem as problem:
        return _releases(request, session, services, problem=problem)
    return RedirectResponse(f"{_PAGE}/{found.version}", status_code=303)


@router.get(f"{_PAGE}/{{version}}", response_class=HTMLResponse)
def release_page(
    version: str, request: Request, session: SessionDep, services: ServicesDep, _operator: Operator
) -> HTMLResponse:
    lang = screen_language(request)
    found = service.release(session, version)
    settings = services.settings
    return render(
        request,
        "releases/release.html",
        section="operations",
        tab="boxes",
        release=found,
        boxes=software.versions(session, settings, utc_now(), version),
        why_not=lambda key: name_of(WHY_NOT, key, lang),
        share=round(100 * settings.release_share),
        watch_min=round(settings.release_watch_s / 60),
    )


@router.post(f"{_PAGE}/{{version}}/trien-khai")
def begin_roll_out(
    version: str,
    session: SessionDep,
    services: ServicesDep,
    operator: Operator,
    *,
    device_id: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
    note: Text = "",
) -> Response:
    if not device_id:
        raise nothing_chosen("Chưa chọn hộp nào", "No box is chosen")
    found = rollouts.begin(
        session,
        services.settings,
        version,
        device_ids=device_id,
        note=note,
        operator=operator,
        now=utc_now(),
    )
    return _to(found.id)


@router.get(f"{_PAGE}/dot/{{roll_out_id}}", response_class=HTMLResponse)
def roll_out_page(
    roll_out_id: uuid.UUID, request: Request, session: SessionDep, services: ServicesDep, _operator: Operator
) -> HTMLResponse:
    lang = screen_language(request)
    found = rollouts.roll_out(session, roll_out_id)
    names = {one.device_id: one for one in software.versions(session, services.settings, utc_now())}
    return render(
        request,
        "releases/roll_out.html",
        section="operations",
        tab="boxes",
        view=views.roll_out_view(session, found),
        boxes=names,
        step_name=lambda key: name_of(STEP_NAMES, key, lang),
        watch_min=round(services.settings.release_watch_s / 60),
    )


@router.post(f"{_PAGE}/dot/{{roll_out_id}}/dung")
def stop_roll_out(roll_out_id: uuid.UUID, session: SessionDep, operator: Operator) -> Response:
    return _to(rollouts.stop(session, roll_out_id, operator=operator, now=utc_now()).id)


@router.post(f"{_PAGE}/dot/{{roll_out_id}}/tam-dung")
def pause_roll_out(roll_out_id: uuid.UUID, session: SessionDep, operator: Operator) -> Response:
    return _to(rollouts.pause(session, roll_out_id, operator=operator).id)


@router.post(f"{_PAGE}/dot/{{roll_out_id}}/tiep-tuc")
def go_on(roll_out_id: uuid.UUID, session: SessionDep, services: ServicesDep, operator: Operator) -> Response:
    return _to(rollouts.go_on(session, services.settings, roll_out_id, operator=operator, now=utc_now()).id)


def _releases(
    request: Request, session: SessionDep, services: Services, *, problem: Problem | None = None
) -> HTMLResponse:
    newest = select(ReleaseRollOut).order_by(ReleaseRollOut.started_at.desc()).limit(_SHOWN)
    return render(
        request,
        "releases/releases.html",
        status_code=problem.status if problem else 200,
        section="operations",
        tab="boxes",
        releases=service.releases(session),
        boxes=software.versions(session, services.settings, utc_now()),
        roll_outs=[views.roll_out_view(session, one) for one in session.scalars(newest)],
        trusts=bool(services.settings.release_public_keys),
        problem=problem,
    )


def _to(roll_out_id: uuid.UUID) -> Response:
    return RedirectResponse(f"{_PAGE}/dot/{roll_out_id}", status_code=303)
