"""CSV files of banks and gateways: faults are told as PaymentError, with file, row and column."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

from penalty.payments.values import PaymentError
from penalty.tables import Row, TableError, parse_rows


def bank_rows(text: str, *, file: str, columns: Sequence[str], delimiter: str = ",") -> tuple[Row, ...]:
    """The rows of a file that may be empty; other columns are ignored. Raises PaymentError."""
    try:
        return parse_rows(text, file=file, columns=columns, delimiter=delimiter, may_be_empty=True)
    except TableError as error:
        raise PaymentError(str(error)) from error


def cell(row: Row, column: str) -> tuple[str, str]:
    """What stands there without the blanks around it, and where that is."""
    return row.cells[column].strip(), f"{row.file}: row {row.line}, column {column!r}"


def named(row: Row, column: str) -> str:
    """A cell that must not be empty. Raises PaymentError."""
    text, where = cell(row, column)
    if not text:
        raise PaymentError(f"{where}: must not be empty")
    return text


def refuse_twice(rows: Iterable[tuple[Row, Hashable, str]]) -> None:
    """Each row with its key and what people call it. Raises PaymentError where a key comes a second time."""
    seen: dict[Hashable, int] = {}
    for row, key, name in rows:
        if key in seen:
            raise PaymentError(f"{row.file}: row {row.line}: {name} is in row {seen[key]} too")
        seen[key] = row.line
