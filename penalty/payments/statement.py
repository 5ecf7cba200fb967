"""Money that arrives on an account without a callback, and the daily files of gateways and treasury.

A transfer is matched by the reference in its purpose and the amount, never by one alone. References end in a
check character (ISO 7064 mod 37,36), so that a mistyped one is no other payment's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from penalty.payments.tables import bank_rows, cell, named, refuse_twice
from penalty.payments.values import PaymentError
from penalty.tables import Row

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PREFIX: Final = "PN"
_SERIAL_LENGTH: Final = 9
_CANDIDATE: Final = re.compile(rf"{_PREFIX}[0-9A-Z]{{{_SERIAL_LENGTH + 1}}}")
MOST_DIGITS: Final = 18
"""What a column of 64 bits holds, whatever the figures."""
_COLUMNS: Final = ("line_id", "booked_at", "amount_vnd", "purpose")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement. `line_id` is the bank's own number: the same file may be read twice."""

    line_id: str
    booked_at: datetime
    amount_vnd: int
    purpose: str


@dataclass(frozen=True, slots=True)
class Match:
    """A line and what it is: a payment that was asked for, or one that a person must look at."""

    line: Line
    reference: str | None
    verdict: Literal[
        "paid", "wrong_amount", "unknown_reference", "no_reference", "several_references", "known"
    ]


@dataclass(frozen=True, slots=True)
class Open:
    """An attempt that may still be paid: what was asked for, and whether money came for it before."""

    amount_vnd: int
    recorded: bool


def make_reference(serial: int) -> str:
    """`PN`, nine characters of the serial number, and the check character. Raises ValueError out of range."""
    if not 0 <= serial < len(_ALPHABET) ** _SERIAL_LENGTH:
        raise ValueError(f"serial: must be 0 to {len(_ALPHABET) ** _SERIAL_LENGTH - 1}, got {serial}")
    digits = ""
    for _ in range(_SERIAL_LENGTH):
        serial, rest = divmod(serial, len(_ALPHABET))
        digits = _ALPHABET[rest] + digits
    return f"{_PREFIX}{digits}{check_character(digits)}"


def check_character(text: str) -> str:
    """ISO 7064 mod 37,36 of capital letters and digits: finds any one wrong character, and most swaps."""
    carry = 36
    for character in text:
        carry = (carry + _ALPHABET.index(character)) % 36 or 36
        carry = carry * 2 % 37
    return _ALPHABET[(37 - carry) % 36]


def references_in(purpose: str) -> tuple[str, ...]:
    """The genuine references in a transfer's purpose, each once; spaces that banks put in do not matter."""
    joined = re.sub(r"[^0-9A-Z]", "", purpose.upper())
    found = dict.fromkeys(
        joined[place : place + len(_PREFIX) + _SERIAL_LENGTH + 1]
        for place in range(len(joined))
        if joined.startswith(_PREFIX, place)
    )
    return tuple(one for one in found if is_reference(one))


def is_reference(text: str) -> bool:
    """Whether this is a reference of ours whose check character fits."""
    return bool(_CANDIDATE.fullmatch(text)) and check_character(text[len(_PREFIX) : -1]) == text[-1]


def read_statement(text: str, *, file: str) -> tuple[Line, ...]:
    """The lines of a CSV statement (line_id, booked_at, amount_vnd, purpose), money that came in only.

    Raises PaymentError naming file, row and column; then nothing of the file counts.
    """
    rows = bank_rows(text, file=file, columns=_COLUMNS)
    lines = tuple(_line(row) for row in rows)
    pairs = zip(rows, lines, strict=True)
    refuse_twice((row, line.line_id, f"line_id {line.line_id}") for row, line in pairs)
    return lines


def match(lines: Iterable[Line], known: Mapping[str, Open]) -> tuple[Match, ...]:
    """What each line is. A second line for one attempt is `known`: its money is not owed."""
    taken: set[str] = set()
    return tuple(_match(line, known, taken) for line in lines)


def _match(line: Line, known: Mapping[str, Open], taken: set[str]) -> Match:
    references = references_in(line.purpose)
    if len(references) != 1:
        return Match(line, None, "several_references" if references else "no_reference")
    (reference,) = references
    asked = known.get(reference)
    if asked is None:
        return Match(line, reference, "unknown_reference")
    if asked.recorded or reference in taken:
        return Match(line, reference, "known")
    if asked.amount_vnd != line.amount_vnd:
        return Match(line, reference, "wrong_amount")
    taken.add(reference)
    return Match(line, reference, "paid")


@dataclass(frozen=True, slots=True)
class Settled:
    """One row of a provider's daily file: what it says it took for us."""

    reference: str
    amount_vnd: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Where our book and the provider's file do not agree. None: that side knows nothing of it."""

    reference: str
    ours_vnd: int | None
    theirs_vnd: int | None


def reconcile(ours: Mapping[str, int], theirs: Sequence[Settled]) -> tuple[Difference, ...]:
    """Every reference on which the two sides differ, in order. `ours`: dong booked by reference."""
    told: dict[str, int] = {}
    for row in theirs:
        told[row.reference] = told.get(row.reference, 0) + row.amount_vnd
    return tuple(
        Difference(reference, ours.get(reference), told.get(reference))
        for reference in sorted(ours.keys() | told.keys())
        if ours.get(reference) != told.get(reference)
    )


def whole_dong(text: str, where: str) -> int:
    """An amount above 0. Raises PaymentError, which begins with `where` it stands."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS and int(text) > 0):
        raise PaymentError(f"{where}: expected whole dong above 0, got {text!r}")
    return int(text)


def moment(text: str, where: str) -> datetime:
    """A time with its zone. Raises PaymentError, which begins with `where` it stands."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise PaymentError(f"{where}: expected a time as 2026-11-27T09:30:00+07:00") from error
    if at.tzinfo is None:
        raise PaymentError(f"{where}: must carry its time zone, got {text!r}")
    return at


def _line(row: Row) -> Line:
    return Line(
        named(row, "line_id"),
        moment(*cell(row, "booked_at")),
        whole_dong(*cell(row, "amount_vnd")),
        cell(row, "purpose")[0],
    )
