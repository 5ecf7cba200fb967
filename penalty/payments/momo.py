"""MoMo v2 as pure functions: create, callback (IPN), query. Nothing here opens a connection.

Source: the maker's public documentation as many clients agree on it (August 2026, read second-hand):
HMAC-SHA256 over `name=value` joined with `&` in a fixed order, values not URL-encoded; the IPN is
answered HTTP 204 within 15 seconds. Some IPNs come only once, so the shell asks as well.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from penalty.payments.values import (
    Ask,
    Charge,
    ForgedError,
    GoTo,
    Heard,
    HttpMessage,
    HttpRequest,
    Known,
    Outcome,
    PaymentError,
    Reply,
    verdict_of,
)

_CREATE: Final = (
    "accessKey", "amount", "extraData", "ipnUrl", "orderId", "orderInfo", "partnerCode", "redirectUrl",
    "requestId", "requestType",
)  # fmt: skip
_IPN: Final = (
    "accessKey", "amount", "extraData", "message", "orderId", "orderInfo", "orderType", "partnerCode",
    "payType", "requestId", "responseTime", "resultCode", "transId",
)  # fmt: skip
_QUERY: Final = ("accessKey", "orderId", "partnerCode", "requestId")
_PAID: Final = 0
_AUTHORISED: Final = 9000
_PENDING: Final = frozenset({1000, 7000, 7002})
_LEAST_VND: Final = 1_000
_MOST_VND: Final = 50_000_000
_REFERENCE: Final = re.compile(r"[A-Za-z0-9_.:-]{1,50}")


@dataclass(frozen=True, slots=True)
class Momo:
    """One merchant at MoMo. Fulfils `Provider`; the secret is not shown in repr."""

    base_url: str
    partner_code: str
    access_key: str
    secret: str = field(repr=False)

    @property
    def name(self) -> str:
        """As in the ledger."""
        return "momo"

    def begin(self, charge: Charge) -> Ask:
        """Ask MoMo for a page to pay on. `requestId` is the reference: asked twice, it is one order."""
        if not _REFERENCE.fullmatch(charge.reference):
            raise PaymentError("reference: 1 to 50 letters, digits and _ . : -")
        if not _LEAST_VND <= charge.amount_vnd <= _MOST_VND:
            raise PaymentError(
                f"amount_vnd: MoMo takes {_LEAST_VND} to {_MOST_VND} dong, got {charge.amount_vnd}"
            )
        values = {
            "accessKey": self.access_key,
            "amount": charge.amount_vnd,
            "extraData": "",
            "ipnUrl": charge.callback_url,
            "orderId": charge.reference,
            "orderInfo": f"Nop phat {charge.decision_number}",
            "partnerCode": self.partner_code,
            "redirectUrl": charge.return_url,
            "requestId": charge.reference,
            "requestType": "captureWallet",
        }
        return Ask(self._post("create", values, _CREATE, lang=charge.language))

    def began(self, charge: Charge, answer: HttpMessage) -> GoTo:
        """The page to pay on. Raises PaymentError with MoMo's own words when it refused."""
        said = _object(answer)
        if said.get("resultCode") != _PAID:
            raise PaymentError(f"create: MoMo refused {charge.reference}: {said.get('message', 'no reason')}")
        if said.get("orderId") != charge.reference or said.get("amount") != charge.amount_vnd:
            raise PaymentError(f"create: MoMo answered for another order than {charge.reference}")
        url = said.get("payUrl")
        if not isinstance(url, str) or not url.startswith(("https://", "http://")):
            raise PaymentError("payUrl: is missing")
        return GoTo(url)

    def hear(self, message: HttpMessage) -> Heard:
        """An IPN (JSON), or what the payer's browser brings back (a query with the same fields), checked."""
        said = _brought(message.query) if message.query and not message.body else _object(message)
        values = {**said, "accessKey": self.access_key}
        if not self._fits(values, _IPN):
            raise ForgedError("signature: does not fit")
        if said.get("partnerCode") != self.partner_code:
            raise PaymentError("partnerCode: another merchant's")
        return _heard(said)

    def reply(self, heard: Heard | PaymentError, known: Known | None) -> Reply:
        """204 ends it; anything else is sent again. What cannot be ours is refused with 400."""
        verdict = verdict_of(heard, known)
        taken = verdict in ("recorded", "known", "pending")
        record = verdict == "recorded"
        return Reply(204 if taken else 400, b"", "application/json", record=record, verdict=verdict)

    def ask_state(self, charge: Charge, *, request_id: str, at: datetime) -> HttpRequest:  # noqa: ARG002
        """How the order stands."""
        values = {
            "accessKey": self.access_key,
            "orderId": charge.reference,
            "partnerCode": self.partner_code,
            "requestId": request_id,
        }
        return self._post("query", values, _QUERY, lang=charge.language)

    def read_state(self, answer: HttpMessage) -> Heard:
        """What MoMo answered; it came over our own connection and carries no signature."""
        said = _object(answer)
        if said.get("partnerCode") != self.partner_code:
            raise PaymentError("partnerCode: another merchant's")
        return _heard(said)

    def _post(
        self, action: str, values: Mapping[str, object], order: tuple[str, ...], *, lang: str
    ) -> HttpRequest:
        signature = sign(values, order, self.secret)
        sent = {name: value for name, value in values.items() if name != "accessKey"}
        body = {**sent, "accessKey": self.access_key, "lang": lang, "signature": signature}
        return HttpRequest(
            "POST",
            f"{self.base_url.rstrip('/')}/v2/gateway/api/{action}",
            json.dumps(body, ensure_ascii=False).encode(),
            {"content-type": "application/json; charset=utf-8"},
        )

    def _fits(self, values: Mapping[str, object], order: tuple[str, ...]) -> bool:
        given = str(values.get("signature", "")).lower()
        return hmac.compare_digest(given.encode(), sign(values, order, self.secret).encode())


