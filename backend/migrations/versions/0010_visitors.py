"""Visits name their visitor as the audit log does, and public look-ups by plate are counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM owner_session")  # they last two hours; whoever is in signs in again
    op.add_column('owner_session', sa.Column('actor', sa.Text(), nullable=False))
    op.create_table('plate_lookup',
    sa.Column('ticket_hash', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('address_hash', sa.Text(), nullable=False),
    sa.Column('plate_hash', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('ticket_hash', name=op.f('pk_plate_lookup'))
    )
    op.create_index('plate_lookup_address', 'plate_lookup', ['address_hash', 'at'], unique=False)
    op.create_index('plate_lookup_plate', 'plate_lookup', ['plate_hash', 'at'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
