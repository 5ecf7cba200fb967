"""An SMS gateway that counts for itself: a text in another alphabet or in more parts than said is refused."""

from __future__ import annotations

import time
from collections import deque
from typing import Annotated

from fastapi import FastAPI, Header
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from sandbox.faults import Faults
from sandbox.inbox import entry, local
from sandbox.receipts import Receipts
from sandbox.store import Store

BRANDS = ("CSGT",)
UNAVAILABLE, TOO_MANY, REFUSED, UNAUTHORISED = 503, 429, 400, 401
_MINUTE_S = 60.0
# Places of the GSM 03.38 alphabet by code point; the extension table costs an escape more.
_BASIC = {ord(c) for c in "\n\r !\"#$%&'()*+,-./:;<=>?@_£¥§¿¡ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΔΦΓΛΩΠΨΣΘΞ¤"}
_BASIC |= set(range(ord("0"), ord("9") + 1)) | set(range(ord("A"), ord("Z") + 1))
_BASIC |= set(range(ord("a"), ord("z") + 1))
_EXTENDED = {ord(c) for c in "\f^{}\\[~]|€"}


class Sms(BaseModel):
    model_config = ConfigDict(extra="forbid")

    to: Annotated[str, Field(pattern=r"^84\d{9}$")]
    sender: Annotated[str, Field(min_length=1, max_length=11)]
    text: Annotated[str, Field(min_length=1, max_length=612)]
    encoding: str
    parts: Annotated[int, Field(ge=1, le=4)]
    tracking_id: str = ""


def count(text: str) -> tuple[str, int]:
    """Alphabet and parts: 160 or 153 septets, 70 or 67 UTF-16 units; nothing is cut through the middle."""
    points = [ord(letter) for letter in text]
    if all(point in _BASIC or point in _EXTENDED for point in points):
        widths, alphabet, alone, joined = [1 + (p in _EXTENDED) for p in points], "gsm7", 160, 153
    else:
        widths, alphabet, alone, joined = [1 + (p > 0xFFFF) for p in points], "ucs2", 70, 67  # noqa: PLR2004
    if sum(widths) <= alone:
        return alphabet, 1
    parts, room = 1, joined
    for width in widths:
        if width > room:
            parts, room = parts + 1, joined
        room -= width
    return alphabet, parts


def add_sms(app: FastAPI, store: Store, faults: Faults, receipts: Receipts, *, token: str) -> None:  # noqa: C901 - short routes
    calls: deque[float] = deque()

    def refusal(message: Sms) -> tuple[str, str] | None:
        if message.sender not in BRANDS:
            return "bad_sender", f"{message.sender}: no registered brand name"
        if (message.encoding, message.parts) != count(message.text):
            return "bad_parts", f"counted {count(message.text)}"
        return None

    def busy() -> bool:
        now = time.monotonic()
        while calls and calls[0] < now - _MINUTE_S:
            calls.popleft()
        calls.append(now)
        return bool(faults.sms_per_minute) and len(calls) > faults.sms_per_minute

    @app.post("/sms/send")
    def send(message: Sms, authorization: Annotated[str, Header()] = "") -> Response:
        if faults.sms_down:
            return JSONResponse({"error": "unavailable"}, UNAVAILABLE)
        if authorization != f"Bearer {token}":
            return JSONResponse({"error": "unauthorized", "message": "unknown API key"}, UNAUTHORISED)
        if busy():
            return JSONResponse({"error": "too_many"}, TOO_MANY, {"Retry-After": "60"})
        wrong = refusal(message)
        if wrong is not None:
            return JSONResponse({"error": wrong[0], "message": wrong[1]}, REFUSED)
        message_id = f"sms{store.count('message') + 1:012d}"
        store.put("message", message_id, entry("sms", local(message.to), message.model_dump()))
        if faults.sms_unreachable:
            receipts.standard(
                "sms", "message.failed", message.tracking_id, code="hard_bounce", detail="no such number"
            )
        else:
            receipts.standard("sms", "message.delivered", message.tracking_id)
        return JSONResponse({"status": "accepted", "message_id": message_id})
