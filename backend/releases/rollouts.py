"""Roll-outs of releases in the database: the same steps as those of camera files, with boxes for cameras."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.cameras.advance import Limits, Sight, Step, StepState, advance, waves
from backend.cameras.why import Why, why_of
from backend.database import new_id
from backend.intake.models import Device
from backend.releases import refusals, service, software
from backend.releases.models import ReleaseRollOut, ReleaseStep
from backend.settings import Settings

_SYSTEM = "system"
_NEVER_S = 1e9
_OPEN = ("running", "paused")
_LOCK_KEY = 0x72656C73  # "rels": a box is part of one roll-out at a time


def begin(
    session: Session,
    settings: Settings,
    version: str,
    *,
    device_ids: Sequence[str] | None,
    note: str,
    operator: Account,
    now: datetime,
) -> ReleaseRollOut:
    """Roll a release out, to these boxes or to all that can take it now.

    Raises Problem 404, 409 (`box_cannot`, `no_box_can`), 422 (`note_needed`).
    """
    service.release(session, version)
    reason = refusals.check_note(note)
    session.execute(select(func.pg_advisory_xact_lock(_LOCK_KEY)))
    chosen = _chosen(software.versions(session, settings, now, version), device_ids)
    found = ReleaseRollOut(version=version, note=reason, started_by=operator.actor, started_at=now)
    session.add(found)
    session.flush()
    turns = waves(len(chosen), settings.release_share)
    for box, wave in zip(chosen, turns, strict=True):
        session.add(
            ReleaseStep(
                roll_out_id=found.id,
                device_id=box.device_id,
                wave=wave,
                former=box.running,
                waiting_before=session.get_one(Device, box.device_id).outbox_waiting,
                fps_before=software.fps_of(session, settings, box.device_id, now),
            )
        )
    _note(session, operator.actor, found, "begun", boxes=[one.device_id for one in chosen])
    session.flush()
    drive(session, settings, found.id, now, since=now)
    return found


def _chosen(
    boxes: Sequence[software.BoxVersion], device_ids: Sequence[str] | None
) -> list[software.BoxVersion]:
    """These boxes, or all that can. Raises Problem 409 for one that cannot, and where none can."""
    known = {one.device_id: one for one in boxes}
    chosen = [one for one in boxes if not one.why_not]
    if device_ids is not None:
        for device_id in device_ids:
            why_not = known[device_id].why_not if device_id in known else "not_approved"
            if why_not:
                raise refusals.box_cannot(device_id, why_not)
        chosen = [known[device_id] for device_id in dict.fromkeys(device_ids)]
    if not chosen:
        raise refusals.no_box()
    return chosen


def drive(
    session: Session,
    settings: Settings,
    roll_out_id: uuid.UUID,
    now: datetime,
    *,
    since: datetime,
    only: str | None = None,
) -> None:
    """Look at a roll-out and take it as far as it can go now.

    `since`: when the backend began to listen. `only`: the box that has just spoken; then no other is looked
    at, and nothing is done while somebody else looks.
    """
    lock: dict[str, bool] = {"skip_locked": True} if only is not None else {}
    found = session.get(ReleaseRollOut, roll_out_id, with_for_update=lock or True, populate_existing=True)
    if found is None or found.state not in _OPEN:
        return
    rows = steps(session, roll_out_id)
    seen = [row for row in rows if row.state != "waiting" and only in {None, row.device_id}]
    sights = {
        row.device_id: software.sight(session, settings, row, found, now=now, since=since) for row in seen
    }
    taken_within_s = settings.release_taken_s if software.is_judging(settings, now, since) else _NEVER_S
    limits = Limits(taken_within_s, settings.release_watch_s)
    _go_on(session, found, rows, sights, now=now, limits=limits)


def _go_on(
    session: Session,
    found: ReleaseRollOut,
    rows: Sequence[ReleaseStep],
    seen: Mapping[str, Sight | None],
    *,
    now: datetime,
    limits: Limits,
) -> None:
    known = [_step(row, found.version) for row in rows]
    sights = {device_id: sight for device_id, sight in seen.items() if sight is not None}
    after = advance(known, sights, now, limits, paused=found.state == "paused")
    for row, step in zip(rows, after, strict=True):
        if row.take(step):
            software.want(session, row.device_id, found.version, found.id, now)
    failed = next((row for row in rows if row.state == "failed"), None)
    if failed is not None:
        _undo(session, found, rows, now)
        found.why = {**(failed.why or {}), "subject": failed.device_id}
        _note(session, _SYSTEM, found, "stopped", box=failed.device_id, why=failed.why)
    elif all(row.state == "well" for row in rows):
        found.state, found.ended_at = "done", now
        _note(session, _SYSTEM, found, "done")


def pause(session: Session, roll_out_id: uuid.UUID, *, operator: Account) -> ReleaseRollOut:
    """Offer it to nobody new; who has it is watched all the same. Raises Problem 404."""
    found = _locked(session, roll_out_id)
    if found.state == "running":
        found.state = "paused"
        _note(session, operator.actor, found, "paused")
    return found


def go_on(
    session: Session, settings: Settings, roll_out_id: uuid.UUID, *, operator: Account, now: datetime
) -> ReleaseRollOut:
    """Go on after a pause. Raises Problem 404."""
    found = _locked(session, roll_out_id)
    if found.state == "paused":
        found.state = "running"
        _note(session, operator.actor, found, "resumed")
        session.flush()
        drive(session, settings, roll_out_id, now, since=now)
    return found


def stop(session: Session, roll_out_id: uuid.UUID, *, operator: Account, now: datetime) -> ReleaseRollOut:
    """A person stops it, or takes back one that is done: every box goes back to what it ran before.

    Of one that was stopped, boxes that still run it are told once more. Raises Problem 404.
    """
    found = _locked(session, roll_out_id)
    if found.state in {*_OPEN, "done"}:
        _undo(session, found, steps(session, roll_out_id), now)
        found.why = Why(code="operator").stored
        _note(session, operator.actor, found, "stopped")
    elif left := _left_behind(session, found):
        back = new_id()
        for row in left:
            software.want(session, row.device_id, row.former, back, now)
        _note(session, operator.actor, found, "stopped", boxes=[row.device_id for row in left])
    return found


def drive_for_device(
    session: Session, settings: Settings, device_id: str, now: datetime, *, since: datetime
) -> None:
    """A box has just said how it does."""
    running = session.scalar(
        select(ReleaseRollOut.id)
        .join(ReleaseStep, ReleaseStep.roll_out_id == ReleaseRollOut.id)
        .where(ReleaseRollOut.state.in_(_OPEN), ReleaseStep.device_id == device_id)
        .limit(1)
    )
    if running is not None:
        drive(session, settings, running, now, since=since, only=device_id)


def drive_all(session: Session, settings: Settings, now: datetime, *, since: datetime) -> None:
    """Time has passed: boxes that say nothing fail too."""
    for one in session.scalars(select(ReleaseRollOut.id).where(ReleaseRollOut.state.in_(_OPEN))).all():
        drive(session, settings, one, now, since=since)


def steps(session: Session, roll_out_id: uuid.UUID) -> list[ReleaseStep]:
    """The boxes of a roll-out, in the order of their turns."""
    return list(
        session.scalars(
            select(ReleaseStep)
            .where(ReleaseStep.roll_out_id == roll_out_id)
            .order_by(ReleaseStep.wave, ReleaseStep.device_id)
        )
    )


def roll_out(session: Session, roll_out_id: uuid.UUID) -> ReleaseRollOut:
    """One roll-out. Raises Problem 404."""
    found = session.get(ReleaseRollOut, roll_out_id)
    if found is None:
        raise refusals.no_roll_out()
    return found


def _locked(session: Session, roll_out_id: uuid.UUID) -> ReleaseRollOut:
    found = session.get(ReleaseRollOut, roll_out_id, with_for_update=True)
    if found is None:
        raise refusals.no_roll_out()
    return found


def _left_behind(session: Session, found: ReleaseRollOut) -> list[ReleaseStep]:
    """Boxes that run a withdrawn version although they were told to go back."""
    left = []
    for row in steps(session, found.id):
        order, state = software.ordered(session, row.device_id), software.state_of(session, row.device_id)
        if order is not None and order.version == row.former != found.version == (state and state.running):
            left.append(row)
    return left


def _undo(session: Session, found: ReleaseRollOut, rows: Sequence[ReleaseStep], now: datetime) -> None:
    back = new_id()  # another order: what failed under the first one must not stop the way back
    for row in rows:
        order = software.ordered(session, row.device_id)
        if order is not None and order.order_id == found.id:
            software.want(session, row.device_id, row.former, back, now)
        if row.state in {"offered", "taken", "well"}:
            row.state = "undone"
    found.state, found.ended_at = "stopped", now


def _step(row: ReleaseStep, version: str) -> Step:
    return Step(
        subject=row.device_id,
        wave=row.wave,
        target=version,
        state=cast("StepState", row.state),
        healthy_before=True,
        offered_at=row.offered_at,
        taken_at=row.taken_at,
        why=why_of(row.why),
    )


def _note(session: Session, actor: str, found: ReleaseRollOut, what: str, **data: object) -> None:
    audit.record(
        session,
        actor=actor,
        action=f"release_roll_out.{what}",
        subject_type="release_roll_out",
        subject_id=found.id,
        data={"version": found.version, "note": found.note, **data},
    )
