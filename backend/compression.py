"""gzip on text, for people on slow lines; and static files that a browser fetches once."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.accounts.guards import COOKIE as STAFF_COOKIE

_NOT_TEXT: Final = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "multipart/x-mixed-replace", "application/pdf")
_FOREVER: Final = "public, max-age=31536000, immutable"


class Compression:
    """ASGI middleware: gzip for everybody but signed-in staff on pages.

    Staff pages hold an anti-forgery token beside what a request made them say; compressed together, their
    lengths would tell the token (BREACH). Owners' pages hold no such secret. Pictures, video and pieces of
    files pass as they are.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._compressing = GZipMiddleware(app, compresslevel=6, exclude_content_types=_NOT_TEXT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        static = scope["type"] == "http" and scope["path"].startswith("/static/")
        if scope["type"] == "http" and not static and _is_staff(scope):
            await self._app(scope, receive, send)
            return
        await self._compressing(scope, receive, _keeping(scope, send) if static else send)


def _is_staff(scope: Scope) -> bool:
    return f"{STAFF_COOKIE}=" in Headers(scope=scope).get("cookie", "")


def _keeping(scope: Scope, send: Send) -> Send:
    """A static file asked for by its version never changes: `asset()` names another version then."""
    if not scope["query_string"].startswith(b"v="):
        return send

    async def send_with_lifetime(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:  # noqa: PLR2004
            MutableHeaders(scope=message)["Cache-Control"] = _FOREVER
        await send(message)

    return send_with_lifetime
