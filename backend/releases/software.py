"""Which version each box runs and is wanted to run, and whether it is well under it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.cameras.advance import Sight
from backend.cameras.conditions import ILL, condition
from backend.cameras.why import Why, not_kept
from backend.intake.models import CameraStatus, Device
from backend.releases.models import BoxOrder, BoxSoftware, Release, ReleaseRollOut, ReleaseStep
from backend.settings import Settings
from edge.bundle import order_of
from edge.upkeep import ReleaseOrder, ReleaseState

_LEAST_SHARE: Final = 0.5
"""Of the pictures a second before. The box itself asks for more before it confirms."""
_SLOW_FOR_S: Final = 30.0
"""So long a camera must send fewer: a reconnection takes seconds, and must not take a fleet back."""
_MORE_WAITING: Final = 50
_SILENT: Final = Why(code="condition", condition="silent")


@dataclass(frozen=True)
class BoxVersion:
    """A box in the list of versions. `why_not`: why it cannot be rolled out to now; empty when it can."""

    device_id: str
    name: str
    running: str
    state: ReleaseState | None
    wanted: str | None
    why_not: str


def note(
    session: Session, settings: Settings, device: Device, said: ReleaseState | None, sent_at: datetime
) -> None:
    """Keep what a box says of its versions; several processes of it speak, and the newest counts."""
    if said is not None:
        said = _without_old_lines(said, sent_at - timedelta(days=settings.box_answers_days))
    values = {"reported": said.model_dump(mode="json") if said is not None else None, "reported_at": sent_at}
    session.execute(
        insert(BoxSoftware)
        .values(device_id=device.device_id, **values)
        .on_conflict_do_update(
            index_elements=[BoxSoftware.device_id],
            set_=values,
            where=BoxSoftware.reported_at <= sent_at,
        )
    )


def forget_lines(session: Session, settings: Settings, now: datetime) -> None:
    """Delete what failed versions said too long ago, also of boxes that say nothing more."""
    before = now - timedelta(days=settings.box_answers_days)
    for one in session.scalars(select(BoxSoftware).with_for_update()):
        state = _state(one)
        if state is not None and (kept := _without_old_lines(state, before)) is not state:
            one.reported = kept.model_dump(mode="json")


def want(session: Session, device_id: str, version: str, order_id: uuid.UUID, now: datetime) -> None:
    """From now on the box is told to run this version."""
    values = {"version": version, "order_id": order_id, "ordered_at": now}
    session.execute(
        insert(BoxOrder)
        .values(device_id=device_id, **values)
        .on_conflict_do_update(index_elements=[BoxOrder.device_id], set_=values)
    )


def ordered(session: Session, device_id: str) -> BoxOrder | None:
    """What a box is wanted to run, and since when."""
    return session.get(BoxOrder, device_id, populate_existing=True)


def order_for(session: Session, device_id: str) -> ReleaseOrder | None:
    """What a box is told to run; without a hash where it is what the box was installed with.

    None also for what no box can be told: a version that has no number of ours.
    """
    found = ordered(session, device_id)
    if found is None:
        return None
    release = session.get(Release, found.version)
    try:
        return ReleaseOrder(
            order_id=str(found.order_id),
            version=found.version,
            sha256=release.sha256 if release else None,
            size_bytes=release.size_bytes if release else None,
        )
    except ValidationError:
        return None


def state_of(session: Session, device_id: str) -> ReleaseState | None:
    """What the box said last; None where it takes no releases."""
    return _state(session.get(BoxSoftware, device_id, populate_existing=True))


def versions(session: Session, settings: Settings, now: datetime, version: str = "") -> list[BoxVersion]:
    """Every box that was not revoked; `version`: the one that it would be rolled out to."""
    known = {one.device_id: one for one in session.scalars(select(BoxSoftware))}
    wanted = {one.device_id: one.version for one in session.scalars(select(BoxOrder))}
    rolling = set(
        session.scalars(
            select(ReleaseStep.device_id)
            .join(ReleaseRollOut, ReleaseRollOut.id == ReleaseStep.roll_out_id)
            .where(ReleaseRollOut.state.in_(("running", "paused")))
        )
    )
    standing = select(Device).where(Device.state != "revoked").order_by(Device.name, Device.device_id)
    found = []
    for box in session.scalars(standing):
        state = _state(known.get(box.device_id))
        found.append(
            BoxVersion(
                box.device_id,
                box.name,
                box.software_version,
                state,
                wanted.get(box.device_id),
                "rolling"
                if box.device_id in rolling
                else _why_not(
                    box, state, version, _is_silent(box.last_heartbeat_at, settings.camera_alive_s, now)
                ),
            )
        )
    return found


def fps_of(session: Session, settings: Settings, device_id: str, now: datetime) -> dict[str, float]:
    """Pictures a second of each camera of a box that is well now."""
    return {
        one.camera_id: one.fps
        for one in _cameras(session, device_id)
        if condition(one.state, one.received_at, now, alive_s=settings.camera_alive_s) == "alive"
    }


def sight(
    session: Session,
    settings: Settings,
    step: ReleaseStep,
    found: ReleaseRollOut,
    *,
    now: datetime,
    since: datetime,
) -> Sight | None:
    """How the box of a step does, against what it did before; None where nothing is to be decided now.

    `since`: when the backend began to listen.
    """
    state = state_of(session, step.device_id)
    running = state.running if state is not None and state.confirmed else None
    failure = state.failure if state is not None else None
    if failure is not None and failure.order_id == str(found.id):
        why = not_kept(failure)
        return Sight(running, found.version, why, why)
    ills = _ills(session, settings, step, now, since) if step.state in {"offered", "taken"} else None
    if ills is None:
        return None
    ill = ills[0] if ills else None
    if ill != _SILENT:
        if state is None:
            ill = Why(code="no_version")
        elif running != found.version:
            ill = Why(code="other_version", version=state.running)
    return Sight(running, ill=ill)


def is_judging(settings: Settings, now: datetime, since: datetime) -> bool:
    """Whether the backend has listened for long enough to hold silence against a box."""
    return (now - since).total_seconds() > settings.release_silent_s


def _ills(
    session: Session, settings: Settings, step: ReleaseStep, now: datetime, since: datetime
) -> tuple[Why, ...] | None:
    """What ails it first, if anything does.

    None while it, or a camera of it, was not heard of for a moment that says nothing yet.
    """
    box = session.get_one(Device, step.device_id)
    fresh_s = settings.camera_alive_s
    silent_s = settings.release_silent_s if is_judging(settings, now, since) else float("inf")
    if _is_silent(box.last_heartbeat_at, fresh_s, now):
        return (_SILENT,) if _is_silent(box.last_heartbeat_at, silent_s, now) else None
    cameras = {one.camera_id: one for one in _cameras(session, step.device_id)}
    is_open, slow = False, None
    for camera_id, before in _fps(step.fps_before).items():
        camera = cameras.get(camera_id)
        if camera is None:
            continue  # given to another box
        how = condition(camera.state, camera.received_at, now, alive_s=silent_s)
        if how in ILL:
            return (Why(code="condition", camera=camera_id, condition=how),)
        if camera.fps < _LEAST_SHARE * before:
            said = Why(code="slow", camera=camera_id, now=camera.fps, before=before)
            slow = slow or (camera, said)
        is_open = is_open or _is_silent(camera.received_at, min(fresh_s, silent_s), now)
    if box.outbox_waiting > step.waiting_before + _MORE_WAITING:
        return (Why(code="reports_wait", now=box.outbox_waiting, before=step.waiting_before),)
    if slow is None:
        step.slow_since = None
        return None if is_open else ()
    return slow[1:] if _is_slow_for_long(step, slow[0].received_at) else None


def _is_slow_for_long(step: ReleaseStep, heard_at: datetime) -> bool:
    """Note that a camera is slow, by what was heard then; whether it has been for too long."""
    step.slow_since = step.slow_since or heard_at
    begun = max(step.slow_since, step.taken_at or step.slow_since)
    return (heard_at - begun).total_seconds() >= _SLOW_FOR_S


def _why_not(box: Device, state: ReleaseState | None, version: str, is_silent: bool) -> str:  # noqa: FBT001
    if box.state != "approved":
        return "not_approved"
    if state is None:
        return "takes_none"
    if is_silent:
        return "silent"
    if not state.confirmed or state.phase == "trial":
        return "on_trial"
    if order_of(box.software_version) < order_of("0.0.0a0"):
        return "no_number"
    return "runs_it" if state.running == version else ""


def _is_silent(heard_at: datetime | None, limit_s: float, now: datetime) -> bool:
    return heard_at is None or (now - heard_at).total_seconds() > limit_s


def _cameras(session: Session, device_id: str) -> Sequence[CameraStatus]:
    asked = select(CameraStatus).where(CameraStatus.device_id == device_id)
    return session.scalars(asked.execution_options(populate_existing=True)).all()


def _fps(stored: Mapping[str, object]) -> dict[str, float]:
    return {name: float(str(value)) for name, value in stored.items()}


def _without_old_lines(said: ReleaseState, before: datetime) -> ReleaseState:
    failure = said.failure
    if failure is None or not failure.log_lines or failure.at >= before:
        return said
    return said.model_copy(update={"failure": failure.model_copy(update={"log_lines": ()})})


def _state(found: BoxSoftware | None) -> ReleaseState | None:
    if found is None or found.reported is None:
        return None
    return ReleaseState.model_validate(found.reported)
