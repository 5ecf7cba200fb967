"""The cookie of a session, and addresses that a sign-in may lead on to."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from fastapi import Request, Response

from backend.accounts.guards import COOKIE
from backend.accounts.models import Account, Role
from backend.accounts.service import Browser, SignedIn
from backend.services import Services

_HOMES: Final[tuple[tuple[Role, str], ...]] = (
    ("officer", "/canh-sat"),
    ("team_chief", "/canh-sat"),
    ("division", "/canh-sat/ho-so"),
    ("commune", "/canh-sat/ho-so"),
    ("operator", "/dieu-hanh"),
    ("clerk", "/quay"),
    ("accountant", "/ke-toan"),
    ("administrator", "/quan-tri"),
    ("auditor", "/quan-tri/nhat-ky"),
)
STEP_PAGES: Final = {
    "second_factor": "/dang-nhap/ma",
    "enrolment": "/tai-khoan/hai-lop",
    "password": "/tai-khoan/mat-khau",
}


def home_of(account: Account) -> str:
    """Where this person's work lies."""
    return next((path for role, path in _HOMES if account.has(role)), "/tai-khoan")


def browser_of(request: Request) -> Browser:
    address = request.client.host if request.client else "unknown"
    return Browser(address, request.headers.get("user-agent", ""))


def set_cookie(response: Response, services: Services, signed_in: SignedIn) -> None:
    response.set_cookie(
        COOKIE,
        signed_in.token,
        max_age=services.settings.session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=services.settings.cookies_secure,
        path="/",
    )


def next_page(signed_in: SignedIn, asked_for: str = "") -> str:
    """The page of what is still owed, else the one that was asked for, else where this person works."""
    return STEP_PAGES.get(signed_in.stage) or safe(asked_for) or home_of(signed_in.account)


def safe(address: str) -> str:
    """A path on this site, or nothing: a sign-in must not send people elsewhere."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not address.startswith("/") or address.startswith(("//", "/\\")):
        return ""
    return address
