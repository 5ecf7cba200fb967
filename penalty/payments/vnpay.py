"""VNPAY 2.1.0 as pure functions: addresses, signatures, answers. Nothing here opens a connection.

Source: the maker's page of March 2026. A payment counts only when both codes are 00; code 07 means the money
was taken but is under suspicion and must be held. The return address only shows a result; the IPN changes
state.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote_plus, urlencode

from penalty.calendar import VIETNAM
from penalty.payments.values import Outcome, PaymentError

VERSION = "2.1.0"
SUCCESS = "00"
SUSPECTED_FRAUD = "07"
_UNSIGNED = frozenset({"vnp_SecureHash", "vnp_SecureHashType"})
_PLAIN_INFO = re.compile(r"[A-Za-z0-9 ]{1,255}")
_REFERENCE = re.compile(r"[A-Za-z0-9-]{1,100}")
_MAX_AMOUNT = 999_999_999_999
_DEFAULT_ORDER_TYPE = "other"

RESPONSE_TEXTS: Mapping[str, tuple[str, str]] = {
    "00": ("Giao dịch thành công", "Paid"),
    "07": ("Đã trừ tiền nhưng giao dịch bị nghi ngờ, đang kiểm tra", "Money taken, but under suspicion"),
    "09": ("Tài khoản chưa đăng ký ngân hàng trực tuyến", "No internet banking on this account"),
    "10": ("Xác thực sai quá 3 lần", "Wrong authentication three times"),
    "11": ("Hết thời gian thanh toán", "Timed out"),
    "12": ("Thẻ hoặc tài khoản bị khóa", "Card or account locked"),
    "13": ("Sai mã OTP", "Wrong one-time code"),
    "24": ("Người nộp đã hủy giao dịch", "Cancelled by the payer"),
    "51": ("Tài khoản không đủ số dư", "Not enough money"),
    "65": ("Vượt hạn mức trong ngày", "Daily limit reached"),
    "75": ("Ngân hàng đang bảo trì", "Bank under maintenance"),
    "79": ("Sai mật khẩu thanh toán quá số lần", "Wrong payment password too often"),
    "99": ("Lỗi khác", "Other error"),
}


class VnpayError(PaymentError):
    """A value the gateway would refuse or a message that is not what it claims; names the field."""


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who we are at the gateway. The secret never leaves the server and is not shown in repr."""

    tmn_code: str
    secret: str

    def __repr__(self) -> str:
        return f"Merchant(tmn_code={self.tmn_code!r}, secret=***)"


@dataclass(frozen=True, slots=True, kw_only=True)
class PayRequest:
    """One payment attempt. `txn_ref` is unique per day; `order_info` is ASCII letters, digits and spaces."""

    txn_ref: str
    amount_vnd: int
    order_info: str
    return_url: str
    ip_address: str
    created_at: datetime
    expires_at: datetime
    locale: Literal["vn", "en"] = "vn"
    bank_code: str | None = None
    order_type: str = _DEFAULT_ORDER_TYPE


@dataclass(frozen=True, slots=True)
class Callback:
    """A verified return or IPN. Amount in dong (the wire carries hundredths)."""

    txn_ref: str
    amount_vnd: int
    response_code: str
    transaction_status: str
    transaction_no: str
    bank_code: str
    pay_date: str
    order_info: str
    raw: Mapping[str, str]

    @property
    def outcome(self) -> Outcome:
        """Paid only if both codes are 00; either code 07 holds the money; all else failed."""
        if SUSPECTED_FRAUD in (self.response_code, self.transaction_status):
            return Outcome.HELD
        if self.response_code == SUCCESS == self.transaction_status:
            return Outcome.PAID
        return Outcome.FAILED

    def text(self) -> tuple[str, str]:
        """The response code in words, Vietnamese and English."""
        return RESPONSE_TEXTS.get(self.response_code, RESPONSE_TEXTS["99"])


@dataclass(frozen=True, slots=True)
class IpnAnswer:
    """What the IPN address answers. `record` says whether the caller must write the outcome down."""

    code: Literal["00", "01", "02", "04", "97", "99"]
    message: str
    record: bool

    def as_json(self) -> dict[str, str]:
        return {"RspCode": self.code, "Message": self.message}


@dataclass(frozen=True, slots=True)
class KnownPayment:
    """Our own row for a `txn_ref`: the amount asked for, and whether an outcome was recorded before."""

    amount_vnd: int
    recorded: bool


