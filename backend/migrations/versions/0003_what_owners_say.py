"""What owners say about their cases, who drove, and which last days the calendar has acted upon."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('submission',
    sa.Column('dossier_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('words_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('grounds', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('answers', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('filed_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('answer_due_on', sa.Date(), nullable=False),
    sa.Column('answer_rule_vi', sa.Text(), nullable=False),
    sa.Column('answer_rule_en', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_by', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['answered_by'], ['account.id'], name=op.f('fk_submission_answered_by')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_submission_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission')),
    sa.UniqueConstraint('number', name=op.f('uq_submission_number'))
    )
    op.create_index(op.f('ix_submission_dossier_id'), 'submission', ['dossier_id'], unique=False)
    op.create_index('submission_open', 'submission', ['answer_due_on'], unique=False, postgresql_where='answered_at IS NULL')
    op.create_table('submission_file',
    sa.Column('submission_id', sa.Uuid(), nullable=False),
    sa.Column('object_key', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('size_bytes', sa.Integer(), nullable=False),
    sa.Column('media_type', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['submission_id'], ['submission.id'], name=op.f('fk_submission_file_submission_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_submission_file'))
    )
    op.create_index(op.f('ix_submission_file_submission_id'), 'submission_file', ['submission_id'], unique=False)
    op.add_column('dossier', sa.Column('driver_submission_id', sa.Uuid(), nullable=True))
    op.add_column('dossier_deadline', sa.Column('swept_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
