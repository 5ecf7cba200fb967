"""Money: attempts to pay, what the gateway said word for word, and the double-entry book."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.database import Base, Identified
from penalty.payments.attempt import AttemptState


class Payment(Identified, Base):
    """One attempt to pay. Many may be started for a dossier; the first that succeeds pays it.

    `pay_url`: the gateway's page for this attempt, once it is known; opened again, it is the same order.
    """

    __tablename__ = "payment"
    __table_args__ = (Index("payment_dossier", "dossier_id", "started_at"),)

    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"))
    gateway: Mapped[str]
    reference: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default=AttemptState.STARTED)
    amount_vnd: Mapped[int] = mapped_column(BigInteger)
    late_vnd: Mapped[int] = mapped_column(BigInteger, default=0)
    late_days: Mapped[int] = mapped_column(default=0)
    late_formula_vi: Mapped[str | None]
    locale: Mapped[str] = mapped_column(default="vn")
    remote_address: Mapped[str]
    pay_url: Mapped[str | None]
    started_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    response_code: Mapped[str | None]
    status_code: Mapped[str | None]
    gateway_number: Mapped[str | None]
    bank_code: Mapped[str | None]


class PaymentCallback(Identified, Base):
    """A message of the gateway exactly as it came, kept before anything is done about it."""

    __tablename__ = "payment_callback"

    gateway: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    query: Mapped[str]
    body: Mapped[str] = mapped_column(server_default="")
    headers: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    remote_address: Mapped[str]
    answer: Mapped[str | None]
    payment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payment.id"), index=True)


class Refund(Identified, Base):
    """Money that came and is not owed. It goes back through the treasury, by a person, from this queue."""

    __tablename__ = "refund"

    payment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("payment.id"), index=True)
    dossier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    amount_vnd: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="queued")
    queued_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    treasury_reference: Mapped[str | None]
    paid_at: Mapped[datetime | None]


class StatementLine(Identified, Base):
    """A line of a bank or treasury statement, read once, and what it turned out to be."""

    __tablename__ = "statement_line"
    __table_args__ = (UniqueConstraint("gateway", "line_id"),)

    gateway: Mapped[str]
    line_id: Mapped[str]
    booked_at: Mapped[datetime]
    amount_vnd: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str]
    reference: Mapped[str | None]
    verdict: Mapped[str]
    payment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("payment.id"), index=True)
    imported_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    imported_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class LineReturn(Identified, Base):
    """Money that fits no case, to go back to its sender: decided by two persons, paid by the treasury."""

    __tablename__ = "line_return"

    line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("statement_line.id"), unique=True)
    reason: Mapped[str]
    queued_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    treasury_reference: Mapped[str | None]
    paid_at: Mapped[datetime | None]


class LedgerTransaction(Identified, Base):
    """A posting that balances. `reference` is unique, so the same thing is never posted twice.

    Without a dossier: a posting of the whole province's money, as a settlement.
    """

    __tablename__ = "ledger_transaction"
    __table_args__ = (Index("ledger_transaction_happened_at", "happened_at", postgresql_using="brin"),)

    dossier_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    kind: Mapped[str]
    reference: Mapped[str] = mapped_column(unique=True)
    memo: Mapped[str] = mapped_column(default="")
    happened_at: Mapped[datetime]
    posted_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class LedgerEntry(Identified, Base):
    """One side of a posting, in whole dong."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint("(debit_vnd > 0) <> (credit_vnd > 0)", name="one_side"),
        CheckConstraint("debit_vnd >= 0 AND credit_vnd >= 0", name="not_negative"),
        Index("ledger_entry_account", "account", "dossier_id"),
    )

    transaction_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("ledger_transaction.id"), index=True)
    dossier_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    account: Mapped[str]
    debit_vnd: Mapped[int] = mapped_column(BigInteger, default=0)
    credit_vnd: Mapped[int] = mapped_column(BigInteger, default=0)
