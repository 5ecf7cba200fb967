"""The ledger in the database: postings of `penalty.ledger`, written with what they record."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.payments.models import LedgerEntry, LedgerTransaction
from penalty import ledger


def post(session: Session, dossier_id: uuid.UUID | None, transaction: ledger.Transaction) -> bool:
    """Write a posting down once. False where its reference is in the book already.

    Callers hold the dossier's row lock, so that a balance read before still holds; for a posting of no
    dossier they hold what its balance hangs on.
    """
    known = select(LedgerTransaction.id).where(LedgerTransaction.reference == transaction.reference)
    if session.scalar(known) is not None:
        return False
    row = LedgerTransaction(
        dossier_id=dossier_id,
        kind=transaction.kind,
        reference=transaction.reference,
        memo=transaction.memo,
        happened_at=transaction.at,
    )
    session.add(row)
    session.flush()
    session.add_all(
        LedgerEntry(
            transaction_id=row.id,
            dossier_id=dossier_id,
            account=entry.account,
            debit_vnd=entry.debit_vnd,
            credit_vnd=entry.credit_vnd,
        )
        for entry in transaction.entries
    )
    session.flush()
    return True


def post_new(session: Session, dossier_id: uuid.UUID | None, transaction: ledger.Transaction) -> None:
    """`post` of money that moves now. Raises LedgerError where its reference is in the book already."""
    if not post(session, dossier_id, transaction):
        raise ledger.LedgerError(f"reference {transaction.reference}: already used for another posting")


def balance_vnd(session: Session, account: str, dossier_id: uuid.UUID | None = None) -> int:
    """Debit minus credit of an account, over one dossier or all."""
    total = select(func.coalesce(func.sum(LedgerEntry.debit_vnd - LedgerEntry.credit_vnd), 0)).where(
        LedgerEntry.account == account
    )
    if dossier_id is not None:
        total = total.where(LedgerEntry.dossier_id == dossier_id)
    return int(session.scalar(total) or 0)


def balances_vnd(session: Session, accounts: Collection[str]) -> dict[str, int]:
    """Debit minus credit of these accounts over all dossiers; 0 for one that was never used."""
    rows = session.execute(
        select(LedgerEntry.account, func.sum(LedgerEntry.debit_vnd - LedgerEntry.credit_vnd))
        .where(LedgerEntry.account.in_(accounts))
        .group_by(LedgerEntry.account)
    )
    return dict.fromkeys(accounts, 0) | {account: int(total) for account, total in rows}


def outstanding_vnd(session: Session, dossier_id: uuid.UUID) -> int:
    """What the dossier still owes, without a surcharge that is not yet posted."""
    return balance_vnd(session, ledger.RECEIVABLE, dossier_id)


def charged_vnd(session: Session, dossier_id: uuid.UUID) -> int:
    """All that was ever owed for the dossier: fine and surcharge, before payments."""
    return -sum(
        balance_vnd(session, account, dossier_id)
        for account in (ledger.TREASURY_FINES, ledger.TREASURY_SURCHARGE)
    )
