"""A sign-in under way, sealed into a cookie: nothing is written down for people who never come back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta

from fastapi import Request, Response

from backend.oidc.values import Pending
from backend.owners.service import vault_of
from backend.owners.vault import VaultError
from backend.services import Services

LIVES = timedelta(minutes=10)


def keep(response: Response, services: Services, name: str, pending: Pending, now: datetime) -> None:
    """Into the cookie `name`: for ten minutes, for this browser, for this kind of sign-in."""
    text = json.dumps({**asdict(pending), "until": (now + LIVES).timestamp()})
    sealed = vault_of(services).seal("sign-in", name, text)
    response.set_cookie(
        name,
        sealed.hex(),
        max_age=int(LIVES.total_seconds()),
        httponly=True,
        samesite="lax",  # the issuer sends the browser back from another site
        secure=services.settings.cookies_secure,
    )


def take(request: Request, services: Services, name: str, now: datetime) -> Pending | None:
    """What the cookie holds, None where there is none that is good. The caller deletes it either way."""
    try:
        text = vault_of(services).open("sign-in", name, bytes.fromhex(request.cookies.get(name, "")))
    except (ValueError, VaultError):
        return None
    kept = json.loads(text)
    if now.timestamp() >= kept.pop("until"):
        return None
    return Pending(**kept)
