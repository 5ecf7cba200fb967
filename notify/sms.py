"""How long an SMS is: characters that fit the GSM alphabet, and the parts it is cut into and paid by."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

# GSM 03.38 default alphabet and its extension table (each extension character costs two places).
_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_EXTENDED = frozenset("\f^{}\\[~]|€")
_LIMITS: dict[str, tuple[int, int]] = {"gsm7": (160, 153), "ucs2": (70, 67)}

Encoding = Literal["gsm7", "ucs2"]


@dataclass(frozen=True, slots=True)
class SmsSize:
    """Places used (septets or UTF-16 units), and the number of parts the provider charges."""

    encoding: Encoding
    units: int
    parts: int


def size(text: str) -> SmsSize:
    """Encoding, places and parts of a text. An empty text is one part."""
    gsm = all(letter in _GSM7 or letter in _GSM7_EXTENDED for letter in text)
    encoding: Encoding = "gsm7" if gsm else "ucs2"
    widths = [_width(letter, gsm=gsm) for letter in text]
    single, joined = _LIMITS[encoding]
    total = sum(widths)
    return SmsSize(encoding, total, 1 if total <= single else _pack(widths, joined))


def without_accents(text: str) -> str:
    """Vietnamese without accents (`Thông báo` -> `Thong bao`): 160 instead of 70 characters a message."""
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return kept.replace("–", "-").replace("“", '"').replace("”", '"').replace("’", "'").replace("…", "...")


def _width(letter: str, *, gsm: bool) -> int:
    if gsm:
        return 2 if letter in _GSM7_EXTENDED else 1
    return len(letter.encode("utf-16-le")) // 2


def _pack(widths: list[int], room: int) -> int:
    """Parts needed when no character may be cut in two."""
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts
