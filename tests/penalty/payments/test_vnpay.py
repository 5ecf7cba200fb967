from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penalty.calendar import VIETNAM
from penalty.payments.vnpay import (
    KnownPayment,
    Merchant,
    Outcome,
    PayRequest,
    VnpayError,
    build_pay_url,
    decide_ipn,
    parse_callback,
    query_request,
    refund_request,
    sign,
    sign_text,
    signed_query,
    verify,
    verify_query_answer,
    verify_refund_answer,
)

SECRET = "TESTSECRET"
MERCHANT = Merchant("DEMOTEST", SECRET)
REQUEST = PayRequest(
    txn_ref="QD000123-1",
    amount_vnd=19_000_000,
    order_info="Nop phat QD 000123 51A12345",
    return_url="https://example.vn/return",
    ip_address="203.0.113.7",
    created_at=datetime(2026, 11, 23, 9, 30, tzinfo=VIETNAM),
    expires_at=datetime(2026, 11, 23, 9, 45, tzinfo=VIETNAM),
)
VECTOR_TEXT = (
    "vnp_Amount=1900000000&vnp_Command=pay&vnp_CreateDate=20261123093000&vnp_CurrCode=VND"
    "&vnp_ExpireDate=20261123094500&vnp_IpAddr=203.0.113.7&vnp_Locale=vn"
    "&vnp_OrderInfo=Nop+phat+QD+000123+51A12345&vnp_OrderType=other"
    "&vnp_ReturnUrl=https%3A%2F%2Fexample.vn%2Freturn&vnp_TmnCode=DEMOTEST&vnp_TxnRef=QD000123-1&vnp_Version=2.1.0"
)
VECTOR_HASH = (
    "4e18bc22e3f7f8b36b0f1f7b596ca9a41f2ad7a2fef30d782639bbefeddb2295"
    "d66a791f7fad49f261072cbe9521f405c6ceb8e76fccc5567c57ebbac725bd4b"
)


def result(**changes: str) -> dict[str, str]:
    """A signed message of the gateway."""
    params = {
        "vnp_Amount": "1900000000",
        "vnp_BankCode": "NCB",
        "vnp_OrderInfo": "Nop phat QD 000123 51A12345",
        "vnp_PayDate": "20261123093215",
        "vnp_ResponseCode": "00",
        "vnp_TmnCode": "DEMOTEST",
        "vnp_TransactionNo": "14999999",
        "vnp_TransactionStatus": "00",
        "vnp_TxnRef": "QD000123-1",
        **changes,
    }
    return dict(parse_qsl(signed_query(params, SECRET), keep_blank_values=True))


def test_the_pay_address_matches_the_vector() -> None:
    url = build_pay_url("https://sandbox.vnpayment.vn/paymentv2/vpcpay.html", REQUEST, MERCHANT)
    assert urlsplit(url).query == f"{VECTOR_TEXT}&vnp_SecureHash={VECTOR_HASH}"


def test_times_are_sent_in_vietnam_time() -> None:
    request = replace(REQUEST, created_at=datetime(2026, 11, 23, 2, 30, tzinfo=UTC))
    query = parse_qs(urlsplit(build_pay_url("https://x.vn/pay", request, MERCHANT)).query)
    assert query["vnp_CreateDate"] == ["20261123093000"]


def test_a_bank_and_an_address_with_a_query_are_kept() -> None:
    url = build_pay_url("https://x.vn/pay?a=1", replace(REQUEST, bank_code="VNPAYQR"), MERCHANT)
    assert url.startswith("https://x.vn/pay?a=1&vnp_Amount=")
    assert "vnp_BankCode=VNPAYQR" in url


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount_vnd": 0}, "amount_vnd"),
        ({"amount_vnd": 10_000_000_000}, "amount_vnd"),
        ({"order_info": "Nộp phạt"}, "order_info"),
        ({"order_info": "a&b"}, "order_info"),
        ({"order_info": ""}, "order_info"),
        ({"txn_ref": "a b"}, "txn_ref"),
        ({"txn_ref": "x" * 101}, "txn_ref"),
        ({"expires_at": REQUEST.created_at}, "expires_at"),
        ({"return_url": "javascript:alert(1)"}, "return_url"),
        ({"created_at": datetime(2026, 11, 23, 9, 30)}, "time zone|can't compare"),  # noqa: DTZ001
    ],
)
def test_a_request_the_gateway_would_refuse_is_refused_here(changes: dict[str, object], field: str) -> None:
    with pytest.raises((VnpayError, TypeError), match=field):
        build_pay_url("https://x.vn/pay", replace(REQUEST, **changes), MERCHANT)  # type: ignore[arg-type]


