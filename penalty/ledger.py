"""Double-entry postings of fines: append-only values that always balance.

The fine belongs to the State Treasury (LHAV Art. 78); a payment through a gateway first lies in that
gateway's clearing account, and reaches the treasury by a settlement (`penalty.settlement`). The surcharge
follows LHAV Art. 78.1 and Circular 18/2023/TT-BTC Art. 5. Whole dong only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from penalty.money import format_figure, format_vnd, format_vnd_en

TransactionKind = Literal[
    "fine_decided",
    "surcharge_accrued",
    "fine_paid",
    "overpayment",
    "refund_paid",
    "decision_annulled",
    "fine_remitted",
    "corrected",
    "settled",
    "fee_made_good",
    "unplaced",
    "unplaced_returned",
]
OF_NO_CASE: Final[frozenset[TransactionKind]] = frozenset(
    {"settled", "fee_made_good", "unplaced", "unplaced_returned"}
)
"""Postings of the whole province's money: they name no dossier, all others must."""

RECEIVABLE = "receivable:fines"
TREASURY_FINES = "treasury:fines"
TREASURY_SURCHARGE = "treasury:surcharge"
REFUND_PAYABLE = "payable:refunds"
UNPLACED = "suspense:unplaced"
"""Money that came and fits no dossier yet: it is placed on one, or goes back to its sender."""
CASH_TREASURY = "cash:treasury"
FEES_OWED = "receivable:fees"
"""What gateways kept back as their fee. The province owes it: fines reach the treasury in full."""
SURCHARGE_PER_MYRIAD = 5  # 0.05 % a day


def clearing(gateway: str) -> str:
    """The account of money a gateway has taken and not yet passed on to the treasury."""
    return f"clearing:{gateway}"


class LedgerError(ValueError):
    """A posting that does not balance, is negative, or contradicts one that is written already."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: exactly one of the two sides is above zero."""

    account: str
    debit_vnd: int = 0
    credit_vnd: int = 0

    def __post_init__(self) -> None:
        if not self.account:
            raise LedgerError("entry: account must be named")
        if self.debit_vnd < 0 or self.credit_vnd < 0:
            raise LedgerError(f"entry {self.account}: amounts must not be negative")
        if (self.debit_vnd == 0) == (self.credit_vnd == 0):
            raise LedgerError(f"entry {self.account}: exactly one of debit and credit must be above zero")


