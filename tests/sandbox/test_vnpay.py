"""The gateway's own arithmetic, against the published-format test vector of the domain notes."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import vnpay

SECRET = "TESTSECRET"
ORDER = dict(
    parse_qsl(
        "vnp_Amount=1900000000&vnp_Command=pay&vnp_CreateDate=20261123093000&vnp_CurrCode=VND"
        "&vnp_ExpireDate=20261123094500&vnp_IpAddr=203.0.113.7&vnp_Locale=vn"
        "&vnp_OrderInfo=Nop+phat+QD+000123+51A12345&vnp_OrderType=other"
        "&vnp_ReturnUrl=https%3A%2F%2Fexample.vn%2Freturn&vnp_TmnCode=DEMOTEST&vnp_TxnRef=QD000123-1"
        "&vnp_Version=2.1.0"
    )
)
HASH = (
    "4e18bc22e3f7f8b36b0f1f7b596ca9a41f2ad7a2fef30d782639bbefeddb2295"
    "d66a791f7fad49f261072cbe9521f405c6ceb8e76fccc5567c57ebbac725bd4b"
)
NOW = datetime(2026, 11, 23, 9, 31, tzinfo=vnpay.VIETNAM)


def check(params, now=NOW):
    vnpay.check_order(params, tmn_code="DEMOTEST", secret=SECRET, now=now)


def test_the_signature_is_that_of_the_vector():
    assert vnpay.sign(ORDER, SECRET) == HASH


def test_empty_values_and_hash_fields_are_not_signed():
    padded = ORDER | {"vnp_BankCode": "", "vnp_SecureHash": "x", "vnp_SecureHashType": "SHA512"}

    assert vnpay.sign(padded, SECRET) == HASH


def test_a_signed_order_is_taken_in_either_case_of_hex():
    check(ORDER | {"vnp_SecureHash": HASH})
    check(ORDER | {"vnp_SecureHash": HASH.upper()})


@given(st.sampled_from(sorted(ORDER)), st.text(min_size=1, max_size=5))
def test_any_change_after_signing_is_refused(name, value):
    changed = ORDER | {name: ORDER[name] + value, "vnp_SecureHash": HASH}

    with pytest.raises(vnpay.RefusedError) as refused:
        check(changed)
    assert refused.value.code == ("72" if name == "vnp_TmnCode" else "70")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"vnp_Amount": "19.000"}, "03", "vnp_Amount"),
        ({"vnp_Amount": "0"}, "03", "vnp_Amount"),
        ({"vnp_Amount": "1000000000000"}, "03", "vnp_Amount"),
        ({"vnp_CurrCode": "USD"}, "03", "vnp_CurrCode"),
        ({"vnp_Version": "2.0.0"}, "03", "vnp_Version"),
        ({"vnp_OrderInfo": "Nộp phạt"}, "03", "vnp_OrderInfo"),
        ({"vnp_ReturnUrl": "javascript:x"}, "03", "vnp_ReturnUrl"),
        ({"vnp_IpAddr": ""}, "03", "vnp_IpAddr"),
        ({"vnp_ExpireDate": "tomorrow"}, "03", "vnp_ExpireDate"),
        ({"vnp_ExpireDate": "20261123093059"}, "15", "vnp_ExpireDate"),
        ({"vnp_TmnCode": "OTHER"}, "72", "vnp_TmnCode"),
    ],
)
def test_a_well_signed_but_wrong_order_is_refused_with_the_field(change, code, field):
    params = ORDER | change

    with pytest.raises(vnpay.RefusedError) as refused:
        check(params | {"vnp_SecureHash": vnpay.sign(params, SECRET)})
    assert refused.value.code == code
    assert field in refused.value.en
