"""A figure: one table, and how it is counted. Page, chart, CSV, Excel and JSON are made of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Words = tuple[str, str]
"""Vietnamese, English."""
Cell = int | float | str | date | Words | None
Kind = Literal["text", "count", "vnd", "share", "hours", "day"]
_Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is its name in files. Shares are 0 to 1, money whole dong, durations hours."""

    key: str
    name: Words
    kind: Kind = "count"


@dataclass(frozen=True, slots=True)
class Figure:
    """Rows of cells, one for each column. `bar`: the column that a chart shows, None for none."""

    id: str
    title: Words
    how: Words
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    bar: str | None = None

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"figure {self.id}: {len(row)} cells for {len(self.columns)} columns")

    def values(self, key: str) -> list[Cell]:
        """One column from top to bottom."""
        place = [column.key for column in self.columns].index(key)
        return [row[place] for row in self.rows]


def share(part: int, whole: int) -> float | None:
    """A part of a whole, None where there is no whole."""
    return part / whole if whole else None


def wilson_95(part: int, whole: int) -> tuple[float | None, float | None]:
    """Wilson's 95 % interval of a share: holds for few cases and for none. (None, None) without a whole."""
    if not whole:
        return None, None
    p, z2 = part / whole, _Z_95**2
    middle = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    half = _Z_95 / (1 + z2 / whole) * math.sqrt(p * (1 - p) / whole + z2 / (4 * whole * whole))
    return max(0.0, middle - half), min(1.0, middle + half)


def word(cell: Cell, lang: str) -> Cell:
    """The cell in one language."""
    if isinstance(cell, tuple):
        return cell[0] if lang == "vi" else cell[1]
    return cell


def records(figure: Figure, lang: str) -> list[dict[str, Cell]]:
    """Rows by column name, for programs."""
    keys = [column.key for column in figure.columns]
    return [dict(zip(keys, (word(cell, lang) for cell in row), strict=True)) for row in figure.rows]


def largest(cells: Sequence[Cell]) -> float:
    """The largest number among the cells, 0 without one."""
    return max((float(cell) for cell in cells if isinstance(cell, int | float)), default=0.0)
