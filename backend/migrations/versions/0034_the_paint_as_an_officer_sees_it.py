"""What an officer says of the vehicle's paint, where the camera said otherwise or nothing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("violation", sa.Column("vehicle_colour_confirmed", sa.Text()))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
