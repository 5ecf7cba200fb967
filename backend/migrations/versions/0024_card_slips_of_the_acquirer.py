"""What the bank behind the card terminals says it took, for comparison with the slips of the counter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "acquirer_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=False),
        sa.Column(
            "imported_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["imported_by"], ["account.id"], name=op.f("fk_acquirer_file_imported_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acquirer_file")),
    )
    op.create_index(op.f("ix_acquirer_file_day"), "acquirer_file", ["day"])
    op.create_table(
        "acquirer_slip",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("terminal_id", sa.Text(), nullable=False),
        sa.Column("slip", sa.Text(), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("charged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount_vnd > 0", name=op.f("ck_acquirer_slip_above_zero")),
        sa.ForeignKeyConstraint(["file_id"], ["acquirer_file.id"], name=op.f("fk_acquirer_slip_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acquirer_slip")),
        sa.UniqueConstraint("terminal_id", "slip", name=op.f("uq_acquirer_slip_terminal_id_slip")),
    )
    op.create_index(op.f("ix_acquirer_slip_file_id"), "acquirer_slip", ["file_id"])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
