"""The legal forms of Vietnamese plates: matching, and the way people write them.

A text as read may hold a Đ, which stands on old plates of two series; for matching it counts as a D, and the
canonical text, which reports and databases use, has a D.

Forms from Circular 79/2024/TT-BCA (codes from Circular 51/2025) and from older plates that stay valid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_PROVINCE: Final = r"(?P<prov>1[124-9]|2[0-9]|3[0-9]|4[013789]|5[0-9]|6[0-9]|7[0-9]|8[0-689]|9[02-57-9])"
_LETTER: Final = "[ABCDEFGHKLMNPSTUVXYZ]"
_FIVE: Final = r"(?P<num>(?!00000)\d{5})"
_STROKED: Final = frozenset({"MĐ", "TĐ"})
_OF_OLD: Final = frozenset({"moto_electric_old", "car_legacy"})
_FOUR: Final = r"(?P<num>(?!0000)\d{4})"


@dataclass(frozen=True, slots=True)
class PlateForm:
    """One legal form: its name, its pattern on the canonical text, and how it is written."""

    name: str
    pattern: re.Pattern[str]
    written: str


def _form(name: str, pattern: str, written: str) -> PlateForm:
    return PlateForm(name, re.compile(f"^{pattern}$"), written)


_CAR: Final = "{prov}{series}-{num}"
_MOTO: Final = "{prov}-{series} {num}"
_FOREIGN: Final = "{prov}-{country}-{series}-{num}"

FORMS: Final[tuple[PlateForm, ...]] = (
    _form("car_5", rf"{_PROVINCE}(?P<series>{_LETTER}){_FIVE}", _CAR),
    _form("car_special", rf"{_PROVINCE}(?P<series>CD|RM|HC|KT){_FIVE}", _CAR),
    _form("car_legacy", rf"{_PROVINCE}(?P<series>MK|TD|LD|DA|CT|LB|R){_FIVE}", _CAR),
    _form("moto_5", rf"{_PROVINCE}(?P<series>{_LETTER}{{2}}){_FIVE}", _MOTO),
    _form("moto_5_old", rf"{_PROVINCE}(?P<series>{_LETTER}[1-9]){_FIVE}", _MOTO),
    _form("moto_electric_old", rf"{_PROVINCE}(?P<series>MD[1-9]){_FIVE}", _MOTO),
    _form("moto_4_old", rf"{_PROVINCE}(?P<series>{_LETTER}[1-9]){_FOUR}", _MOTO),
    _form("car_4_old", rf"{_PROVINCE}(?P<series>{_LETTER}){_FOUR}", _CAR),
    _form(
        "foreign_car",
        rf"{_PROVINCE}(?P<country>\d{{3}})(?P<series>NG|QT|CV|NN)(?P<num>(?!00)\d{{2}})",
        _FOREIGN,
    ),
    _form(
        "foreign_moto",
        rf"{_PROVINCE}(?P<country>\d{{3}})(?P<series>NG|QT|CV|NN)(?P<num>(?!000)\d{{3}})",
        _FOREIGN,
    ),
    _form("military", r"(?P<prov>[A-Z]{2})(?P<series>\d{2})(?P<num>\d{2})", "{prov}-{series}-{num}"),
)

FORMS_ON_TWO_LINES: Final = frozenset(form.name for form in FORMS if "moto" in form.name)
"""The forms of motorbikes, whose one plate is square and always has two lines."""


def canonical(written: str) -> str:
    """Capital letters and digits only, with the Vietnamese D-stroke as D."""
    return re.sub(r"[^A-Z0-9]", "", written.upper().replace("Đ", "D"))


def forms_of(text: str) -> tuple[PlateForm, ...]:
    """Every legal form that `text` (capital letters and digits) can be; empty when it is no plate."""
    plain = text.replace("Đ", "D")
    return tuple(form for form in FORMS if form.pattern.match(plain) and _stroke_fits(text, form))


def is_legal(text: str) -> bool:
    """Whether `text` (capital letters and digits) is a plate in any legal form."""
    return bool(forms_of(text))


def spelled(text: str) -> str:
    """`text` with a D for each Đ where only a D makes a legal plate; as it is otherwise."""
    plain = text.replace("Đ", "D")
    return plain if plain != text and not is_legal(text) and is_legal(plain) else text


def _stroke_fits(text: str, form: PlateForm) -> bool:
    """Whether each Đ of `text` stands where this form has one: in the series MĐ and TĐ."""
    if "Đ" not in text:
        return True
    match = form.pattern.match(text.replace("Đ", "D"))
    series = text[slice(*match.span("series"))] if match else ""
    return series[:2] in _STROKED and text.count("Đ") == 1 and form.name in _OF_OLD


def display_form(text: str, lines: tuple[str, ...] = ()) -> str:
    """The way people write `text` (51A-123.45, 59-X1 123.45, Đ kept); the bare text when it has no form.

    `lines` as read on the plate settle texts that fit two forms: the last line is the running number.
    """
    plain = text.replace("Đ", "D")
    matches = [(form, match) for form in forms_of(text) if (match := form.pattern.match(plain))]
    if not matches:
        return text
    last = lines[-1] if len(lines) > 1 else ""
    form, match = next((pair for pair in matches if pair[1]["num"] == last), matches[0])
    parts = {name: value for name, value in match.groupdict().items() if value is not None}
    read = {"num": _dotted(parts["num"]), "series": text[slice(*match.span("series"))]}
    return form.written.format(**{**parts, **read})


def _dotted(number: str) -> str:
    return f"{number[:3]}.{number[3:]}" if len(number) == 5 else number  # noqa: PLR2004 - the five digits of the form
