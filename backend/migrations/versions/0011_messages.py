"""What happens to messages: tries and receipts, suppression, people's choice, tokens, the post's batches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence('letter_number')))
    op.create_table('channel_token',
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('seed_index', sa.Text(), nullable=False),
    sa.Column('access_encrypted', sa.LargeBinary(), nullable=True),
    sa.Column('refresh_encrypted', sa.LargeBinary(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('refreshed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lost_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('channel', name=op.f('pk_channel_token'))
    )
    op.create_table('contact_choice',
    sa.Column('person_index', sa.Text(), nullable=False),
    sa.Column('lang', sa.Text(), nullable=False),
    sa.Column('channels', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('email_encrypted', sa.LargeBinary(), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_choice')),
    sa.UniqueConstraint('person_index', name=op.f('uq_contact_choice_person_index'))
    )
    op.create_table('post_batch',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.Column('letters', sa.Integer(), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('object_key', sa.Text(), nullable=True),
    sa.Column('sha256', sa.Text(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('handed_over_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post_batch')),
    sa.UniqueConstraint('day', name=op.f('uq_post_batch_day'))
    )
    op.create_table('message_event',
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('resend', sa.Integer(), nullable=False),
    sa.Column('code', sa.Text(), nullable=True),
    sa.Column('detail', sa.Text(), nullable=True),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('provider_event', sa.Text(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_message_event_message_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_event')),
    sa.UniqueConstraint('provider_event', name=op.f('uq_message_event_provider_event'))
    )
    op.create_index('message_event_message', 'message_event', ['message_id', 'at'], unique=False)
    op.create_table('post_letter',
    sa.Column('batch_id', sa.Uuid(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('first_page', sa.Integer(), nullable=True),
    sa.Column('last_page', sa.Integer(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['post_batch.id'], name=op.f('fk_post_letter_batch_id')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_post_letter_message_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post_letter')),
    sa.UniqueConstraint('number', name=op.f('uq_post_letter_number'))
    )
    op.create_index(op.f('ix_post_letter_batch_id'), 'post_letter', ['batch_id'], unique=False)
    op.create_index(op.f('ix_post_letter_message_id'), 'post_letter', ['message_id'], unique=False)
    op.create_table('suppression',
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('address_index', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lifted_by', sa.Uuid(), nullable=True),
    sa.Column('lift_reason', sa.Text(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['lifted_by'], ['account.id'], name=op.f('fk_suppression_lifted_by')),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], name=op.f('fk_suppression_message_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suppression'))
    )
    op.create_index('suppression_active', 'suppression', ['channel', 'address_index'], unique=True, postgresql_where='lifted_at IS NULL')
    op.add_column('message', sa.Column('code', sa.Text(), nullable=True))
    op.add_column('message', sa.Column('lang', sa.Text(), nullable=True))
    op.add_column('message', sa.Column('address_index', sa.Text(), nullable=True))
    op.add_column('message', sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('message', sa.Column('give_up_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('message', sa.Column('sending_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('message', sa.Column('perhaps_twice', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('message', sa.Column('resends', sa.Integer(), server_default='0', nullable=False))
    op.alter_column('message', 'perhaps_twice', server_default=None)
    op.alter_column('message', 'resends', server_default=None)
    op.add_column('message', sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('dossier_deadline', sa.Column('reminded', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False))
    op.alter_column('dossier_deadline', 'reminded', server_default=None)
    op.create_index('message_state', 'message', ['state', 'next_try_at'], unique=False)
    for what in ("BEFORE UPDATE OR DELETE ON message_event FOR EACH ROW",
                 "BEFORE TRUNCATE ON message_event FOR EACH STATEMENT"):
        name = "no_truncate" if "TRUNCATE" in what else "append_only"
        op.execute(f"CREATE TRIGGER message_event_{name} {what} EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
