"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

from backend.migrations.guards import make_append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('account',
    sa.Column('username', sa.Text(), nullable=False),
    sa.Column('full_name', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('roles', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('signing_limit_vnd', sa.BigInteger(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('username', name=op.f('uq_account_username'))
    )
    op.create_table('audit_entry',
    sa.Column('seq', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('subject_type', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Text(), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('previous_hash', sa.Text(), nullable=False),
    sa.Column('entry_hash', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit_entry')),
    sa.UniqueConstraint('entry_hash', name=op.f('uq_audit_entry_entry_hash'))
    )
    op.create_index('ix_audit_entry_subject', 'audit_entry', ['subject_type', 'subject_id'], unique=False)
    op.create_table('lookup_attempt',
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('address_hash', sa.Text(), nullable=False),
    sa.Column('notice_hash', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lookup_attempt'))
    )
    op.create_index('lookup_attempt_address', 'lookup_attempt', ['address_hash', 'at'], unique=False)
    op.create_index('lookup_attempt_notice', 'lookup_attempt', ['notice_hash', 'at'], unique=False)
    op.create_table('sign_in_failure',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('username', sa.Text(), nullable=False),
    sa.Column('client', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_failure'))
    )
    op.create_index('ix_sign_in_failure_client_at', 'sign_in_failure', ['client', 'at'], unique=False)
    op.create_index('ix_sign_in_failure_username_at', 'sign_in_failure', ['username', 'at'], unique=False)
    op.create_table('account_session',
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('csrf_token', sa.Text(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('client', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_session_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_account_session_token_hash'))
    )
    op.create_index(op.f('ix_account_session_account_id'), 'account_session', ['account_id'], unique=False)
    op.create_table('device',
    sa.Column('device_id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('public_key', sa.Text(), nullable=False),
    sa.Column('software_version', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('enrolled_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_by', sa.Uuid(), nullable=True),
    sa.Column('last_heartbeat_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outbox_waiting', sa.Integer(), nullable=False),
    sa.CheckConstraint("state IN ('pending', 'approved', 'revoked')", name=op.f('ck_device_state')),
    sa.ForeignKeyConstraint(['approved_by'], ['account.id'], name=op.f('fk_device_approved_by')),
    sa.PrimaryKeyConstraint('device_id', name=op.f('pk_device'))
    )
    op.create_table('camera',
    sa.Column('camera_id', sa.Text(), nullable=False),
    sa.Column('device_id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('location', sa.Text(), nullable=False),
    sa.Column('camera_file_sha256', sa.Text(), nullable=False),
    sa.Column('speed_limit_kmh', sa.Integer(), nullable=True),
    sa.Column('first_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.device_id'], name=op.f('fk_camera_device_id')),
    sa.PrimaryKeyConstraint('camera_id', name=op.f('pk_camera'))
    )
    op.create_index(op.f('ix_camera_device_id'), 'camera', ['device_id'], unique=False)
    op.create_table('camera_status',
    sa.Column('camera_id', sa.Text(), nullable=False),
    sa.Column('device_id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('fps', sa.Double(), nullable=False),
    sa.Column('frames_total', sa.BigInteger(), nullable=False),
    sa.Column('vehicles_total', sa.BigInteger(), nullable=False),
    sa.Column('violations_total', sa.BigInteger(), nullable=False),
    sa.Column('withheld_total', sa.BigInteger(), nullable=False),
    sa.Column('last_frame_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('signal_state', sa.Text(), nullable=True),
    sa.Column('thumbnail_jpeg', sa.LargeBinary(), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.device_id'], name=op.f('fk_camera_status_device_id')),
    sa.PrimaryKeyConstraint('camera_id', name=op.f('pk_camera_status'))
    )
    op.create_index(op.f('ix_camera_status_device_id'), 'camera_status', ['device_id'], unique=False)
    op.create_table('violation',
    sa.Column('report_id', sa.Text(), nullable=False),
    sa.Column('device_id', sa.Text(), nullable=False),
    sa.Column('camera_id', sa.Text(), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('vehicle_kind', sa.Text(), nullable=False),
    sa.Column('plate_read', sa.Text(), nullable=True),
    sa.Column('plate_display', sa.Text(), nullable=True),
    sa.Column('plate_confidence', sa.Double(), nullable=True),
    sa.Column('plate_ground_colour', sa.Text(), nullable=True),
    sa.Column('event_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('notify_due_on', sa.Date(), nullable=False),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('payload_sha256', sa.Text(), nullable=False),
    sa.Column('signature', sa.Text(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('claimed_by', sa.Uuid(), nullable=True),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('plate_confirmed', sa.Text(), nullable=True),
    sa.Column('ground_colour_confirmed', sa.Text(), nullable=True),
    sa.Column('vehicle_kind_confirmed', sa.Text(), nullable=True),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reject_code', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('review', 'claimed', 'confirmed', 'rejected')", name=op.f('ck_violation_state')),
    sa.ForeignKeyConstraint(['claimed_by'], ['account.id'], name=op.f('fk_violation_claimed_by')),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_violation_decided_by')),
    sa.ForeignKeyConstraint(['device_id'], ['device.device_id'], name=op.f('fk_violation_device_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_violation')),
    sa.UniqueConstraint('report_id', name=op.f('uq_violation_report_id'))
    )
    op.create_index(op.f('ix_violation_camera_id'), 'violation', ['camera_id'], unique=False)
    op.create_index(op.f('ix_violation_device_id'), 'violation', ['device_id'], unique=False)
    op.create_index('ix_violation_queue', 'violation', ['state', 'notify_due_on', 'event_at'], unique=False)
    op.create_index('ix_violation_rule_event_at', 'violation', ['rule', 'event_at'], unique=False)
    op.create_table('evidence_file',
    sa.Column('violation_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('object_key', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('media_type', sa.Text(), nullable=False),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['violation_id'], ['violation.id'], name=op.f('fk_evidence_file_violation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence_file')),
    sa.UniqueConstraint('object_key', name=op.f('uq_evidence_file_object_key')),
    sa.UniqueConstraint('violation_id', 'role', name=op.f('uq_evidence_file_violation_id_role'))
    )
    op.create_table('owner_lookup',
    sa.Column('violation_id', sa.Uuid(), nullable=False),
    sa.Column('plate', sa.Text(), nullable=False),
    sa.Column('ground_colour', sa.Text(), nullable=False),
    sa.Column('vehicle_kind', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('request_id', sa.Uuid(), nullable=False),
    sa.Column('officer_id', sa.Uuid(), nullable=False),
    sa.Column('procedure_code', sa.Text(), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('fetched_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('registry_updated_on', sa.Date(), nullable=True),
    sa.Column('vehicle', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('warnings', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('owner_kind', sa.Text(), nullable=True),
    sa.Column('name_encrypted', sa.LargeBinary(), nullable=True),
    sa.Column('id_number_encrypted', sa.LargeBinary(), nullable=True),
    sa.Column('id_number_index', sa.Text(), nullable=True),
    sa.Column('phone_encrypted', sa.LargeBinary(), nullable=True),
    sa.Column('phone_index', sa.Text(), nullable=True),
    sa.Column('address_encrypted', sa.LargeBinary(), nullable=True),
    sa.Column('resolved_by', sa.Uuid(), nullable=True),
    sa.Column('resolved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolved_reason', sa.Text(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['officer_id'], ['account.id'], name=op.f('fk_owner_lookup_officer_id')),
    sa.ForeignKeyConstraint(['resolved_by'], ['account.id'], name=op.f('fk_owner_lookup_resolved_by')),
    sa.ForeignKeyConstraint(['violation_id'], ['violation.id'], name=op.f('fk_owner_lookup_violation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_owner_lookup')),
    sa.UniqueConstraint('request_id', name=op.f('uq_owner_lookup_request_id'))
    )
    op.create_index(op.f('ix_owner_lookup_id_number_index'), 'owner_lookup', ['id_number_index'], unique=False)
    op.create_index(op.f('ix_owner_lookup_phone_index'), 'owner_lookup', ['phone_index'], unique=False)
    op.create_index('owner_lookup_state', 'owner_lookup', ['state', 'requested_at'], unique=False)
    op.create_index('owner_lookup_violation', 'owner_lookup', ['violation_id', 'requested_at'], unique=False)
    op.create_table('review_act',
    sa.Column('violation_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('after', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_review_act_account_id')),
    sa.ForeignKeyConstraint(['violation_id'], ['violation.id'], name=op.f('fk_review_act_violation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_act'))
    )
    op.create_index(op.f('ix_review_act_account_id'), 'review_act', ['account_id'], unique=False)
    op.create_index(op.f('ix_review_act_violation_id'), 'review_act', ['violation_id'], unique=False)
    op.create_table('dossier',
    sa.Column('violation_id', sa.Uuid(), nullable=False),
    sa.Column('owner_lookup_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('notice_number', sa.Text(), nullable=False),
    sa.Column('record_number', sa.Text(), nullable=True),
    sa.Column('decision_number', sa.Text(), nullable=True),
    sa.Column('receipt_number', sa.Text(), nullable=True),
    sa.Column('secret_hash', sa.Text(), nullable=False),
    sa.Column('secret_encrypted', sa.LargeBinary(), nullable=False),
    sa.Column('plate', sa.Text(), nullable=False),
    sa.Column('plate_display', sa.Text(), nullable=False),
    sa.Column('ground_colour', sa.Text(), nullable=False),
    sa.Column('vehicle_kind', sa.Text(), nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('assessment', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('law_version', sa.Text(), nullable=False),
    sa.Column('fine_vnd', sa.BigInteger(), nullable=False),
    sa.Column('band_max_vnd', sa.BigInteger(), nullable=False),
    sa.Column('explanation_right', sa.Boolean(), nullable=False),
    sa.Column('explanation_waived', sa.Boolean(), nullable=False),
    sa.Column('paid_vnd', sa.BigInteger(), nullable=False),
    sa.Column('opened_by', sa.Uuid(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('notified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['decided_by'], ['account.id'], name=op.f('fk_dossier_decided_by')),
    sa.ForeignKeyConstraint(['opened_by'], ['account.id'], name=op.f('fk_dossier_opened_by')),
    sa.ForeignKeyConstraint(['owner_lookup_id'], ['owner_lookup.id'], name=op.f('fk_dossier_owner_lookup_id')),
    sa.ForeignKeyConstraint(['violation_id'], ['violation.id'], name=op.f('fk_dossier_violation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossier')),
    sa.UniqueConstraint('decision_number', name=op.f('uq_dossier_decision_number')),
    sa.UniqueConstraint('notice_number', name=op.f('uq_dossier_notice_number')),
    sa.UniqueConstraint('receipt_number', name=op.f('uq_dossier_receipt_number')),
    sa.UniqueConstraint('record_number', name=op.f('uq_dossier_record_number')),
    sa.UniqueConstraint('violation_id', name=op.f('uq_dossier_violation_id'))
    )
    op.create_index('dossier_state_opened', 'dossier', ['state', 'opened_at'], unique=False)
    op.create_index(op.f('ix_dossier_plate'), 'dossier', ['plate'], unique=False)
    op.create_table('document',
    sa.Column('dossier_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('object_key', sa.Text(), nullable=True),
    sa.Column('sha256', sa.Text(), nullable=True),
    sa.Column('size_bytes', sa.Integer(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_document_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document')),
    sa.UniqueConstraint('dossier_id', 'kind', name=op.f('uq_document_dossier_id_kind')),
    sa.UniqueConstraint('number', name=op.f('uq_document_number'))
    )
    op.create_table('dossier_deadline',
    sa.Column('dossier_id', sa.Uuid(), nullable=False),
    sa.Column('step_id', sa.Text(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('raw_due_on', sa.Date(), nullable=False),
    sa.Column('length', sa.Integer(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('title_vi', sa.Text(), nullable=False),
    sa.Column('title_en', sa.Text(), nullable=False),
    sa.Column('rule_vi', sa.Text(), nullable=False),
    sa.Column('rule_en', sa.Text(), nullable=False),
    sa.Column('article', sa.Text(), nullable=False),
    sa.Column('confidence', sa.Text(), nullable=False),
    sa.Column('calendar_version', sa.Text(), nullable=False),
    sa.Column('met_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_dossier_deadline_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossier_deadline')),
    sa.UniqueConstraint('dossier_id', 'step_id', name=op.f('uq_dossier_deadline_dossier_id_step_id'))
    )
    op.create_index('dossier_deadline_open', 'dossier_deadline', ['due_on'], unique=False, postgresql_where='met_at IS NULL')
    op.create_table('dossier_event',
    sa.Column('dossier_id', sa.Uuid(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('from_state', sa.Text(), nullable=True),
    sa.Column('to_state', sa.Text(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('actor_role', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_dossier_event_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dossier_event')),
    sa.UniqueConstraint('dossier_id', 'seq', name=op.f('uq_dossier_event_dossier_id_seq'))
    )
    op.create_table('ledger_transaction',
    sa.Column('dossier_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('memo', sa.Text(), nullable=False),
    sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('posted_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_ledger_transaction_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_transaction')),
    sa.UniqueConstraint('reference', name=op.f('uq_ledger_transaction_reference'))
    )
    op.create_index(op.f('ix_ledger_transaction_dossier_id'), 'ledger_transaction', ['dossier_id'], unique=False)
    op.create_table('message',
    sa.Column('dossier_id', sa.Uuid(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('force', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('template', sa.Text(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('provider_id', sa.Text(), nullable=True),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_message_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('dossier_id', 'purpose', 'channel', name=op.f('uq_message_dossier_id_purpose_channel'))
    )
    op.create_table('owner_session',
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('dossier_id', sa.Uuid(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_owner_session_dossier_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_owner_session'))
    )
    op.create_index(op.f('ix_owner_session_dossier_id'), 'owner_session', ['dossier_id'], unique=False)
    op.create_table('payment',
    sa.Column('dossier_id', sa.Uuid(), nullable=False),
    sa.Column('gateway', sa.Text(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('amount_vnd', sa.BigInteger(), nullable=False),
    sa.Column('late_vnd', sa.BigInteger(), nullable=False),
    sa.Column('late_days', sa.Integer(), nullable=False),
    sa.Column('late_formula_vi', sa.Text(), nullable=True),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('remote_address', sa.Text(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('response_code', sa.Text(), nullable=True),
    sa.Column('status_code', sa.Text(), nullable=True),
    sa.Column('gateway_number', sa.Text(), nullable=True),
    sa.Column('bank_code', sa.Text(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_payment_dossier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
    sa.UniqueConstraint('reference', name=op.f('uq_payment_reference'))
    )
    op.create_index('payment_dossier', 'payment', ['dossier_id', 'started_at'], unique=False)
    op.create_table('ledger_entry',
    sa.Column('transaction_id', sa.Uuid(), nullable=False),
    sa.Column('dossier_id', sa.Uuid(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('debit_vnd', sa.BigInteger(), nullable=False),
    sa.Column('credit_vnd', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint('(debit_vnd > 0) <> (credit_vnd > 0)', name=op.f('ck_ledger_entry_one_side')),
    sa.CheckConstraint('debit_vnd >= 0 AND credit_vnd >= 0', name=op.f('ck_ledger_entry_not_negative')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_ledger_entry_dossier_id')),
    sa.ForeignKeyConstraint(['transaction_id'], ['ledger_transaction.id'], name=op.f('fk_ledger_entry_transaction_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_entry'))
    )
    op.create_index(op.f('ix_ledger_entry_transaction_id'), 'ledger_entry', ['transaction_id'], unique=False)
    op.create_index('ledger_entry_account', 'ledger_entry', ['account', 'dossier_id'], unique=False)
    op.create_table('payment_callback',
    sa.Column('gateway', sa.Text(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('query', sa.Text(), nullable=False),
    sa.Column('remote_address', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('payment_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_payment_callback_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_callback'))
    )
    op.create_index(op.f('ix_payment_callback_payment_id'), 'payment_callback', ['payment_id'], unique=False)
    op.create_table('refund',
    sa.Column('payment_id', sa.Uuid(), nullable=False),
    sa.Column('dossier_id', sa.Uuid(), nullable=False),
    sa.Column('amount_vnd', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('queued_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossier.id'], name=op.f('fk_refund_dossier_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_refund_payment_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund')),
    sa.UniqueConstraint('payment_id', name=op.f('uq_refund_payment_id'))
    )
    op.create_index(op.f('ix_refund_dossier_id'), 'refund', ['dossier_id'], unique=False)

    op.execute(sa.schema.CreateSequence(sa.Sequence('paper_number')))
    make_append_only("audit_entry", "review_act", "dossier_event", "ledger_transaction", "ledger_entry")
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
