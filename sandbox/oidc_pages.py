"""An OpenID Connect issuer over HTTP, with the two pages its users see: who are you, and do you agree."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode

import httpx2
from fastapi import FastAPI, Form, Header, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict

from sandbox.oidc import Asked, Client, Issuer, RefusedError, Subject
from sandbox.pages import render

_COOKIE = "issuer_session"
_OTHER = "other"
_NO_STORE = {"Cache-Control": "no-store"}


class Registration(BaseModel):
    """A client as `PUT /control/clients/{client_id}` registers it."""

    model_config = ConfigDict(extra="forbid")

    name: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    jwks: dict[str, Any] | None = None
    jwks_uri: str = ""
    secret: str = ""


@dataclass(frozen=True)
class Session:
    """Somebody signed in at the issuer in one browser, and the clients that were told so."""

    subject: Subject
    level: str
    clients: frozenset[str] = frozenset()


def fetch_json(url: str) -> dict[str, Any]:
    """A client's keys. Raises ValueError where they cannot be had."""
    try:
        answer = httpx2.get(url, timeout=5, trust_env=False)
        found: dict[str, Any] = answer.raise_for_status().json()
    except httpx2.HTTPError as error:
        raise ValueError(f"{url}: {type(error).__name__}") from error
    return found


@dataclass
class _Site:
    """The issuer with whoever is signed in there, in this process's memory."""

    issuer: Issuer
    subjects: Callable[[], list[Subject]]
    title: tuple[str, str]
    sessions: dict[str, Session] = field(default_factory=dict)

    def page(self, name: str, request: Request, status: int = 200, **values: Any) -> Response:
        lang = "en" if request.query_params.get("ui_locales", "").startswith("en") else "vi"
        html = render(name, lang, issuer_title=self.title, **values)
        return HTMLResponse(html, status_code=status, headers=_NO_STORE)

    def refusal(self, request: Request, error: RefusedError) -> Response:
        params = request.query_params
        if not error.back:
            text = f"{error.error}: {error.description}"
            return self.page("oidc_error.html", request, error.status, text=text)
        told = {"error": error.error, "error_description": error.description}
        return _back(self.issuer, params["redirect_uri"], params.get("state", ""), **told)

    def ask(self, request: Request, asked: Asked, account: str) -> Response:
        """Who are you; and when that is known: do you agree."""
        query = {name: value for name, value in request.query_params.items() if name != "account"}

        def address(key: str) -> str:
            return f"?{urlencode({**query, 'account': key})}"

        everybody = {one.key: one for one in self.subjects()}
        known = self.sessions.get(request.cookies.get(_COOKIE, ""))
        chosen = everybody.get(account)
        if chosen is None and known is not None and account != _OTHER and asked.prompt != "login":
            chosen = known.subject
        if chosen is None:
            return self.page("oidc_choose.html", request, people=everybody.values(), address=address)
        return self.page(
            "oidc_confirm.html",
            request,
            person=chosen,
            asked=asked,
            levels=self.issuer.levels,
            query=query,
            other=address(_OTHER),
        )

    def agreed(self, request: Request, asked: Asked, subject: Subject, level: str) -> Response:
        """Remember the browser, and lead back with a code."""
        acr = level if level in {one.acr for one in self.issuer.levels} else self.issuer.levels[0].acr
        sid = request.cookies.get(_COOKIE, "") or secrets.token_urlsafe(24)
        known = self.sessions.get(sid)
        told = known.clients if known and known.subject.key == subject.key else frozenset[str]()
        self.sessions[sid] = Session(subject, acr, told | {asked.client.client_id})
        code = self.issuer.grant(asked, subject, acr, sid)
        answer = _back(self.issuer, asked.redirect_uri, asked.state, code=code)
        answer.set_cookie(_COOKIE, sid, httponly=True, samesite="lax")
        return answer


def create_issuer(
    issuer: Issuer, subjects: Callable[[], list[Subject]], *, title: tuple[str, str]
) -> FastAPI:
    """The issuer's server. `title` is its name in Vietnamese and English."""
    app = FastAPI(title=f"Sandbox: {title[1]}")
    site = _Site(issuer, subjects, title)
    _add_metadata(app, issuer)
    _add_pages(app, site)
    _add_tokens(app, issuer)
    _add_logout(app, site)
    _add_control(app, issuer)
    return app


def _add_metadata(app: FastAPI, issuer: Issuer) -> None:
    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        if issuer.faults.eid_down:
            return JSONResponse({"error": "temporarily_unavailable"}, 503)
        return JSONResponse(issuer.metadata())

    @app.get("/oauth2/jwks")
    def jwks() -> Response:
        return JSONResponse(issuer.jwks())


