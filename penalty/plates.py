"""Number plates: the canonical form, the classes a text may belong to, the form people read.

Source: Circular 79/2024/TT-BCA Art. 3, 37, 39 and province codes of Circular 51/2025. The text alone is
ambiguous (the same characters may be on a car and on a motorbike, on white and on yellow ground), so a lookup
always carries ground colour and vehicle kind with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from penalty.tables import Confidence, Row, packaged_text, parse_rows

_CAR = frozenset({"car", "bus", "truck"})
_MOTORBIKE = frozenset({"motorbike"})
_KINDS_OF_CLASS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "car_white_yellow_5": _CAR,
        "car_blue_5": _CAR,
        "moto_white_5_new": _MOTORBIKE,
        "moto_blue_5": _MOTORBIKE,
        "moto_white_5_old": _MOTORBIKE,
        "moto_electric_old": _MOTORBIKE,
        "special_series": _CAR | {"special_machine"},
        "legacy_series": _CAR,
        "car_4_old": _CAR,
        "moto_4_old": _MOTORBIKE,
        "foreign_car": _CAR,
        "foreign_moto": _MOTORBIKE,
        "military": _CAR | _MOTORBIKE,
    }
)
_COLOURS_OF_CLASS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "car_white_yellow_5": frozenset({"white", "yellow"}),
        "car_blue_5": frozenset({"blue"}),
        "moto_white_5_new": frozenset({"white"}),
        "moto_blue_5": frozenset({"blue"}),
        "moto_white_5_old": frozenset({"white"}),
        "moto_electric_old": frozenset({"white"}),
        "special_series": frozenset({"white", "blue", "yellow"}),
        "legacy_series": frozenset({"white"}),
        "car_4_old": frozenset({"white", "blue"}),
        "moto_4_old": frozenset({"white", "blue"}),
        "foreign_car": frozenset({"white"}),
        "foreign_moto": frozenset({"white"}),
        "military": frozenset({"red"}),
    }
)
COLOUR_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "white": ("nền trắng", "white"),
        "yellow": ("nền vàng", "yellow"),
        "blue": ("nền xanh", "blue"),
        "red": ("nền đỏ", "red"),
        "unknown": ("chưa rõ màu nền", "unknown colour"),
    }
)
KIND_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "car": ("Ô tô con", "Car"),
        "bus": ("Ô tô khách, xe buýt", "Bus or coach"),
        "truck": ("Ô tô tải", "Truck"),
        "motorbike": ("Mô tô, xe gắn máy", "Motorbike"),
        "bicycle": ("Xe đạp", "Bicycle"),
        "special_machine": ("Xe máy chuyên dùng", "Special machine"),
    }
)
_DASHED_SERIES = frozenset({"moto_white_5_new", "moto_blue_5", "moto_white_5_old", "moto_electric_old"})
_COLUMNS = (
    "name", "regex_on_canonical", "example_display", "example_canonical", "vehicle_kind", "ground_colour",
    "also_matches", "confidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlatePattern:
    """One class of plates, as in plate_patterns.csv."""

    name: str
    regex: re.Pattern[str]
    vehicle_kinds: frozenset[str]
    ground_colours: frozenset[str]
    example_display: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class PlateReading:
    """One class the text fits, with its parts and the form people read."""

    pattern: PlatePattern
    canonical: str
    display: str
    parts: Mapping[str, str]

    @property
    def name(self) -> str:
        return self.pattern.name


def canonical(text: str) -> str:
    """Upper case, Đ as D, letters and digits only: `51a-123.45` -> `51A12345`."""
    upper = text.upper().replace("Đ", "D")
    return re.sub(r"[^A-Z0-9]", "", upper)


def classify(
    text: str, *, vehicle_kind: str | None = None, ground_colour: str | None = None
) -> tuple[PlateReading, ...]:
    """Every class the text fits, in table order; narrowed by kind and colour where they are known.

    More than one answer is an ambiguity that kind and colour must settle; none means: reject or ask a person.
    """
    plate = canonical(text)
    found: list[PlateReading] = []
    for pattern in patterns():
        match = pattern.regex.fullmatch(plate)
        if match is None:
            continue
        if vehicle_kind is not None and vehicle_kind not in pattern.vehicle_kinds:
            continue
        if ground_colour not in (None, "unknown") and ground_colour not in pattern.ground_colours:
            continue
        parts = match.groupdict()
        found.append(PlateReading(pattern, plate, _display(pattern.name, parts), parts))
    return tuple(found)


def is_ambiguous(text: str, *, vehicle_kind: str | None = None, ground_colour: str | None = None) -> bool:
    """Whether the text could stand on plates that read differently or on different kinds of vehicle."""
    readings = classify(text, vehicle_kind=vehicle_kind, ground_colour=ground_colour)
    return len({(reading.display, reading.pattern.vehicle_kinds) for reading in readings}) > 1


def display(text: str, *, vehicle_kind: str | None = None, ground_colour: str | None = None) -> str:
    """The form people read (`51A-123.45`, `59-X1 123.45`). The bare canonical text where no class fits."""
    readings = classify(text, vehicle_kind=vehicle_kind, ground_colour=ground_colour)
    return readings[0].display if readings else canonical(text)


def masked(text: str) -> str:
    """A plate its owner recognises and a bystander cannot use (`51A-1**.*5`)."""
    shown = display(text)
    figures = [index for index, letter in enumerate(shown) if letter.isdigit()]
    hidden = set(figures[-4:-1])
    return "".join("*" if index in hidden else letter for index, letter in enumerate(shown))


@cache
def patterns() -> tuple[PlatePattern, ...]:
    """The packaged classes, read and checked once."""
    return parse_patterns(packaged_text("plate_patterns.csv"))


@cache
def provinces() -> Mapping[str, str]:
    """Plate code -> locality since 01/07/2025, codes in use only."""
    rows = parse_rows(
        packaged_text("province_codes.csv"),
        file="province_codes.csv",
        columns=("plate_code", "locality_since_2025_07_01", "status"),
    )
    return MappingProxyType(
        {
            row.text("plate_code"): row.text("locality_since_2025_07_01")
            for row in rows
            if row.one_of("status", ("in_use", "not_in_use")) == "in_use"
        }
    )


def parse_patterns(text: str) -> tuple[PlatePattern, ...]:
    """Patterns from the text of the table. Raises TableError naming file, row and column."""
    return tuple(_pattern(row) for row in parse_rows(text, file="plate_patterns.csv", columns=_COLUMNS))


def _pattern(row: Row) -> PlatePattern:
    name = row.one_of("name", _KINDS_OF_CLASS)
    try:
        regex = re.compile(row.text("regex_on_canonical"))
    except re.error as error:
        raise row.error("regex_on_canonical", f"is no regular expression: {error}") from error
    example = row.text("example_canonical")
    if not regex.fullmatch(example):
        raise row.error("example_canonical", f"{example!r} does not fit its own pattern")
    return PlatePattern(
        name=name,
        regex=regex,
        vehicle_kinds=_KINDS_OF_CLASS[name],
        ground_colours=_COLOURS_OF_CLASS[name],
        example_display=row.text("example_display"),
        confidence=row.confidence(),
    )


def _display(name: str, parts: Mapping[str, str]) -> str:
    number = parts["num"]
    if name == "military":
        return f"{parts['unit']}-{number[:2]}-{number[2:]}"
    if name.startswith("foreign"):
        return f"{parts['prov']}-{parts['country']}-{parts['series']}-{number}"
    series = parts["series"].replace("MD", "MĐ").replace("TD", "TĐ")
    figures = f"{number[:3]}.{number[3:]}" if len(number) == 5 else number  # noqa: PLR2004 - 123.45 since 2010
    if name in _DASHED_SERIES or name == "legacy_series":
        return f"{parts['prov']}-{series} {figures}"
    return f"{parts['prov']}{series}-{figures}"
