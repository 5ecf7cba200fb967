"""The officers' pages of companies that ask to subscribe: papers, vehicles in the registry, a decision."""

from __future__ import annotations

import uuid
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.guards import Officer
from backend.accounts.models import Account
from backend.database import SessionDep, utc_now
from backend.errors import not_found
from backend.fleets import service
from backend.fleets.checking import REASONS
from backend.fleets.models import CompanyState
from backend.fleets.words import PLATE_STATES, STATES
from backend.services import Services, ServicesDep
from backend.templating import render
from penalty.plates import KIND_NAMES

router = APIRouter(include_in_schema=False)
_HOME: Final = "/canh-sat/doanh-nghiep"
_SHORTEST: Final = 10
_BECOMES: Final = {
    "xac-minh": CompanyState.VERIFIED,
    "tu-choi": CompanyState.REFUSED,
    "tam-ngung": CompanyState.SUSPENDED,
}


@router.get(_HOME)
def companies(request: Request, session: SessionDep, officer: Officer) -> Response:
    """All companies, those that wait for an officer first."""
    return render(
        request,
        "fleets/companies.html",
        companies=service.companies(session),
        states=STATES,
        account=officer,
        section="companies",
    )


@router.get(f"{_HOME}/{{company_id}}")
def company(
    company_id: uuid.UUID, request: Request, services: ServicesDep, session: SessionDep, officer: Officer
) -> Response:
    """One company; the look at whom to call is logged."""
    return _company(request, services, session, company_id, officer)


@router.get(f"{_HOME}/{{company_id}}/giay-to/{{place}}")
def paper(
    company_id: uuid.UUID, place: int, services: ServicesDep, session: SessionDep, officer: Officer
) -> Response:
    """A picture of a paper; the look is logged."""
    found = service.find(session, company_id)
    papers = service.papers_of(session, found)
    if not 1 <= place <= len(papers):
        raise not_found("Không có giấy tờ này", "There is no such paper")
    one = papers[place - 1]
    _looked(session, company_id, officer, "company.paper_viewed")
    content = services.store.read(services.settings.s3_documents_bucket, one.object_key)
    headers = {"Content-Disposition": f'inline; filename="giay-to-{place}.jpg"', "Cache-Control": "no-store"}
    return Response(content, media_type=one.media_type, headers=headers)


@router.post(f"{_HOME}/{{company_id}}/dang-ky-xe")
def ask_registry(company_id: uuid.UUID, session: SessionDep, officer: Officer) -> Response:
    """Ask the registry about every vehicle that waits, in this officer's name."""
    service.ask_registry(session, service.find(session, company_id), officer)
    return RedirectResponse(f"{_HOME}/{company_id}", status_code=303)


@router.post(f"{_HOME}/{{company_id}}/{{act}}")
def decide(
    company_id: uuid.UUID,
    act: Literal["xac-minh", "tu-choi", "tam-ngung"],
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    *,
    officer: Officer,
    expected_version: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Verify (also after a suspension), refuse or suspend; the latter two with a reason the company reads."""
    if act != "xac-minh" and len(reason.strip()) < _SHORTEST:
        return _company(request, services, session, company_id, officer, faulty=act, given=reason)
    service.decide(
        session,
        company_id,
        _BECOMES[act],
        officer,
        reason=reason.strip() if act != "xac-minh" else "",
        expected_version=expected_version,
        now=utc_now(),
    )
    return RedirectResponse(f"{_HOME}/{company_id}", status_code=303)


def _company(
    request: Request,
    services: Services,
    session: Session,
    company_id: uuid.UUID,
    officer: Account,
    *,
    faulty: str = "",
    given: str = "",
) -> Response:
    found = service.find(session, company_id)
    _looked(session, company_id, officer, "company.viewed")
    return render(
        request,
        "fleets/company.html",
        status_code=422 if faulty else 200,
        company=found,
        contact=service.contact_of(services, found),
        papers=service.papers_of(session, found),
        plates=service.plates_of(session, found),
        states=STATES,
        plate_states=PLATE_STATES,
        reasons=REASONS,
        kind_names=KIND_NAMES,
        faulty=faulty,
        given=given,
        account=officer,
        section="companies",
    )


def _looked(session: Session, company_id: uuid.UUID, officer: Account, action: str) -> None:
    audit.record(session, actor=officer.actor, action=action, subject_type="company", subject_id=company_id)