def test_empty_values_and_hash_fields_are_not_signed() -> None:
    params = {"b": "", "vnp_SecureHash": "x", "vnp_SecureHashType": "HmacSHA512", "a": "1 2"}
    assert sign_text(params) == "a=1+2"


def test_a_genuine_result_is_read() -> None:
    found = parse_callback(result(), SECRET)
    assert found.amount_vnd == 19_000_000
    assert found.outcome is Outcome.PAID
    assert (found.txn_ref, found.transaction_no) == ("QD000123-1", "14999999")
    assert found.text()[0] == "Giao dịch thành công"


@pytest.mark.parametrize(
    ("response", "status", "outcome"),
    [
        ("00", "00", Outcome.PAID),
        ("00", "01", Outcome.FAILED),
        ("00", "02", Outcome.FAILED),
        ("24", "00", Outcome.FAILED),
        ("24", "02", Outcome.FAILED),
        ("07", "00", Outcome.HELD),
        ("00", "07", Outcome.HELD),
        ("07", "07", Outcome.HELD),
        ("98", "02", Outcome.FAILED),
    ],
)
def test_only_both_codes_00_count_and_07_is_held(response: str, status: str, outcome: Outcome) -> None:
    params = result(vnp_ResponseCode=response, vnp_TransactionStatus=status)
    found = parse_callback(params, SECRET)
    assert found.outcome is outcome
    assert all(found.text())


def test_a_result_without_codes_is_no_payment() -> None:
    params = {"vnp_Amount": "100", "vnp_TxnRef": "r"}
    params["vnp_SecureHash"] = sign(params, SECRET)
    assert parse_callback(params, SECRET).outcome is Outcome.FAILED


@pytest.mark.parametrize("changed", ["vnp_Amount", "vnp_ResponseCode", "vnp_TxnRef", "vnp_TransactionStatus"])
def test_any_change_breaks_the_signature(changed: str) -> None:
    params = result()
    params[changed] += "0"
    assert not verify(params, SECRET)
    with pytest.raises(VnpayError, match="vnp_SecureHash"):
        parse_callback(params, SECRET)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"vnp_Amount": "19a"}, "vnp_Amount"),
        ({"vnp_Amount": "1900000050"}, "vnp_Amount"),
        ({"vnp_Amount": "-100"}, "vnp_Amount"),
        ({"vnp_Amount": "٣00"}, "vnp_Amount"),
        ({"vnp_Amount": ""}, "vnp_Amount"),
        ({"vnp_TxnRef": ""}, "vnp_TxnRef"),
    ],
)
def test_a_signed_but_malformed_result_is_refused(changes: dict[str, str], field: str) -> None:
    with pytest.raises(VnpayError, match=field):
        parse_callback(result(**changes), SECRET)


@pytest.mark.parametrize("secret", ["", "testsecret", "TESTSECRET "])
def test_another_secret_does_not_fit(secret: str) -> None:
    assert not verify(result(), secret)


def test_a_missing_or_foreign_hash_does_not_fit() -> None:
    params = result()
    del params["vnp_SecureHash"]
    assert not verify(params, SECRET)
    assert not verify({**params, "vnp_SecureHash": "đ"}, SECRET)
    assert verify({**params, "vnp_SecureHash": sign(params, SECRET).upper()}, SECRET)


GOOD = KnownPayment(amount_vnd=19_000_000, recorded=False)


