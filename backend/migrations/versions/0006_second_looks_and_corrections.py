"""Blind second reviews, dwell times, where an owner's fields came from, and corrections for the registry."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('recheck',
    sa.Column('violation_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('first_by', sa.Uuid(), nullable=False),
    sa.Column('first_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('first_verdict', sa.Text(), nullable=False),
    sa.Column('first_plate', sa.Text(), nullable=True),
    sa.Column('first_vehicle_kind', sa.Text(), nullable=False),
    sa.Column('first_reject_code', sa.Text(), nullable=True),
    sa.Column('notice_waits_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('claimed_by', sa.Uuid(), nullable=True),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('second_by', sa.Uuid(), nullable=True),
    sa.Column('second_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('second_verdict', sa.Text(), nullable=True),
    sa.Column('second_plate', sa.Text(), nullable=True),
    sa.Column('second_vehicle_kind', sa.Text(), nullable=True),
    sa.Column('second_reject_code', sa.Text(), nullable=True),
    sa.Column('second_note', sa.Text(), nullable=True),
    sa.Column('dwell_s', sa.Float(), nullable=True),
    sa.Column('settled_by', sa.Uuid(), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_for', sa.Text(), nullable=True),
    sa.Column('settled_reason', sa.Text(), nullable=True),
    sa.Column('consequence', sa.Text(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'claimed', 'differs', 'agreed', 'settled')", name=op.f('ck_recheck_state')),
    sa.CheckConstraint("settled_for IN ('first', 'second')", name=op.f('ck_recheck_settled_for')),
    sa.ForeignKeyConstraint(['claimed_by'], ['account.id'], name=op.f('fk_recheck_claimed_by')),
    sa.ForeignKeyConstraint(['first_by'], ['account.id'], name=op.f('fk_recheck_first_by')),
    sa.ForeignKeyConstraint(['second_by'], ['account.id'], name=op.f('fk_recheck_second_by')),
    sa.ForeignKeyConstraint(['settled_by'], ['account.id'], name=op.f('fk_recheck_settled_by')),
    sa.ForeignKeyConstraint(['violation_id'], ['violation.id'], name=op.f('fk_recheck_violation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recheck')),
    sa.UniqueConstraint('violation_id', name=op.f('uq_recheck_violation_id'))
    )
    op.create_index('recheck_open', 'recheck', ['state', 'created_at'], unique=False, postgresql_where="state IN ('waiting', 'claimed')")
    op.add_column('review_act', sa.Column('dwell_s', sa.Float(), nullable=True))
    op.add_column('owner_lookup', sa.Column('fields', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False))
    op.add_column('owner_lookup', sa.Column('name_index', sa.Text(), nullable=True))
    op.create_index(op.f('ix_owner_lookup_name_index'), 'owner_lookup', ['name_index'], unique=False)
    op.create_table('registry_correction',
    sa.Column('lookup_id', sa.Uuid(), nullable=False),
    sa.Column('officer_id', sa.Uuid(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('fields', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('values_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('receipt', sa.Text(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['lookup_id'], ['owner_lookup.id'], name=op.f('fk_registry_correction_lookup_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['account.id'], name=op.f('fk_registry_correction_officer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registry_correction'))
    )
    op.create_index(op.f('ix_registry_correction_lookup_id'), 'registry_correction', ['lookup_id'], unique=False)
    op.create_index('registry_correction_open', 'registry_correction', ['state', 'asked_at'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
