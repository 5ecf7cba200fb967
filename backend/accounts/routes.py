"""Signing in and out, for programs and for people."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from backend.accounts.guards import COOKIE, AnyStaff, CurrentSession
from backend.accounts.models import Account, Role
from backend.accounts.schemas import Credentials, SessionView, account_view
from backend.accounts.service import SignedIn, find_session, sign_in, sign_out
from backend.database import SessionDep, utc_now
from backend.errors import Problem
from backend.services import Services, ServicesDep
from backend.templating import render

router = APIRouter(tags=["accounts"])
_HOMES: Final[tuple[tuple[Role, str], ...]] = (
    ("officer", "/canh-sat"),
    ("team_chief", "/canh-sat"),
    ("division", "/canh-sat/ho-so"),
    ("commune", "/canh-sat/ho-so"),
    ("operator", "/dieu-hanh"),
    ("clerk", "/quay"),
)


def home_of(account: Account) -> str:
    """Where this person's work lies."""
    return next((path for role, path in _HOMES if account.has(role)), "/tai-khoan")


def _enter(request: Request, services: Services, username: str, password: str) -> SignedIn:
    return sign_in(
        services.database,
        username=username,
        password=password,
        client=request.client.host if request.client else "unknown",
        now=utc_now(),
        hours=services.settings.session_hours,
    )


def _set_cookie(response: Response, services: Services, signed_in: SignedIn) -> None:
    response.set_cookie(
        COOKIE,
        signed_in.token,
        max_age=services.settings.session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=services.settings.cookies_secure,
        path="/",
    )


@router.post("/v1/sessions", status_code=201)
def create_session(
    credentials: Credentials, request: Request, response: Response, services: ServicesDep
) -> SessionView:
    """Sign in: the cookie `pn_session` and the token that changing requests send in X-CSRF-Token."""
    signed_in = _enter(request, services, credentials.username, credentials.password)
    _set_cookie(response, services, signed_in)
    return SessionView(account=account_view(signed_in.account), csrf_token=signed_in.csrf_token)


@router.get("/v1/sessions/current")
def current_session(current: CurrentSession) -> SessionView:
    account, account_session = current
    return SessionView(account=account_view(account), csrf_token=account_session.csrf_token)


@router.delete("/v1/sessions/current", status_code=204)
def delete_session(request: Request, response: Response, session: SessionDep, _account: AnyStaff) -> None:
    sign_out(session, request.cookies.get(COOKIE, ""), utc_now())
    response.delete_cookie(COOKIE, path="/")


@router.get("/dang-nhap", response_class=HTMLResponse, include_in_schema=False)
def sign_in_page(request: Request, session: SessionDep, next: str = "") -> Response:  # noqa: A002 -- the query's name
    found = find_session(session, request.cookies.get(COOKIE, ""), utc_now())
    if found:
        return RedirectResponse(_safe(next) or home_of(found[0]), status_code=303)
    return render(request, "accounts/sign_in.html", next=_safe(next), username="", problem=None)


@router.post("/dang-nhap", response_class=HTMLResponse, include_in_schema=False)
def sign_in_by_form(
    request: Request,
    services: ServicesDep,
    username: Annotated[str, Form(max_length=100)] = "",
    password: Annotated[str, Form(max_length=200)] = "",
    next: Annotated[str, Form(max_length=300)] = "",  # noqa: A002
) -> Response:
    try:
        signed_in = _enter(request, services, username, password)
    except Problem as problem:
        return render(
            request,
            "accounts/sign_in.html",
            status_code=problem.status,
            headers=problem.headers,
            next=_safe(next),
            username=username,
            problem=problem,
        )
    response = RedirectResponse(_safe(next) or home_of(signed_in.account), status_code=303)
    _set_cookie(response, services, signed_in)
    return response


@router.post("/dang-xuat", include_in_schema=False)
def sign_out_by_form(request: Request, session: SessionDep, _account: AnyStaff) -> Response:
    sign_out(session, request.cookies.get(COOKIE, ""), utc_now())
    response = RedirectResponse("/dang-nhap", status_code=303)
    response.delete_cookie(COOKIE, path="/")
    return response


def _safe(address: str) -> str:
    """A path on this site, or nothing: a sign-in must not send people elsewhere."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not address.startswith("/") or address.startswith(("//", "/\\")):
        return ""
    return address
