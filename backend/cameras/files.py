"""Camera files in versions: drafts, publishing, and which one a box is given."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.cameras import refusals
from backend.cameras.models import CameraFileVersion, CameraSetup
from backend.errors import Problem, version_conflict
from backend.intake.models import Camera, CameraStatus, Device
from edge.report import Sha256
from edge.scene import Scene, scene_of_text
from edge.scene_reading import FaultyFileError

_FOUND_ON_THE_BOX = "Tệp tìm thấy trên hộp / As found on the box"


def exists(session: Session, camera_id: str) -> bool:
    """Whether anybody has ever spoken of this camera."""
    return any(session.get(kind, camera_id) is not None for kind in (CameraStatus, Camera, CameraSetup))


def setup_of(session: Session, camera_id: str, *, lock: bool = False) -> CameraSetup:
    """The camera's row, made where there is none yet. Raises Problem 404 for a camera nobody knows."""
    if not exists(session, camera_id):
        raise refusals.unknown_camera()
    session.execute(insert(CameraSetup).values(camera_id=camera_id, version=1).on_conflict_do_nothing())
    return session.get_one(
        CameraSetup, camera_id, with_for_update=True if lock else None, populate_existing=lock
    )


def box_of(session: Session, camera_id: str) -> str | None:
    """The box that may have this camera's file: the assigned one, else the one that speaks of it."""
    setup = session.get(CameraSetup, camera_id)
    if setup is not None and setup.device_id is not None:
        return setup.device_id
    spoken = session.get(CameraStatus, camera_id) or session.get(Camera, camera_id)
    return spoken.device_id if spoken is not None else None


def file_for(session: Session, device: Device, camera_id: str) -> CameraFileVersion:
    """The version this box should run. Raises Problem 403 or 404."""
    owner = box_of(session, camera_id)
    if owner is not None and owner != device.device_id:
        raise refusals.camera_of_another_box(camera_id)
    found = wanted(session, camera_id)
    if found is None:
        raise refusals.no_file()
    return found


def wanted(session: Session, camera_id: str) -> CameraFileVersion | None:
    """The version that is to be in force."""
    setup = session.get(CameraSetup, camera_id)
    if setup is None or setup.wanted is None:
        return None
    return session.get(CameraFileVersion, (camera_id, setup.wanted))


def hashes_for(session: Session, device_id: str, camera_ids: Iterable[str]) -> dict[str, Sha256]:
    """Camera -> hash of the file it should run, of those that belong to this box."""
    rows = session.execute(
        select(CameraSetup.camera_id, CameraFileVersion.sha256)
        .join(
            CameraFileVersion,
            (CameraFileVersion.camera_id == CameraSetup.camera_id)
            & (CameraFileVersion.number == CameraSetup.wanted),
        )
        .where(CameraSetup.camera_id.in_(list(camera_ids)))
        .where(CameraSetup.device_id.is_(None) | (CameraSetup.device_id == device_id))
    )
    return {row.camera_id: row.sha256 for row in rows}


def versions(session: Session, camera_id: str) -> list[CameraFileVersion]:
    """All of a camera, the newest first."""
    return list(
        session.scalars(
            select(CameraFileVersion)
            .where(CameraFileVersion.camera_id == camera_id)
            .order_by(CameraFileVersion.number.desc())
        )
    )


def checked(camera_id: str, content: str) -> Scene:
    """The scene of a file for this camera, read exactly as its box reads it. Raises Problem 422."""
    try:
        scene = scene_of_text(content)
    except FaultyFileError as error:
        raise refusals.file_wrong(error.faults) from error
    if scene.id != camera_id:
        raise refusals.other_camera(camera_id, scene.id)
    return scene


def save_draft(
    session: Session, camera_id: str, content: str, *, expected_version: int, author: Account, now: datetime
) -> CameraSetup:
    """Keep a draft, right or wrong yet. Raises Problem 404, 412."""
    setup = setup_of(session, camera_id, lock=True)
    if setup.version != expected_version:
        raise version_conflict(setup.version)
    setup.draft, setup.draft_by, setup.draft_at = content, author.actor, now
    setup.version += 1
    return setup


def draft_of(session: Session, setup: CameraSetup) -> str:
    """What is being worked on: the draft, else the version that is to be in force, else nothing."""
    if setup.draft is not None:
        return setup.draft
    found = wanted(session, setup.camera_id) or next(iter(versions(session, setup.camera_id)), None)
    return found.content if found else ""


def add_version(
    session: Session, setup: CameraSetup, content: str, *, note: str, author: Account, now: datetime
) -> CameraFileVersion:
    """Publish what is right as the next version. Raises Problem 409, 422."""
    if len(note.strip()) < refusals.NOTE_LEAST:
        raise refusals.note_needed()
    checked(setup.camera_id, content)
    before = wanted(session, setup.camera_id)
    if before is not None and before.content == content:
        raise refusals.nothing_to_publish()
    added = _insert(
        session,
        setup.camera_id,
        content,
        note=note.strip(),
        author=author.actor,
        now=now,
        based_on=setup.wanted,
    )
    setup.draft = setup.draft_by = setup.draft_at = None
    setup.version += 1
    audit.record(
        session,
        actor=author.actor,
        action="camera_file.published",
        subject_type="camera",
        subject_id=setup.camera_id,
        data={"number": added.number, "sha256": added.sha256, "note": added.note},
    )
    return added


def note_found(session: Session, device: Device, camera_id: str, content: str, now: datetime) -> None:
    """Keep the file a box began with as version 1, so that there is something to go back to."""
    if versions(session, camera_id):
        return
    try:
        checked(camera_id, content)
    except Problem:
        return
    setup = setup_of(session, camera_id, lock=True)
    author = f"device:{device.device_id}"
    found = _insert(
        session, camera_id, content, note=_FOUND_ON_THE_BOX, author=author, now=now, based_on=None
    )
    setup.wanted = found.number


def difference(before: str, after: str) -> list[str]:
    """The lines that changed, as `diff -u` shows them, without its head."""
    return list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2))[2:]


def _insert(
    session: Session,
    camera_id: str,
    content: str,
    *,
    note: str,
    author: str,
    now: datetime,
    based_on: int | None,
) -> CameraFileVersion:
    last = session.scalar(
        select(func.max(CameraFileVersion.number)).where(CameraFileVersion.camera_id == camera_id)
    )
    added = CameraFileVersion(
        camera_id=camera_id,
        number=(last or 0) + 1,
        content=content,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        note=note,
        author=author,
        published_at=now,
        based_on=based_on,
    )
    session.add(added)
    session.flush()
    return added
