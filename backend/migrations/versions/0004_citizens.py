"""People who sign in by e-ID, the cases they open, and drivers found by their number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('citizen_session',
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('csrf_token', sa.Text(), nullable=False),
    sa.Column('identity_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('id_number_index', sa.Text(), nullable=False),
    sa.Column('subject_index', sa.Text(), nullable=False),
    sa.Column('sid_index', sa.Text(), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_citizen_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_citizen_session_token_hash'))
    )
    for column in ('id_number_index', 'subject_index', 'sid_index'):
        op.create_index(op.f(f'ix_citizen_session_{column}'), 'citizen_session', [column], unique=False)
    op.add_column('owner_session', sa.Column('part', sa.Text(), server_default='owner', nullable=False))
    op.add_column('owner_session', sa.Column('citizen_session_id', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_owner_session_citizen_session_id'), 'owner_session', 'citizen_session', ['citizen_session_id'], ['id'], ondelete='CASCADE')
    op.create_index(op.f('ix_owner_session_citizen_session_id'), 'owner_session', ['citizen_session_id'], unique=False)
    op.add_column('submission', sa.Column('named_index', sa.Text(), nullable=True))
    op.create_index(op.f('ix_submission_named_index'), 'submission', ['named_index'], unique=False)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
