"""Who presses "pay" twice is led to the page of the first time: its address is kept while it is open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payment", sa.Column("pay_url", sa.Text))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