def sign_text(params: Mapping[str, str]) -> str:
    """The string that is signed: no empty values, no hash fields, sorted, URL-encoded with `+` for space."""
    kept = sorted((name, value) for name, value in params.items() if value and name not in _UNSIGNED)
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in kept)


def sign(params: Mapping[str, str], secret: str) -> str:
    """HMAC-SHA512 in hex over `sign_text`."""
    return _hmac(sign_text(params), secret)


def verify(params: Mapping[str, str], secret: str) -> bool:
    """Whether `vnp_SecureHash` fits, compared in constant time."""
    given = params.get("vnp_SecureHash", "").lower()
    return hmac.compare_digest(given.encode(), sign(params, secret).encode())


def build_pay_url(base_url: str, request: PayRequest, merchant: Merchant) -> str:
    """Where the payer's browser is sent. Raises VnpayError naming the field the gateway would refuse."""
    _check(request)
    params = {
        "vnp_Version": VERSION,
        "vnp_Command": "pay",
        "vnp_TmnCode": merchant.tmn_code,
        "vnp_Amount": str(request.amount_vnd * 100),
        "vnp_CreateDate": _stamp(request.created_at),
        "vnp_ExpireDate": _stamp(request.expires_at),
        "vnp_CurrCode": "VND",
        "vnp_IpAddr": request.ip_address,
        "vnp_Locale": request.locale,
        "vnp_OrderInfo": request.order_info,
        "vnp_OrderType": request.order_type,
        "vnp_ReturnUrl": request.return_url,
        "vnp_TxnRef": request.txn_ref,
    }
    if request.bank_code:
        params["vnp_BankCode"] = request.bank_code
    separator = "&" if "?" in base_url else "?"
    return f"{base_url}{separator}{sign_text(params)}&vnp_SecureHash={sign(params, merchant.secret)}"


def parse_callback(params: Mapping[str, str], secret: str) -> Callback:
    """A return or IPN query, verified. Raises VnpayError naming `vnp_SecureHash` or the malformed field."""
    if not verify(params, secret):
        raise VnpayError("vnp_SecureHash: the signature does not fit")
    amount = params.get("vnp_Amount", "")
    if not (amount.isascii() and amount.isdigit()) or int(amount) % 100:
        raise VnpayError(f"vnp_Amount: expected hundredths of whole dong, got {amount!r}")
    if not params.get("vnp_TxnRef"):
        raise VnpayError("vnp_TxnRef: is missing")
    return Callback(
        txn_ref=params["vnp_TxnRef"],
        amount_vnd=int(amount) // 100,
        response_code=params.get("vnp_ResponseCode", "99"),
        transaction_status=params.get("vnp_TransactionStatus", "99"),
        transaction_no=params.get("vnp_TransactionNo", ""),
        bank_code=params.get("vnp_BankCode", ""),
        pay_date=params.get("vnp_PayDate", ""),
        order_info=params.get("vnp_OrderInfo", ""),
        raw=dict(params),
    )


def decide_ipn(*, signature_ok: bool, callback: Callback | None, known: KnownPayment | None) -> IpnAnswer:
    """The answer to an IPN, in the maker's order: signature, order, amount, state.

    A failed payment is recorded too and answered 00; a second IPN for a recorded one is answered 02.
    """
    if not signature_ok:
        return IpnAnswer("97", "Invalid signature", record=False)
    if callback is None:
        return IpnAnswer("99", "Malformed message", record=False)
    if known is None:
        return IpnAnswer("01", "Order not found", record=False)
    if known.amount_vnd != callback.amount_vnd:
        return IpnAnswer("04", "Invalid amount", record=False)
    if known.recorded:
        return IpnAnswer("02", "Order already confirmed", record=False)
    return IpnAnswer("00", "Confirm success", record=True)


_QUERY_FIELDS = (
    "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TxnRef", "vnp_TransactionDate",
    "vnp_CreateDate", "vnp_IpAddr", "vnp_OrderInfo",
)  # fmt: skip
_REFUND_FIELDS = (
    "vnp_RequestId", "vnp_Version", "vnp_Command", "vnp_TmnCode", "vnp_TransactionType", "vnp_TxnRef",
    "vnp_Amount", "vnp_TransactionNo", "vnp_TransactionDate", "vnp_CreateBy", "vnp_CreateDate", "vnp_IpAddr",
    "vnp_OrderInfo",
)  # fmt: skip
_REFUND_ANSWER_FIELDS = (
    "vnp_ResponseId", "vnp_Command", "vnp_ResponseCode", "vnp_Message", "vnp_TmnCode", "vnp_TxnRef",
    "vnp_Amount", "vnp_BankCode", "vnp_PayDate", "vnp_TransactionNo", "vnp_TransactionType",
    "vnp_TransactionStatus", "vnp_OrderInfo",
)  # fmt: skip
_QUERY_ANSWER_FIELDS = (*_REFUND_ANSWER_FIELDS, "vnp_PromotionCode", "vnp_PromotionAmount")


