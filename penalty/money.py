"""Whole dong, as people read them: grouped figures and Vietnamese words."""

from __future__ import annotations

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES = ("", "nghìn", "triệu")
_BILLION = 1_000_000_000


def format_vnd(amount_vnd: int) -> str:
    """`19000000` -> `19.000.000 đồng`."""
    return f"{_grouped(amount_vnd)} đồng"


def format_vnd_en(amount_vnd: int) -> str:
    """`19000000` -> `VND 19,000,000`."""
    return f"VND {amount_vnd:,}"


def format_figure(amount_vnd: int) -> str:
    """`19000000` -> `19.000.000`, for columns of money."""
    return _grouped(amount_vnd)


def _grouped(amount_vnd: int) -> str:
    return f"{amount_vnd:,}".replace(",", ".")


def words_vi(amount_vnd: int) -> str:
    """The amount in Vietnamese words, as documents need it: `Mười chín triệu đồng`.

    Raises ValueError for negative amounts: a document never states one.
    """
    if amount_vnd < 0:
        raise ValueError(f"amount_vnd: must be 0 or more, got {amount_vnd}")
    text = _number(amount_vnd) if amount_vnd else _DIGITS[0]
    return f"{text[0].upper()}{text[1:]} đồng"


def _number(value: int) -> str:
    """Words of a positive number; above a billion, groups of nine digits repeat with `tỷ`."""
    if value < _BILLION:
        return _below_billion(value, leading=True)
    high, low = divmod(value, _BILLION)
    words = f"{_number(high)} tỷ"
    return f"{words} {_below_billion(low, leading=False)}" if low else words


def _below_billion(value: int, *, leading: bool) -> str:
    """Words of up to nine digits. Not leading: the first group is read with its zeros (`không trăm`)."""
    parts: list[str] = []
    for power in (2, 1, 0):
        group = value // 1000**power % 1000
        if group:
            words = _group(group, full=bool(parts) or not leading)
            parts.append(f"{words} {_SCALES[power]}".rstrip())
    return " ".join(parts)


def _group(value: int, *, full: bool) -> str:
    """Three digits. `full` reads missing hundreds aloud: 5 -> `không trăm linh năm`."""
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    words: list[str] = []
    if hundreds or full:
        words.append(f"{_DIGITS[hundreds]} trăm")
    if tens == 0:
        if ones:
            words.append(f"linh {_DIGITS[ones]}" if words else _DIGITS[ones])
        return " ".join(words)
    words.append("mười" if tens == 1 else f"{_DIGITS[tens]} mươi")
    if ones:
        words.append(_after_tens(tens, ones))
    return " ".join(words)


def _after_tens(tens: int, ones: int) -> str:
    if ones == 1 and tens > 1:
        return "mốt"
    if ones == 5:  # noqa: PLR2004 - five is said "lăm" after a ten
        return "lăm"
    return _DIGITS[ones]