@pytest.mark.parametrize(
    ("signature_ok", "known", "code", "record"),
    [
        (False, None, "97", False),
        (False, GOOD, "97", False),
        (True, None, "01", False),
        (True, KnownPayment(18_000_000, recorded=False), "04", False),
        (True, KnownPayment(18_000_000, recorded=True), "04", False),
        (True, KnownPayment(19_000_000, recorded=True), "02", False),
        (True, GOOD, "00", True),
    ],
)
def test_the_ipn_answer_follows_the_makers_order(
    signature_ok: bool, known: KnownPayment | None, code: str, record: bool
) -> None:
    answer = decide_ipn(signature_ok=signature_ok, callback=parse_callback(result(), SECRET), known=known)
    assert (answer.code, answer.record) == (code, record)
    assert answer.as_json() == {"RspCode": code, "Message": answer.message}


def test_a_failed_payment_is_recorded_and_answered_00() -> None:
    failed = parse_callback(result(vnp_ResponseCode="24", vnp_TransactionStatus="02"), SECRET)
    answer = decide_ipn(signature_ok=True, callback=failed, known=GOOD)
    assert (answer.code, answer.record) == ("00", True)


def test_a_malformed_but_signed_message_is_99() -> None:
    assert decide_ipn(signature_ok=True, callback=None, known=None).code == "99"


def test_query_and_refund_are_signed_over_their_fields_in_order() -> None:
    query = query_request(
        request_id="q1",
        txn_ref="QD000123-1",
        transaction_at=REQUEST.created_at,
        created_at=REQUEST.expires_at,
        ip_address="203.0.113.7",
        order_info="Truy van",
        merchant=MERCHANT,
    )
    text = "q1|2.1.0|querydr|DEMOTEST|QD000123-1|20261123093000|20261123094500|203.0.113.7|Truy van"
    assert query["vnp_SecureHash"] == _hmac(text)
    refund = refund_request(
        request_id="r1",
        txn_ref="QD000123-1",
        transaction_no="14999999",
        amount_vnd=1_000,
        full=False,
        transaction_at=REQUEST.created_at,
        created_by="canhsat",
        created_at=REQUEST.expires_at,
        ip_address="203.0.113.7",
        order_info="Hoan tien",
        merchant=MERCHANT,
    )
    text = (
        "r1|2.1.0|refund|DEMOTEST|03|QD000123-1|100000|14999999|20261123093000|canhsat|20261123094500"
        "|203.0.113.7|Hoan tien"
    )
    assert refund["vnp_SecureHash"] == _hmac(text)


def _hmac(text: str) -> str:
    import hashlib
    import hmac

    return hmac.new(SECRET.encode(), text.encode(), hashlib.sha512).hexdigest()


def test_answers_to_query_and_refund_are_checked() -> None:
    names = ["ResponseId", "Command", "ResponseCode", "Message", "TmnCode", "TxnRef", "Amount", "BankCode"]
    names += ["PayDate", "TransactionNo", "TransactionType", "TransactionStatus", "OrderInfo"]
    answer: dict[str, object] = {f"vnp_{name}": name.lower() for name in names}
    refund_text = "|".join(name.lower() for name in names)
    refund = {**answer, "vnp_SecureHash": _hmac(refund_text)}
    assert verify_refund_answer(refund, SECRET)
    assert not verify_query_answer(refund, SECRET)
    assert verify_query_answer({**answer, "vnp_SecureHash": _hmac(refund_text + "||")}, SECRET)
    assert not verify_refund_answer({**refund, "vnp_ResponseCode": "00"}, SECRET)


def test_the_secret_is_not_shown() -> None:
    assert SECRET not in repr(MERCHANT)


@given(
    st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=12), max_size=6), st.text(max_size=12)
)
def test_what_is_signed_verifies_and_survives_the_wire(params: dict[str, str], secret: str) -> None:
    assert verify({**params, "vnp_SecureHash": sign(params, secret)}, secret)
    wire = dict(parse_qsl(signed_query(params, secret), keep_blank_values=True))
    assert verify(wire, secret)
