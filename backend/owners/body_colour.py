"""The registered colour of a vehicle against the one its looks show. Pure; a hint for a person, no verdict.

Registrations name the paint in free words ("Trắng", "bạc", "đen - đỏ", "xanh rêu"). The words below are in
common use, known generally and not from a text; the registry's own list is to be confirmed with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal, cast, get_args

from edge.report import BodyColour, BodyColourName, NoColour

Pair = tuple[str, str]
Outcome = Literal["same", "differs", "unknown"]
Doubt = Literal["near", "unsure", "not_measured", "not_told", "not_registered", "not_understood"]

_FEW: Final = 3
SURE_ENOUGH: Final = 0.6
"""Under this confidence a colour that differs is no difference to tell anybody of."""

NAMES: Mapping[BodyColourName, Pair] = MappingProxyType(
    {
        "white": ("trắng", "white"),
        "grey": ("bạc hoặc xám", "silver or grey"),
        "black": ("đen", "black"),
        "red": ("đỏ", "red"),
        "orange": ("cam", "orange"),
        "yellow": ("vàng", "yellow"),
        "brown": ("nâu", "brown"),
        "green": ("xanh lá", "green"),
        "blue": ("xanh dương", "blue"),
        "unknown": ("không rõ", "not clear"),
    }
)
WHY_UNKNOWN: Mapping[NoColour, Pair] = MappingProxyType(
    {
        "hidden": ("người ngồi trên xe hoặc hàng hóa che lớp sơn", "a rider or a load hides the paint"),
        "too_small": ("xe quá nhỏ trong ảnh", "the vehicle is too small in the picture"),
        "dark": ("trời quá tối", "it was too dark"),
        "coloured_light": ("ánh sáng có màu", "the light was coloured"),
        "mixed": ("xe có nhiều màu", "the vehicle has several colours"),
        "unclear": ("không có màu nào nổi rõ", "no colour stands out"),
        "looks_differ": ("các ảnh không khớp nhau", "the pictures do not agree"),
    }
)
DOUBTS: Mapping[Doubt, Pair] = MappingProxyType(
    {
        "near": ("hai màu quá gần nhau trên ảnh", "too near to tell apart in a picture"),
        "unsure": ("camera không đủ chắc chắn", "the camera is not sure enough"),
        "not_measured": ("hộp này chưa đo màu xe", "this box does not measure colours yet"),
        "not_told": ("camera không nói được màu", "the camera could not tell the colour"),
        "not_registered": ("đăng ký không ghi màu", "no colour is registered"),
        "not_understood": ("không hiểu màu ghi trong đăng ký", "the registered word is not known"),
    }
)

_KNOWN: Final[frozenset[BodyColourName]] = frozenset(get_args(BodyColourName)) - {"unknown"}
_WORDS: Final[Mapping[str, frozenset[BodyColourName]]] = MappingProxyType(
    {
        "trang": frozenset({"white"}),
        "nga": frozenset({"white", "yellow"}),
        "kem": frozenset({"white", "yellow", "grey"}),
        "be": frozenset({"white", "yellow", "grey", "brown"}),
        "bac": frozenset({"grey"}),
        "xam": frozenset({"grey"}),
        "ghi": frozenset({"grey"}),
        "chi": frozenset({"grey"}),
        "titan": frozenset({"grey"}),
        "den": frozenset({"black"}),
        "do": frozenset({"red"}),
        "man": frozenset({"red", "brown"}),
        "cam": frozenset({"orange"}),
        "vang": frozenset({"yellow"}),
        "cat": frozenset({"yellow", "brown", "grey"}),
        "dong": frozenset({"orange", "brown", "grey"}),
        "nau": frozenset({"brown"}),
        "xanh": frozenset({"green", "blue"}),
        "hong": _KNOWN,
        "tim": _KNOWN,
    }
)
"""Without accents. Pink and violet are measured as nothing of their own, so any colour may be theirs."""
_SHADES: Final = re.compile(
    r"\bxanh(?:\s+(?:tim|la|luc|reu|com|ngoc|duong|lam|bien|troi|da|nuoc|than|den))+\b"
)
_NEAR: Final = frozenset(
    frozenset(pair)
    for pair in (
        ("white", "grey"),
        ("white", "yellow"),
        ("grey", "black"),
        ("grey", "blue"),
        ("grey", "green"),
        ("grey", "brown"),
        ("black", "blue"),
        ("black", "green"),
        ("black", "brown"),
        ("black", "red"),
        ("red", "orange"),
        ("red", "brown"),
        ("orange", "brown"),
        ("orange", "yellow"),
        ("yellow", "brown"),
        ("yellow", "green"),
        ("green", "blue"),
    )
)
"""What light, shade and dirt make of each other: silver in the sun is white, dark blue in the shade black."""


@dataclass(frozen=True)
class Paint:
    """The paint as it is shown and compared: measured by a box or, `by_officer`, as he saw it.

    `confidence` is the box's, `swatch` (#rrggbb) what it measured; `why`: the reason of an unknown one.
    """

    name: BodyColourName
    confidence: float = 1.0
    swatch: str | None = None
    why: NoColour | None = None
    by_officer: bool = False


@dataclass(frozen=True)
class Comparison:
    """`doubt` says why it is unknown."""

    outcome: Outcome
    doubt: Doubt | None = None


def compare(registered: str | None, seen: Paint | None) -> Comparison:
    """Whether the registered words and the measured colour can be of one vehicle.

    It differs only where no word is the colour seen, or near it, and the camera is sure enough.
    """
    if seen is None or seen.name == "unknown":
        return Comparison("unknown", "not_measured" if seen is None else "not_told")
    named = colours_of(registered or "")
    if not named:
        return Comparison("unknown", "not_understood" if registered else "not_registered")
    if seen.name in named:
        return Comparison("same")
    if any(are_near(seen.name, one) for one in named):
        return Comparison("unknown", "near")
    sure = seen.by_officer or seen.confidence >= SURE_ENOUGH
    return Comparison("differs") if sure else Comparison("unknown", "unsure")


def are_near(one: BodyColourName, other: BodyColourName) -> bool:
    """Whether a camera may well take a paint of one colour for the other."""
    return frozenset({one, other}) in _NEAR


def colours_of(registered: str) -> frozenset[BodyColourName]:
    """The measured colours that a registration's words allow; empty for words not known.

    A plain "xanh" is green or blue; of "đen - đỏ" either may show.
    """
    text = _SHADES.sub("xanh", _plain(registered))
    return frozenset().union(*(_WORDS.get(word, frozenset()) for word in re.findall(r"[a-z]+", text)))


def colour_shown(report: Mapping[str, Any], corrected: str | None) -> Paint | None:
    """As an officer saw it, where one corrected it; else as a signed report has it. None: not measured."""
    if corrected is not None:
        return Paint(cast("BodyColourName", corrected), by_officer=True)
    said = report["vehicle"].get("colour")
    if said is None:
        return None
    seen = BodyColour.model_validate(said)
    return Paint(seen.name, seen.confidence, seen.seen_rgb, seen.why)


def registered_words(registered: str | None) -> Pair:
    """The registered words as they are, in English with what they mean."""
    if not registered:
        return "–", "–"
    named = colours_of(registered)
    if not 0 < len(named) <= _FEW:
        return registered, registered
    return registered, f"{registered} ({', '.join(NAMES[one][1] for one in NAMES if one in named)})"


def words_for(seen: Paint | None) -> Pair:
    """The colour as an officer reads it, with the reason where there is none."""
    if seen is None:
        return DOUBTS["not_measured"]
    vi, en = NAMES[seen.name]
    if seen.by_officer:
        return f"{vi} (cán bộ nhìn ảnh)", f"{en} (as an officer saw it)"
    if seen.why is None:
        return vi, en
    return f"{vi}: {WHY_UNKNOWN[seen.why][0]}", f"{en}: {WHY_UNKNOWN[seen.why][1]}"


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(one for one in letters if not unicodedata.combining(one))
