"""Visits to the counter with what was signed and paid there; visits on a shared kiosk that end when idle."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('counter_visit',
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('dossier_id', sa.Uuid(), nullable=False),
    sa.Column('clerk_id', sa.Uuid(), nullable=False),
    sa.Column('capacity', sa.Text(), nullable=False),
    sa.Column('shown', sa.Text(), nullable=False),
    sa.Column('name_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('id_number_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['clerk_id'], ['account.id'], name=op.f('fk_counter_visit_clerk_id')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_counter_visit_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_counter_visit')),
    sa.UniqueConstraint('number', name=op.f('uq_counter_visit_number'))
    )
    op.create_index('counter_visit_clerk_opened', 'counter_visit', ['clerk_id', 'opened_at'], unique=False)
    op.create_index(op.f('ix_counter_visit_dossier_id'), 'counter_visit', ['dossier_id'], unique=False)
    op.create_table('counter_paper',
    sa.Column('visit_id', sa.Uuid(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('submission_id', sa.Uuid(), nullable=True),
    sa.Column('object_key', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('media_type', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_counter_paper_submission_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['counter_visit.id'], name=op.f('fk_counter_paper_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_counter_paper'))
    )
    op.create_index(op.f('ix_counter_paper_visit_id'), 'counter_paper', ['visit_id'], unique=False)
    op.create_table('counter_payment',
    sa.Column('visit_id', sa.Uuid(), nullable=False),
    sa.Column('payment_id', sa.Uuid(), nullable=False),
    sa.Column('terminal_id', sa.Text(), nullable=True),
    sa.Column('terminal_reference', sa.Text(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_counter_payment_payment_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['counter_visit.id'], name=op.f('fk_counter_payment_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_counter_payment')),
    sa.UniqueConstraint('payment_id', name=op.f('uq_counter_payment_payment_id')),
    sa.UniqueConstraint('terminal_id', 'terminal_reference', name=op.f('uq_counter_payment_terminal_id_terminal_reference'))
    )
    op.create_index(op.f('ix_counter_payment_visit_id'), 'counter_payment', ['visit_id'], unique=False)
    op.add_column('owner_session', sa.Column('idle_limit_s', sa.Integer(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
