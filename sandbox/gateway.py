"""The payment gateway: the page the payer sees, the call-back (IPN) to the merchant, query and refund."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

import httpx2
from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from sandbox import vnpay
from sandbox.faults import Faults, control_router
from sandbox.pages import money, render
from sandbox.people import World
from sandbox.store import Store

IPN_TRIES = 10
FINAL_ANSWERS = frozenset({"00", "02"})
# The real gateway calls back on its own time; the payer's browser is held no longer than this for it.
HOLD_BROWSER_S = 2.0


@dataclass
class Gateway:
    """One merchant's account at the gateway. `ipn_retry_s` is 300 at the real one."""

    store: Store
    faults: Faults
    tmn_code: str
    hash_secret: str = field(repr=False)
    ipn_url: str
    ipn_retry_s: float = 300.0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set, init=False, repr=False)

    def open_order(self, params: Mapping[str, str], now: datetime) -> dict[str, Any]:
        """Take an order from a signed address; the same one again is the same order. Raises RefusedError."""
        vnpay.check_order(params, tmn_code=self.tmn_code, secret=self.hash_secret, now=now)
        known = self.store.get("order", params["vnp_TxnRef"])
        if known is not None:
            if known["amount_hundredths"] != int(params["vnp_Amount"]):
                raise vnpay.RefusedError(
                    "03", "Mã giao dịch đã được dùng", "vnp_TxnRef: used by another order"
                )
            return known
        order = {
            "txn_ref": params["vnp_TxnRef"],
            "tmn_code": self.tmn_code,
            "amount_hundredths": int(params["vnp_Amount"]),
            "order_info": params["vnp_OrderInfo"],
            "return_url": params["vnp_ReturnUrl"],
            "locale": params["vnp_Locale"],
            "expires": params["vnp_ExpireDate"],
            "state": "open",
            "response_code": "",
            "transaction_status": "01",
            "transaction_no": "",
            "bank_code": "",
            "bank_tran_no": "",
            "pay_date": "",
            "ipn_done": False,
        }
        self.store.put("order", params["vnp_TxnRef"], order)
        return order

    def finish(self, txn_ref: str, outcome: str, now: datetime) -> dict[str, Any] | None:
        """The payer has chosen. A finished order stays as it is; None for an unknown one."""
        order = self.store.get("order", txn_ref)
        if order is None or order["state"] != "open":
            return order
        stamp = now.astimezone(vnpay.VIETNAM).strftime(vnpay.STAMP)
        code, status = ("11", "02") if stamp > order["expires"] else vnpay.OUTCOMES[outcome]
        taken = code in ("00", "07")
        number = f"{14000000 + self.store.count('order')}" if taken else "0"
        order |= {
            "state": "finished",
            "response_code": code,
            "transaction_status": status,
            "transaction_no": number,
            "bank_code": "NCB" if taken else "VNPAY",
            "bank_tran_no": f"VNP{number}" if taken else "",
            "pay_date": stamp,
        }
        self.store.put("order", txn_ref, order)
        return order

    def return_address(self, order: Mapping[str, Any]) -> str:
        joint = "&" if "?" in order["return_url"] else "?"
        result = urlencode(vnpay.result_params(order, self.hash_secret))
        return f"{order['return_url']}{joint}{result}"

    def call_back(self, txn_ref: str) -> asyncio.Task[None]:
        """Start telling the merchant; goes on in the background until it answers 00 or 02, or ten times."""
        task = asyncio.create_task(self._tell(txn_ref))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def resume(self) -> None:
        """After a restart: go on telling what the merchant has not taken yet."""
        for order in self.store.every("order"):
            if order["state"] != "open" and not order["ipn_done"]:
                self.call_back(order["txn_ref"])

    async def _tell(self, txn_ref: str) -> None:
        await asyncio.sleep(self.faults.ipn_delay_s)
        if self.faults.ipn_lost:
            return
        async with httpx2.AsyncClient(timeout=15) as client:
            for attempt in range(IPN_TRIES):
                if attempt:
                    await asyncio.sleep(self.ipn_retry_s)
                order = self.store.get("order", txn_ref)
                if order is None:
                    return
                answer = await self._send_ipn(client, order)
                if self.faults.ipn_twice:
                    answer = await self._send_ipn(client, order)
                if answer in FINAL_ANSWERS:
                    self.store.put("order", txn_ref, order | {"ipn_done": True})
                    return

    async def _send_ipn(self, client: httpx2.AsyncClient, order: dict[str, Any]) -> str:
        wrong = (
            {"amount_hundredths": order["amount_hundredths"] + 100} if self.faults.ipn_wrong_amount else {}
        )
        params = vnpay.result_params(order | wrong, self.hash_secret)
        if self.faults.ipn_bad_signature:
            params["vnp_SecureHash"] = "0" * 128
        try:
            response = await client.get(self.ipn_url, params=params)
            answer = str(response.json().get("RspCode", "99"))
        except (httpx2.HTTPError, ValueError, AttributeError) as error:
            answer = f"none ({type(error).__name__})"
        number = self.store.count("ipn") + 1
        self.store.put("ipn", f"{number}", {"txn_ref": order["txn_ref"], "answer": answer, "number": number})
        return answer

    def transaction(self, body: Mapping[str, str], now: datetime) -> dict[str, str]:
        """Query or refund. The signature runs over values joined with `|`."""
        refused = self._refusal(body)
        if refused is not None:
            return self._answer(body, None, *refused)
        self.store.put("request", body["vnp_RequestId"], {"at": now.isoformat()})
        order = self.store.get("order", body["vnp_TxnRef"])
        if order is None:
            return self._answer(body, None, "91", "Transaction not found")
        if body["vnp_Command"] == "refund":
            return self._refund(body, order)
        return self._answer(body, order, "00", "Query success")

    def _refusal(self, body: Mapping[str, str]) -> tuple[str, str] | None:
        fields = vnpay.REFUND_FIELDS if body.get("vnp_Command") == "refund" else vnpay.QUERY_FIELDS
        if body.get("vnp_TmnCode") != self.tmn_code:
            return "02", "Merchant invalid"
        signature = vnpay.sign_piped(body, fields, self.hash_secret)
        if not vnpay.fits(body.get("vnp_SecureHash", ""), signature):
            return "97", "Invalid signature"
        missing = [name for name in fields if not body.get(name)]
        if missing or body["vnp_Command"] not in ("querydr", "refund"):
            return "03", f"Invalid data: {', '.join(missing) or 'vnp_Command'}"
        if self.store.get("request", body["vnp_RequestId"]) is not None:
            return "94", "Request is duplicate"
        return None

    def _refund(self, body: Mapping[str, str], order: dict[str, Any]) -> dict[str, str]:
        if order["transaction_status"] != "00":
            return self._answer(body, order, "95", "Original transaction did not succeed")
        if int(body["vnp_Amount"]) > order["amount_hundredths"]:
            return self._answer(body, order, "03", "vnp_Amount: more than was paid")
        order |= {"transaction_status": "05"}
        self.store.put("order", order["txn_ref"], order)
        return self._answer(body, order, "00", "Refund accepted")

    def _answer(
        self, body: Mapping[str, str], order: Mapping[str, Any] | None, code: str, message: str
    ) -> dict[str, str]:
        refund = body.get("vnp_Command") == "refund"
        answer = {
            "vnp_ResponseId": secrets.token_hex(16),
            "vnp_Command": body.get("vnp_Command", ""),
            "vnp_ResponseCode": code,
            "vnp_Message": message,
            "vnp_TmnCode": self.tmn_code,
            "vnp_TxnRef": body.get("vnp_TxnRef", ""),
        }
        if order is not None:
            answer |= {
                "vnp_Amount": str(order["amount_hundredths"]),
                "vnp_BankCode": order["bank_code"],
                "vnp_PayDate": order["pay_date"],
                "vnp_TransactionNo": order["transaction_no"],
                "vnp_TransactionType": "02" if refund else "01",
                "vnp_TransactionStatus": order["transaction_status"],
                "vnp_OrderInfo": order["order_info"],
                "vnp_PromotionCode": "",
                "vnp_PromotionAmount": "",
            }
        fields = vnpay.REFUND_ANSWER_FIELDS if refund else vnpay.QUERY_ANSWER_FIELDS
        return answer | {"vnp_SecureHash": vnpay.sign_piped(answer, fields, self.hash_secret)}


