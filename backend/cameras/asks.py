"""What people ask of a camera's box, carried by the answers to its heartbeats, and what comes back."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.cameras import refusals
from backend.cameras.files import box_of, exists, note_found
from backend.cameras.models import BoxAsk
from backend.errors import FieldError, Problem
from backend.intake import refusals as intake_refusals
from backend.intake.models import Device
from edge.upkeep import Ask, Reply

AskKind = Literal["view", "logs", "rehearse"]
ANSWERED_WITHIN = timedelta(minutes=5)
_JPEG = b"\xff\xd8\xff"


def ask(
    session: Session,
    camera_id: str,
    kind: AskKind,
    *,
    operator: Account,
    now: datetime,
    camera_file: str = "",
) -> BoxAsk:
    """Ask once; the same question that still waits is not asked again. Raises Problem 404."""
    if not exists(session, camera_id):
        raise refusals.unknown_camera()
    waiting = session.scalar(
        select(BoxAsk).where(
            BoxAsk.camera_id == camera_id,
            BoxAsk.kind == kind,
            BoxAsk.camera_file == camera_file,
            BoxAsk.answered_at.is_(None),
            BoxAsk.asked_at > now - ANSWERED_WITHIN,
        )
    )
    if waiting is not None:
        return waiting
    found = BoxAsk(
        camera_id=camera_id, kind=kind, camera_file=camera_file, asked_by=operator.actor, asked_at=now
    )
    session.add(found)
    session.flush()
    audit.record(
        session,
        actor=operator.actor,
        action=f"camera.{kind}_asked",
        subject_type="camera",
        subject_id=camera_id,
        data={"ask_id": str(found.id)},
    )
    return found


def waiting_for(session: Session, camera_ids: Iterable[str], now: datetime) -> tuple[Ask, ...]:
    """What the boxes of these cameras have not answered yet."""
    rows = session.scalars(
        select(BoxAsk)
        .where(
            BoxAsk.camera_id.in_(list(camera_ids)),
            BoxAsk.answered_at.is_(None),
            BoxAsk.asked_at > now - ANSWERED_WITHIN,
        )
        .order_by(BoxAsk.asked_at)
        .limit(8)
    )
    return tuple(
        Ask.model_validate(
            {"id": str(row.id), "camera_id": row.camera_id, "kind": row.kind, "camera_file": row.camera_file}
        )
        for row in rows
    )


def take_reply(session: Session, device: Device, reply: Reply, now: datetime) -> None:
    """Keep what came back, and of pictures only the newest. Raises Problem 403, 410, 422."""
    found = session.get(BoxAsk, uuid.UUID(reply.ask_id), with_for_update=True)
    if found is None or found.camera_id != reply.camera_id or found.answered_at is not None:
        raise Problem(410, "nobody_asks", "Không còn ai hỏi điều này", "Nobody asks this any more")
    if box_of(session, reply.camera_id) != device.device_id:
        raise refusals.camera_of_another_box(reply.camera_id)
    picture = _picture(reply)
    found.answered_at = now
    found.reply = reply.model_dump(mode="json", exclude={"picture_jpeg_b64"})
    if picture is not None:
        _forget_pictures(session, reply.camera_id)
        found.picture_jpeg = picture
    if reply.camera_file is not None:
        note_found(session, device, reply.camera_id, reply.camera_file, now)


def forget(session: Session, now: datetime, *, kept_days: int) -> int:
    """Delete what was asked longer ago, with its answer; how many there were."""
    gone = session.execute(
        delete(BoxAsk).where(BoxAsk.asked_at < now - timedelta(days=kept_days)).returning(BoxAsk.id)
    )
    return len(gone.all())


def latest(session: Session, camera_id: str, kind: AskKind) -> BoxAsk | None:
    """The newest of its kind that was answered."""
    return session.scalar(
        select(BoxAsk)
        .where(BoxAsk.camera_id == camera_id, BoxAsk.kind == kind, BoxAsk.answered_at.is_not(None))
        .order_by(BoxAsk.answered_at.desc())
        .limit(1)
    )


def pending(session: Session, camera_id: str, kind: AskKind, now: datetime) -> BoxAsk | None:
    """The one of this kind that still waits for its answer."""
    return session.scalar(
        select(BoxAsk)
        .where(
            BoxAsk.camera_id == camera_id,
            BoxAsk.kind == kind,
            BoxAsk.answered_at.is_(None),
            BoxAsk.asked_at > now - ANSWERED_WITHIN,
        )
        .limit(1)
    )


def reply_of(found: BoxAsk) -> Reply:
    """The answer as the box gave it."""
    return Reply.model_validate(found.reply)


def picture_of(session: Session, camera_id: str) -> bytes | None:
    """The newest whole picture of a camera, as JPEG."""
    return session.scalar(
        select(BoxAsk.picture_jpeg)
        .where(BoxAsk.camera_id == camera_id, BoxAsk.picture_jpeg.is_not(None))
        .order_by(BoxAsk.answered_at.desc())
        .limit(1)
    )


def _picture(reply: Reply) -> bytes | None:
    if reply.picture_jpeg_b64 is None:
        return None
    try:
        content = base64.b64decode(reply.picture_jpeg_b64, validate=True)
    except (binascii.Error, ValueError) as error:
        raise intake_refusals.invalid(FieldError("payload.picture_jpeg_b64", "is not base64")) from error
    if not content.startswith(_JPEG):
        raise intake_refusals.invalid(FieldError("payload.picture_jpeg_b64", "is no JPEG"))
    return content


def _forget_pictures(session: Session, camera_id: str) -> None:
    """People are in them: one is enough."""
    session.execute(
        update(BoxAsk)
        .where(BoxAsk.camera_id == camera_id, BoxAsk.picture_jpeg.is_not(None))
        .values(picture_jpeg=None)
    )
