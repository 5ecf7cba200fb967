"""Administrative areas as values: which area an old one became, and what lies within which. No database here.

An area keeps its code while its name and borders may change; each version has its days. Where a code ends,
`successor_code` says which area took over: cases of the former Bình Dương (74) are Hồ Chí Minh City's (79)
since 2025-07-01.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final, Literal, cast, get_args

from penalty.tables import Confidence, Row, parse_rows

Level = Literal["country", "province", "ward"]
_COLUMNS: Final = (
    "code", "level", "name", "parent_code", "valid_from", "valid_to", "successor_code", "source",
    "confidence",
)  # fmt: skip
_FILE: Final = Path(__file__).parent / "data" / "areas.csv"
_DEEPEST: Final = 12


@dataclass(frozen=True, slots=True)
class Area:
    """One version of an area. `valid_from` None: since before anybody asks; `valid_to` is its last day."""

    code: str
    level: Level
    name: str
    parent_code: str | None
    valid_from: date | None
    valid_to: date | None
    successor_code: str | None
    source: str
    confidence: Confidence

    def valid(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


@dataclass(frozen=True)
class Gazetteer:
    """All areas known."""

    areas: tuple[Area, ...]

    @cached_property
    def _by_code(self) -> dict[str, tuple[Area, ...]]:
        found: dict[str, tuple[Area, ...]] = {}
        for area in self.areas:
            found[area.code] = (*found.get(area.code, ()), area)
        return found

    def versions(self, code: str) -> tuple[Area, ...]:
        """Every version of this code; empty for one nobody knows."""
        return self._by_code.get(code, ())

    def on(self, code: str, day: date) -> Area | None:
        """The area of this code on that day."""
        return next((area for area in self.versions(code) if area.valid(day)), None)

    def today(self, code: str, day: date) -> Area | None:
        """The area that answers on `day` for what lay in `code`: itself, or what it became."""
        for _ in range(_DEEPEST):
            area = self.on(code, day)
            if area is not None:
                return area
            ended = [one for one in self.versions(code) if one.successor_code]
            if not ended:
                return None
            code = str(max(ended, key=lambda one: one.valid_to or date.max).successor_code)
        return None

    def within(self, code: str, granted: frozenset[str], day: date) -> bool:
        """Whether what lay in `code` is, on `day`, in one of the granted areas or within it."""
        area = self.today(code, day)
        for _ in range(_DEEPEST):
            if area is None:
                return False
            if area.code in granted:
                return True
            area = self.today(area.parent_code, day) if area.parent_code else None
        return False

    def reach(self, granted: Iterable[str], day: date) -> frozenset[str]:
        """Every code, of today or of before, whose cases belong to the granted areas on `day`."""
        current = frozenset(area.code for area in (self.today(code, day) for code in granted) if area)
        return frozenset(code for code in self._by_code if self.within(code, current, day))


def parse_areas(text: str, *, file: str = "areas.csv") -> tuple[Area, ...]:
    """Areas from a CSV with the columns of data/areas.csv. Raises TableError naming file, row and column."""
    rows = parse_rows(text, file=file, columns=_COLUMNS)
    areas = tuple(_area(row) for row in rows)
    known: dict[str, list[Area]] = {}
    for row, area in zip(rows, areas, strict=True):
        if any(_overlap(area, other) for other in known.get(area.code, ())):
            raise row.error("valid_from", f"{area.code} has two versions on one day")
        known.setdefault(area.code, []).append(area)
    return areas


def _area(row: Row) -> Area:
    valid_from, valid_to = row.optional_day("valid_from"), row.optional_day("valid_to")
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        raise row.error("valid_to", "must not be before valid_from")
    return Area(
        code=row.text("code"),
        level=cast("Level", row.one_of("level", get_args(Level))),
        name=row.text("name"),
        parent_code=row.optional("parent_code"),
        valid_from=valid_from,
        valid_to=valid_to,
        successor_code=row.optional("successor_code"),
        source=row.text("source"),
        confidence=row.confidence(),
    )


def _overlap(one: Area, other: Area) -> bool:
    one_from, one_to = one.valid_from or date.min, one.valid_to or date.max
    return one_from <= (other.valid_to or date.max) and (other.valid_from or date.min) <= one_to


@lru_cache(maxsize=1)
def provinces() -> tuple[Area, ...]:
    """The provinces of Vietnam before and since 2025-07-01; wards are the province's own data."""
    return parse_areas(_FILE.read_text(encoding="utf-8"))
