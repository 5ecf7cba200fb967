"""The file of an acquirer (the bank behind a card terminal): which slips it knows, and for how much.

No rule names a format, and each bank writes its own: CSV with the columns below, under whatever names,
separator and way of writing time `Layout` says. A slip is known by its terminal and its reference together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from penalty.calendar import VIETNAM
from penalty.payments.statement import moment, whole_dong
from penalty.payments.tables import bank_rows, cell, named, refuse_twice
from penalty.payments.values import PaymentError
from penalty.tables import Row

COLUMNS: Final = ("terminal_id", "slip", "amount_vnd", "charged_at")
_SLIP: Final = re.compile(r"[0-9A-Z]{6,20}")


@dataclass(frozen=True, slots=True)
class Layout:
    """How one bank writes its file. `columns`: our name to theirs, where it differs.

    `time_format` is one of `strptime`, read as Vietnam's time; empty: ISO 8601 with its zone.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    delimiter: str = ","
    time_format: str = ""

    def name(self, column: str) -> str:
        return self.columns.get(column, column)


@dataclass(frozen=True, slots=True)
class Slip:
    """One charge of a card that stands, as the acquirer tells it."""

    terminal_id: str
    slip: str
    amount_vnd: int
    charged_at: datetime


def slip_number(text: str) -> str | None:
    """REF or RRN as it is printed, in capitals; None where it cannot be one (6 to 20 letters and figures)."""
    number = text.strip().upper()
    return number if _SLIP.fullmatch(number) else None


def read_slips(text: str, *, file: str, layout: Layout) -> tuple[Slip, ...]:
    """The slips of a file. Raises PaymentError naming file, row and column; then nothing of it counts."""
    names = [layout.name(column) for column in COLUMNS]
    rows = bank_rows(text, file=file, columns=names, delimiter=layout.delimiter)
    slips = tuple(_slip(row, layout) for row in rows)
    refuse_twice(
        (row, (one.terminal_id, one.slip), f"slip {one.slip} of {one.terminal_id}")
        for row, one in zip(rows, slips, strict=True)
    )
    return slips


def _slip(row: Row, layout: Layout) -> Slip:
    terminal_id = named(row, layout.name("terminal_id"))
    written, where = cell(row, layout.name("slip"))
    slip = slip_number(written)
    if slip is None:
        raise PaymentError(f"{where}: expected 6 to 20 letters and figures, got {written!r}")
    return Slip(
        terminal_id,
        slip,
        whole_dong(*cell(row, layout.name("amount_vnd"))),
        _charged_at(*cell(row, layout.name("charged_at")), layout.time_format),
    )


def _charged_at(text: str, where: str, time_format: str) -> datetime:
    if not time_format:
        return moment(text, where)
    try:
        return datetime.strptime(text, time_format).replace(tzinfo=VIETNAM)
    except ValueError as error:
        raise PaymentError(f"{where}: expected a time as {time_format}, got {text!r}") from error
