"""The State Treasury's account at a bank, and the portal where fines are paid by decision number.

Scanning a VietQR code only moves money: the merchant learns of it from the statement (`/statement.csv`). The
portal asks the merchant what a decision owes and tells it what was paid, by the messages we assumed for it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

import httpx2
from fastapi import FastAPI, Form
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from sandbox.faults import Faults
from sandbox.pages import money, render
from sandbox.store import Store
from sandbox.vnpay import VIETNAM

_HEADINGS = "line_id,booked_at,amount_vnd,purpose"


class CodeError(ValueError):
    """Not a code a banking app can pay."""


@dataclass
class Treasury:
    """One account, and the portal's shared secret with the merchant (`merchant_url`)."""

    store: Store
    faults: Faults
    bank_bin: str
    account: str
    portal_secret: str = field(repr=False)
    merchant_url: str = ""

    def transfer(self, amount_vnd: int, purpose: str, now: datetime) -> dict[str, Any]:
        """Money comes in; it stands on the statement from now on."""
        number = self.store.count("statement") + 1
        line: dict[str, Any] = {
            "line_id": f"FT{number:06d}",
            "booked_at": now.isoformat(timespec="seconds"),
            "amount_vnd": amount_vnd,
            "purpose": f"MBVCB.{number}.{purpose}.CT tu 0900000000",
        }
        self.store.put("statement", line["line_id"], line)
        return line

    def statement(self) -> str:
        """All lines as CSV."""
        rows = (
            ",".join(str(row[name]) for name in _HEADINGS.split(",")) for row in self.store.every("statement")
        )
        return "\n".join([_HEADINGS, *rows]) + "\n"

    def ask(self, decision_number: str) -> dict[str, Any]:
        """What the merchant says a decision owes."""
        return self._post("owed", {"decision_number": decision_number})

    def pay(self, decision_number: str, amount_vnd: int) -> dict[str, Any]:
        """Take the money and tell the merchant; what it answered."""
        number = self.store.count("portal") + 1
        told: dict[str, Any] = {
            "decision_number": decision_number,
            "amount_vnd": amount_vnd + (1 if self.faults.ipn_wrong_amount else 0),
            "portal_transaction": f"DVC-{number:08d}",
            "receipt_number": f"BL-{number:08d}",
        }
        self.store.put("portal", told["portal_transaction"], told)
        if self.faults.ipn_lost:
            return {"code": "lost"}
        answer = self._post("paid", told)
        return self._post("paid", told) if self.faults.ipn_twice else answer

    def _post(self, path: str, value: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps(value).encode()
        stamp = str(int(datetime.now(VIETNAM).timestamp()))
        signature = hmac.new(
            self.portal_secret.encode(), stamp.encode() + b"." + body, hashlib.sha256
        ).hexdigest()
        if self.faults.ipn_bad_signature:
            signature = "0" * 64
        headers = {"content-type": "application/json", "x-timestamp": stamp, "x-signature": signature}
        with httpx2.Client(timeout=15) as client:
            answer = client.post(
                f"{self.merchant_url}/v1/payments/portal/{path}", content=body, headers=headers
            )
        return dict(answer.json())


def read_code(text: str) -> tuple[str, str, int, str]:
    """Bank, account, dong and purpose of a VietQR code, as a banking app reads it. Raises CodeError."""
    try:
        outer = _fields(text[:-8])
        beneficiary = _fields(_fields(outer["38"])["01"])
        more = _fields(outer.get("62", ""))
        return beneficiary["00"], beneficiary["01"], int(outer["54"]), more.get("08", "")
    except (KeyError, ValueError, IndexError) as error:
        raise CodeError(f"cannot be read: {error!r}") from error


def _fields(text: str) -> dict[str, str]:
    found, place = {}, 0
    while place < len(text):
        length = int(text[place + 2 : place + 4])
        found[text[place : place + 2]] = text[place + 4 : place + 4 + length]
        place += 4 + length
    return found


def create_treasury(treasury: Treasury) -> FastAPI:
    """The bank's and the portal's pages."""
    app = FastAPI(title="Sandbox: treasury account and portal (no money moves)")

    @app.get("/")
    def home(decision: str = "") -> Response:
        owed = treasury.ask(decision) if decision else None
        shown = money(int(owed["total_vnd"])) if owed and owed.get("code") == "00" else ""
        return HTMLResponse(render("treasury.html", "vi", decision=decision, owed=owed, amount=shown))

    @app.post("/scan")
    def scan(code: Annotated[str, Form()], amount_vnd: Annotated[int | None, Form()] = None) -> Response:
        """Pay a VietQR code; `amount_vnd` where the payer changed it."""
        try:
            bank, account, asked, purpose = read_code(code.strip())
        except CodeError as error:
            return JSONResponse({"code": "code", "message": str(error)}, 422)
        if (bank, account) != (treasury.bank_bin, treasury.account):
            return JSONResponse({"code": "account", "message": "no such account"}, 422)
        return JSONResponse(treasury.transfer(amount_vnd or asked, purpose, datetime.now(VIETNAM)))

    @app.post("/transfer")
    def transfer(amount_vnd: Annotated[int, Form()], purpose: Annotated[str, Form()]) -> Response:
        """A transfer typed by hand."""
        return JSONResponse(treasury.transfer(amount_vnd, purpose, datetime.now(VIETNAM)))

    @app.get("/statement.csv")
    def statement() -> Response:
        return PlainTextResponse(treasury.statement(), media_type="text/csv")

    @app.post("/portal/pay")
    def portal_pay(decision: Annotated[str, Form()]) -> Response:
        """Pay what the merchant says is owed."""
        owed = treasury.ask(decision)
        if owed.get("code") != "00":
            return JSONResponse(owed, 409)
        return JSONResponse(treasury.pay(decision, int(owed["total_vnd"])))

    return app