def create_gateway(gateway: Gateway, world: World) -> FastAPI:
    app = FastAPI(title="Sandbox: payment gateway (no money moves)")
    app.include_router(control_router(gateway.faults, world, gateway.store))

    @app.get("/paymentv2/vpcpay.html")
    def pay_page(request: Request) -> Response:
        return _pay_page(gateway, dict(request.query_params))

    @app.post("/sandbox/pay")
    async def pay(txn_ref: Annotated[str, Form()], outcome: Annotated[str, Form()]) -> Response:
        """What the payer chose on the page: one of paid, suspected, no_money, wrong_otp, cancelled."""
        if outcome not in vnpay.OUTCOMES:
            return JSONResponse({"code": "outcome", "allowed": sorted(vnpay.OUTCOMES)}, 422)
        known = gateway.store.get("order", txn_ref)
        order = gateway.finish(txn_ref, outcome, _now())
        if known is None or order is None:
            return JSONResponse({"code": "not_found", "message": f"no order {txn_ref}"}, 404)
        if known["state"] == "open":
            await asyncio.wait([gateway.call_back(txn_ref)], timeout=HOLD_BROWSER_S)
        return RedirectResponse(gateway.return_address(order), 303)

    @app.post("/merchant_webapi/api/transaction")
    def transaction(body: dict[str, str | int]) -> dict[str, str]:
        return gateway.transaction({name: str(value) for name, value in body.items()}, _now())

    return app


def _now() -> datetime:
    return datetime.now(vnpay.VIETNAM)


def _pay_page(gateway: Gateway, params: dict[str, str]) -> Response:
    lang = "en" if params.get("vnp_Locale") == "en" else "vi"
    if gateway.faults.gateway_down:
        return HTMLResponse(render("gateway_error.html", lang, code="99", text="Bảo trì / maintenance"), 503)
    try:
        order = gateway.open_order(params, _now())
    except vnpay.RefusedError as error:
        text = f"{error.vi} / {error.en}"
        return HTMLResponse(render("gateway_error.html", lang, code=error.code, text=text), 400)
    if order["state"] != "open":
        return RedirectResponse(gateway.return_address(order), 303)
    amount = money(order["amount_hundredths"] // 100)
    expires = datetime.strptime(order["expires"], vnpay.STAMP).replace(tzinfo=vnpay.VIETNAM)
    page = render("gateway.html", lang, order=order, amount=amount, expires=f"{expires:%H:%M %d/%m/%Y}")
    return HTMLResponse(page)
