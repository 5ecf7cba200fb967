"""The identification app's box, and the app that holds all channels."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Annotated, Any

from fastapi import FastAPI, Header, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from sandbox.faults import Faults, control_router
from sandbox.inbox import add_inbox, entry
from sandbox.people import World
from sandbox.post import add_post
from sandbox.receipts import Receipts
from sandbox.sms import add_sms
from sandbox.store import Store
from sandbox.zalo import Zalo, add_zalo

UNAVAILABLE = 503


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


class BoxChange(BaseModel):
    """How many more messages an account takes before its owner closes it; None: no end."""

    model_config = ConfigDict(extra="forbid")

    left: Annotated[int, Field(ge=0)] | None


def create_messages(
    world: World, store: Store, faults: Faults, zalo: Zalo, receipts: Receipts, *, token: str
) -> FastAPI:
    app = FastAPI(title="Sandbox: Zalo, SMS, VNeID and the post (nobody gets anything)")
    app.include_router(control_router(faults, world, store))
    add_zalo(app, zalo)
    add_sms(app, store, faults, receipts, token=token)
    _add_box(app, world, store, faults, receipts=receipts, token=token)
    add_post(app, store, faults, receipts, token=token)
    add_inbox(app, world, store)

    @app.get("/control/receipts", tags=["control"])
    def said(after: Annotated[int, Query(ge=0)] = 0) -> list[dict[str, object]]:
        """Every receipt but the first `after`, signed now: a test posts them in any order."""
        return receipts.every(after)

    return app


def _add_box(  # noqa: C901 - three short routes
    app: FastAPI, world: World, store: Store, faults: Faults, *, receipts: Receipts, token: str
) -> None:
    @app.post("/v1/messages")
    def deliver(message: BoxMessage, authorization: Annotated[str, Header()] = "") -> Response:
        if faults.vneid_down:
            return JSONResponse({"code": "unavailable"}, UNAVAILABLE)
        if authorization != f"Bearer {token}":
            return JSONResponse({"code": "unauthorized", "message": "unknown API key"}, 401)
        known = store.get("message", message.message_id)
        if known is not None:
            return JSONResponse({"delivery_id": message.message_id, "entered_at": known["at"]})
        if message.id_number not in world.people or not _open(store, message.id_number):
            return JSONResponse({"code": "no_account", "message": "no account with this number"}, 404)
        for place, file in enumerate(message.attachments):
            fault = _keep_file(store, f"{message.message_id}/{place}", file)
            if fault is not None:
                return JSONResponse({"code": "bad_attachment", "message": fault}, 422)
        kept = entry("vneid", message.id_number, _shown(message))
        store.put("message", message.message_id, kept)
        receipts.standard("vneid", "message.delivered", message.message_id)
        return JSONResponse({"delivery_id": message.message_id, "entered_at": kept["at"]}, 201)

    @app.patch("/control/boxes/{id_number}", tags=["control"], status_code=204)
    def limit(id_number: str, change: BoxChange) -> None:
        store.put("box_left", id_number, change.model_dump())

    @app.get("/inbox/files/{message_id}/{place}")
    def attachment(message_id: str, place: int) -> Response:
        file = store.get("file", f"{message_id}/{place}")
        if file is None:
            return JSONResponse({"code": "not_found"}, 404)
        name = re.sub(r"[^A-Za-z0-9._-]", "_", file["name"])
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        return Response(base64.b64decode(file["content_b64"]), media_type=file["media_type"], headers=headers)


def _shown(message: BoxMessage) -> dict[str, Any]:
    """The message as the inbox shows it: its files by address, not by content."""
    attachments = [
        {"name": file.name, "media_type": file.media_type, "href": f"/inbox/files/{message.message_id}/{n}"}
        for n, file in enumerate(message.attachments)
    ]
    return {**message.model_dump(exclude={"attachments"}), "attachments": attachments}


def _open(store: Store, id_number: str) -> bool:
    """Whether the account takes one more; counts it."""
    limit = store.get("box_left", id_number)
    if limit is None or limit["left"] is None:
        return True
    store.put("box_left", id_number, {"left": max(0, limit["left"] - 1)})
    return bool(limit["left"])


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
