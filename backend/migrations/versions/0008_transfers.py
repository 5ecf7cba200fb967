"""Cases that go to another authority or come from one, and where two systems differ."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    stamp = sa.DateTime(timezone=True)
    created = sa.Column("created_at", stamp, server_default=sa.text("clock_timestamp()"), nullable=False)
    op.create_table(
        "transfer",
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=True),
        sa.Column("by_account", sa.Uuid(), nullable=True),
        sa.Column("package_key", sa.Text(), nullable=True),
        sa.Column("package_sha256", sa.Text(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.Column("summary", postgresql.JSONB(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", stamp, nullable=True),
        sa.Column("theirs", postgresql.JSONB(), nullable=True),
        sa.Column("theirs_digest", sa.Text(), nullable=True),
        sa.Column("theirs_at", stamp, nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        created,
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_transfer_dossier_id")),
        sa.ForeignKeyConstraint(["by_account"], ["account.id"], name=op.f("fk_transfer_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
    )
    op.create_index(op.f("ix_transfer_dossier_id"), "transfer", ["dossier_id"])
    op.create_index("transfer_direction_state", "transfer", ["direction", "state", "created_at"])
    op.create_table(
        "transfer_difference",
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("transfer_ref", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ours", postgresql.JSONB(), nullable=True),
        sa.Column("theirs", postgresql.JSONB(), nullable=True),
        sa.Column("digests", sa.Text(), nullable=False),
        sa.Column("found_at", stamp, nullable=False),
        sa.Column("ended_at", stamp, nullable=True),
        sa.Column("how", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", stamp, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("fk_transfer_difference_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_difference")),
    )
    op.create_index(
        "transfer_difference_open",
        "transfer_difference",
        ["peer", "transfer_ref", "kind"],
        unique=True,
        postgresql_where="ended_at IS NULL",
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
