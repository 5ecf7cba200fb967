"""Why a roll-out stopped becomes a code with its numbers; what was written before stays as its words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("roll_out", "release_roll_out"):
        op.add_column(table, sa.Column("why", postgresql.JSONB()))
        op.execute(
            f"UPDATE {table} SET why = jsonb_build_object("  # noqa: S608 - our own tables
            "'code', 'sentence', 'said', why_en, 'said_vi', why_vi) WHERE why_en <> ''"
        )
        op.drop_column(table, "why_vi")
        op.drop_column(table, "why_en")
    for table in ("roll_out_step", "release_step"):
        op.execute(
            f"ALTER TABLE {table} ALTER COLUMN why DROP DEFAULT, ALTER COLUMN why DROP NOT NULL,"
            " ALTER COLUMN why TYPE jsonb USING CASE WHEN why = '' THEN NULL"
            " ELSE jsonb_build_object('code', 'sentence', 'said', why) END"
        )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
