"""Zalo: OAuth tokens whose refresh token is used up by its use, template messages, limits, a daily quota."""

from __future__ import annotations

import re
import secrets
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated

from fastapi import FastAPI, Form, Header
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from sandbox.faults import Faults
from sandbox.inbox import entry, local
from sandbox.people import World
from sandbox.receipts import Receipts
from sandbox.store import Store

LIFE_S = 90_000
UNAVAILABLE, TOO_MANY = 503, 429
_MINUTE_S = 60.0


class ZaloMessage(BaseModel):
    phone: str
    template_id: str
    template_data: dict[str, str | int | float]
    tracking_id: Annotated[str, Field(max_length=48)] = ""


@dataclass
class Zalo:
    """One official account. Tokens are kept, so that a refresh token stays used up over a restart."""

    world: World
    store: Store
    faults: Faults
    receipts: Receipts
    app_id: str
    app_secret: str
    _calls: deque[float] = field(default_factory=deque)

    def authorise(self) -> dict[str, str]:
        """A fresh pair, as a person gets it who authorises the account again."""
        access, refresh = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self.store.put("zalo_access", access, {"expires": time.time() + LIFE_S})
        self.store.put("zalo_refresh", refresh, {"used": False})
        return {"access_token": access, "refresh_token": refresh, "expires_in": str(LIFE_S)}

    def refresh(self, refresh_token: str) -> dict[str, object]:
        kept = self.store.get("zalo_refresh", refresh_token)
        if kept is None or kept["used"]:
            return {"error": -14020, "error_name": "Invalid refresh token"}
        self.store.put("zalo_refresh", refresh_token, {"used": True})
        return dict(self.authorise())

    def expire(self, token: str) -> None:
        """End this access token, in the middle of whatever goes on."""
        self.store.put("zalo_access", token, {"expires": 0})

    def token_fault(self, token: str) -> tuple[int, str] | None:
        kept = self.store.get("zalo_access", token)
        if kept is None:
            return -124, "Access token invalid"
        if self.faults.zalo_token_expired or kept["expires"] < time.time():
            return -216, "Access token has expired"
        return None

    def busy(self) -> bool:
        """Whether this call is one too many for the package's requests a minute (0: no limit)."""
        now = time.monotonic()
        while self._calls and self._calls[0] < now - _MINUTE_S:
            self._calls.popleft()
        if self.faults.zalo_per_minute and len(self._calls) >= self.faults.zalo_per_minute:
            return True
        self._calls.append(now)
        return False

    def left(self) -> int:
        sent = sum(1 for one in self.store.every("message") if one["channel"] == "zalo")
        return self.faults.zalo_quota - sent

    def refusal(self, message: ZaloMessage) -> tuple[int, str] | None:
        if not re.fullmatch(r"84\d{9}", message.phone):
            return -108, "Phone number invalid"
        if not message.template_data:
            return -132, "template_data: at least one parameter"
        if self.left() <= 0:
            return -144, "OA has exceeded the daily quota"
        person = self.world.phones.get(local(message.phone))
        if person is None or not person.uses_zalo:
            return -118, "Zalo account not existed"
        return None

    def take(self, message: ZaloMessage) -> dict[str, object]:
        message_id = f"zalo{self.store.count('message') + 1:012d}"
        self.store.put("message", message_id, entry("zalo", local(message.phone), message.model_dump()))
        said = {"msg_id": message_id, "tracking_id": message.tracking_id}
        events = ["user_received_message", "user_seen_message"]
        for event in reversed(events) if self.faults.receipts_reversed else events[:1]:
            self.receipts.zalo(event, said)
        return {
            "msg_id": message_id,
            "sent_time": str(int(datetime.now(UTC).timestamp() * 1000)),
            "quota": {"dailyQuota": str(self.faults.zalo_quota), "remainingQuota": str(self.left())},
        }


def add_zalo(app: FastAPI, zalo: Zalo) -> None:  # noqa: C901 - short routes
    @app.post("/v4/oa/access_token")
    def token(
        app_id: Annotated[str, Form()],
        grant_type: Annotated[str, Form()],
        refresh_token: Annotated[str, Form()] = "",
        secret_key: Annotated[str, Header(convert_underscores=False)] = "",
    ) -> Response:
        if zalo.faults.zalo_down:
            return JSONResponse({"error": -1}, UNAVAILABLE)
        if app_id != zalo.app_id or secret_key != zalo.app_secret:
            return JSONResponse({"error": -14004, "error_name": "Invalid app id or secret key"})
        if grant_type != "refresh_token":
            return JSONResponse({"error": -14015, "error_name": "Invalid grant type"})
        return JSONResponse(zalo.refresh(refresh_token))

    @app.post("/message/template")
    def send(
        message: ZaloMessage, access_token: Annotated[str, Header(convert_underscores=False)] = ""
    ) -> Response:
        if zalo.faults.zalo_down:
            return JSONResponse({"error": -1, "message": "temporarily unavailable"}, UNAVAILABLE)
        if zalo.busy():
            return JSONResponse(
                {"error": -32, "message": "too many requests"}, TOO_MANY, {"Retry-After": "60"}
            )
        refused = zalo.token_fault(access_token) or zalo.refusal(message)
        if refused is not None:
            return JSONResponse({"error": refused[0], "message": refused[1]})
        return JSONResponse({"error": 0, "message": "Success", "data": zalo.take(message)})

    @app.post("/control/zalo/authorise", tags=["control"])
    def authorise() -> dict[str, str]:
        return zalo.authorise()

    @app.post("/control/zalo/expire", tags=["control"], status_code=204)
    def expire(access_token: str) -> None:
        zalo.expire(access_token)