def sign_text(values: Mapping[str, object], order: tuple[str, ...]) -> str:
    """The string that is signed: raw values in the order that the document gives."""
    return "&".join(f"{name}={values.get(name, '')}" for name in order)


def sign(values: Mapping[str, object], order: tuple[str, ...], secret: str) -> str:
    """HMAC-SHA256 in hex over `sign_text`."""
    return hmac.new(secret.encode(), sign_text(values, order).encode(), hashlib.sha256).hexdigest()


def _object(message: HttpMessage) -> dict[str, Any]:
    try:
        said = json.loads(message.body)
    except ValueError as error:
        raise PaymentError(f"body: no JSON: {error}") from error
    if not isinstance(said, dict):
        raise PaymentError("body: expected a JSON object")
    return said


def _brought(query: str) -> dict[str, Any]:
    said: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    for name in ("amount", "resultCode"):
        if re.fullmatch(r"[0-9]{1,12}", str(said.get(name, ""))):
            said[name] = int(said[name])
    return said


def _heard(said: Mapping[str, Any]) -> Heard:
    amount, code, reference = said.get("amount"), said.get("resultCode"), said.get("orderId")
    if not isinstance(amount, int) or isinstance(amount, bool) or amount < 0:
        raise PaymentError(f"amount: expected whole dong, got {amount!r}")
    if not isinstance(code, int) or isinstance(code, bool):
        raise PaymentError(f"resultCode: expected a number, got {code!r}")
    if not isinstance(reference, str) or not reference:
        raise PaymentError("orderId: is missing")
    return Heard(
        reference=reference,
        amount_vnd=amount,
        outcome=_outcome(code),
        provider_reference=str(said.get("transId") or ""),
        code=str(code),
        raw={str(name): str(value) for name, value in said.items()},
    )


def _outcome(code: int) -> Outcome:
    if code == _PAID:
        return Outcome.PAID
    if code == _AUTHORISED:
        return Outcome.HELD
    return Outcome.PENDING if code in _PENDING else Outcome.FAILED
