"""The two files that tell of settlements: the treasury's of what arrived, a gateway's of what it passed on.

No rule names a format (to be confirmed with treasury and gateways): CSV with the columns below.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from penalty.payments.card_slips import slip_number
from penalty.payments.statement import MOST_DIGITS, moment, whole_dong
from penalty.payments.tables import bank_rows, cell, named, refuse_twice
from penalty.payments.values import PaymentError

ARRIVED_COLUMNS: Final = ("reference", "source", "arrived_at", "amount_vnd")
PASSED_ON_COLUMNS: Final = ("settlement", "reference", "amount_vnd", "fee_vnd")


@dataclass(frozen=True, slots=True)
class Arrived:
    """One transfer on the treasury's account. `source`: the way to pay it came from, or the province."""

    reference: str
    source: str
    arrived_at: datetime
    amount_vnd: int


@dataclass(frozen=True, slots=True)
class PassedOn:
    """One payment that a gateway has passed on: in which settlement, and the fee kept back of it."""

    settlement: str
    reference: str
    amount_vnd: int
    fee_vnd: int


def read_arrived(text: str, *, file: str, sources: Collection[str]) -> tuple[Arrived, ...]:
    """What the treasury says arrived. Raises PaymentError naming file, row and column."""
    rows = bank_rows(text, file=file, columns=ARRIVED_COLUMNS)
    found = []
    for row in rows:
        source, where = cell(row, "source")
        if source not in sources:
            raise PaymentError(f"{where}: expected one of {', '.join(sorted(sources))}, got {source!r}")
        at, amount_vnd = moment(*cell(row, "arrived_at")), whole_dong(*cell(row, "amount_vnd"))
        found.append(Arrived(named(row, "reference"), source, at, amount_vnd))
    pairs = zip(rows, found, strict=True)
    refuse_twice((row, one.reference, f"reference {one.reference}") for row, one in pairs)
    return tuple(found)


def read_passed_on(text: str, *, file: str, by_slip: bool = False) -> tuple[PassedOn, ...]:
    """What a gateway says it passed on. Raises PaymentError naming file, row and column.

    `by_slip`: it names a charge as TERMINAL/SLIP; the slip is read as the counter writes it.
    """
    rows = bank_rows(text, file=file, columns=PASSED_ON_COLUMNS)
    found = []
    for row in rows:
        amount_vnd, (fee, where) = whole_dong(*cell(row, "amount_vnd")), cell(row, "fee_vnd")
        if not (fee.isascii() and fee.isdigit() and len(fee) <= MOST_DIGITS and int(fee) <= amount_vnd):
            raise PaymentError(f"{where}: expected whole dong, 0 to {amount_vnd}, got {fee!r}")
        reference = named(row, "reference")
        if by_slip:
            reference = _by_slip(reference)
        found.append(PassedOn(named(row, "settlement"), reference, amount_vnd, int(fee)))
    pairs = zip(rows, found, strict=True)
    refuse_twice((row, one.reference, f"reference {one.reference}") for row, one in pairs)
    return tuple(found)


def _by_slip(reference: str) -> str:
    terminal_id, _, written = reference.rpartition("/")
    slip = slip_number(written)
    return f"{terminal_id.strip()}/{slip}" if terminal_id and slip else reference