@dataclass(frozen=True, slots=True)
class Transaction:
    """A balanced set of entries; idempotent by `reference`: one reference, one posting.

    It is of one dossier, or, where its kind is `OF_NO_CASE`, of none.
    """

    kind: TransactionKind
    dossier: str | None
    reference: str
    at: datetime
    entries: tuple[Entry, ...]
    memo: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise LedgerError("transaction: `at` must carry its time zone")
        if not self.reference or self.dossier == "":
            raise LedgerError("transaction: dossier and reference must be named")
        if (self.dossier is None) != (self.kind in OF_NO_CASE):
            must = "belongs to no dossier" if self.dossier else "must name its dossier"
            raise LedgerError(f"transaction {self.reference}: {self.kind} {must}")
        debit = sum(entry.debit_vnd for entry in self.entries)
        credit = sum(entry.credit_vnd for entry in self.entries)
        if not self.entries or debit != credit:
            raise LedgerError(f"transaction {self.reference}: debit {debit} and credit {credit} differ")

    @property
    def amount_vnd(self) -> int:
        return sum(entry.debit_vnd for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Surcharge:
    """Late-payment surcharge with the sum that shows how it came about."""

    amount_vnd: int
    days: int
    formula_vi: str
    formula_en: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """An append-only list of transactions. `append` gives a new ledger; nothing is changed or removed."""

    transactions: tuple[Transaction, ...] = ()

    def append(self, transaction: Transaction) -> Ledger:
        """The ledger with this posting. The same posting again changes nothing.

        Raises LedgerError where the reference is taken by a posting with other content.
        """
        for known in self.transactions:
            if known.reference == transaction.reference:
                if known == transaction:
                    return self
                raise LedgerError(f"reference {transaction.reference}: already used for another posting")
        return Ledger((*self.transactions, transaction))

    def balance_vnd(self, account: str, *, dossier: str | None = None) -> int:
        """Debit minus credit of an account, over all dossiers or one."""
        return balances(self._of(dossier)).get(account, 0)

    def outstanding_vnd(self, dossier: str) -> int:
        """What this dossier still owes."""
        return self.balance_vnd(RECEIVABLE, dossier=dossier)

    def _of(self, dossier: str | None) -> Iterable[Transaction]:
        return (one for one in self.transactions if dossier is None or one.dossier == dossier)


def balances(transactions: Iterable[Transaction]) -> dict[str, int]:
    """Debit minus credit by account; the values always add up to zero."""
    totals: Counter[str] = Counter()
    for transaction in transactions:
        for entry in transaction.entries:
            totals[entry.account] += entry.debit_vnd - entry.credit_vnd
    return dict(totals)


def fine_decided(*, dossier: str, decision_number: str, fine_vnd: int, at: datetime) -> Transaction:
    """A decision makes the fine owed to the treasury."""
    return Transaction(
        kind="fine_decided",
        dossier=dossier,
        reference=f"decision/{decision_number}",
        at=at,
        entries=(Entry(RECEIVABLE, debit_vnd=fine_vnd), Entry(TREASURY_FINES, credit_vnd=fine_vnd)),
    )


def surcharge_accrued(
    *, dossier: str, decision_number: str, surcharge: Surcharge, on: date, at: datetime
) -> Transaction:
    """The surcharge owed when the fine is paid late, posted once with the payment it belongs to."""
    return Transaction(
        kind="surcharge_accrued",
        dossier=dossier,
        reference=f"surcharge/{decision_number}/{on.isoformat()}",
        at=at,
        entries=(
            Entry(RECEIVABLE, debit_vnd=surcharge.amount_vnd),
            Entry(TREASURY_SURCHARGE, credit_vnd=surcharge.amount_vnd),
        ),
        memo=surcharge.formula_vi,
    )


def fine_paid(
    *,
    dossier: str,
    gateway: str,
    gateway_reference: str,
    amount_vnd: int,
    outstanding_vnd: int,
    at: datetime,
    was_unplaced: bool = False,
) -> Transaction:
    """Money taken by a gateway. What exceeds the debt is owed back at once (a second payment wholly so).

    `was_unplaced`: it lay in suspense, and a person has found the dossier that it is for.
    """
    if amount_vnd <= 0:
        raise LedgerError(f"payment {gateway_reference}: amount must be above zero, got {amount_vnd}")
    settled = min(amount_vnd, max(outstanding_vnd, 0))
    entries = [Entry(UNPLACED if was_unplaced else clearing(gateway), debit_vnd=amount_vnd)]
    if settled:
        entries.append(Entry(RECEIVABLE, credit_vnd=settled))
    if amount_vnd > settled:
        entries.append(Entry(REFUND_PAYABLE, credit_vnd=amount_vnd - settled))
    return Transaction(
        kind="fine_paid" if settled else "overpayment",
        dossier=dossier,
        reference=f"{gateway}/{gateway_reference}",
        at=at,
        entries=tuple(entries),
    )


def unplaced(*, gateway: str, line_id: str, amount_vnd: int, at: datetime) -> Transaction:
    """Money that came and names no dossier."""
    return Transaction(
        kind="unplaced",
        dossier=None,
        reference=f"unplaced/{gateway}/{line_id}",
        at=at,
        entries=(Entry(clearing(gateway), debit_vnd=amount_vnd), Entry(UNPLACED, credit_vnd=amount_vnd)),
    )


def unplaced_returned(
    *, gateway: str, line_id: str, refund_reference: str, amount_vnd: int, at: datetime
) -> Transaction:
    """Money that fits no dossier went back to its sender, out of the treasury."""
    return Transaction(
        kind="unplaced_returned",
        dossier=None,
        reference=f"returned/{gateway}/{line_id}",
        at=at,
        entries=(Entry(UNPLACED, debit_vnd=amount_vnd), Entry(CASH_TREASURY, credit_vnd=amount_vnd)),
        memo=refund_reference,
    )


def decision_annulled(
    ledger: Ledger, *, dossier: str, decision_number: str, annulment_number: str, at: datetime
) -> Transaction:
    """`annulled` with the balances of a ledger."""
    return annulled(
        dossier=dossier,
        decision_number=decision_number,
        annulment_number=annulment_number,
        fine_vnd=-ledger.balance_vnd(TREASURY_FINES, dossier=dossier),
        surcharge_vnd=-ledger.balance_vnd(TREASURY_SURCHARGE, dossier=dossier),
        owed_vnd=ledger.outstanding_vnd(dossier),
        at=at,
    )


def annulled(
    *,
    dossier: str,
    decision_number: str,
    annulment_number: str,
    fine_vnd: int,
    surcharge_vnd: int,
    owed_vnd: int,
    at: datetime,
) -> Transaction:
    """Takes back fine and surcharge of an annulled decision and makes what was paid refundable.

    `fine_vnd` and `surcharge_vnd` are what was charged, `owed_vnd` what of it is unpaid. Raises LedgerError
    where nothing was charged.
    """
    if fine_vnd + surcharge_vnd <= 0:
        raise LedgerError(f"decision {decision_number}: nothing is posted that could be annulled")
    lines = (
        (TREASURY_FINES, fine_vnd, 0),
        (TREASURY_SURCHARGE, surcharge_vnd, 0),
        (RECEIVABLE, 0, owed_vnd),
        (REFUND_PAYABLE, 0, fine_vnd + surcharge_vnd - owed_vnd),
    )
    return Transaction(
        kind="decision_annulled",
        dossier=dossier,
        reference=f"annulment/{annulment_number}",
        at=at,
        entries=tuple(Entry(name, debit, credit) for name, debit, credit in lines if debit or credit),
        memo=decision_number,
    )


def fine_remitted(
    *,
    dossier: str,
    remission_number: str,
    remitted_vnd: int,
    fine_vnd: int,
    owed_vnd: int,
    at: datetime,
    surcharge_vnd: int = 0,
) -> Transaction:
    """Takes a part of a fine back, or all of it (LHAV Art. 77); what of it was paid is owed back.

    `fine_vnd` is what is charged as the fine, `owed_vnd` what is unpaid, `surcharge_vnd` the unpaid surcharge
    that falls away with it. Raises LedgerError unless 0 < remitted <= fine, or for more than is unpaid.
    """
    if not 0 < remitted_vnd <= fine_vnd:
        raise LedgerError(f"remission {remission_number}: {remitted_vnd} of a fine of {fine_vnd}")
    unpaid = min(remitted_vnd, max(owed_vnd, 0))
    if not 0 <= surcharge_vnd <= max(owed_vnd - remitted_vnd, 0):
        raise LedgerError(f"remission {remission_number}: a surcharge of {surcharge_vnd} is not unpaid")
    lines = (
        (TREASURY_FINES, remitted_vnd, 0),
        (TREASURY_SURCHARGE, surcharge_vnd, 0),
        (RECEIVABLE, 0, unpaid + surcharge_vnd),
        (REFUND_PAYABLE, 0, remitted_vnd - unpaid),
    )
    return Transaction(
        kind="fine_remitted",
        dossier=dossier,
        reference=f"remission/{remission_number}",
        at=at,
        entries=tuple(Entry(name, debit, credit) for name, debit, credit in lines if debit or credit),
    )


def refund_paid(
    *, dossier: str, gateway: str, refund_reference: str, amount_vnd: int, at: datetime
) -> Transaction:
    """Money that went back to the payer, out of the treasury. `gateway`: the one by which it had come."""
    return Transaction(
        kind="refund_paid",
        dossier=dossier,
        reference=f"refund/{gateway}/{refund_reference}",
        at=at,
        entries=(
            Entry(REFUND_PAYABLE, debit_vnd=amount_vnd),
            Entry(CASH_TREASURY, credit_vnd=amount_vnd),
        ),
    )


def late_surcharge(unpaid_vnd: int, *, pay_until: date, paid_on: date) -> Surcharge:
    """0.05 % of the unpaid amount for each calendar day between the last day to pay and the payment.

    Simple, without a cap, whole dong, half up (no rounding rule was found in the texts). Not to be called for
    time under deferral, reduction, exemption or instalments. Raises LedgerError for a negative amount.
    """
    if unpaid_vnd < 0:
        raise LedgerError(f"unpaid_vnd: must be 0 or more, got {unpaid_vnd}")
    days = max(0, (paid_on - pay_until).days - 1)
    amount = (unpaid_vnd * days * SURCHARGE_PER_MYRIAD * 2 + 10_000) // 20_000
    return Surcharge(
        amount_vnd=amount,
        days=days,
        formula_vi=f"{format_figure(unpaid_vnd)} × 0,05 % × {days} ngày = {format_vnd(amount)}",
        formula_en=f"{unpaid_vnd:,} × 0.05 % × {days} days = {format_vnd_en(amount)}",
    )
