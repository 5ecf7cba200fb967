"""Figures ask for the acts and postings of some days: small indexes over rows that come in that order."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('violation_event_at', 'violation', ['event_at'], unique=False, postgresql_using='brin')
    op.create_index('ledger_transaction_happened_at', 'ledger_transaction', ['happened_at'], unique=False, postgresql_using='brin')


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
