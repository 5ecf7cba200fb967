from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penalty.payments.values import PaymentError
from penalty.payments.vietqr import Transfer, decode, encode, with_crc

ACCOUNT, CARD = "0011012345678", "9704031101234567"
HEAD = "0010A000000727"
TAIL = "62340107NPS68690819thanh toan don hang6304"
# The four examples of NAPAS's document. In the first the inner length of the account says 12 for 13
# characters; its check sum is right all the same, so only that is compared.
STATIC_ACCOUNT = (
    f"00020101021138570{HEAD[1:]}01270006970403011200110123456780208QRIBFTTA53037045802VN6304F4E5"
)
PUBLISHED = [
    (
        Transfer("970403", CARD, "QRIBFTTC"),
        f"0002010102113860{HEAD}01300006970403011697040311012345670208QRIBFTTC53037045802VN63044F52",
    ),
    (
        Transfer("970403", ACCOUNT, "QRIBFTTA", 180_000, "NPS6869", "thanh toan don hang"),
        f"0002010102123857{HEAD}01270006970403011300110123456780208QRIBFTTA530370454061800005802VN{TAIL}2E2E",
    ),
    (
        Transfer("970403", CARD, "QRIBFTTC", 180_000, "NPS6869", "thanh toan don hang"),
        f"0002010102123860{HEAD}01300006970403011697040311012345670208QRIBFTTC530370454061800005802VN{TAIL}A203",
    ),
]


@pytest.mark.parametrize(("transfer", "text"), PUBLISHED)
def test_the_published_examples(transfer: Transfer, text: str) -> None:
    assert encode(transfer) == text
    assert decode(text) == transfer


@pytest.mark.parametrize("text", [STATIC_ACCOUNT, *(text for _, text in PUBLISHED)])
def test_the_published_check_sums(text: str) -> None:
    assert with_crc(text[:-4]) == text


def test_the_example_with_a_wrong_inner_length_is_not_read() -> None:
    with pytest.raises(PaymentError, match="cut short or damaged"):
        decode(STATIC_ACCOUNT)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "crc"),
        ("6304", "crc"),
        (PUBLISHED[1][1][:-1] + "F", "crc"),
        (PUBLISHED[1][1].replace("180000", "980000"), "crc"),
        (with_crc("0002016304"), "not a VietQR code"),
        (with_crc(PUBLISHED[1][1][:-8].replace("54061800", "54061.50") + "6304"), "54"),
        (with_crc("00990163 04".replace(" ", "") + "6304"), "cut short"),
    ],
)
def test_what_is_no_code_is_refused(text: str, says: str) -> None:
    with pytest.raises(PaymentError, match=says):
        decode(text)


@pytest.mark.parametrize(
    ("transfer", "says"),
    [
        (Transfer("97040", ACCOUNT), "bank_bin"),
        (Transfer("970403", "12 34"), "account"),
        (Transfer("970403", ACCOUNT, amount_vnd=0), "amount_vnd"),
        (Transfer("970403", ACCOUNT, purpose="Nộp phạt"), "purpose"),
        (Transfer("970403", ACCOUNT, purpose="x" * 51), "purpose"),
        (Transfer("970403", ACCOUNT, bill_number="a b"), "bill_number"),
    ],
)
def test_a_field_that_does_not_fit_is_named(transfer: Transfer, says: str) -> None:
    with pytest.raises(PaymentError, match=says):
        encode(transfer)


PLAIN = st.text("ABCXYZ 0189", min_size=1, max_size=50)


@given(
    st.builds(
        Transfer,
        bank_bin=st.from_regex(r"[0-9]{6}", fullmatch=True),
        account=st.from_regex(r"[0-9A-Z]{1,19}", fullmatch=True),
        service=st.sampled_from(["QRIBFTTA", "QRIBFTTC"]),
        amount_vnd=st.none() | st.integers(1, 9_999_999_999_999),
        bill_number=st.from_regex(r"[A-Z0-9]{0,25}", fullmatch=True),
        purpose=st.just("") | PLAIN,
    ),
    st.data(),
)
def test_what_is_written_is_read_and_one_wrong_character_is_noticed(
    transfer: Transfer, data: st.DataObject
) -> None:
    text = encode(transfer)
    assert decode(text) == transfer
    place = data.draw(st.integers(0, len(text) - 5))
    other = data.draw(st.sampled_from("0123456789ABCX ").filter(lambda one: one != text[place]))
    with pytest.raises(PaymentError):
        decode(text[:place] + other + text[place + 1 :])
