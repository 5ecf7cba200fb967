"""Camera files in versions and their roll-outs, what boxes are asked, when cameras were ill, and alerts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from backend.migrations.guards import make_append_only

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('alert',
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('severity', sa.Text(), nullable=False),
    sa.Column('title_vi', sa.Text(), nullable=False),
    sa.Column('title_en', sa.Text(), nullable=False),
    sa.Column('detail_vi', sa.Text(), nullable=False),
    sa.Column('detail_en', sa.Text(), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_by', sa.Text(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('told', sa.Integer(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("severity IN ('info', 'warning', 'critical')", name=op.f('ck_alert_severity')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert'))
    )
    op.create_index('ix_alert_subject', 'alert', ['subject', 'began_at'], unique=False)
    op.create_index('uq_alert_open', 'alert', ['rule', 'subject'], unique=True, postgresql_where='ended_at IS NULL')
    op.create_table('box_ask',
    sa.Column('camera_id', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('camera_file', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reply', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('picture_jpeg', sa.LargeBinary(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_box_ask'))
    )
    op.create_index('ix_box_ask_camera', 'box_ask', ['camera_id', 'kind', 'asked_at'], unique=False)
    op.create_table('camera_file_version',
    sa.Column('camera_id', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('author', sa.Text(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('based_on', sa.Integer(), nullable=True),
    sa.PrimaryKeyConstraint('camera_id', 'number', name=op.f('pk_camera_file_version'))
    )
    op.create_index(op.f('ix_camera_file_version_sha256'), 'camera_file_version', ['sha256'], unique=False)
    op.create_table('on_call',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('address_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('secret_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('rules', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('severity_at_least', sa.Text(), nullable=False),
    sa.Column('since_hour', sa.Integer(), nullable=False),
    sa.Column('until_hour', sa.Integer(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("channel IN ('email', 'sms', 'webhook')", name=op.f('ck_on_call_channel')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_on_call'))
    )
    op.create_table('roll_out',
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('started_by', sa.Text(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('why_vi', sa.Text(), nullable=False),
    sa.Column('why_en', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.CheckConstraint("state IN ('running', 'done', 'stopped')", name=op.f('ck_roll_out_state')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_roll_out'))
    )
    op.create_index(op.f('ix_roll_out_state'), 'roll_out', ['state'], unique=False)
    op.create_table('alert_telling',
    sa.Column('alert_id', sa.Uuid(), nullable=False),
    sa.Column('on_call_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('resolved', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('clock_timestamp()'), nullable=False),
    sa.ForeignKeyConstraint(['alert_id'], ['alert.id'], name=op.f('fk_alert_telling_alert_id')),
    sa.ForeignKeyConstraint(['on_call_id'], ['on_call.id'], name=op.f('fk_alert_telling_on_call_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_telling'))
    )
    op.create_index(op.f('ix_alert_telling_alert_id'), 'alert_telling', ['alert_id'], unique=False)
    op.create_table('roll_out_step',
    sa.Column('roll_out_id', sa.Uuid(), nullable=False),
    sa.Column('camera_id', sa.Text(), nullable=False),
    sa.Column('wave', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('former', sa.Integer(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('healthy_before', sa.Boolean(), nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('why', sa.Text(), nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'offered', 'taken', 'well', 'failed', 'undone')", name=op.f('ck_roll_out_step_state')),
    sa.ForeignKeyConstraint(['roll_out_id'], ['roll_out.id'], name=op.f('fk_roll_out_step_roll_out_id')),
    sa.PrimaryKeyConstraint('roll_out_id', 'camera_id', name=op.f('pk_roll_out_step'))
    )
    op.create_index(op.f('ix_roll_out_step_camera_id'), 'roll_out_step', ['camera_id'], unique=False)
    op.create_table('camera_setup',
    sa.Column('camera_id', sa.Text(), nullable=False),
    sa.Column('device_id', sa.Text(), nullable=True),
    sa.Column('wanted', sa.Integer(), nullable=True),
    sa.Column('draft', sa.Text(), nullable=True),
    sa.Column('draft_by', sa.Text(), nullable=True),
    sa.Column('draft_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('latitude_deg', sa.Double(), nullable=True),
    sa.Column('longitude_deg', sa.Double(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.device_id'], name=op.f('fk_camera_setup_device_id')),
    sa.PrimaryKeyConstraint('camera_id', name=op.f('pk_camera_setup'))
    )
    op.create_index(op.f('ix_camera_setup_device_id'), 'camera_setup', ['device_id'], unique=False)
    op.create_table('camera_spell',
    sa.Column('camera_id', sa.Text(), nullable=False),
    sa.Column('fault', sa.Text(), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('device_id', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['device.device_id'], name=op.f('fk_camera_spell_device_id')),
    sa.PrimaryKeyConstraint('camera_id', 'fault', 'began_at', name=op.f('pk_camera_spell'))
    )
    op.create_index('ix_camera_spell_open', 'camera_spell', ['camera_id'], unique=False, postgresql_where='ended_at IS NULL')
    op.add_column('camera_status', sa.Column('camera_file_sha256', sa.Text(), nullable=True))
    op.add_column('camera_status', sa.Column('refused_sha256', sa.Text(), nullable=True))
    op.add_column('camera_status', sa.Column('refused_why', sa.Text(), server_default='', nullable=False))
    op.add_column('camera_status', sa.Column('calibrated_on', sa.Date(), nullable=True))
    op.add_column('camera_status', sa.Column('certified_until', sa.Date(), nullable=True))
    op.add_column('camera_status', sa.Column('rules', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False))
    op.add_column('camera_status', sa.Column('pace_level', sa.Integer(), server_default='0', nullable=False))
    op.add_column('camera_status', sa.Column('withheld_codes', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False))
    op.add_column('device', sa.Column('outbox_oldest_s', sa.Double(), nullable=True))
    op.add_column('device', sa.Column('disk_free_bytes', sa.BigInteger(), nullable=True))
    op.add_column('device', sa.Column('clock_offset_s', sa.Double(), nullable=True))
    op.add_column('device', sa.Column('clock_uncertainty_s', sa.Double(), nullable=True))
    op.add_column('device', sa.Column('clock_synchronised', sa.Boolean(), nullable=True))
    make_append_only("camera_file_version")


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only; restore a backup instead")
