"""Several papers of a kind, messages that know their paper, and notices to a new owner."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("document", sa.Column("seq", sa.Integer(), server_default="1", nullable=False))
    op.add_column("document", sa.Column("says", postgresql.JSONB(), server_default="{}", nullable=False))
    op.add_column("document", sa.Column("signed_by", sa.Uuid(), nullable=True))
    op.add_column("document", sa.Column("owner_lookup_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_document_signed_by"), "document", "account", ["signed_by"], ["id"])
    op.create_foreign_key(op.f("fk_document_owner_lookup_id"), "document", "owner_lookup", ["owner_lookup_id"], ["id"])
    op.drop_constraint("uq_document_dossier_id_kind", "document", type_="unique")
    op.create_unique_constraint(op.f("uq_document_dossier_id_kind_seq"), "document", ["dossier_id", "kind", "seq"])

    op.add_column("submission", sa.Column("owner_lookup_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_submission_owner_lookup_id"), "submission", "owner_lookup", ["owner_lookup_id"], ["id"]
    )
    for table in ("document", "submission"):
        op.execute(
            f"UPDATE {table} SET owner_lookup_id = dossier.owner_lookup_id"
            f" FROM dossier WHERE dossier.id = {table}.dossier_id"
        )

    op.add_column("dossier_deadline", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint("uq_dossier_deadline_dossier_id_step_id", "dossier_deadline", type_="unique")
    op.create_index(
        "dossier_deadline_step",
        "dossier_deadline",
        ["dossier_id", "step_id"],
        unique=True,
        postgresql_where="ended_at IS NULL",
    )

    op.add_column("message", sa.Column("document_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_message_document_id"), "message", "document", ["document_id"], ["id"])
    op.execute(
        "UPDATE message SET document_id = document.id FROM document"
        " WHERE document.dossier_id = message.dossier_id AND document.kind = message.purpose"
    )
    op.drop_constraint("uq_message_dossier_id_purpose_channel", "message", type_="unique")
    op.create_unique_constraint(
        op.f("uq_message_dossier_id_purpose_channel_document_id"),
        "message",
        ["dossier_id", "purpose", "channel", "document_id"],
        postgresql_nulls_not_distinct=True,
    )

    op.create_table(
        "former_owner",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("owner_lookup_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("notice_number", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_former_owner_dossier_id")),
        sa.ForeignKeyConstraint(
            ["owner_lookup_id"], ["owner_lookup.id"], name=op.f("fk_former_owner_owner_lookup_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_owner")),
        sa.UniqueConstraint("notice_number", name=op.f("uq_former_owner_notice_number")),
    )
    op.create_index(op.f("ix_former_owner_dossier_id"), "former_owner", ["dossier_id"])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
