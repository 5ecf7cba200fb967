"""A post office: takes a batch of letters as one PDF, prints the letters and tells what became of each.

No document of a Vietnamese postal operator was at hand; this is the assumption that `notify.post` states.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Annotated, Any

from fastapi import FastAPI, Header
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from sandbox.faults import Faults
from sandbox.inbox import entry, letter_box
from sandbox.receipts import Receipts
from sandbox.store import Store

UNAVAILABLE, UNAUTHORISED, CONFLICT, MALFORMED, CREATED, NOT_FOUND = 503, 401, 409, 422, 201, 404
_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_OLD = "đường Cũ"


class Letter(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: str
    tracking_id: str
    recipient: str
    address: str
    first_page: Annotated[int, Field(ge=1)]
    last_page: Annotated[int, Field(ge=1)]


class Batch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    batch_id: Annotated[str, Field(min_length=1, max_length=64)]
    customer: str
    day: str
    sha256: str
    letters: Annotated[list[Letter], Field(min_length=1, max_length=5000)]
    pdf_b64: str


def good_number(number: str) -> bool:
    """Whether it is an S10 number of the Universal Postal Union, check digit and all."""
    if not re.fullmatch(r"[A-Z]{2}\d{9}[A-Z]{2}", number):
        return False
    rest = 11 - sum(int(n) * w for n, w in zip(number[2:10], _WEIGHTS, strict=True)) % 11
    return int(number[10]) == {10: 0, 11: 5}.get(rest, rest)


def add_post(app: FastAPI, store: Store, faults: Faults, receipts: Receipts, *, token: str) -> None:
    @app.post("/v1/batches")
    def take(batch: Batch, authorization: Annotated[str, Header()] = "") -> Response:
        if faults.post_down:
            return JSONResponse({"code": "unavailable"}, UNAVAILABLE)
        if authorization != f"Bearer {token}":
            return JSONResponse({"code": "unauthorized", "detail": "unknown API key"}, UNAUTHORISED)
        known = store.get("batch", batch.batch_id)
        if known is not None:
            same = known["sha256"] == batch.sha256
            return JSONResponse(
                {"batch_id": batch.batch_id, "taken": len(known["letters"])}
                if same
                else {"code": "other_content"},
                200 if same else CONFLICT,
            )
        wrong = _fault(batch, store)
        if wrong is not None:
            return JSONResponse({"code": "malformed", "detail": wrong}, MALFORMED)
        _keep(batch, store)
        for letter in batch.letters:
            _carry(letter, faults, receipts)
        return JSONResponse({"batch_id": batch.batch_id, "taken": len(batch.letters)}, CREATED)

    @app.get("/post/{batch_id}.pdf")
    def printed(batch_id: str) -> Response:
        kept = store.get("batch", batch_id)
        if kept is None:
            return JSONResponse({"code": "not_found"}, NOT_FOUND)
        return Response(base64.b64decode(kept["pdf_b64"]), media_type="application/pdf")


def _fault(batch: Batch, store: Store) -> str | None:
    try:
        pdf = base64.b64decode(batch.pdf_b64, validate=True)
    except binascii.Error:
        return "pdf_b64: not base64"
    if not pdf.startswith(b"%PDF") or hashlib.sha256(pdf).hexdigest() != batch.sha256:
        return "pdf_b64: no PDF, or its sha256 differs"
    next_page = 1
    for letter in batch.letters:
        if not good_number(letter.number):
            return f"{letter.number}: no registered-mail number"
        if store.get("letter", letter.number) is not None:
            return f"{letter.number}: used before"
        if letter.first_page != next_page or letter.last_page < letter.first_page:
            return f"{letter.number}: pages must follow each other without a gap"
        next_page = letter.last_page + 1
    return None


def _keep(batch: Batch, store: Store) -> None:
    store.put("batch", batch.batch_id, batch.model_dump())
    for letter in batch.letters:
        said: dict[str, Any] = letter.model_dump()
        store.put("letter", letter.number, said)
        said["href"] = f"/post/{batch.batch_id}.pdf#page={letter.first_page}"
        box = letter_box(letter.recipient, letter.address)
        store.put("message", f"letter/{letter.number}", entry("letter", box, said))


def _carry(letter: Letter, faults: Faults, receipts: Receipts) -> None:
    if faults.post_silent:
        return
    if faults.post_returns or _OLD in letter.address:
        receipts.standard(
            "letter", "letter.returned", letter.tracking_id, code="returned_mail",
            detail="không có người nhận tại địa chỉ / unknown at this address", wait_s=1.0,
        )  # fmt: skip
    elif faults.post_cannot:
        receipts.standard(
            "letter", "letter.returned", letter.tracking_id, code="objective",
            detail="đường bị chia cắt do mưa lũ / the road is flooded", wait_s=1.0,
        )  # fmt: skip
    else:
        receipts.standard("letter", "letter.delivered", letter.tracking_id, wait_s=1.0)
