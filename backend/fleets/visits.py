"""Companies that signed in by e-ID: which organisation a visit belongs to, and what it may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from backend.citizens import service as citizens
from backend.citizens.eid import Citizen
from backend.citizens.models import CitizenSession
from backend.citizens.service import SignedIn
from backend.database import SessionDep
from backend.errors import Problem
from backend.fleets import keys, service
from backend.fleets.models import Company, CompanyState
from backend.services import ServicesDep

MOST_FIELDS = 40
MOST_FILES = 6


@dataclass(frozen=True)
class Visit:
    """A signed-in organisation; `company` is None until it asked to subscribe."""

    row: CitizenSession
    citizen: Citizen
    company: Company | None


async def _form(request: Request, _row: SignedIn) -> FormData:
    """Read once somebody is signed in: nobody else's files are taken in."""
    return await request.form(max_fields=MOST_FIELDS, max_files=MOST_FILES)


GivenForm = Annotated[FormData, Depends(_form)]


def visit(services: ServicesDep, session: SessionDep, row: SignedIn) -> Visit:
    """The organisation of this sign-in. Raises Problem 403 for a person."""
    citizen = citizens.citizen_in(services, row)
    if not citizen.organisation:
        raise Problem(
            403,
            "organisation_needed",
            "Trang này dành cho tài khoản tổ chức",
            "This page is for accounts of organisations",
            "Bạn đang đăng nhập bằng tài khoản cá nhân. Hãy đăng nhập bằng tài khoản định danh của tổ chức.",
            "You are signed in as a person. Sign in with the e-ID account of the organisation.",
        )
    return Visit(row, citizen, service.company_of(session, service.index_of(services, citizen)))


def _posted(of: Annotated[Visit, Depends(visit)], given: GivenForm) -> Visit:
    citizens.check_form(of.row, text(given, "csrf_token"))
    return of


def _own(of: Annotated[Visit, Depends(visit)]) -> Company:
    return _verified(of)


def _own_posted(of: Annotated[Visit, Depends(_posted)]) -> Company:
    return _verified(of)


def _verified(of: Visit) -> Company:
    if of.company is None or of.company.state != CompanyState.VERIFIED:
        raise keys.not_verified()
    return of.company


def text(given: FormData, name: str, *, most: int = 200) -> str:
    """A field of the form without its edges and without NUL; a file or nothing is the empty text."""
    value = given.get(name)
    return value.replace("\0", "").strip()[:most] if isinstance(value, str) else ""


VisitOf = Annotated[Visit, Depends(visit)]
PostedVisit = Annotated[Visit, Depends(_posted)]
"""With the form's own token checked."""
VerifiedCompany = Annotated[Company, Depends(_own)]
PostedCompany = Annotated[Company, Depends(_own_posted)]
