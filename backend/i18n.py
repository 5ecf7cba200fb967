"""Which language a person reads, and the gettext catalogues. Message ids are English."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs

from babel.messages.pofile import read_po
from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Language = Literal["vi", "en"]
DEFAULT: Language = "vi"
COOKIE = "lang"
_LOCALE = Path(__file__).parent / "locale"


@lru_cache
def catalogue(language: str) -> dict[str, str]:
    """All *.po of the language in one table; a message in two files must read the same in both."""
    messages: dict[str, str] = {}
    for path in sorted((_LOCALE / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if not isinstance(message.id, str) or not message.id or not message.string:
                    continue
                text = str(message.string)
                if messages.setdefault(message.id, text) != text:
                    raise ValueError(f"{path.name}: {message.id!r} is translated differently elsewhere")
    return messages


def translate(text: str, language: str) -> str:
    """The message in this language; English, or a missing message, is the id itself."""
    return catalogue(language).get(text, text)


def screen_language(request: Request) -> Language:
    """?lang= wins, then the cookie, then Vietnamese."""
    for value in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if value == "en":
            return "en"
        if value == "vi":
            return "vi"
    return DEFAULT


def api_language(request: Request) -> Language:
    """For problem+json: the first of Accept-Language that we speak, else English (devices say nothing)."""
    accepted = request.headers.get("accept-language", "")
    for part in accepted.split(","):
        tag = part.split(";")[0].strip().lower()[:2]
        if tag == "vi":
            return "vi"
        if tag == "en":
            return "en"
    return "en"


class RemembersLanguage:
    """ASGI middleware: a language asked for by `?lang=` holds from here on, also if the answer leads away."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[-1]
        page = scope["type"] == "http" and not scope["path"].startswith("/v1/")
        if not page or asked not in {"vi", "en"}:
            await self._app(scope, receive, send)
            return
        cookie = f"{COOKIE}={asked}; HttpOnly; Max-Age={365 * 86400}; Path=/; SameSite=lax"

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self._app(scope, receive, send_with_cookie)
