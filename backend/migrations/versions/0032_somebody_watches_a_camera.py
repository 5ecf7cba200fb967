"""Until when somebody watches a camera: its box sends pictures oftener meanwhile."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("camera_status", sa.Column("watched_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
