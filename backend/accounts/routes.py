"""Signing in and out, for programs and for people."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from backend.accounts import issuer, refusals
from backend.accounts.cookies import STEP_PAGES, browser_of, home_of, next_page, safe, set_cookie
from backend.accounts.guards import COOKIE, AnyStaff, AnyStage, CurrentSession
from backend.accounts.schemas import Credentials, SessionView, account_view
from backend.accounts.service import (
    SignedIn,
    find_session,
    give_code,
    sign_in,
    sign_in_as,
    sign_out,
)
from backend.database import SessionDep, utc_now
from backend.errors import Problem
from backend.oidc import kept
from backend.oidc.client import Client
from backend.oidc.values import Identity, OidcError, Returned
from backend.services import Services, ServicesDep
from backend.templating import render

logger = logging.getLogger(__name__)
router = APIRouter(tags=["accounts"])
_UNDER_WAY = "pn_sso"


@router.post("/v1/sessions", status_code=201)
def create_session(
    credentials: Credentials, request: Request, response: Response, services: ServicesDep
) -> SessionView:
    """Sign in: the cookie `pn_session` and the token that changing requests send in X-CSRF-Token.

    401 `second_factor_needed` where `code` is owed; 403 `sign_in_incomplete` where a person has to set a
    second factor or a password of his own in a browser first.
    """
    signed_in = sign_in(
        services.database,
        services.settings,
        username=credentials.username,
        password=credentials.password,
        code=credentials.code,
        browser=browser_of(request),
        now=utc_now(),
    )
    if signed_in.stage != "full":
        with services.database.unit_of_work() as session:
            sign_out(session, signed_in.token, utc_now())
        raise refusals.sign_in_incomplete(signed_in.stage)
    set_cookie(response, services, signed_in)
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
    found = find_session(session, request.cookies.get(COOKIE, ""), utc_now(), stage=None)
    if found:
        return RedirectResponse(
            STEP_PAGES.get(found[1].stage) or safe(next) or home_of(found[0]), status_code=303
        )
    return _sign_in_page(request, next_=safe(next))


@router.post("/dang-nhap", response_class=HTMLResponse, include_in_schema=False)
def sign_in_by_form(
    request: Request,
    services: ServicesDep,
    username: Annotated[str, Form(max_length=100)] = "",
    password: Annotated[str, Form(max_length=200)] = "",
    next: Annotated[str, Form(max_length=300)] = "",  # noqa: A002
) -> Response:
    try:
        signed_in = sign_in(
            services.database,
            services.settings,
            username=username,
            password=password,
            browser=browser_of(request),
            now=utc_now(),
        )
    except Problem as problem:
        return _sign_in_page(request, next_=safe(next), username=username, problem=problem)
    return _enter(services, signed_in, next)


@router.get("/dang-nhap/ma", response_class=HTMLResponse, include_in_schema=False)
def code_page(request: Request, current: AnyStage) -> Response:
    """The second factor, after a right password."""
    if current[1].stage != "second_factor":
        return RedirectResponse(STEP_PAGES.get(current[1].stage, "/dang-nhap"), status_code=303)
    return render(request, "accounts/code.html", problem=None, account=None)


@router.post("/dang-nhap/ma", response_class=HTMLResponse, include_in_schema=False)
def code_by_form(
    request: Request,
    services: ServicesDep,
    _current: AnyStage,
    code: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    try:
        signed_in = give_code(
            services.database,
            services.settings,
            token=request.cookies.get(COOKIE, ""),
            code=code,
            browser=browser_of(request),
            now=utc_now(),
        )
    except Problem as problem:
        if problem.code == "not_signed_in":
            raise
        return render(
            request,
            "accounts/code.html",
            status_code=problem.status,
            headers=problem.headers,
            problem=problem,
            account=None,
        )
    return _enter(services, signed_in)


@router.get("/dang-nhap/oidc", include_in_schema=False)
def sign_in_at_issuer(request: Request, services: ServicesDep) -> Response:
    """Send the browser to the authority's issuer."""
    client = issuer.client_of(services.settings)
    if client is None:
        return RedirectResponse("/dang-nhap", status_code=303)
    try:
        begun = client.begin()
    except OidcError as error:
        logger.warning("staff sign-in: %s", error)
        return _sign_in_page(request, problem=issuer.problem_of(error))
    response = RedirectResponse(begun.url, status_code=303)
    kept.keep(response, services, _UNDER_WAY, begun.pending, utc_now())
    return response


@router.get(issuer.RETURN_PATH, include_in_schema=False)
def back_from_issuer(request: Request, services: ServicesDep, session: SessionDep) -> Response:
    """The issuer sends the browser back: who is it?"""
    client = issuer.client_of(services.settings)
    if client is None:
        return RedirectResponse("/dang-nhap", status_code=303)
    now = utc_now()
    try:
        who = _who_came_back(request, services, client, now)
        account = issuer.account_of(session, services.settings, who, now)
    except OidcError as error:
        logger.warning("staff sign-in: %s", error)
        return _not_let_in(request, issuer.problem_of(error))
    if account is None:
        return _not_let_in(request, issuer.stranger())
    strong = issuer.is_strong(services.settings, who)
    signed_in = sign_in_as(
        session, services.settings, account, browser=browser_of(request), now=now, strong=strong
    )
    response = _enter(services, signed_in)
    response.delete_cookie(_UNDER_WAY)
    return response


@router.post("/dang-xuat", include_in_schema=False)
def sign_out_by_form(request: Request, session: SessionDep, _current: AnyStage) -> Response:
    sign_out(session, request.cookies.get(COOKIE, ""), utc_now())
    response = RedirectResponse("/dang-nhap", status_code=303)
    response.delete_cookie(COOKIE, path="/")
    return response


def _who_came_back(request: Request, services: Services, client: Client, now: datetime) -> Identity:
    pending = kept.take(request, services, _UNDER_WAY, now)
    if pending is None:
        raise OidcError("state", "no sign-in under way in this browser")
    query = {name: request.query_params.get(name) for name in ("code", "state", "iss", "error")}
    return client.finish(Returned(**query), pending)


def _not_let_in(request: Request, problem: Problem) -> Response:
    """What went wrong at the issuer; the sign-in under way is over."""
    response = _sign_in_page(request, problem=problem)
    response.delete_cookie(_UNDER_WAY)
    return response


def _enter(services: Services, signed_in: SignedIn, asked_for: str = "") -> Response:
    response = RedirectResponse(next_page(signed_in, asked_for), status_code=303)
    set_cookie(response, services, signed_in)
    return response


def _sign_in_page(
    request: Request, *, next_: str = "", username: str = "", problem: Problem | None = None
) -> Response:
    return render(
        request,
        "accounts/sign_in.html",
        status_code=problem.status if problem else 200,
        headers=problem.headers if problem else None,
        next=next_,
        username=username,
        problem=problem,
    )
