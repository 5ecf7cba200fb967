"""The pages on which a company says where its program is told, and sees what became of each message."""

from __future__ import annotations

import uuid
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from backend.database import SessionDep, utc_now
from backend.errors import Problem
from backend.fleets import endpoints
from backend.fleets.models import Company
from backend.fleets.pages import HOME, company_page
from backend.fleets.visits import GivenForm, PostedCompany, VerifiedCompany, Visit, VisitOf, text
from backend.fleets.words import DELIVERY_STATES, ERRORS
from backend.services import ServicesDep

router = APIRouter(include_in_schema=False)
_PAGE = f"{HOME}/webhook"


@router.get(_PAGE)
def webhooks(request: Request, session: SessionDep, visit: VisitOf, company: VerifiedCompany) -> Response:
    """Addresses, and the newest messages."""
    return _page(request, session, visit, company)


@router.post(_PAGE)
def add(  # noqa: PLR0917 - FastAPI fills them in
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    visit: VisitOf,
    company: PostedCompany,
    given: GivenForm,
) -> Response:
    """A new address; its secret is shown on this one answer."""
    url = text(given, "url", most=600)
    try:
        _, secret = endpoints.add(services, session, company, url)
    except Problem as problem:
        return _page(request, session, visit, company, problem=problem, typed=url)
    return _page(request, session, visit, company, secret=secret)


@router.post(f"{_PAGE}/{{endpoint_id}}/{{act}}")
def change(  # noqa: PLR0917 - FastAPI fills them in
    endpoint_id: uuid.UUID,
    act: Literal["thu", "doi-khoa", "bo"],
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    visit: VisitOf,
    company: PostedCompany,
) -> Response:
    """Send a test, make a new secret, or remove the address."""
    now = utc_now()
    if act == "doi-khoa":
        secret = endpoints.rotate(services, session, company, endpoint_id, now)
        return _page(request, session, visit, company, secret=secret, rotated=True)
    if act == "thu":
        endpoints.send_test(session, company, endpoint_id, now)
    else:
        endpoints.remove(session, company, endpoint_id, now)
    return RedirectResponse(_PAGE, status_code=303)


@router.post(f"{_PAGE}/tin/{{delivery_id}}/gui-lai")
def resend(delivery_id: uuid.UUID, session: SessionDep, company: PostedCompany) -> Response:
    """Try one message again from the beginning."""
    endpoints.resend(session, company.id, delivery_id, utc_now())
    return RedirectResponse(_PAGE, status_code=303)


def _page(
    request: Request,
    session: Session,
    visit: Visit,
    company: Company,
    *,
    secret: str | None = None,
    rotated: bool = False,
    problem: Problem | None = None,
    typed: str = "",
) -> Response:
    return company_page(
        request,
        visit,
        "webhooks",
        problem.status if problem else 200,
        company=company,
        endpoints=endpoints.living(session, company),
        sent=endpoints.sent(session, company.id),
        delivery_states=DELIVERY_STATES,
        errors=ERRORS,
        secret=secret,
        rotated=rotated,
        problem=problem,
        typed=typed,
        now=utc_now(),
    )
