"""The newest of five million dossiers, and what belongs to one of them, are found without reading all.

A dossier's time limits had an index of the open ones alone: a question about ended ones too read every limit.
"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_OWNED = (
    ("dossier", "owner_lookup_id"),
    ("dossier_deadline", "dossier_id"),
    ("document", "owner_lookup_id"),
    ("former_owner", "owner_lookup_id"),
    ("message", "document_id"),
    ("submission", "owner_lookup_id"),
    ("counter_paper", "submission_id"),
    ("suppression", "message_id"),
    ("ledger_entry", "dossier_id"),
)


def upgrade() -> None:
    op.create_index("dossier_opened", "dossier", ["opened_at"])
    for table, column in _OWNED:
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
