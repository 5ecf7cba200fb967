"""Money that fits nothing is in the book, and can go back to its sender; two persons decide without a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_TRANSACTIONS = """
INSERT INTO ledger_transaction (id, kind, reference, memo, happened_at)
SELECT gen_random_uuid(), 'unplaced', 'unplaced/' || gateway || '/' || line_id, '', clock_timestamp()
FROM statement_line WHERE payment_id IS NULL
"""
_ENTRIES = """
INSERT INTO ledger_entry (id, transaction_id, account, debit_vnd, credit_vnd)
SELECT gen_random_uuid(), posted.id, side.account, side.debit_vnd, side.credit_vnd
FROM statement_line line
JOIN ledger_transaction posted ON posted.reference = 'unplaced/' || line.gateway || '/' || line.line_id
CROSS JOIN LATERAL (
    VALUES ('clearing:' || line.gateway, line.amount_vnd, 0::bigint),
           ('suspense:unplaced', 0::bigint, line.amount_vnd)
) AS side (account, debit_vnd, credit_vnd)
"""


def upgrade() -> None:
    now = sa.text("clock_timestamp()")
    op.alter_column("approval", "dossier_id", nullable=True)
    op.create_table(
        "line_return",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.Column("treasury_reference", sa.Text()),
        sa.Column("paid_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=now, nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["statement_line.id"], name=op.f("fk_line_return_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_return")),
        sa.UniqueConstraint("line_id", name=op.f("uq_line_return_line_id")),
    )
    op.execute(_TRANSACTIONS)
    op.execute(_ENTRIES)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
