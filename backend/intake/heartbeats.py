"""Taking in heartbeats: how boxes and cameras do, and what is wanted of them in return."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.cameras import asks, files, rollouts, spells
from backend.cameras.watching import watched
from backend.errors import FieldError
from backend.intake import refusals
from backend.intake.messages import authentic_device, read_payload, read_signed
from backend.intake.models import CameraStatus, Device
from backend.releases import rollouts as release_rollouts
from backend.releases import software
from backend.services import Services
from edge.upkeep import CameraStatus as ReportedStatus
from edge.upkeep import Heartbeat, Orders, Reply

THUMBNAIL_MAX_BYTES = 300_000
_KNOWS_NO_WATCHING = frozenset({"phatnguoi.heartbeat/2", "phatnguoi.heartbeat/3"})


def take_heartbeat(session: Session, services: Services, body: bytes, now: datetime) -> Orders | None:
    """Note how a box and its cameras do; what is wanted of it, None for a box that takes no orders.

    An older heartbeat than the last one is ignored.
    """
    signed = read_signed(body)
    device = authentic_device(session, signed)
    heartbeat = read_payload(signed, Heartbeat)
    thumbnails = [_thumbnail(index, camera) for index, camera in enumerate(heartbeat.cameras)]
    if abs((heartbeat.sent_at - now).total_seconds()) > services.settings.report_future_limit_s:
        raise refusals.invalid(
            FieldError(
                "payload.sent_at",
                f"{heartbeat.sent_at.isoformat()} is not now; the server's clock says {now.isoformat()}",
            )
        )
    _note_device(device, heartbeat, now)
    session.flush()
    for camera, thumbnail in zip(heartbeat.cameras, thumbnails, strict=True):
        if _note_status(session, heartbeat, camera, thumbnail, now):
            spells.note_spells(session, device.device_id, camera.camera_id, camera.spells, heartbeat.sent_at)
            rollouts.drive_for_camera(session, services.settings, camera.camera_id, now)
    software.note(session, services.settings, device, heartbeat.release, heartbeat.sent_at)
    release_rollouts.drive_for_device(
        session, services.settings, device.device_id, now, since=services.started_at
    )
    if heartbeat.schema_id == "phatnguoi.heartbeat/1":
        return None
    orders = _orders(session, device, [camera.camera_id for camera in heartbeat.cameras], now)
    if heartbeat.schema_id in _KNOWS_NO_WATCHING:
        orders = orders.model_copy(update={"watched": None})
    if heartbeat.release is None:
        return orders
    return orders.model_copy(update={"release": software.order_for(session, device.device_id)})


def take_reply(session: Session, body: bytes, now: datetime) -> None:
    """Keep what a box answers to an ask. Raises Problem."""
    signed = read_signed(body)
    device = authentic_device(session, signed)
    asks.take_reply(session, device, read_payload(signed, Reply), now)


def _orders(session: Session, device: Device, camera_ids: list[str], now: datetime) -> Orders:
    mine = [one for one in camera_ids if files.box_of(session, one) == device.device_id]
    return Orders(
        camera_files=files.hashes_for(session, device.device_id, mine),
        asks=asks.waiting_for(session, mine, now),
        watched=watched(session, mine),
    )


def _note_device(device: Device, heartbeat: Heartbeat, now: datetime) -> None:
    device.last_heartbeat_at = now
    device.outbox_waiting = heartbeat.outbox_waiting
    device.outbox_oldest_s = heartbeat.outbox_oldest_s
    device.disk_free_bytes = heartbeat.disk_free_bytes
    device.software_version = heartbeat.software_version
    clock = heartbeat.clock
    device.clock_offset_s = clock.offset_s if clock else None
    device.clock_uncertainty_s = clock.uncertainty_s if clock else None
    device.clock_synchronised = clock.synchronised if clock else None


def _thumbnail(index: int, camera: ReportedStatus) -> bytes | None:
    if camera.thumbnail_jpeg_b64 is None:
        return None
    field = f"payload.cameras[{index}].thumbnail_jpeg_b64"
    try:
        picture = base64.b64decode(camera.thumbnail_jpeg_b64, validate=True)
    except (binascii.Error, ValueError) as error:
        raise refusals.invalid(FieldError(field, "is not base64")) from error
    if not picture.startswith(b"\xff\xd8\xff"):
        raise refusals.invalid(FieldError(field, "is no JPEG"))
    if len(picture) > THUMBNAIL_MAX_BYTES:
        raise refusals.invalid(FieldError(field, f"at most {THUMBNAIL_MAX_BYTES} bytes"))
    return picture


def _note_status(
    session: Session, heartbeat: Heartbeat, camera: ReportedStatus, thumbnail: bytes | None, now: datetime
) -> bool:
    """Whether this was news of the camera."""
    values = {
        **camera.model_dump(exclude={"camera_id", "thumbnail_jpeg_b64", "spells", "rules"}),
        "rules": list(camera.rules),
        "device_id": heartbeat.device_id,
        "sent_at": heartbeat.sent_at,
        "received_at": now,
    }
    if thumbnail is not None:
        values["thumbnail_jpeg"] = thumbnail
    taken = session.scalar(
        insert(CameraStatus)
        .values(camera_id=camera.camera_id, **values)
        .on_conflict_do_update(
            index_elements=[CameraStatus.camera_id],
            set_=values,
            where=(CameraStatus.sent_at < heartbeat.sent_at)
            & (
                (CameraStatus.device_id == heartbeat.device_id)
                | (CameraStatus.device_id.in_(select(Device.device_id).where(Device.state == "revoked")))
            ),
        )
        .returning(CameraStatus.camera_id)
    )
    return taken is not None
