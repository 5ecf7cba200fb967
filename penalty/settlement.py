"""Money on its way from the ways to pay to the State Treasury (kết chuyển về Kho bạc Nhà nước).

A gateway pays what it took in batches, each known by the bank's own reference. The treasury's word proves
that a batch arrived; the gateway's file says of which payments it consists and what was kept back. A batch is
posted only where both agree and never for more than lies with the gateway: whatever does not fit waits for a
person. A fine reaches the treasury in full (LHAV Art. 78), so a fee that a gateway keeps back is owed by the
province, not taken off the fine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from penalty.ledger import CASH_TREASURY, FEES_OWED, Entry, LedgerError, Transaction, clearing


@dataclass(frozen=True, slots=True)
class Told:
    """What a gateway's file says of a batch: the payments in it, and the fee that was kept back."""

    taken_vnd: int
    fee_vnd: int = 0

    @property
    def passed_on_vnd(self) -> int:
        """What must arrive at the treasury."""
        return self.taken_vnd - self.fee_vnd


class Standing(StrEnum):
    """How a batch stands that is not posted yet. `READY`: nothing hinders it."""

    READY = "ready"
    ON_ITS_WAY = "on_its_way"
    NOT_TOLD = "not_told"
    SUMS_DIFFER = "sums_differ"
    PAYMENTS_DIFFER = "payments_differ"
    MORE_THAN_LIES = "more_than_lies"


def standing(
    told: Told | None,
    arrived_vnd: int | None,
    *,
    file_needed: bool,
    payments_differ: bool,
    in_clearing_vnd: int,
) -> Standing:
    """What hinders a batch from being posted.

    `arrived_vnd`: the treasury's word, None before it came. `file_needed`: this gateway tells by file of what
    its batches consist. `payments_differ`: a payment in its file is not, or otherwise, in our book.
    """
    if arrived_vnd is None:
        return Standing.ON_ITS_WAY
    if told is None:
        if file_needed:
            return Standing.NOT_TOLD
        told = Told(arrived_vnd)
    if told.passed_on_vnd != arrived_vnd:
        return Standing.SUMS_DIFFER
    if payments_differ:
        return Standing.PAYMENTS_DIFFER
    return Standing.READY if told.taken_vnd <= in_clearing_vnd else Standing.MORE_THAN_LIES


def settled(
    *, gateway: str, reference: str, told: Told, in_clearing_vnd: int, at: datetime, memo: str = ""
) -> Transaction:
    """A batch that has reached the treasury. `reference` is the bank's own: one transfer, one posting.

    Raises LedgerError for more than lies in clearing, and for a fee of more than the whole.
    """
    if not 0 < told.taken_vnd <= in_clearing_vnd:
        raise LedgerError(f"settlement {reference}: {told.taken_vnd} of {in_clearing_vnd} in clearing")
    if not 0 <= told.fee_vnd <= told.taken_vnd:
        raise LedgerError(f"settlement {reference}: fee {told.fee_vnd} of {told.taken_vnd}")
    sides = ((CASH_TREASURY, told.passed_on_vnd), (FEES_OWED, told.fee_vnd))
    return Transaction(
        kind="settled",
        dossier=None,
        reference=f"settlement/{gateway}/{reference}",
        at=at,
        entries=(
            *(Entry(account, debit_vnd=amount_vnd) for account, amount_vnd in sides if amount_vnd),
            Entry(clearing(gateway), credit_vnd=told.taken_vnd),
        ),
        memo=memo,
    )


def fee_made_good(*, reference: str, amount_vnd: int, owed_vnd: int, at: datetime) -> Transaction:
    """The province has paid the treasury what gateways kept back. Raises LedgerError for more than owed."""
    if not 0 < amount_vnd <= owed_vnd:
        raise LedgerError(f"fee {reference}: {amount_vnd} of {owed_vnd} owed")
    return Transaction(
        kind="fee_made_good",
        dossier=None,
        reference=f"fee/{reference}",
        at=at,
        entries=(Entry(CASH_TREASURY, debit_vnd=amount_vnd), Entry(FEES_OWED, credit_vnd=amount_vnd)),
    )


@dataclass(frozen=True, slots=True)
class Layer:
    """Money of one day that still lies with a gateway."""

    day: date
    amount_vnd: int


def lying(taken: Mapping[date, int], left_vnd: int) -> tuple[Layer, ...]:
    """Of which days the money is that still lies with a gateway, oldest first: what came first left first.

    `taken`: what came on each day; `left_vnd`: the balance. Raises LedgerError where more is left than came.
    """
    layers: list[Layer] = []
    for day in sorted(taken, reverse=True):
        if left_vnd <= 0:
            break
        layers.append(Layer(day, min(taken[day], left_vnd)))
        left_vnd -= taken[day]
    if left_vnd > 0:
        raise LedgerError(f"clearing: {left_vnd} more is left than ever came")
    return tuple(reversed(layers))


def overdue_vnd(layers: Iterable[Layer], *, before: date) -> int:
    """What came before a day and still lies there."""
    return sum(layer.amount_vnd for layer in layers if layer.day < before)
