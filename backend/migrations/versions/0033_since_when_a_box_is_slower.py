"""Since when a camera of a box sends too few pictures under a release: one heartbeat proves nothing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("release_step", sa.Column("slow_since", sa.DateTime(timezone=True)))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
