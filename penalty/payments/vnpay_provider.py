"""VNPAY behind the one `Provider`: which of its messages answers which question."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NoReturn
from urllib.parse import parse_qsl

from penalty.payments import vnpay
from penalty.payments.values import (
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
    Verdict,
    verdict_of,
)

_ANSWERS: Final[Mapping[Verdict, tuple[str, str]]] = {
    "recorded": ("00", "Confirm success"),
    "known": ("02", "Order already confirmed"),
    "unknown_reference": ("01", "Order not found"),
    "wrong_amount": ("04", "Invalid amount"),
    "forged": ("97", "Invalid signature"),
    "malformed": ("99", "Malformed message"),
    "pending": ("99", "No outcome yet"),
}


@dataclass(frozen=True, slots=True)
class Vnpay:
    """One merchant at VNPAY. Fulfils `Provider`."""

    pay_url: str
    query_url: str
    merchant: vnpay.Merchant

    @property
    def name(self) -> str:
        """As in the ledger."""
        return "vnpay"

    def begin(self, charge: Charge) -> GoTo:
        """The signed address of the gateway's page."""
        request = vnpay.PayRequest(
            txn_ref=charge.reference,
            amount_vnd=charge.amount_vnd,
            order_info=order_info(charge),
            return_url=charge.return_url,
            ip_address=charge.ip_address,
            created_at=charge.created_at,
            expires_at=charge.expires_at,
            locale="vn" if charge.language == "vi" else "en",
        )
        return GoTo(vnpay.build_pay_url(self.pay_url, request, self.merchant))

    def began(self, charge: Charge, answer: HttpMessage) -> NoReturn:
        """Never: the address is signed, nobody is asked."""
        raise PaymentError(f"vnpay {charge.reference}: is never asked ({len(answer.body)} bytes came)")

    def hear(self, message: HttpMessage) -> Heard:
        """An IPN or the query of the return address, checked."""
        params = dict(parse_qsl(message.query, keep_blank_values=True))
        if not vnpay.verify(params, self.merchant.secret):
            raise ForgedError("vnp_SecureHash: the signature does not fit")
        if params.get("vnp_TmnCode") != self.merchant.tmn_code:
            raise PaymentError("vnp_TmnCode: another merchant's")
        said = vnpay.parse_callback(params, self.merchant.secret)
        return Heard(
            reference=said.txn_ref,
            amount_vnd=said.amount_vnd,
            outcome=said.outcome,
            provider_reference=said.transaction_no,
            code=said.response_code,
            raw=said.raw,
        )

    def reply(self, heard: Heard | PaymentError, known: Known | None) -> Reply:
        """HTTP 200 with a code: 00 and 02 end it, all others are sent again by the gateway."""
        verdict = verdict_of(heard, known)
        code, message = _ANSWERS[verdict]
        body = json.dumps({"RspCode": code, "Message": message}).encode()
        return Reply(200, body, "application/json", record=verdict == "recorded", verdict=verdict)

    def ask_state(self, charge: Charge, *, request_id: str, at: datetime) -> HttpRequest:
        """How the order stands at the gateway."""
        body = vnpay.query_request(
            request_id=request_id,
            txn_ref=charge.reference,
            transaction_at=charge.created_at,
            created_at=at,
            ip_address=charge.ip_address,
            order_info=order_info(charge),
            merchant=self.merchant,
        )
        headers = {"content-type": "application/json"}
        return HttpRequest("POST", self.query_url, json.dumps(body).encode(), headers)

    def read_state(self, answer: HttpMessage) -> Heard:
        """The gateway's signed answer to `ask_state`."""
        said = _object(answer)
        if not vnpay.verify_query_answer(said, self.merchant.secret):
            raise ForgedError("vnp_SecureHash: the signature does not fit")
        if said.get("vnp_ResponseCode") != vnpay.SUCCESS:
            raise PaymentError(f"vnp_ResponseCode: {said.get('vnp_ResponseCode')}: {said.get('vnp_Message')}")
        amount = str(said.get("vnp_Amount", ""))
        if not (amount.isascii() and amount.isdigit()) or int(amount) % 100:
            raise PaymentError(f"vnp_Amount: expected hundredths of whole dong, got {amount!r}")
        status = str(said.get("vnp_TransactionStatus", ""))
        return Heard(
            reference=str(said.get("vnp_TxnRef", "")),
            amount_vnd=int(amount) // 100,
            outcome=_outcome(status),
            provider_reference=str(said.get("vnp_TransactionNo", "")),
            code=status,
            raw={name: str(value) for name, value in said.items()},
        )


def order_info(charge: Charge) -> str:
    """What the payer reads at the gateway, in the plain letters it takes."""
    number = charge.decision_number.replace("Đ", "D").replace("-", " ").replace("/", " ")
    return f"Nop phat {number} {charge.plate.replace('Đ', 'D')}"


def _outcome(status: str) -> Outcome:
    if status == vnpay.SUCCESS:
        return Outcome.PAID
    if status == vnpay.SUSPECTED_FRAUD:
        return Outcome.HELD
    return Outcome.PENDING if status in ("", "01") else Outcome.FAILED


def _object(answer: HttpMessage) -> dict[str, object]:
    try:
        said = json.loads(answer.body)
    except ValueError as error:
        raise PaymentError(f"body: no JSON: {error}") from error
    if not isinstance(said, dict):
        raise PaymentError("body: expected a JSON object")
    return said
