"""A statement knows whether the owner or the driver he named made it; each reads his own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# A driver who signed in moved the case as `citizen:` and the beginning of the blind index of his number.
_BY_DRIVERS = """
UPDATE submission AS said
   SET named_by_id = naming.id
  FROM dossier, submission AS naming, dossier_event AS event
 WHERE dossier.id = said.dossier_id
   AND naming.id = dossier.driver_submission_id
   AND event.dossier_id = said.dossier_id
   AND event.data ->> 'number' = said.number
   AND event.actor = 'citizen:' || left(naming.named_index, 24)
"""


def upgrade() -> None:
    op.add_column('submission', sa.Column('named_by_id', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_submission_named_by_id'), 'submission', 'submission', ['named_by_id'], ['id'])
    op.create_index(op.f('ix_submission_named_by_id'), 'submission', ['named_by_id'], unique=False)
    op.execute(_BY_DRIVERS)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
