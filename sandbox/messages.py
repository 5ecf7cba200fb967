"""Zalo template messages, an SMS gateway and the VNeID box; and what the citizen's phone shows of them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import FastAPI, Header, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from sandbox.faults import Faults, control_router
from sandbox.pages import as_page_time, render, wants_json
from sandbox.people import World
from sandbox.store import Store

DAILY_QUOTA = 5000
UNAVAILABLE = 503
# The approved template's words lie at Zalo; a message carries the parameters only.
LABELS = {
    "unit": ("Đơn vị", "Unit"),
    "plate": ("Biển số", "Plate"),
    "number": ("Số giấy tờ", "Paper no."),
    "sent_on": ("Ngày", "Date"),
    "due_on": ("Hết hạn", "Due by"),
    "paid_on": ("Ngày nộp", "Paid on"),
}


class ZaloMessage(BaseModel):
    phone: str
    template_id: str
    template_data: dict[str, str | int | float]
    tracking_id: Annotated[str, Field(max_length=48)] = ""


class Sms(BaseModel):
    model_config = ConfigDict(extra="forbid")

    to: Annotated[str, Field(pattern=r"^84\d{9}$")]
    sender: Annotated[str, Field(min_length=1, max_length=11)]
    text: Annotated[str, Field(min_length=1, max_length=612)]
    encoding: str
    parts: Annotated[int, Field(ge=1, le=4)]
    tracking_id: str = ""


class BoxFile(BaseModel):
    name: str
    media_type: str
    sha256: str
    content_b64: str


class BoxMessage(BaseModel):
    message_id: Annotated[str, Field(min_length=1, max_length=100)]
    id_number: str
    subject: str
    body: str
    attachments: list[BoxFile] = []


def create_messages(world: World, store: Store, faults: Faults, *, token: str) -> FastAPI:
    app = FastAPI(title="Sandbox: Zalo, SMS and VNeID messages (nobody gets anything)")
    app.include_router(control_router(faults, world, store))
    _add_zalo(app, world, store, faults, token)
    _add_sms(app, store, faults, token)
    _add_box(app, world, store, faults, token)
    _add_inbox(app, world, store)
    return app


def _add_zalo(app: FastAPI, world: World, store: Store, faults: Faults, token: str) -> None:
    @app.post("/message/template")
    def send(
        message: ZaloMessage, access_token: Annotated[str, Header(convert_underscores=False)] = ""
    ) -> Response:
        if faults.zalo_down:
            return JSONResponse({"error": -1, "message": "temporarily unavailable"}, UNAVAILABLE)
        if faults.zalo_token_expired:
            return JSONResponse({"error": -216, "message": "Access token has expired"})
        if access_token != token:
            return JSONResponse({"error": -124, "message": "Access token invalid"})
        refused = _zalo_refusal(message, world)
        if refused is not None:
            return JSONResponse({"error": refused[0], "message": refused[1]})
        message_id = f"zalo{store.count('message') + 1:012d}"
        store.put("message", message_id, _entry("zalo", _local(message.phone), message.model_dump()))
        left = DAILY_QUOTA - sum(1 for sent in store.every("message") if sent["channel"] == "zalo")
        data = {
            "msg_id": message_id,
            "sent_time": str(int(datetime.now(UTC).timestamp() * 1000)),
            "quota": {"dailyQuota": str(DAILY_QUOTA), "remainingQuota": str(left)},
        }
        return JSONResponse({"error": 0, "message": "Success", "data": data})


def _zalo_refusal(message: ZaloMessage, world: World) -> tuple[int, str] | None:
    if not re.fullmatch(r"84\d{9}", message.phone):
        return -108, "Phone number invalid"
    if not message.template_data:
        return -132, "template_data: at least one parameter"
    person = world.phones.get(_local(message.phone))
    if person is None or not person.uses_zalo:
        return -118, "Zalo account not existed"
    return None


def _add_sms(app: FastAPI, store: Store, faults: Faults, token: str) -> None:
    @app.post("/sms/send")
    def send(message: Sms, authorization: Annotated[str, Header()] = "") -> Response:
        if faults.sms_down:
            return JSONResponse({"error": "unavailable"}, UNAVAILABLE)
        if authorization != f"Bearer {token}":
            return JSONResponse({"error": "unauthorized", "message": "unknown API key"}, 401)
        message_id = f"sms{store.count('message') + 1:012d}"
        store.put("message", message_id, _entry("sms", _local(message.to), message.model_dump()))
        return JSONResponse({"status": "accepted", "message_id": message_id})


def _add_box(app: FastAPI, world: World, store: Store, faults: Faults, token: str) -> None:
    @app.post("/v1/messages")
    def deliver(message: BoxMessage, authorization: Annotated[str, Header()] = "") -> Response:
        if faults.vneid_down:
            return JSONResponse({"code": "unavailable"}, UNAVAILABLE)
        if authorization != f"Bearer {token}":
            return JSONResponse({"code": "unauthorized", "message": "unknown API key"}, 401)
        if message.id_number not in world.people:
            return JSONResponse({"code": "no_account", "message": "no account with this number"}, 404)
        known = store.get("message", message.message_id)
        if known is not None:
            return JSONResponse({"delivery_id": message.message_id, "entered_at": known["at"]})
        for place, file in enumerate(message.attachments):
            fault = _keep_file(store, f"{message.message_id}/{place}", file)
            if fault is not None:
                return JSONResponse({"code": "bad_attachment", "message": fault}, 422)
        content = message.model_dump(exclude={"attachments"})
        content["attachments"] = [
            {
                "name": file.name,
                "media_type": file.media_type,
                "href": f"/inbox/files/{message.message_id}/{n}",
            }
            for n, file in enumerate(message.attachments)
        ]
        entry = _entry("vneid", message.id_number, content)
        store.put("message", message.message_id, entry)
        return JSONResponse({"delivery_id": message.message_id, "entered_at": entry["at"]}, 201)


def _keep_file(store: Store, key: str, file: BoxFile) -> str | None:
    """Keep an attachment; returns what is wrong with it, if anything."""
    try:
        content = base64.b64decode(file.content_b64, validate=True)
    except binascii.Error:
        return f"{file.name}: content_b64 is not base64"
    if hashlib.sha256(content).hexdigest() != file.sha256:
        return f"{file.name}: sha256 does not fit the content"
    store.put("file", key, file.model_dump())
    return None


def _add_inbox(app: FastAPI, world: World, store: Store) -> None:
    @app.get("/")
    @app.get("/inbox")
    def inbox(
        request: Request, phone: str = "", id_number: str = "", email: str = "", lang: str = "vi"
    ) -> Response:
        """What one citizen's phone shows, found by phone number or by identification number."""
        person = world.people.get(id_number) or world.phones.get(phone)
        addresses = {phone, id_number, email} | ({person.phone, person.id_number} if person else set())
        mine = [entry for entry in store.every("message") if entry["to"] in addresses - {""}]
        if wants_json(request):
            return JSONResponse({"messages": mine})
        if not (phone or id_number or email):
            return HTMLResponse(render("phones.html", lang, people=_reached(world, store)))
        shown = [entry | {"when": as_page_time(entry["at"])} for entry in reversed(mine)]
        return HTMLResponse(
            render("inbox.html", lang, person=person, phone=phone or email, messages=shown, labels=LABELS)
        )

    @app.get("/inbox/files/{message_id}/{place}")
    def attachment(message_id: str, place: int) -> Response:
        file = store.get("file", f"{message_id}/{place}")
        if file is None:
            return JSONResponse({"code": "not_found"}, 404)
        name = re.sub(r"[^A-Za-z0-9._-]", "_", file["name"])
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        return Response(base64.b64decode(file["content_b64"]), media_type=file["media_type"], headers=headers)


def _reached(world: World, store: Store) -> list[dict[str, Any]]:
    """Everybody with a message, the one with the newest first."""
    last: dict[str, dict[str, Any]] = {}
    for entry in store.every("message"):
        person = world.people.get(entry["to"]) or world.phones.get(entry["to"])
        if person is None:
            continue
        count = last.pop(person.id_number, {"count": 0})["count"] + 1
        last[person.id_number] = {"person": person, "count": count, "when": as_page_time(entry["at"])}
    return list(reversed(last.values()))


def _entry(channel: str, to: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"channel": channel, "to": to, "at": datetime.now(UTC).isoformat(), "content": content}


def _local(phone: str) -> str:
    return "0" + phone.removeprefix("84")
