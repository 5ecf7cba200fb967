"""What gateways pass on to the treasury; postings of no case; refunds left the treasury, not the gateway."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_CORRECTED = """
INSERT INTO ledger_transaction (id, dossier_id, kind, reference, memo, happened_at)
SELECT gen_random_uuid(), dossier_id, 'corrected', 'corrected/' || reference, reference, clock_timestamp()
FROM ledger_transaction WHERE kind = 'refund_paid'
"""
_ENTRIES = """
INSERT INTO ledger_entry (id, transaction_id, dossier_id, account, debit_vnd, credit_vnd)
SELECT gen_random_uuid(), mended.id, mended.dossier_id, side.account, side.debit_vnd, side.credit_vnd
FROM ledger_transaction mended
JOIN ledger_transaction refund ON refund.reference = mended.memo
JOIN ledger_entry paid ON paid.transaction_id = refund.id AND paid.account LIKE 'clearing:%'
CROSS JOIN LATERAL (
    VALUES (paid.account, paid.credit_vnd, 0::bigint), ('cash:treasury', 0::bigint, paid.credit_vnd)
) AS side (account, debit_vnd, credit_vnd)
WHERE mended.kind = 'corrected'
"""


def _identified() -> tuple[sa.Column[object], ...]:
    now = sa.text("clock_timestamp()")
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
    )


def upgrade() -> None:
    op.alter_column("ledger_transaction", "dossier_id", nullable=True)
    op.alter_column("ledger_entry", "dossier_id", nullable=True)
    op.create_table(
        "settlement",
        *_identified(),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("arrived_vnd", sa.BigInteger()),
        sa.Column("arrived_at", sa.DateTime(timezone=True)),
        sa.Column("taken_vnd", sa.BigInteger()),
        sa.Column("fee_vnd", sa.BigInteger()),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "arrived_vnd > 0 AND taken_vnd > 0 AND fee_vnd >= 0", name=op.f("ck_settlement_amounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
        sa.UniqueConstraint("source", "reference", name=op.f("uq_settlement_source_reference")),
    )
    op.create_index(
        "settlement_open", "settlement", ["id"], postgresql_where=sa.text("settled_at IS NULL")
    )
    op.create_index("settlement_settled_at", "settlement", ["settled_at"])
    op.create_table(
        "settled_payment",
        *_identified(),
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("fee_vnd", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "amount_vnd > 0 AND fee_vnd BETWEEN 0 AND amount_vnd", name=op.f("ck_settled_payment_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlement.id"], name=op.f("fk_settled_payment_settlement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settled_payment")),
        sa.UniqueConstraint("source", "reference", name=op.f("uq_settled_payment_source_reference")),
    )
    op.create_index(op.f("ix_settled_payment_settlement_id"), "settled_payment", ["settlement_id"])
    op.execute(_CORRECTED)
    op.execute(_ENTRIES)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
