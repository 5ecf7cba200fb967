"""A second factor's secret waits in the session that was shown it, and in no other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account_session", sa.Column("totp_sealed", sa.LargeBinary(), nullable=True))
    op.execute("UPDATE account SET totp_sealed = NULL WHERE totp_since IS NULL")


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
