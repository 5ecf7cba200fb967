"""Security headers on every answer, and refusal of changing requests that another site sent."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.settings import Settings


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _gateways(settings: Settings) -> list[str]:
    """Where a payment form may lead on to."""
    addresses = {"vnpay": settings.vnpay_url, "momo": settings.momo_url, "portal": settings.portal_url}
    return [_origin(url) for name, url in addresses.items() if name in settings.payment_methods]


def _tiles(settings: Settings) -> list[str]:
    """Where the operators' map takes its pictures from."""
    return [_origin(settings.map_tiles_url)] if settings.map_tiles_url else []


def content_security_policy(settings: Settings) -> str:
    """Everything from this origin only; the payment form may lead to the gateway."""
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("img-src 'self' data:", *_tiles(settings))),
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            " ".join(("form-action 'self'", *_gateways(settings))),
        )
    )


class SecurityHeaders:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": content_security_policy(settings),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        if settings.cookies_secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "POST" and Headers(scope=scope).get("sec-fetch-site") == "cross-site":
            await PlainTextResponse("This form must be sent from its own page.", 403)(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
