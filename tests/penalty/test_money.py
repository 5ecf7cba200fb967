from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penalty.money import format_figure, format_vnd, format_vnd_en, words_vi

DIGITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7,
    "tám": 8, "chín": 9, "mười": 10,
}  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (5, "Năm đồng"),
        (10, "Mười đồng"),
        (15, "Mười lăm đồng"),
        (21, "Hai mươi mốt đồng"),
        (55, "Năm mươi lăm đồng"),
        (101, "Một trăm linh một đồng"),
        (110, "Một trăm mười đồng"),
        (1_005, "Một nghìn không trăm linh năm đồng"),
        (150_000, "Một trăm năm mươi nghìn đồng"),
        (500_000, "Năm trăm nghìn đồng"),
        (1_000_000, "Một triệu đồng"),
        (19_000_000, "Mười chín triệu đồng"),
        (19_028_500, "Mười chín triệu không trăm hai mươi tám nghìn năm trăm đồng"),
        (22_500_000, "Hai mươi hai triệu năm trăm nghìn đồng"),
        (1_000_000_005, "Một tỷ không trăm linh năm đồng"),
        (2_100_000_000, "Hai tỷ một trăm triệu đồng"),
    ],
)
def test_words(amount: int, words: str) -> None:
    assert words_vi(amount) == words


def test_figures() -> None:
    assert format_vnd(19_000_000) == "19.000.000 đồng"
    assert format_vnd(500) == "500 đồng"
    assert format_vnd_en(19_000_000) == "VND 19,000,000"
    assert format_figure(1_234_567) == "1.234.567"


def test_a_document_never_states_a_negative_amount() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        words_vi(-1)


def read(words: list[str]) -> int:
    """An independent reading of number words: what a clerk does with the text."""
    if "tỷ" in words:
        at = len(words) - 1 - words[::-1].index("tỷ")
        return read(words[:at]) * 10**9 + read(words[at + 1 :])
    total = 0
    for scale, factor in (("triệu", 10**6), ("nghìn", 10**3)):
        if scale in words:
            at = words.index(scale)
            total += group(words[:at]) * factor
            words = words[at + 1 :]
    return total + group(words)


def group(words: list[str]) -> int:
    total = 0
    if "trăm" in words:
        at = words.index("trăm")
        total += DIGITS[words[at - 1]] * 100
        words = words[at + 1 :]
    words = [word for word in words if word != "linh"]
    if "mươi" in words:
        at = words.index("mươi")
        total += DIGITS[words[at - 1]] * 10
        words = words[at + 1 :]
    return total + sum(DIGITS[word] for word in words)


@given(st.integers(0, 10**12))
def test_words_read_back_give_the_amount(amount: int) -> None:
    words = words_vi(amount).removesuffix(" đồng").lower().split()
    assert read(words) == amount