def _add_pages(app: FastAPI, site: _Site) -> None:
    issuer = site.issuer

    @app.get("/oauth2/authorize")
    def authorize(request: Request, account: str = "") -> Response:
        if issuer.faults.eid_down:
            return site.page("oidc_error.html", request, 503, text="Bảo trì / maintenance")
        try:
            asked = issuer.read_request(request.query_params)
        except RefusedError as error:
            return site.refusal(request, error)
        if asked.prompt == "none":
            known = request.cookies.get(_COOKIE, "") in site.sessions
            needed = "consent_required" if known else "login_required"
            return _back(issuer, asked.redirect_uri, asked.state, error=needed)
        return site.ask(request, asked, account)

    @app.post("/oauth2/authorize")
    def decide(
        request: Request,
        account: Annotated[str, Form()],
        decision: Annotated[str, Form()],
        level: Annotated[str, Form()] = "",
    ) -> Response:
        try:
            asked = issuer.read_request(request.query_params)
        except RefusedError as error:
            return site.refusal(request, error)
        subject = next((one for one in site.subjects() if one.key == account), None)
        if decision != "confirm" or subject is None:
            return _back(issuer, asked.redirect_uri, asked.state, error="access_denied")
        return site.agreed(request, asked, subject, level)


def _add_tokens(app: FastAPI, issuer: Issuer) -> None:
    @app.post("/oauth2/token")
    def token(fields: Annotated[TokenForm, Form()], authorization: Annotated[str, Header()] = "") -> Response:
        form = {name: value for name, value in fields.model_dump().items() if value is not None}
        try:
            return JSONResponse(issuer.exchange(form, _basic(authorization)), headers=_NO_STORE)
        except RefusedError as error:
            body = {"error": error.error, "error_description": error.description}
            return JSONResponse(body, error.status, headers=_NO_STORE)

    @app.api_route("/oauth2/userinfo", methods=["GET", "POST"])
    def userinfo(authorization: Annotated[str, Header()] = "") -> Response:
        claims = issuer.userinfo(authorization.removeprefix("Bearer "))
        if claims is None:
            challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            return JSONResponse({"error": "invalid_token"}, 401, headers=challenge)
        return JSONResponse(claims, headers=_NO_STORE)


class TokenForm(BaseModel):
    """What a token request may carry; anything else is not read."""

    grant_type: str | None = None
    code: str | None = None
    redirect_uri: str | None = None
    code_verifier: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    client_assertion_type: str | None = None
    client_assertion: str | None = None


def _add_logout(app: FastAPI, site: _Site) -> None:
    issuer = site.issuer

    @app.get("/oauth2/logout")
    def log_out(
        request: Request, id_token_hint: str = "", post_logout_redirect_uri: str = "", state: str = ""
    ) -> Response:
        """End this browser's session, tell its clients, lead back to a registered address."""
        sid = request.cookies.get(_COOKIE, "")
        session = site.sessions.pop(sid, None)
        if session is not None:
            _tell_clients(issuer, session, sid)
        client = _client_of_hint(issuer, id_token_hint)
        answer = site.page("oidc_error.html", request, text="Đã đăng xuất / Signed out")
        if client is not None and post_logout_redirect_uri in client.post_logout_redirect_uris:
            query = f"?{urlencode({'state': state})}" if state else ""
            answer = RedirectResponse(f"{post_logout_redirect_uri}{query}", 303)
        answer.delete_cookie(_COOKIE)
        return answer


def _add_control(app: FastAPI, issuer: Issuer) -> None:
    @app.put("/control/clients/{client_id}", tags=["control"])
    def register(client_id: str, given: Registration) -> dict[str, str]:
        issuer.register(Client(client_id=client_id, **given.model_dump()))
        return {"client_id": client_id}

    @app.post("/control/rotate", tags=["control"])
    def rotate() -> dict[str, str]:
        return {"kid": issuer.rotate()}


def _back(issuer: Issuer, redirect_uri: str, state: str, **values: str) -> RedirectResponse:
    joint = "&" if "?" in redirect_uri else "?"
    query = {**values, **({"state": state} if state else {}), "iss": issuer.url}
    return RedirectResponse(f"{redirect_uri}{joint}{urlencode(query)}", 303, headers=_NO_STORE)


def _basic(authorization: str) -> tuple[str, str] | None:
    if not authorization.startswith("Basic "):
        return None
    try:
        name, _, secret = base64.b64decode(authorization[6:], validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return name, secret


def _client_of_hint(issuer: Issuer, hint: str) -> Client | None:
    """Whose token the hint is; an expired one still tells."""
    try:
        claims = jwt.decode(hint, KeySet.import_key_set(issuer.jwks()), algorithms=["RS256"]).claims  # type: ignore[arg-type]
        return issuer.client(str(claims["aud"]))
    except (JoseError, ValueError, KeyError, RefusedError):
        return None


def _tell_clients(issuer: Issuer, session: Session, sid: str) -> None:
    for client in issuer.clients():
        if client.client_id in session.clients and client.backchannel_logout_uri:
            token = issuer.logout_token(client, session.subject, sid)
            try:
                httpx2.post(
                    client.backchannel_logout_uri, data={"logout_token": token}, timeout=5, trust_env=False
                )
            except httpx2.HTTPError:
                continue  # as the specification has it: told once, on best effort
