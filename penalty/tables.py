"""The packaged tables of law: read once, checked cell by cell, errors that name file, row and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Literal, TypeVar, cast, get_args

Confidence = Literal["read-primary", "read-secondary", "general-knowledge", "unconfirmed"]
_STRONGEST_FIRST: tuple[str, ...] = get_args(Confidence)
T = TypeVar("T")


class TableError(ValueError):
    """A cell or heading of a packaged table is wrong; the message names file, row and column."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. `line` counts rows with the heading as 1, as a spreadsheet shows them."""

    file: str
    line: int
    cells: dict[str, str]

    def error(self, column: str, problem: str) -> TableError:
        return TableError(f"{self.file}: row {self.line}, column {column!r}: {problem}")

    def text(self, column: str) -> str:
        value = self.cells[column].strip()
        if not value:
            raise self.error(column, "must not be empty")
        return value

    def optional(self, column: str) -> str | None:
        return self.cells[column].strip() or None

    def parsed(self, column: str, parse: Callable[[str], T], expected: str) -> T:
        value = self.text(column)
        try:
            return parse(value)
        except ValueError as error:
            raise self.error(column, f"expected {expected}, got {value!r}") from error

    def integer(self, column: str) -> int:
        number = self.parsed(column, int, "a whole number")
        if number < 0:
            raise self.error(column, f"expected a number of 0 or more, got {number}")
        return number

    def day(self, column: str) -> date:
        return self.parsed(column, date.fromisoformat, "a date as YYYY-MM-DD")

    def optional_day(self, column: str) -> date | None:
        return self.day(column) if self.optional(column) else None

    def one_of(self, column: str, allowed: Iterable[str]) -> str:
        value = self.text(column)
        choices = tuple(allowed)
        if value not in choices:
            raise self.error(column, f"expected one of {', '.join(choices)}, got {value!r}")
        return value

    def confidence(self, column: str = "confidence") -> Confidence:
        """How well the row is known. A cell that names several grades counts as its weakest."""
        value = self.text(column)
        named = [grade for grade in _STRONGEST_FIRST if grade in value]
        if not named:
            raise self.error(column, f"names none of {', '.join(_STRONGEST_FIRST)}: {value!r}")
        return cast("Confidence", named[-1])


def weakest(grades: Iterable[Confidence]) -> Confidence:
    """The least certain of several grades; a statement is no surer than its weakest part."""
    return max(grades, key=_STRONGEST_FIRST.index)


def parse_rows(
    text: str, *, file: str, columns: Iterable[str], delimiter: str = ",", may_be_empty: bool = False
) -> tuple[Row, ...]:
    """Rows of a CSV text that must have at least these columns. Raises TableError."""
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    heading: Sequence[str] = ()
    try:
        heading = reader.fieldnames or ()
        missing = [column for column in columns if column not in heading]
        if missing:
            raise TableError(f"{file}: row 1: missing column {', '.join(repr(name) for name in missing)}")
        for line, cells in enumerate(reader, start=2):
            if None in cells or None in cells.values():
                raise TableError(f"{file}: row {line}: has not as many cells as the heading")
            rows.append(Row(file, line, cells))
    except csv.Error as error:
        raise TableError(f"{file}: row {len(rows) + 2 if heading else 1}: {error}") from error
    if not rows and not may_be_empty:
        raise TableError(f"{file}: no rows")
    return tuple(rows)


def packaged_text(file: str) -> str:
    """The text of a table shipped with the package."""
    return (files("penalty") / "data" / file).read_text(encoding="utf-8")
