"""No posting can be committed whose debit and credit differ; limits of another calendar are found at once."""

from __future__ import annotations

from alembic import op

from backend.migrations.guards import make_balanced

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    make_balanced()
    op.create_index(
        "dossier_deadline_calendar",
        "dossier_deadline",
        ["calendar_version"],
        postgresql_where="met_at IS NULL AND ended_at IS NULL AND swept_at IS NULL AND set_by IS NULL",
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
