"""Alerts in the database: opened, kept up, told, taken on by a person, and closed by themselves."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import audit, jobs
from backend.accounts.models import Account
from backend.alerts.models import Alert, OnCall
from backend.alerts.rules import (
    BoxFacts,
    CameraFacts,
    Duty,
    Facts,
    Finding,
    Limits,
    Pace,
    Standing,
    concerns,
    findings,
    must_tell,
)
from backend.cameras.conditions import condition
from backend.cameras.files import wanted
from backend.cameras.models import RollOut, RollOutStep
from backend.cameras.why import why_of
from backend.errors import not_found
from backend.intake.models import CameraStatus, Device
from backend.jobs import count_failed
from backend.releases.models import ReleaseRollOut, ReleaseStep
from backend.settings import Settings
from penalty.calendar import vietnam_date

_LEGAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_STOPPED_SHOWN = timedelta(hours=24)
_LOCK_KEY = 0x616C7274  # "alrt": one look at a time


def facts(session: Session, settings: Settings, now: datetime) -> Facts:
    """How everything stands now."""
    boxes = session.scalars(
        select(Device).where(Device.state == "approved", Device.last_heartbeat_at.is_not(None))
    )
    by_itself = select(RollOutStep.roll_out_id).where(RollOutStep.state == "failed")
    stopped = session.scalars(
        select(RollOut).where(
            RollOut.state == "stopped", RollOut.ended_at > now - _STOPPED_SHOWN, RollOut.id.in_(by_itself)
        )
    )
    failed = select(ReleaseStep.roll_out_id).where(ReleaseStep.state == "failed")
    releases = session.scalars(
        select(ReleaseRollOut).where(
            ReleaseRollOut.state == "stopped",
            ReleaseRollOut.ended_at > now - _STOPPED_SHOWN,
            ReleaseRollOut.id.in_(failed),
        )
    )
    return Facts(
        today=vietnam_date(now),
        cameras=[_camera(session, settings, one, now) for one in _statuses(session)],
        boxes=[
            BoxFacts(
                one.device_id,
                one.name,
                one.outbox_waiting,
                one.outbox_oldest_s,
                one.disk_free_bytes,
                one.clock_synchronised,
            )
            for one in boxes
        ],
        jobs_failed=count_failed(session),
        stopped=[(str(one.id), why_of(one.why)) for one in (*stopped, *releases)],
    )


def look(session: Session, settings: Settings, now: datetime) -> None:
    """Bring the alerts in line with how things stand, and ask for what people must be told."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK_KEY)))
    limits = Limits(settings.alert_outbox_s, settings.alert_disk_bytes)
    found = {(one.rule, one.subject): one for one in findings(facts(session, settings, now), limits)}
    known = {(one.rule, one.subject): one for one in open_alerts(session)}
    for key, one in found.items():
        if key in known:
            _keep(known[key], one, now)
        else:
            known[key] = _open(session, one, now)
    session.flush()
    pace = Pace(settings.alert_settle_s, settings.alert_repeat_s)
    for key, alert in known.items():
        if key not in found:
            _close(session, alert, now)
        elif must_tell(_standing(alert), now, pace):
            alert.told, alert.told_at = alert.told + 1, now
            _ask_to_tell(session, alert, now, resolved=False)


def open_alerts(session: Session) -> list[Alert]:
    """What is wrong now, the worst and newest first."""
    rows = session.scalars(select(Alert).where(Alert.ended_at.is_(None)).order_by(Alert.began_at.desc()))
    order = {"critical": 0, "warning": 1, "info": 2}
    return sorted(rows, key=lambda one: (one.acknowledged_at is not None, order[one.severity]))


def past_alerts(session: Session, *, subject: str | None = None, most: int = 50) -> list[Alert]:
    """What is over, the newest first."""
    asked = select(Alert).where(Alert.ended_at.is_not(None)).order_by(Alert.ended_at.desc()).limit(most)
    return list(session.scalars(asked if subject is None else asked.where(Alert.subject == subject)))


def acknowledge(
    session: Session, alert_id: uuid.UUID, *, note: str, operator: Account, now: datetime
) -> Alert:
    """A person has taken it on: nobody is told again. Raises Problem 404."""
    alert = session.get(Alert, alert_id, with_for_update=True)
    if alert is None:
        raise not_found("Không có cảnh báo này", "There is no such alert")
    if alert.acknowledged_at is None and alert.ended_at is None:
        alert.acknowledged_at, alert.acknowledged_by, alert.note = now, operator.actor, note.strip()[:500]
        _note(session, operator.actor, alert, "acknowledged")
    return alert


def on_duty(session: Session, alert: Alert, now: datetime) -> list[OnCall]:
    """Who is told of this now."""
    hour = now.astimezone(_LEGAL_ZONE).hour
    people = session.scalars(select(OnCall).where(OnCall.active).order_by(OnCall.created_at))
    return [
        one
        for one in people
        if concerns(
            Duty(one.rules, one.severity_at_least, one.since_hour, one.until_hour),
            alert.rule,
            alert.severity,
            hour,
        )
    ]


def _open(session: Session, one: Finding, now: datetime) -> Alert:
    alert = Alert(
        rule=one.rule,
        subject=one.subject,
        severity=one.severity,
        title_vi=one.title_vi,
        title_en=one.title_en,
        detail_vi=one.detail_vi,
        detail_en=one.detail_en,
        began_at=now,
        seen_at=now,
        told=0,
    )
    session.add(alert)
    session.flush()
    _note(session, "system", alert, "opened")
    return alert


def _keep(alert: Alert, one: Finding, now: datetime) -> None:
    alert.seen_at, alert.severity = now, one.severity
    alert.title_vi, alert.title_en = one.title_vi, one.title_en
    alert.detail_vi, alert.detail_en = one.detail_vi, one.detail_en


def _close(session: Session, alert: Alert, now: datetime) -> None:
    alert.ended_at = now
    _note(session, "system", alert, "closed")
    if alert.told:
        _ask_to_tell(session, alert, now, resolved=True)


def _ask_to_tell(session: Session, alert: Alert, now: datetime, *, resolved: bool) -> None:
    for person in on_duty(session, alert, now):
        jobs.defer(
            session,
            "alerts.tell",
            alert_id=str(alert.id),
            on_call_id=str(person.id),
            number=alert.told,
            resolved=resolved,
        )


def _standing(alert: Alert) -> Standing:
    return Standing(
        alert.severity, alert.began_at, alert.acknowledged_at is not None, alert.told, alert.told_at
    )


def _statuses(session: Session) -> list[CameraStatus]:
    revoked = select(Device.device_id).where(Device.state == "revoked")
    return list(session.scalars(select(CameraStatus).where(CameraStatus.device_id.not_in(revoked))))


def _camera(session: Session, settings: Settings, one: CameraStatus, now: datetime) -> CameraFacts:
    file = wanted(session, one.camera_id)
    refuses = one.refused_sha256 is not None and file is not None and file.sha256 == one.refused_sha256
    return CameraFacts(
        one.camera_id,
        one.name,
        condition(one.state, one.received_at, now, alive_s=settings.camera_alive_s),
        one.detail,
        one.refused_why if refuses else "",
        one.certified_until,
    )


def _note(session: Session, actor: str, alert: Alert, what: str) -> None:
    audit.record(
        session,
        actor=actor,
        action=f"alert.{what}",
        subject_type="alert",
        subject_id=alert.id,
        data={"rule": alert.rule, "subject": alert.subject, "severity": alert.severity},
    )
