"""The province's book in the simulation: what all lives brought, settled with the treasury in batches."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from penalty import ledger as books
from penalty import settlement

GATEWAYS: Final = ("vnpay", "vietqr", "momo")


class BrokenError(AssertionError):
    """An invariant does not hold."""


def must(holds: bool, what: str) -> None:  # noqa: FBT001 - an assertion
    """Raise BrokenError unless it holds."""
    if not holds:
        raise BrokenError(what)


@dataclass(slots=True)
class Province:
    """The books of all lives added up, and the postings that belong to none of them."""

    rng: random.Random
    totals: Counter[str] = field(default_factory=Counter)
    taken_vnd: int = 0
    passed_on_vnd: int = 0
    fees_vnd: int = 0
    given_back_vnd: int = 0
    batches: int = 0

    @property
    def lies_vnd(self) -> int:
        """What the ways to pay still have."""
        return sum(self.totals[books.clearing(gateway)] for gateway in GATEWAYS)

    def add(self, book: books.Ledger) -> None:
        """A life has ended: its money is the province's."""
        balances = books.balances(book.transactions)
        self.totals.update(balances)
        self.taken_vnd += sum(balances.get(books.clearing(gateway), 0) for gateway in GATEWAYS)
        self.given_back_vnd -= balances.get(books.CASH_TREASURY, 0)
        self.check()

    def settle(self, at: datetime, *, all_of_it: bool = False) -> None:
        """A batch of each way to pay; the province makes good what was kept back."""
        for gateway in GATEWAYS:
            lies = self.totals[books.clearing(gateway)]
            taken = lies if all_of_it else int(lies * self.rng.random())
            if taken:
                told = settlement.Told(taken, int(taken * self.rng.choice((0, 0.011))))
                self._post(self._batch(gateway, told, lies, at))
                self.passed_on_vnd += told.taken_vnd
                self.fees_vnd += told.fee_vnd
        owed = self.totals[books.FEES_OWED]
        if owed:
            self._post(
                settlement.fee_made_good(reference=str(self.batches), amount_vnd=owed, owed_vnd=owed, at=at)
            )
        self.check()

    def _batch(self, gateway: str, told: settlement.Told, lies: int, at: datetime) -> books.Transaction:
        self.batches += 1
        return settlement.settled(
            gateway=gateway, reference=f"FT{self.batches}", told=told, in_clearing_vnd=lies, at=at
        )

    def _post(self, posting: books.Transaction) -> None:
        self.totals.update(books.balances([posting]))

    def check(self) -> None:
        """Raise BrokenError where the province's book does not hold."""
        must(sum(self.totals.values()) == 0, "the province's debit and credit differ")
        for gateway in GATEWAYS:
            must(self.totals[books.clearing(gateway)] >= 0, f"more left {gateway} than ever came")
        must(self.lies_vnd == self.taken_vnd - self.passed_on_vnd, "clearing is not taken less passed on")
        arrived = self.passed_on_vnd - self.totals[books.FEES_OWED]
        cash = self.totals[books.CASH_TREASURY]
        must(cash == arrived - self.given_back_vnd, "the treasury's cash is not what arrived less refunds")

    def explained(self) -> str:
        """Where all money that ever came is now, to the dong."""
        must(self.lies_vnd == 0, "money lies with a way to pay after the last settlement")
        at_treasury, back = self.totals[books.CASH_TREASURY], self.given_back_vnd
        return (
            f"taken {self.taken_vnd:,} = at the treasury {at_treasury:,} + given back {back:,} dong;"
            f" {self.batches:,} settlements, fees of {self.fees_vnd:,} kept back and made good"
        )
