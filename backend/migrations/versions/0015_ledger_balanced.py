"""No posting can be committed whose debit and credit differ."""

from __future__ import annotations

from backend.migrations.guards import make_balanced

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    make_balanced()


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
