"""The law of a time limit stands beside it in both languages, so that a page names it once, after the plain words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TAKEN_OUT = (
    r"coalesce(substring(rule_vi from '^[^(]* \((.*)\); tính lại '),"
    r" substring(rule_vi from '^[^(]* \((.*)\)$'), article)"
)
"""A rule ended with its law in brackets; one that was counted anew had more behind it."""


def upgrade() -> None:
    op.add_column("dossier_deadline", sa.Column("article_vi", sa.Text(), server_default="", nullable=False))
    op.execute(f"UPDATE dossier_deadline SET article_vi = {TAKEN_OUT}")  # noqa: S608 - our own text
    op.alter_column("dossier_deadline", "article_vi", server_default=None)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
