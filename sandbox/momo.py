"""A wallet that speaks MoMo's v2 protocol: create, the page the payer sees, the call-back (IPN), query."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

import httpx2
from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from sandbox.faults import Faults, control_router
from sandbox.pages import money, render
from sandbox.people import World
from sandbox.store import Store
from sandbox.vnpay import VIETNAM

CREATE = (
    *("accessKey", "amount", "extraData", "ipnUrl", "orderId", "orderInfo", "partnerCode", "redirectUrl"),
    *("requestId", "requestType"),
)
QUERY = ("accessKey", "orderId", "partnerCode", "requestId")
TOLD = (
    *("accessKey", "amount", "extraData", "message", "orderId", "orderInfo", "orderType", "partnerCode"),
    *("payType", "requestId", "responseTime", "resultCode", "transId"),
)
OUTCOMES = {
    "paid": (0, "Thành công."),
    "held": (9000, "Giao dịch đã được xác nhận, chờ xử lý."),
    "no_money": (1001, "Tài khoản không đủ số dư."),
    "cancelled": (1006, "Người dùng từ chối xác nhận."),
}
OPEN = (1000, "Giao dịch đã được khởi tạo, chờ người dùng xác nhận thanh toán.")
HOLD_BROWSER_S = 2.0
LEAST_VND, MOST_VND = 1_000, 50_000_000


def sign(values: Mapping[str, Any], order: tuple[str, ...], secret: str) -> str:
    """HMAC-SHA256 over `name=value` joined with `&`, values as they are."""
    text = "&".join(f"{name}={values.get(name, '')}" for name in order)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


@dataclass
class Wallet:
    """One merchant's account. An IPN is sent once, and once more when nobody answered, as users report."""

    store: Store
    faults: Faults
    partner_code: str
    access_key: str
    secret: str = field(repr=False)
    url: str = ""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set, init=False, repr=False)

    def create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Take an order, or say why not; the same `requestId` again is the same order."""
        refused = self._refusal(body, CREATE)
        if refused is None and not (
            isinstance(body.get("amount"), int) and LEAST_VND <= body["amount"] <= MOST_VND
        ):
            refused = (22, "Số tiền giao dịch không hợp lệ.")
        order_id = str(body.get("orderId", ""))
        known = self.store.get("momo", order_id)
        if refused is None and known is not None and known["requestId"] != body["requestId"]:
            refused = (41, "orderId bị trùng.")
        if refused is not None:
            return {"partnerCode": self.partner_code, "resultCode": refused[0], "message": refused[1]}
        if known is None:
            kept = {name: body[name] for name in CREATE if name != "accessKey"}
            self.store.put("momo", order_id, {**kept, "state": "open", "transId": 0, "payType": "qr"})
        return {
            "partnerCode": self.partner_code,
            "requestId": body["requestId"],
            "orderId": order_id,
            "amount": body["amount"],
            "resultCode": 0,
            "message": "Thành công.",
            "payUrl": f"{self.url}/v2/gateway/pay?t={order_id}",
        }

    def query(self, body: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """How an order stands."""
        refused = self._refusal(body, QUERY)
        order = self.store.get("momo", str(body.get("orderId", "")))
        if refused is None and order is None:
            refused = (42, "orderId không hợp lệ hoặc không được tìm thấy.")
        if refused is not None or order is None:
            code, words = refused or OPEN
            return {"partnerCode": self.partner_code, "resultCode": code, "message": words}
        return self._told(order, now)

    def finish(self, order_id: str, outcome: str) -> dict[str, Any] | None:
        """The payer has chosen. A finished order stays as it is; None for an unknown one."""
        order = self.store.get("momo", order_id)
        if order is None or order["state"] != "open":
            return order
        number = 4_000_000_000 + self.store.count("momo") if outcome in ("paid", "held") else 0
        order |= {"state": outcome, "transId": number}
        self.store.put("momo", order_id, order)
        return order

    def way_back(self, order: Mapping[str, Any]) -> str:
        """Where the payer's browser goes, with the signed result in the query."""
        return f"{order['redirectUrl']}?{urlencode(self._told(order, datetime.now(VIETNAM)))}"

    def call_back(self, order_id: str) -> asyncio.Task[None]:
        """Tell the merchant in the background."""
        task = asyncio.create_task(self._tell(order_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _tell(self, order_id: str) -> None:
        await asyncio.sleep(self.faults.ipn_delay_s)
        order = self.store.get("momo", order_id)
        if order is None or self.faults.ipn_lost:
            return
        told = self._told(order, datetime.now(VIETNAM))
        if self.faults.ipn_wrong_amount:
            told = self._signed({**told, "amount": told["amount"] + 1})
        if self.faults.ipn_bad_signature:
            told["signature"] = "0" * 64
        async with httpx2.AsyncClient(timeout=15) as client:
            for _ in range(2):
                try:
                    answer = (await client.post(order["ipnUrl"], json=told)).status_code
                except httpx2.HTTPError:
                    answer = 0
                number = self.store.count("momo_ipn") + 1
                self.store.put("momo_ipn", f"{number}", {"order": order_id, "answer": answer})
                if answer == 204 and not self.faults.ipn_twice:  # noqa: PLR2004 - what MoMo asks for
                    return

    def _told(self, order: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        code, words = OUTCOMES.get(order["state"], OPEN)
        return self._signed(
            {
                "partnerCode": self.partner_code,
                "orderId": order["orderId"],
                "requestId": order["requestId"],
                "amount": order["amount"],
                "orderInfo": order["orderInfo"],
                "orderType": "momo_wallet",
                "transId": order["transId"],
                "resultCode": code,
                "message": words,
                "payType": order["payType"],
                "responseTime": int(now.timestamp() * 1000),
                "extraData": order["extraData"],
            }
        )

    def _signed(self, told: dict[str, Any]) -> dict[str, Any]:
        return {**told, "signature": sign({**told, "accessKey": self.access_key}, TOLD, self.secret)}

    def _refusal(self, body: Mapping[str, Any], order: tuple[str, ...]) -> tuple[int, str] | None:
        if body.get("partnerCode") != self.partner_code or body.get("accessKey") != self.access_key:
            return 13, "Xác thực doanh nghiệp thất bại."
        expected = sign(body, order, self.secret)
        if not hmac.compare_digest(str(body.get("signature", "")).encode(), expected.encode()):
            return 11, "Truy cập bị từ chối: chữ ký không đúng."
        return None


def create_momo(wallet: Wallet, world: World) -> FastAPI:
    """The wallet's server."""
    app = FastAPI(title="Sandbox: wallet (no money moves)")
    app.include_router(control_router(wallet.faults, world, wallet.store))

    @app.post("/v2/gateway/api/{action}")
    async def api(action: str, request: Request) -> JSONResponse:
        if wallet.faults.gateway_down:
            return JSONResponse({"resultCode": 10, "message": "Hệ thống đang được bảo trì."}, 503)
        return _api(wallet, action, await request.body())

    @app.get("/v2/gateway/pay")
    def page(t: str) -> Response:
        order = wallet.store.get("momo", t)
        if order is None:
            return HTMLResponse(render("gateway_error.html", "vi", code="42", text=t), 404)
        if order["state"] != "open":
            return RedirectResponse(wallet.way_back(order), 303)
        return HTMLResponse(render("wallet.html", "vi", order=order, amount=money(order["amount"])))

    @app.post("/sandbox/pay")
    async def pay(order_id: Annotated[str, Form()], outcome: Annotated[str, Form()]) -> Response:
        """What the payer chose: one of paid, held, no_money, cancelled."""
        if outcome not in OUTCOMES:
            return JSONResponse({"code": "outcome", "allowed": sorted(OUTCOMES)}, 422)
        known = wallet.store.get("momo", order_id)
        order = wallet.finish(order_id, outcome)
        if known is None or order is None:
            return JSONResponse({"code": "not_found", "message": f"no order {order_id}"}, 404)
        if known["state"] == "open":
            await asyncio.wait([wallet.call_back(order_id)], timeout=HOLD_BROWSER_S)
        return RedirectResponse(wallet.way_back(order), 303)

    return app


def _api(wallet: Wallet, action: str, raw: bytes) -> JSONResponse:
    try:
        body = json.loads(raw)
    except ValueError:
        return JSONResponse({"resultCode": 20, "message": "Yêu cầu sai định dạng."}, 400)
    if action == "create":
        return JSONResponse(wallet.create(body))
    if action == "query":
        return JSONResponse(wallet.query(body, datetime.now(VIETNAM)))
    return JSONResponse({"resultCode": 20, "message": action}, 404)
