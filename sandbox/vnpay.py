"""The gateway's side of VNPAY 2.1.0: signatures, order checks, messages. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote_plus, urlsplit

VIETNAM = timezone(timedelta(hours=7))
STAMP = "%Y%m%d%H%M%S"
HASH_FIELDS = ("vnp_SecureHash", "vnp_SecureHashType")
REQUIRED = (
    *("vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_Amount", "vnp_CreateDate", "vnp_ExpireDate"),
    *("vnp_CurrCode", "vnp_IpAddr", "vnp_Locale", "vnp_OrderInfo", "vnp_OrderType", "vnp_ReturnUrl"),
    "vnp_TxnRef",
)
QUERY_FIELDS = (
    *("vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TxnRef", "vnp_TransactionDate"),
    *("vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo"),
)
REFUND_FIELDS = (
    *("vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TransactionType", "vnp_TxnRef"),
    *("vnp_Amount", "vnp_TransactionNo", "vnp_TransactionDate", "vnp_CreateBy", "vnp_CreateDate"),
    *("vnp_IpAddr", "vnp_OrderInfo"),
)
REFUND_ANSWER_FIELDS = (
    *("vnp_ResponseId", "vnp_Command", "vnp_ResponseCode", "vnp_Message", "vnp_TmnCode", "vnp_TxnRef"),
    *("vnp_Amount", "vnp_BankCode", "vnp_PayDate", "vnp_TransactionNo", "vnp_TransactionType"),
    *("vnp_TransactionStatus", "vnp_OrderInfo"),
)
QUERY_ANSWER_FIELDS = (*REFUND_ANSWER_FIELDS, "vnp_PromotionCode", "vnp_PromotionAmount")

# outcome -> (vnp_ResponseCode, vnp_TransactionStatus)
OUTCOMES: dict[str, tuple[str, str]] = {
    "paid": ("00", "00"),
    "suspected": ("07", "07"),
    "no_money": ("51", "02"),
    "wrong_otp": ("13", "02"),
    "cancelled": ("24", "02"),
}


@dataclass(eq=False)
class RefusedError(Exception):
    """The gateway's error page: its code, and which field is wrong."""

    code: str
    vi: str
    en: str


def sign(params: Mapping[str, str], secret: str) -> str:
    """HMAC-SHA512 over the sorted, URL-encoded pairs; empty values and the hash itself are left out."""
    kept = sorted((name, value) for name, value in params.items() if value and name not in HASH_FIELDS)
    text = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in kept)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


def sign_piped(values: Mapping[str, str], fields: tuple[str, ...], secret: str) -> str:
    """HMAC-SHA512 over values joined with `|`, as the query and refund interface wants it."""
    text = "|".join(str(values.get(name, "")) for name in fields)
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


def fits(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.lower().encode(), expected.encode())


def check_order(params: Mapping[str, str], *, tmn_code: str, secret: str, now: datetime) -> None:
    """Raise RefusedError as the gateway's error page would."""
    if params.get("vnp_TmnCode") != tmn_code:
        raise RefusedError("72", "Không tìm thấy website", "vnp_TmnCode: merchant unknown")
    if not fits(params.get("vnp_SecureHash", ""), sign(params, secret)):
        raise RefusedError("70", "Sai chữ ký", "vnp_SecureHash: wrong signature")
    for name in REQUIRED:
        if not params.get(name):
            raise RefusedError("03", f"Thiếu trường {name}", f"{name}: is missing")
    amount = params["vnp_Amount"]
    checks = {
        "vnp_Version": params["vnp_Version"] == "2.1.0",
        "vnp_Command": params["vnp_Command"] == "pay",
        "vnp_CurrCode": params["vnp_CurrCode"] == "VND",
        "vnp_Locale": params["vnp_Locale"] in ("vn", "en"),
        "vnp_Amount": amount.isascii() and amount.isdigit() and len(amount) <= 12 and int(amount) > 0,  # noqa: PLR2004
        "vnp_OrderInfo": params["vnp_OrderInfo"].isascii() and len(params["vnp_OrderInfo"]) <= 255,  # noqa: PLR2004
        "vnp_TxnRef": len(params["vnp_TxnRef"]) <= 100,  # noqa: PLR2004
        "vnp_ReturnUrl": urlsplit(params["vnp_ReturnUrl"]).scheme in ("http", "https"),
    }
    for name, good in checks.items():
        if not good:
            raise RefusedError("03", f"Dữ liệu không đúng định dạng: {name}", f"{name}: malformed")
    if _moment(params, "vnp_ExpireDate") <= now:
        raise RefusedError("15", "Giao dịch đã quá thời gian thanh toán", "vnp_ExpireDate: is past")


def _moment(params: Mapping[str, str], name: str) -> datetime:
    try:
        return datetime.strptime(params[name], STAMP).replace(tzinfo=VIETNAM)
    except ValueError:
        raise RefusedError("03", f"Dữ liệu không đúng định dạng: {name}", f"{name}: malformed") from None


def result_params(order: Mapping[str, Any], secret: str) -> dict[str, str]:
    """What the gateway tells the merchant of a finished order, in the return address and in the IPN."""
    params = {
        "vnp_Amount": str(order["amount_hundredths"]),
        "vnp_BankCode": str(order["bank_code"]),
        "vnp_BankTranNo": str(order["bank_tran_no"]),
        "vnp_CardType": "ATM",
        "vnp_OrderInfo": str(order["order_info"]),
        "vnp_PayDate": str(order["pay_date"]),
        "vnp_ResponseCode": str(order["response_code"]),
        "vnp_TmnCode": str(order["tmn_code"]),
        "vnp_TransactionNo": str(order["transaction_no"]),
        "vnp_TransactionStatus": str(order["transaction_status"]),
        "vnp_TxnRef": str(order["txn_ref"]),
    }
    kept = {name: value for name, value in params.items() if value}
    return {**kept, "vnp_SecureHash": sign(kept, secret)}
