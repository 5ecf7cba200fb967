"""The e-ID's door: off to the issuer, back with somebody verified, out again here and there."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from backend.citizens import service
from backend.citizens.eid import LEFT, citizen_in, client_of, high_enough
from backend.citizens.models import CitizenSession
from backend.citizens.service import COOKIE, FOR_COMPANIES, FOR_KIOSKS, FOR_PEOPLE, Sends
from backend.database import SessionDep, utc_now
from backend.i18n import screen_language
from backend.oidc import kept
from backend.oidc.values import OidcError, Returned
from backend.portal import service as visits
from backend.services import Services, ServicesDep
from backend.templating import KIOSK_COOKIE, render

logger = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)
_UNDER_WAY = "pn_eid"
_STATUS = {"silent": 503, "refused": 403, "expired": 400, "level": 403, "broken": 502}
_FAULTS: Mapping[OidcError.Code, str] = {
    "unavailable": "silent",
    "discovery": "silent",
    "keys": "silent",
    "denied": "refused",
    "state": "expired",
    "token": "expired",
    "id_token": "broken",
}


@router.get("/cua-toi/dang-nhap")
def door(request: Request) -> Response:
    """What signing in shows, what it needs, and the button. A shared screen has no such door."""
    if KIOSK_COOKIE in request.cookies:
        return RedirectResponse(FOR_KIOSKS, status_code=303)
    return render(request, "citizens/door.html", fault=None)


@router.get("/cua-toi/dang-nhap/eid")
def off(request: Request, services: ServicesDep) -> Response:
    """On to the issuer. It asks again each time: the next person at a shared computer must not be let in."""
    if KIOSK_COOKIE in request.cookies:
        return RedirectResponse(FOR_KIOSKS, status_code=303)
    try:
        begun = client_of(services.settings).begin(prompt="login", ui_locales=screen_language(request))
    except OidcError as error:
        return _failed(request, _FAULTS[error.code], str(error))
    answer = RedirectResponse(begun.url, status_code=303)
    kept.keep(answer, services, _UNDER_WAY, begun.pending, utc_now())
    return answer


@router.get("/cua-toi/vao")
def back(request: Request, services: ServicesDep, session: SessionDep) -> Response:
    """Back from the issuer: checked, level 2, and then a session. A wrong or old answer opens nothing."""
    now, client = utc_now(), client_of(services.settings)
    pending = kept.take(request, services, _UNDER_WAY, now)
    if pending is None:
        return _failed(request, "expired", "no sign-in under way in this browser")
    returned = Returned(
        **{name: request.query_params.get(name) for name in ("code", "state", "iss", "error")}
    )
    try:
        verified = client.finish(returned, pending)
        claims = {**client.userinfo(verified), **verified.claims}
    except OidcError as error:
        return _failed(request, _FAULTS[error.code], str(error))
    if not high_enough(services.settings, verified.acr):
        return _failed(request, "level", f"acr {verified.acr!r}")
    citizen = citizen_in(services.settings, claims)
    if citizen is None:
        return _failed(request, "broken", "no identification number or no name among the claims")
    token = service.enter(services, session, verified, citizen, now)
    # A page, not a redirect: a strict cookie does not travel on a navigation that began at the issuer.
    home = FOR_COMPANIES if citizen.organisation else FOR_PEOPLE
    answer = render(request, "citizens/entered.html", person=citizen.name, home=home)
    answer.delete_cookie(_UNDER_WAY)
    for path in dict.fromkeys((FOR_PEOPLE, home, FOR_KIOSKS)):
        answer.set_cookie(
            COOKIE,
            token,
            max_age=int(service.LIFETIME.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=services.settings.cookies_secure,
            path=path,
        )
    return answer


@router.post("/cua-toi/thoat")
def sign_out(request: Request, services: ServicesDep, session: SessionDep, citizen: Sends) -> Response:
    """End the session here, then offer the way to end the one at the e-ID."""
    answer = render(request, "citizens/left.html", leave_eid=_leave_address(services, citizen))
    service.forget(session, request.cookies.get(COOKIE, ""), answer, utc_now())
    answer.delete_cookie(visits.COOKIE)
    return answer


@router.get("/cua-toi/da-thoat")
def left(request: Request) -> Response:
    """Signed out, here and at the e-ID."""
    return render(request, "citizens/left.html", leave_eid=None)


@router.post("/v1/eid/logout")
def told_to_leave(
    services: ServicesDep, session: SessionDep, logout_token: Annotated[str, Form(max_length=8000)] = ""
) -> Response:
    """The issuer says that a sign-in has ended (OpenID Connect Back-Channel Logout 1.0)."""
    headers = {"Cache-Control": "no-store"}
    try:
        told = client_of(services.settings).ended(logout_token)
    except OidcError as error:
        logger.warning("back-channel logout refused: %s", error)
        return JSONResponse({"error": "invalid_request"}, 400, headers=headers)
    service.ended_at_issuer(services, session, told, utc_now())
    return Response(status_code=200, headers=headers)


def _leave_address(services: Services, citizen: CitizenSession) -> str | None:
    back_to = f"{services.settings.public_url}{LEFT}"
    try:
        return client_of(services.settings).end_session_url(service.id_token_in(services, citizen), back_to)
    except OidcError as error:
        logger.warning("no way to sign out at the e-ID: %s", error)
        return None


def _failed(request: Request, fault: str, text: str) -> Response:
    """The door again, with what went wrong in plain words; the log has the rest, which names nobody."""
    logger.warning("sign-in by e-ID failed: %s", text)
    answer = render(request, "citizens/door.html", status_code=_STATUS[fault], fault=fault)
    answer.delete_cookie(_UNDER_WAY)
    return answer
