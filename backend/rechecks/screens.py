"""Pages of the second review: one report seen blind, differences, and the published error rate."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from sqlalchemy.orm import Session

from backend.accounts.guards import Reviewer, TeamChief
from backend.accounts.models import Account
from backend.database import SessionDep, utc_now
from backend.errors import Problem
from backend.i18n import screen_language
from backend.rechecks import queries, service
from backend.rechecks.refusals import not_claimed, reason_needed
from backend.rechecks.schemas import QualityForm, Settlement
from backend.review.queries import blind_detail
from backend.review.screens import names, report_context
from backend.review.words import REJECT_REASONS
from backend.services import ServicesDep
from backend.templating import render

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)


@router.get("/canh-sat/duyet-lai")
def differences_page(request: Request, session: SessionDep, chief: TeamChief) -> HTMLResponse:
    """Verdicts that differ."""
    return _differences(request, session, chief)


@router.get("/canh-sat/duyet-lai/{recheck_id}")
def second_page(
    recheck_id: uuid.UUID, request: Request, services: ServicesDep, session: SessionDep, officer: Reviewer
) -> HTMLResponse:
    """The evidence of one report, for the second officer who holds it."""
    recheck, violation = queries.find(session, recheck_id)
    if recheck.claimed_by != officer.id or recheck.second_at is not None:
        raise not_claimed()
    detail = blind_detail(session, violation)
    return render(
        request,
        "rechecks/one.html",
        section="review",
        recheck=recheck,
        **report_context(services.settings, detail, screen_language(request)),
    )


@router.post("/canh-sat/duyet-lai/{recheck_id}/giai-quyet")
def settle(
    recheck_id: uuid.UUID,
    request: Request,
    session: SessionDep,
    chief: TeamChief,
    *,
    expected_version: Annotated[int, Form()],
    for_whom: Annotated[Literal["first", "second"], Form()],
    reason: Annotated[str, Form()] = "",
) -> Response:
    """A chief's word, then the list again; refused, the list says why."""
    try:
        settlement = Settlement(expected_version=expected_version, for_whom=for_whom, reason=reason)
    except ValidationError:
        return _differences(request, session, chief, reason_needed())
    try:
        service.settle(session, recheck_id, chief, settlement, utc_now())
    except Problem as fault:
        return _differences(request, session, chief, fault)
    return RedirectResponse("/canh-sat/duyet-lai", status_code=303)


@router.get("/chat-luong-duyet")
def quality_page(
    request: Request, session: SessionDep, services: ServicesDep, days: Annotated[QualityForm, Query()]
) -> HTMLResponse:
    """The published error rate, for anybody."""
    asked = days.model_dump(exclude_none=True)
    return render(
        request,
        "rechecks/quality.html",
        quality=queries.quality(
            session, **days.model_dump(), share_drawn=services.settings.second_review_share, now=utc_now()
        ),
        query=urlencode(asked),
        **names(screen_language(request)),
    )


def _differences(
    request: Request, session: Session, chief: Account, fault: Problem | None = None
) -> HTMLResponse:
    lang = screen_language(request)
    return render(
        request,
        "rechecks/differences.html",
        status_code=fault.status if fault else 200,
        section="review",
        differences=queries.differences(session, chief),
        reasons={reason.code: reason.vi if lang == "vi" else reason.en for reason in REJECT_REASONS},
        fault=fault,
        **names(lang),
    )
