"""Boxes as a fleet: which cameras each has, what it runs, and giving a camera to another box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.accounts.models import Account
from backend.cameras.conditions import Condition, condition
from backend.cameras.files import setup_of
from backend.cameras.models import CameraFileVersion, CameraSetup
from backend.errors import FieldError, Problem, not_found
from backend.intake import devices
from backend.intake.models import Camera, CameraStatus, Device
from backend.intake.schemas import DeviceView

_LONGITUDE_DEG, _LATITUDE_DEG = 180.0, 90.0


@dataclass(frozen=True)
class CameraRow:
    """A camera in a list. `in_force` and `wanted` are numbers of versions; None where there is none."""

    camera_id: str
    name: str
    location: str
    device_id: str | None
    condition: Condition | None
    wanted: int | None
    in_force: int | None
    has_draft: bool
    refused_why: str
    latitude_deg: float | None
    longitude_deg: float | None


@dataclass(frozen=True)
class BoxRow:
    """A box and its cameras."""

    device: Device
    view: DeviceView
    cameras: tuple[CameraRow, ...]


def cameras(session: Session, now: datetime, *, alive_s: float) -> list[CameraRow]:
    """Every camera that anybody has spoken of."""
    statuses = {one.camera_id: one for one in session.scalars(select(CameraStatus))}
    setups = {one.camera_id: one for one in session.scalars(select(CameraSetup))}
    spoken = {one.camera_id: one for one in session.scalars(select(Camera))}
    numbers = version_numbers(session)
    found = []
    for camera_id in sorted({*statuses, *setups, *spoken}):
        status, setup, camera = statuses.get(camera_id), setups.get(camera_id), spoken.get(camera_id)
        running = status.camera_file_sha256 if status else None
        spoke = status or camera
        box = (setup.device_id if setup else None) or (spoke.device_id if spoke else None)
        found.append(
            CameraRow(
                camera_id=camera_id,
                name=status.name if status else camera.name if camera else camera_id,
                location=camera.location if camera else "",
                device_id=box,
                condition=condition(status.state, status.received_at, now, alive_s=alive_s)
                if status
                else None,
                wanted=setup.wanted if setup else None,
                in_force=numbers.get((camera_id, running)) if running else None,
                has_draft=bool(setup and setup.draft is not None),
                refused_why=status.refused_why if status else "",
                latitude_deg=setup.latitude_deg if setup else None,
                longitude_deg=setup.longitude_deg if setup else None,
            )
        )
    return found


def version_numbers(session: Session) -> dict[tuple[str, str], int]:
    """(Camera, hash of its file) -> number of the version; of two alike, the newer one."""
    rows = session.execute(
        select(CameraFileVersion.camera_id, CameraFileVersion.sha256, CameraFileVersion.number).order_by(
            CameraFileVersion.number
        )
    )
    return {(row.camera_id, row.sha256): row.number for row in rows}


def fleet(session: Session, rows: Sequence[CameraRow]) -> list[BoxRow]:
    """Every box: those that wait for approval first, revoked ones last."""
    order = {"pending": 0, "approved": 1, "revoked": 2}
    boxes = session.scalars(select(Device).order_by(Device.enrolled_at.desc()).limit(1000)).all()
    return [
        BoxRow(device, devices.view(device), tuple(row for row in rows if row.device_id == device.device_id))
        for device in sorted(boxes, key=lambda one: order[one.state])
    ]


def assign(session: Session, camera_id: str, device_id: str | None, operator: Account) -> None:
    """Give a camera to a box, or to whichever speaks of it (None). Raises Problem 404."""
    if device_id is not None and session.get(Device, device_id) is None:
        raise not_found("Không có thiết bị này", "There is no such device")
    setup = setup_of(session, camera_id, lock=True)
    if setup.device_id == device_id:
        return
    before, setup.device_id = setup.device_id, device_id
    setup.version += 1
    audit.record(
        session,
        actor=operator.actor,
        action="camera.assigned",
        subject_type="camera",
        subject_id=camera_id,
        data={"before": before, "after": device_id},
    )


def place(
    session: Session,
    camera_id: str,
    latitude_deg: float | None,
    longitude_deg: float | None,
    operator: Account,
) -> None:
    """Say where a camera hangs (WGS 84), or that nobody knows. Raises Problem 404, 422."""
    if (latitude_deg is None) != (longitude_deg is None):
        raise _place_wrong("longitude_deg", "give both or none")
    for field, value, most in (
        ("latitude_deg", latitude_deg, _LATITUDE_DEG),
        ("longitude_deg", longitude_deg, _LONGITUDE_DEG),
    ):
        if value is not None and not -most <= value <= most:
            raise _place_wrong(field, f"between -{most:.0f} and {most:.0f}")
    setup = setup_of(session, camera_id, lock=True)
    setup.latitude_deg, setup.longitude_deg = latitude_deg, longitude_deg
    setup.version += 1
    audit.record(
        session,
        actor=operator.actor,
        action="camera.placed",
        subject_type="camera",
        subject_id=camera_id,
        data={"latitude_deg": latitude_deg, "longitude_deg": longitude_deg},
    )


def _place_wrong(field: str, words: str) -> Problem:
    return Problem(
        422,
        "place_wrong",
        "Tọa độ chưa đúng",
        "The coordinates are not right",
        "Nhập vĩ độ và kinh độ bằng độ, ví dụ 10.9804 và 106.6519.",
        "Give latitude and longitude in degrees, for example 10.9804 and 106.6519.",
        errors=(FieldError(field, words),),
    )
