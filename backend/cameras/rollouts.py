"""Roll-outs in the database: begun by a person, driven by heartbeats and the clock, undone when one fails."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.cameras import refusals
from backend.cameras.advance import Limits, Sight, Step, StepState, advance
from backend.cameras.conditions import ILL, condition
from backend.cameras.files import add_version, setup_of
from backend.cameras.models import CameraFileVersion, CameraSetup, RollOut, RollOutStep
from backend.cameras.why import Why, why_of
from backend.errors import not_found
from backend.intake.models import CameraStatus
from backend.settings import Settings

_SYSTEM = "system"


def publish(
    session: Session,
    settings: Settings,
    camera_ids: Sequence[str],
    *,
    note: str,
    author: Account,
    now: datetime,
) -> RollOut:
    """Publish the drafts of these cameras and roll them out, a healthy one first and alone.

    Raises Problem 404, 409 (`nothing_to_publish`, `already_rolling`), 422 with line and field.
    """
    numbers = {}
    for camera_id in camera_ids:
        setup = setup_of(session, camera_id, lock=True)
        if setup.draft is None:
            raise refusals.nothing_to_publish()
        numbers[camera_id] = add_version(
            session, setup, setup.draft, note=note, author=author, now=now
        ).number
    return begin(session, settings, numbers, note=note, author=author, now=now)


def begin(
    session: Session,
    settings: Settings,
    numbers: dict[str, int],
    *,
    note: str,
    author: Account,
    now: datetime,
) -> RollOut:
    """Roll out these versions (camera -> number), old or new. Raises Problem 404, 409."""
    for camera_id, number in numbers.items():
        if session.get(CameraFileVersion, (camera_id, number)) is None:
            raise not_found("Không có phiên bản này", "There is no such version")
        if running_for(session, camera_id) is not None:
            raise refusals.already_rolling(camera_id)
    found = RollOut(note=note.strip(), started_by=author.actor, started_at=now)
    session.add(found)
    session.flush()
    well = {
        camera_id: session.get(CameraStatus, camera_id) is not None
        and not _sight(session, settings, camera_id, now).ill
        for camera_id in numbers
    }
    order = sorted(numbers, key=lambda camera_id: (not well[camera_id], camera_id))
    for place, camera_id in enumerate(order):
        session.add(
            RollOutStep(
                roll_out_id=found.id,
                camera_id=camera_id,
                wave=1 if place == 0 else 2,
                number=numbers[camera_id],
                former=setup_of(session, camera_id, lock=True).wanted,
                healthy_before=well[camera_id],
            )
        )
    _note(session, author.actor, found, "begun", cameras=order)
    session.flush()
    drive(session, settings, found.id, now)
    return found


def drive(session: Session, settings: Settings, roll_out_id: uuid.UUID, now: datetime) -> None:
    """Look at a running roll-out and take it as far as it can go now."""
    found = session.get(RollOut, roll_out_id, with_for_update=True, populate_existing=True)
    if found is None or found.state != "running":
        return
    rows = _steps(session, roll_out_id)
    sights = {row.camera_id: _sight(session, settings, row.camera_id, now) for row in rows}
    known = {row.camera_id: _step(session, row) for row in rows}
    limits = Limits(settings.roll_out_taken_s, settings.roll_out_watch_s)
    for row, step in zip(rows, advance(list(known.values()), sights, now, limits), strict=True):
        if row.take(step):
            _want(session, row.camera_id, row.number)
    failed = next((row for row in rows if row.state == "failed"), None)
    if failed is not None:
        _undo(session, found, rows, now)
        found.why = {**(failed.why or {}), "subject": failed.camera_id}
        _note(session, _SYSTEM, found, "stopped", camera=failed.camera_id, why=failed.why)
    elif all(row.state == "well" for row in rows):
        found.state, found.ended_at = "done", now
        _note(session, _SYSTEM, found, "done")


def stop(session: Session, roll_out_id: uuid.UUID, *, operator: Account, now: datetime) -> RollOut:
    """A person stops it: every camera goes back to what it ran before. Raises Problem 404."""
    found = session.get(RollOut, roll_out_id, with_for_update=True)
    if found is None:
        raise not_found("Không có đợt triển khai này", "There is no such roll-out")
    if found.state == "running":
        _undo(session, found, _steps(session, roll_out_id), now)
        found.why = Why(code="operator").stored
        _note(session, operator.actor, found, "stopped")
    return found


def drive_for_camera(session: Session, settings: Settings, camera_id: str, now: datetime) -> None:
    """A camera has just said how it does."""
    if (found := running_for(session, camera_id)) is not None:
        drive(session, settings, found, now)


def drive_all(session: Session, settings: Settings, now: datetime) -> None:
    """Time has passed: cameras that say nothing fail too."""
    for roll_out_id in session.scalars(select(RollOut.id).where(RollOut.state == "running")).all():
        drive(session, settings, roll_out_id, now)


def running_for(session: Session, camera_id: str) -> uuid.UUID | None:
    """The running roll-out that this camera is part of."""
    return session.scalar(
        select(RollOut.id)
        .join(RollOutStep, RollOutStep.roll_out_id == RollOut.id)
        .where(RollOut.state == "running", RollOutStep.camera_id == camera_id)
        .limit(1)
    )


def _undo(session: Session, found: RollOut, rows: Sequence[RollOutStep], now: datetime) -> None:
    for row in rows:
        if row.state in {"offered", "taken", "well", "failed"} and row.former is not None:
            _want(session, row.camera_id, row.former)
        if row.state in {"offered", "taken", "well"}:
            row.state = "undone"
    found.state, found.ended_at = "stopped", now


def _want(session: Session, camera_id: str, number: int) -> None:
    setup = session.get_one(CameraSetup, camera_id, with_for_update=True)
    setup.wanted = number
    setup.version += 1


def _steps(session: Session, roll_out_id: uuid.UUID) -> list[RollOutStep]:
    return list(
        session.scalars(
            select(RollOutStep)
            .where(RollOutStep.roll_out_id == roll_out_id)
            .order_by(RollOutStep.wave, RollOutStep.camera_id)
        )
    )


def _step(session: Session, row: RollOutStep) -> Step:
    version = session.get_one(CameraFileVersion, (row.camera_id, row.number))
    return Step(
        subject=row.camera_id,
        wave=row.wave,
        target=version.sha256,
        state=cast("StepState", row.state),
        healthy_before=row.healthy_before,
        offered_at=row.offered_at,
        taken_at=row.taken_at,
        why=why_of(row.why),
    )


def _sight(session: Session, settings: Settings, camera_id: str, now: datetime) -> Sight:
    status = session.get(CameraStatus, camera_id, populate_existing=True)
    if status is None:
        return Sight(None)
    how = condition(status.state, status.received_at, now, alive_s=settings.camera_alive_s)
    ill = Why(code="condition", condition=how) if how in ILL else None
    refused_why = Why(code="refused", said=status.refused_why)
    return Sight(status.camera_file_sha256, status.refused_sha256, refused_why, ill)


def _note(session: Session, actor: str, found: RollOut, what: str, **data: object) -> None:
    audit.record(
        session,
        actor=actor,
        action=f"roll_out.{what}",
        subject_type="roll_out",
        subject_id=found.id,
        data={"note": found.note, **data},
    )
