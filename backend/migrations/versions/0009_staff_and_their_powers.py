"""Offices, areas, second factors and approvals of staff: powers come from law and office, not from a typed number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


# The highest office whose power, by the table in force on 2026-11-27, the typed limit covered.
_KEEP_WHAT_WAS = (
    """
    INSERT INTO appointment (id, account_id, position, basis, valid_from)
    SELECT gen_random_uuid(), id,
        CASE WHEN signing_limit_vnd >= 75000000 THEN 'provincial_director'
             WHEN signing_limit_vnd >= 60000000 THEN 'division_head'
             WHEN signing_limit_vnd >= 37500000 THEN 'commune_chief'
             WHEN signing_limit_vnd >= 22500000 THEN 'team_chief'
             WHEN signing_limit_vnd >= 15000000 THEN 'company_commander'
             ELSE 'officer' END,
        'signing limit ' || signing_limit_vnd || ' VND before 0009; name the decision', created_at::date
    FROM account WHERE signing_limit_vnd >= 7500000
    """,
    """
    INSERT INTO jurisdiction (id, account_id, area_code, basis, valid_from)
    SELECT gen_random_uuid(), id, '*', 'as before 0009; name the decision', created_at::date FROM account
    """,
)


def upgrade() -> None:
    op.create_table('area',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('level', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('parent_code', sa.Text(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('successor_code', sa.Text(), nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('confidence', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("level IN ('country', 'province', 'ward')", name=op.f('ck_area_level')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_area')),
    sa.UniqueConstraint('code', 'valid_from', name=op.f('uq_area_code_valid_from'), postgresql_nulls_not_distinct=True)
    )
    op.create_table('appointment',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Text(), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_appointment_days')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_appointment_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appointment'))
    )
    op.create_index(op.f('ix_appointment_account_id'), 'appointment', ['account_id'], unique=False)
    op.create_table('camera_place',
    sa.Column('camera_id', sa.Text(), nullable=False),
    sa.Column('area_code', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('placed_by', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['placed_by'], ['account.id'], name=op.f('fk_camera_place_placed_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_camera_place'))
    )
    op.create_index('ix_camera_place_camera', 'camera_place', ['camera_id', 'valid_from'], unique=True)
    op.create_table('jurisdiction',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('area_code', sa.Text(), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_jurisdiction_days')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_jurisdiction_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jurisdiction'))
    )
    op.create_index(op.f('ix_jurisdiction_account_id'), 'jurisdiction', ['account_id'], unique=False)
    op.create_table('recovery_code',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('code_hash', sa.Text(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_recovery_code_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_code')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_recovery_code_code_hash'))
    )
    op.create_index(op.f('ix_recovery_code_account_id'), 'recovery_code', ['account_id'], unique=False)
    op.create_table('approval',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('dossier_id', sa.Uuid(), nullable=False),
    sa.Column('subject_version', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('requested_by', sa.Uuid(), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'approved', 'refused', 'withdrawn', 'expired')", name=op.f('ck_approval_state')),
    sa.CheckConstraint('decided_by IS NULL OR decided_by <> requested_by', name=op.f('ck_approval_two_persons')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_approval_decided_by')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_approval_dossier_id')),
    sa.ForeignKeyConstraint(['requested_by'], ['account.id'], name=op.f('fk_approval_requested_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_approval'))
    )
    op.create_index('approval_waiting', 'approval', ['kind', 'subject_id'], unique=True, postgresql_where="state = 'waiting'")
    op.create_index(op.f('ix_approval_dossier_id'), 'approval', ['dossier_id'], unique=False)
    op.add_column('account', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    op.alter_column('account', 'version', server_default=None)
    op.add_column('account', sa.Column('must_change_password', sa.Boolean(), server_default='false', nullable=False))
    op.alter_column('account', 'must_change_password', server_default=None)
    op.add_column('account', sa.Column('issuer', sa.Text(), nullable=True))
    op.add_column('account', sa.Column('subject', sa.Text(), nullable=True))
    op.add_column('account', sa.Column('totp_sealed', sa.LargeBinary(), nullable=True))
    op.add_column('account', sa.Column('totp_since', sa.DateTime(timezone=True), nullable=True))
    op.add_column('account', sa.Column('totp_last_step', sa.BigInteger(), nullable=True))
    op.alter_column('account', 'password_hash',
               existing_type=sa.TEXT(),
               nullable=True)
    op.create_unique_constraint(op.f('uq_account_issuer_subject'), 'account', ['issuer', 'subject'])
    for statement in _KEEP_WHAT_WAS:
        op.execute(statement)
    op.drop_column('account', 'signing_limit_vnd')
    op.add_column('account_session', sa.Column('stage', sa.Text(), server_default='full', nullable=False))
    op.alter_column('account_session', 'stage', server_default=None)
    op.add_column('account_session', sa.Column('method', sa.Text(), server_default='password', nullable=False))
    op.alter_column('account_session', 'method', server_default=None)
    op.add_column('account_session', sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('account_session', sa.Column('ended_by', sa.Uuid(), nullable=True))
    op.add_column('account_session', sa.Column('agent', sa.Text(), server_default='', nullable=False))
    op.alter_column('account_session', 'agent', server_default=None)
    op.create_foreign_key(op.f('fk_account_session_ended_by'), 'account_session', 'account', ['ended_by'], ['id'])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
