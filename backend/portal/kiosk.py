"""The kiosk: a shared touch screen. It shows one visit, forgets it when idle or done, and keeps no copy.

A machine becomes a kiosk by a one-time code (`backend.portal.pairing`), entered once at /kiosk. From then on
nothing it fetches is stored, a visit ends on the server too when no request came for a while, and pages have
a bar to print, listen, leave. A cookie that is not ours opens nothing; what it restricts stays restricted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.citizens.service import COOKIE as CITIZEN_COOKIE
from backend.citizens.service import forget
from backend.database import utc_now
from backend.payments.routes import client_address
from backend.portal import pairing
from backend.portal.entering import Place, Typed
from backend.portal.entering import enter as enter_case
from backend.portal.entry import GROUPS, Entry, scanned
from backend.portal.models import Kiosk
from backend.portal.service import COOKIE as VISIT_COOKIE
from backend.portal.service import OwnDossier, leave
from backend.services import Services, ServicesDep
from backend.settings import Settings
from backend.templating import KIOSK_COOKIE, render

router = APIRouter(include_in_schema=False)
SERVER_MARGIN_S: Final = 30
_PAIRED_FOR_S: Final = 365 * 86400
_WIPE: Final = '"cache", "storage"'


def idle_limit_s(settings: Settings) -> int:
    """How long the server keeps a kiosk's visit without a request: the screen's own time and a margin."""
    return settings.kiosk_idle_s + settings.kiosk_warning_s + SERVER_MARGIN_S


@router.get("/kiosk")
def start(request: Request, services: ServicesDep) -> Response:
    """The first screen; whatever was open on this machine ends here. Elsewhere: what a kiosk is."""
    if _paired(request, services, utc_now()) is None:
        return _unpaired(request, services)
    answer = _page(request, Entry())
    _end(request, services, answer)
    _set_cookie(answer, services.settings, request.cookies[KIOSK_COOKIE])
    return answer


@router.post("/kiosk/ghep")
def pair_machine(
    request: Request, services: ServicesDep, code: Annotated[str, Form(max_length=40)] = ""
) -> Response:
    """Make this machine a kiosk, by the code that somebody of staff was told. Raises Problem 429."""
    token = pairing.pair(services, code, client_address(request), utc_now())
    if token is None:
        return _unpaired(request, services, wrong=True)
    answer = RedirectResponse("/kiosk", status_code=303)
    _end(request, services, answer)
    _set_cookie(answer, services.settings, token)
    return answer


@router.post("/kiosk/nhip")
def beat(request: Request, services: ServicesDep) -> dict[str, bool]:
    """The machine is on; it learns whether it still is a kiosk."""
    return {"paired": _paired(request, services, utc_now()) is not None}


@dataclass(frozen=True)
class ScannedOrTyped(Typed):
    """The door's form, into whose number a scanner may have put a whole QR."""

    notice_number: Annotated[str, Form(max_length=300)] = ""


@router.post("/kiosk")
def enter(request: Request, services: ServicesDep, given: Annotated[ScannedOrTyped, Depends()]) -> Response:
    """Open the case for a short visit."""
    kiosk = _paired(request, services, utc_now())
    if kiosk is None:
        return _unpaired(request, services)
    entry, letter = scanned(given.entry)
    proof = given.proof(letter or given.t)
    place = Place("/kiosk", idle_limit_s(services.settings), kiosk.id)

    def form(entry: Entry, faults: tuple[str, ...]) -> Response:
        return _page(request, entry, faults, letter=proof.letter)

    return enter_case(request, services, entry, proof, place=place, form=form)


@router.post("/kiosk/con-day", status_code=204)
def still_here(_dossier: OwnDossier) -> None:
    """The person needs more time: the visit's clock begins anew."""


@router.post("/kiosk/het")
def finish(request: Request, services: ServicesDep) -> Response:
    """End the visit and have the browser forget what it holds."""
    answer = RedirectResponse("/kiosk", status_code=303, headers={"Clear-Site-Data": _WIPE})
    _end(request, services, answer)
    return answer


class KioskKeepsNothing:
    """ASGI middleware: on a kiosk no answer but a style or script may be stored."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/static/") or not _on_kiosk(scope):
            await self._app(scope, receive, send)
            return

        async def send_unstored(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, send_unstored)


def _end(request: Request, services: Services, answer: Response) -> None:
    """End the visit, and the sign-in by e-ID that a machine may have from before it became a kiosk."""
    leave(services.database, request.cookies.get(VISIT_COOKIE, ""))
    answer.delete_cookie(VISIT_COOKIE)
    with services.database.unit_of_work() as session:
        forget(session, request.cookies.get(CITIZEN_COOKIE, ""), answer, utc_now())


def _on_kiosk(scope: Scope) -> bool:
    return KIOSK_COOKIE in cookie_parser(Headers(scope=scope).get("cookie", ""))


def _paired(request: Request, services: Services, now: datetime) -> Kiosk | None:
    with services.database.unit_of_work() as session:
        return pairing.recognised(session, request.cookies.get(KIOSK_COOKIE, ""), now)


def _set_cookie(answer: Response, settings: Settings, token: str) -> None:
    answer.set_cookie(
        KIOSK_COOKIE,
        token,
        max_age=_PAIRED_FOR_S,
        httponly=True,
        samesite="strict",
        secure=settings.cookies_secure,
    )


def _unpaired(request: Request, services: Services, *, wrong: bool = False) -> Response:
    """What to do here, for whoever came by chance and for whoever sets the machine up."""
    status_code = 422 if wrong else 200 if request.method == "GET" else 403
    answer = render(request, "portal/unpaired.html", status_code=status_code, kiosk=False, wrong=wrong)
    if KIOSK_COOKIE in request.cookies:  # revoked: what was open on it ends
        _end(request, services, answer)
        answer.delete_cookie(KIOSK_COOKIE)
    return answer


def _page(request: Request, entry: Entry, faults: tuple[str, ...] = (), *, letter: str = "") -> Response:
    return render(
        request,
        "portal/kiosk.html",
        status_code=422 if faults else 200,
        entry=entry,
        faults=faults,
        groups=GROUPS,
        letter=letter,
        kiosk=True,
    )