def query_request(
    *,
    request_id: str,
    txn_ref: str,
    transaction_at: datetime,
    created_at: datetime,
    ip_address: str,
    order_info: str,
    merchant: Merchant,
) -> dict[str, str]:
    """The signed JSON body that asks the gateway how a payment stands."""
    body = {
        "vnp_RequestId": request_id,
        "vnp_Version": VERSION,
        "vnp_Command": "querydr",
        "vnp_TmnCode": merchant.tmn_code,
        "vnp_TxnRef": txn_ref,
        "vnp_TransactionDate": _stamp(transaction_at),
        "vnp_CreateDate": _stamp(created_at),
        "vnp_IpAddr": ip_address,
        "vnp_OrderInfo": order_info,
    }
    return _with_pipe_hash(body, _QUERY_FIELDS, merchant.secret)


def refund_request(
    *,
    request_id: str,
    txn_ref: str,
    transaction_no: str,
    amount_vnd: int,
    full: bool,
    transaction_at: datetime,
    created_by: str,
    created_at: datetime,
    ip_address: str,
    order_info: str,
    merchant: Merchant,
) -> dict[str, str]:
    """The signed JSON body that gives money back, in full (type 02) or in part (03)."""
    body = {
        "vnp_RequestId": request_id,
        "vnp_Version": VERSION,
        "vnp_Command": "refund",
        "vnp_TmnCode": merchant.tmn_code,
        "vnp_TransactionType": "02" if full else "03",
        "vnp_TxnRef": txn_ref,
        "vnp_Amount": str(amount_vnd * 100),
        "vnp_TransactionNo": transaction_no,
        "vnp_TransactionDate": _stamp(transaction_at),
        "vnp_CreateBy": created_by,
        "vnp_CreateDate": _stamp(created_at),
        "vnp_IpAddr": ip_address,
        "vnp_OrderInfo": order_info,
    }
    return _with_pipe_hash(body, _REFUND_FIELDS, merchant.secret)


def verify_query_answer(answer: Mapping[str, object], secret: str) -> bool:
    """Whether the answer to a query is the gateway's own."""
    return _fits(answer, _QUERY_ANSWER_FIELDS, secret)


def verify_refund_answer(answer: Mapping[str, object], secret: str) -> bool:
    """Whether the answer to a refund is the gateway's own."""
    return _fits(answer, _REFUND_ANSWER_FIELDS, secret)


def signed_query(params: Mapping[str, str], secret: str) -> str:
    """A query string with its hash, as the gateway sends it; used by tests and stand-ins."""
    return urlencode({**params, "vnp_SecureHash": sign(params, secret)})


def _fits(answer: Mapping[str, object], fields: tuple[str, ...], secret: str) -> bool:
    text = "|".join(str(answer.get(name, "")) for name in fields)
    given = str(answer.get("vnp_SecureHash", "")).lower()
    return hmac.compare_digest(given.encode(), _hmac(text, secret).encode())


def _with_pipe_hash(body: dict[str, str], fields: tuple[str, ...], secret: str) -> dict[str, str]:
    text = "|".join(body[name] for name in fields)
    return {**body, "vnp_SecureHash": _hmac(text, secret)}


def _hmac(text: str, secret: str) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


def _stamp(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise VnpayError("time: must carry its time zone")
    return f"{moment.astimezone(VIETNAM):%Y%m%d%H%M%S}"


def _check(request: PayRequest) -> None:
    if not 0 < request.amount_vnd * 100 <= _MAX_AMOUNT:
        raise VnpayError(
            f"amount_vnd: must be above 0 and at most {_MAX_AMOUNT // 100}, got {request.amount_vnd}"
        )
    if not _PLAIN_INFO.fullmatch(request.order_info):
        raise VnpayError("order_info: ASCII letters, digits and spaces only, 1 to 255 of them")
    if not _REFERENCE.fullmatch(request.txn_ref):
        raise VnpayError("txn_ref: ASCII letters, digits and hyphens only, 1 to 100 of them")
    if request.expires_at <= request.created_at:
        raise VnpayError("expires_at: must be after created_at")
    if not request.return_url.startswith(("https://", "http://")):
        raise VnpayError("return_url: must be an http(s) address")
