"""When a camera could prove nothing, as its box told, and which reports that touches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from backend.cameras.models import CameraSpell
from backend.intake.models import CameraStatus
from edge.upkeep import FaultSpell

SHOWN_DAYS = 7
_VOIDED = "camera_"


def note_spells(
    session: Session, device_id: str, camera_id: str, told: Sequence[FaultSpell], sent_at: datetime
) -> None:
    """Keep what a heartbeat says; a spell that its box no longer speaks of has ended by now."""
    for one in told:
        session.execute(
            insert(CameraSpell)
            .values(
                camera_id=camera_id,
                fault=one.fault,
                began_at=one.began_at,
                ended_at=one.ended_at,
                device_id=device_id,
            )
            .on_conflict_do_update(
                index_elements=["camera_id", "fault", "began_at"], set_={"ended_at": one.ended_at}
            )
        )
    going = [(one.fault, one.began_at) for one in told if one.ended_at is None]
    for row in session.scalars(
        select(CameraSpell).where(
            CameraSpell.camera_id == camera_id,
            CameraSpell.ended_at.is_(None),
            CameraSpell.device_id == device_id,
        )
    ):
        if (row.fault, row.began_at) not in going:
            row.ended_at = max(sent_at, row.began_at)


def covering(session: Session, camera_id: str, at: datetime) -> CameraSpell | None:
    """The fault that lay over this moment; what a camera saw then proves nothing."""
    return session.scalar(
        select(CameraSpell)
        .where(
            CameraSpell.camera_id == camera_id,
            CameraSpell.began_at <= at,
            CameraSpell.ended_at.is_(None) | (CameraSpell.ended_at >= at),
        )
        .limit(1)
    )


def history(session: Session, camera_id: str, now: datetime) -> list[CameraSpell]:
    """The spells of the last days, the newest first."""
    return list(
        session.scalars(
            select(CameraSpell)
            .where(
                CameraSpell.camera_id == camera_id,
                CameraSpell.ended_at.is_(None) | (CameraSpell.ended_at >= now - timedelta(days=SHOWN_DAYS)),
            )
            .order_by(CameraSpell.began_at.desc())
            .limit(200)
        )
    )


def end_for_revoked(session: Session, device_id: str, now: datetime) -> None:
    """A revoked box speaks no more: what it left open ends now."""
    session.execute(
        update(CameraSpell)
        .where(CameraSpell.device_id == device_id, CameraSpell.ended_at.is_(None))
        .values(ended_at=now)
    )


def voided(session: Session, camera_id: str) -> list[tuple[str, int]]:
    """What the camera kept back itself because it was ill: (fault, how many), since its box was started."""
    status = session.get(CameraStatus, camera_id)
    codes = status.withheld_codes if status is not None else {}
    found = [
        (code.removeprefix(_VOIDED), int(count)) for code, count in codes.items() if code.startswith(_VOIDED)
    ]
    return sorted(found, key=lambda one: -one[1])
