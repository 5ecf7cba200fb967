"""Kiosks are machines that somebody made kiosks, at a place, until revoked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('kiosk',
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('code_hash', sa.Text(), nullable=True),
    sa.Column('code_expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=True),
    sa.Column('issued_by', sa.Uuid(), nullable=False),
    sa.Column('paired_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['issued_by'], ['account.id'], name=op.f('fk_kiosk_issued_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_kiosk')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_kiosk_code_hash')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_kiosk_token_hash'))
    )
    op.add_column('owner_session', sa.Column('kiosk_id', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_owner_session_kiosk_id'), 'owner_session', 'kiosk', ['kiosk_id'], ['id'])
    op.create_index(op.f('ix_owner_session_kiosk_id'), 'owner_session', ['kiosk_id'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
