"""What of a fine was remitted; and a payment from which money goes back more than once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossier", sa.Column("remitted_vnd", sa.BigInteger(), nullable=False, server_default="0"))
    op.drop_constraint("uq_refund_payment_id", "refund", type_="unique")
    op.create_index("ix_refund_payment_id", "refund", ["payment_id"])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
