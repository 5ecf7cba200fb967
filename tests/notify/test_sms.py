from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.sms import size, without_accents


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("", "gsm7", 0, 1),
        ("a" * 160, "gsm7", 160, 1),
        ("a" * 161, "gsm7", 161, 2),
        ("a" * 306, "gsm7", 306, 2),
        ("a" * 307, "gsm7", 307, 3),
        ("a" * 159 + "€", "gsm7", 161, 2),
        ("a" * 152 + "€" + "a" * 152, "gsm7", 306, 3),  # the euro sign may not be cut in two
        ("ă" * 70, "ucs2", 70, 1),
        ("ă" * 71, "ucs2", 71, 2),
        ("ă" * 134, "ucs2", 134, 2),
        ("ă" * 135, "ucs2", 135, 3),
        ("😀" * 35, "ucs2", 70, 1),
        ("😀" * 67, "ucs2", 134, 3),  # 33 pairs a part, the 67th unit stays empty
        ("a" * 160 + "đ", "ucs2", 161, 3),
    ],
)
def test_size(text: str, encoding: str, units: int, parts: int) -> None:
    found = size(text)
    assert (found.encoding, found.units, found.parts) == (encoding, units, parts)


def test_accents_are_dropped_not_the_letters() -> None:
    text = "Đề nghị: “Ông/Bà” không chuyển tiền – giữ giấy tờ…"
    assert without_accents(text) == 'De nghi: "Ong/Ba" khong chuyen tien - giu giay to...'


@given(st.text(alphabet="aăâbcdđeêôơưyáàảãạấầẩẫậắằẳẵặ ẸỆỐỜ.,0123", max_size=400))
def test_plain_vietnamese_always_fits_the_gsm_alphabet(text: str) -> None:
    plain = without_accents(text)
    assert size(plain).encoding == "gsm7"
    assert size(plain).parts <= size(text).parts


@given(st.text(max_size=500))
def test_parts_hold_what_they_must(text: str) -> None:
    found = size(text)
    single, joined = (160, 153) if found.encoding == "gsm7" else (70, 67)
    if found.parts == 1:
        assert found.units <= single
    else:
        assert found.units > single
        assert (found.parts - 1) * (joined - 1) < found.units <= found.parts * joined
