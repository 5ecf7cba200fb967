"""The figures of a day read that day's rows: among 5,000,000 dossiers each question read all of them."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("dossier_notified", "dossier", ["notified_at"])
    op.create_index("dossier_decided", "dossier", ["decided_at"])
    op.create_index("message_sent", "message", ["sent_at"])
    op.create_index("submission_filed", "submission", ["filed_at"])
    op.create_index("dossier_deadline_starts_on", "dossier_deadline", ["starts_on"], postgresql_using="brin")


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
