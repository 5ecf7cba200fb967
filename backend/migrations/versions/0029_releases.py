"""Releases of the boxes' software, how they are rolled out in steps, and what each box says it runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "release",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("key_fingerprint", sa.Text(), nullable=False),
        sa.Column("notes_vi", sa.Text(), nullable=False),
        sa.Column("notes_en", sa.Text(), nullable=False),
        sa.Column("manifest", postgresql.JSONB(), nullable=False),
        sa.Column("weights", postgresql.JSONB(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.Column("published_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_release")),
    )
    op.create_table(
        "release_roll_out",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.Column("why_vi", sa.Text(), nullable=False),
        sa.Column("why_en", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", _TIME, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('running', 'paused', 'done', 'stopped')", name=op.f("ck_release_roll_out_state")
        ),
        sa.ForeignKeyConstraint(["version"], ["release.version"], name=op.f("fk_release_roll_out_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release_roll_out")),
    )
    op.create_index(op.f("ix_release_roll_out_state"), "release_roll_out", ["state"])
    op.create_index(op.f("ix_release_roll_out_version"), "release_roll_out", ["version"])
    op.create_table(
        "release_step",
        sa.Column("roll_out_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("former", sa.Text(), nullable=False),
        sa.Column("waiting_before", sa.Integer(), nullable=False),
        sa.Column("fps_before", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("offered_at", _TIME, nullable=True),
        sa.Column("taken_at", _TIME, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'taken', 'well', 'failed', 'undone')",
            name=op.f("ck_release_step_state"),
        ),
        sa.ForeignKeyConstraint(
            ["roll_out_id"], ["release_roll_out.id"], name=op.f("fk_release_step_roll_out_id")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["device.device_id"], name=op.f("fk_release_step_device_id")),
        sa.PrimaryKeyConstraint("roll_out_id", "device_id", name=op.f("pk_release_step")),
    )
    op.create_index(op.f("ix_release_step_device_id"), "release_step", ["device_id"])
    op.create_table(
        "box_software",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("reported", postgresql.JSONB(), nullable=True),
        sa.Column("reported_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.device_id"], name=op.f("fk_box_software_device_id")),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_box_software")),
    )
    op.create_table(
        "box_order",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("ordered_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.device_id"], name=op.f("fk_box_order_device_id")),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_box_order")),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
