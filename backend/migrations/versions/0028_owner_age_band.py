"""How old an owner was on the day of the act, as a band of ages and no date."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("owner_lookup", sa.Column("age_band", sa.Text(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
