"""Where administrators and operators say which machines are kiosks."""

from __future__ import annotations

import uuid
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.orm import Session

from backend.accounts.guards import require_role
from backend.accounts.models import Account
from backend.database import SessionDep, utc_now
from backend.dossiers.secrets import shown
from backend.portal import pairing
from backend.services import ServicesDep
from backend.templating import render

router = APIRouter(include_in_schema=False)
_HERE: Final = "/quan-tri/kiosk"
_SHORTEST_PLACE: Final = 3
KioskKeeper = Annotated[Account, Depends(require_role("administrator", "operator"))]


@router.get(_HERE)
def kiosks_page(request: Request, session: SessionDep, _keeper: KioskKeeper) -> Response:
    """Each kiosk with its place and when it was last heard of."""
    return _page(request, session)


@router.post(_HERE)
def issue_code(
    request: Request,
    services: ServicesDep,
    session: SessionDep,
    keeper: KioskKeeper,
    place: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """A code for the machine at a place, told once."""
    place = place.strip()
    if len(place) < _SHORTEST_PLACE:
        return _page(request, session, fault=True)
    code = pairing.issue(services, session, place, keeper, utc_now())
    return _page(request, session, code=shown(code), place=place)


@router.post(_HERE + "/{kiosk_id}/thu-hoi")
def revoke(kiosk_id: uuid.UUID, session: SessionDep, keeper: KioskKeeper) -> Response:
    """The machine is no kiosk any more."""
    pairing.revoke(session, kiosk_id, keeper, utc_now())
    return RedirectResponse(_HERE, status_code=303)


def _page(
    request: Request, session: Session, *, code: str | None = None, place: str = "", fault: bool = False
) -> Response:
    return render(
        request,
        "portal/kiosks.html",
        status_code=422 if fault else 200,
        kiosks=pairing.known(session, utc_now()),
        code=code,
        place=place,
        fault=fault,
        lives_min=int(pairing.CODE_LIFETIME.total_seconds() // 60),
        section="administration",
    )
