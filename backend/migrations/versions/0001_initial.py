"""The first schema."""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

from backend.migrations.guards import make_append_only
from backend.models import Base

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    Base.metadata.create_all(op.get_bind())
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    tables = {"audit_entry", "review_act", "dossier_event", "ledger_transaction", "ledger_entry"}
    make_append_only(*sorted(tables & set(Base.metadata.tables)))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
