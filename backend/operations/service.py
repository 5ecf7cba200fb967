"""How the whole system does, from what cameras and officers left in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backend.alerts.models import Alert
from backend.audit.models import AuditEntry
from backend.cameras.boxes import version_numbers
from backend.cameras.conditions import condition
from backend.database import day_in_vietnam
from backend.evidence.store import StoreUnavailableError
from backend.intake import devices
from backend.intake.models import Camera, CameraStatus, Device, Violation
from backend.migrations import alembic_config
from backend.operations.schemas import (
    BoxView,
    CameraView,
    DayCount,
    JobHealth,
    Overview,
    QueueHealth,
    Readiness,
)
from backend.owners.models import NEEDS_PERSON, OwnerLookup
from backend.services import Services
from penalty.calendar import VIETNAM, vietnam_date

DAYS_SHOWN = 7
LATE_JOB_S = 60
_OPEN = ("review", "claimed")


def overview(session: Session, services: Services, now: datetime) -> Overview:
    """One page of everything an operator watches."""
    return Overview(
        at=now,
        cameras=_cameras(session, now, alive_s=services.settings.camera_alive_s),
        devices=_devices(session),
        days=_days(session, vietnam_date(now)),
        review=_review(session, now),
        jobs=_jobs(session),
        lookups_for_a_person=session.scalar(
            select(func.count()).select_from(OwnerLookup).where(OwnerLookup.state.in_(NEEDS_PERSON))
        )
        or 0,
        alerts_open=session.scalar(
            select(func.count())
            .select_from(Alert)
            .where(Alert.ended_at.is_(None), Alert.acknowledged_at.is_(None))
        )
        or 0,
        audit_entries=session.scalar(select(func.coalesce(func.max(AuditEntry.seq), 0))) or 0,
    )


def _cameras(session: Session, now: datetime, *, alive_s: float) -> list[CameraView]:
    rows = session.execute(
        select(CameraStatus, Camera.location, Device)
        .join(Device, Device.device_id == CameraStatus.device_id)
        .outerjoin(Camera, Camera.camera_id == CameraStatus.camera_id)
        .order_by(CameraStatus.name)
    )
    numbers = version_numbers(session)
    views = [
        CameraView(
            camera_id=status.camera_id,
            name=status.name,
            location=location,
            device_id=status.device_id,
            condition=condition(status.state, status.received_at, now, alive_s=alive_s),
            detail=status.detail,
            fps=status.fps,
            signal_state=status.signal_state,
            frames_total=status.frames_total,
            vehicles_total=status.vehicles_total,
            violations_total=status.violations_total,
            withheld_total=status.withheld_total,
            last_frame_at=status.last_frame_at,
            heartbeat_at=status.received_at,
            clock_skew_s=round((status.sent_at - status.received_at).total_seconds(), 3),
            has_thumbnail=status.thumbnail_jpeg is not None,
            outbox_waiting=device.outbox_waiting,
            clock_offset_s=device.clock_offset_s,
            clock_synchronised=device.clock_synchronised,
            calibrated_on=status.calibrated_on,
            version=numbers.get((status.camera_id, status.camera_file_sha256 or "")),
            refused=bool(status.refused_why),
        )
        for status, location, device in rows
    ]
    return sorted(views, key=lambda view: view.condition == "alive")  # those in trouble first


def _devices(session: Session) -> list[BoxView]:
    found = session.scalars(select(Device).order_by(Device.state.desc(), Device.enrolled_at.desc()))
    return [
        BoxView(**devices.view(device).model_dump(), outbox_waiting=device.outbox_waiting) for device in found
    ]


def _days(session: Session, today: date) -> list[DayCount]:
    first = today - timedelta(days=DAYS_SHOWN - 1)
    day = day_in_vietnam(Violation.event_at)
    rows = session.execute(
        select(day.label("day"), Violation.rule, Violation.state, func.count().label("number"))
        .where(Violation.event_at >= datetime.combine(first, time(), VIETNAM))
        .group_by(day, Violation.rule, Violation.state)
    ).all()
    counted = [(row.day, row.rule, row.state, row.number) for row in rows]
    return [_day(first + timedelta(days=index), counted) for index in range(DAYS_SHOWN)]


def _day(day: date, rows: Sequence[tuple[date, str, str, int]]) -> DayCount:
    of_day = [(rule, state, count) for at, rule, state, count in rows if at == day]
    rules: dict[str, int] = {}
    for rule, _, count in of_day:
        rules[rule] = rules.get(rule, 0) + count
    return DayCount(
        day=day,
        rules=rules,
        confirmed=sum(count for _, state, count in of_day if state == "confirmed"),
        rejected=sum(count for _, state, count in of_day if state == "rejected"),
        open=sum(count for _, state, count in of_day if state in _OPEN),
    )


def _review(session: Session, now: datetime) -> QueueHealth:
    held = (Violation.state == "claimed") & (Violation.claimed_until >= now)
    row = session.execute(
        select(
            func.count().filter(~held),
            func.count().filter(held),
            func.count().filter(Violation.notify_due_on < vietnam_date(now)),
            func.min(Violation.received_at),
        ).where(Violation.state.in_(_OPEN))
    ).one()
    return QueueHealth(waiting=row[0], held=row[1], overdue=row[2], oldest_received_at=row[3])


_JOB_COUNTS = text(
    "SELECT count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()),"
    " count(*) FILTER (WHERE status = 'todo'"
    "   AND coalesce(scheduled_at, (SELECT min(at) FROM procrastinate_events e WHERE e.job_id = j.id))"
    "     < now() - make_interval(secs => :late_s)),"
    " count(*) FILTER (WHERE status = 'doing'),"
    " count(*) FILTER (WHERE status = 'failed')"
    " FROM procrastinate_jobs j WHERE status IN ('todo', 'doing', 'failed')"
)


def _jobs(session: Session) -> JobHealth:
    row = session.execute(_JOB_COUNTS, {"late_s": LATE_JOB_S}).one()
    return JobHealth(waiting=row[0], late=row[1], running=row[2], failed=row[3])


def readiness(services: Services) -> Readiness:
    """May this process be sent requests? Asks the database, its schema and the evidence store."""
    checks = {"database": _check_database(services), "store": _check_store(services)}
    return Readiness(ready=all(found == "ok" for found in checks.values()), checks=checks)


def _check_database(services: Services) -> str:
    head = ScriptDirectory.from_config(alembic_config(services.settings.database_url)).get_current_head()
    try:
        with services.database.engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as error:
        return f"unreachable: {type(error).__name__}"
    return (
        "ok" if current == head else f"schema is at {current}, the program needs {head}: run the migrations"
    )


def _check_store(services: Services) -> str:
    settings = services.settings
    try:
        locked = services.store.lock_days(settings.s3_bucket)
    except StoreUnavailableError:
        return "unreachable"
    except LookupError:
        return f"bucket {settings.s3_bucket} is missing"
    if locked is None and settings.environment == "production":
        return f"bucket {settings.s3_bucket} has no object lock"
    return "ok"
