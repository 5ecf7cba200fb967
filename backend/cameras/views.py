"""Rows about cameras as the API and the screens show them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.cameras import asks, files
from backend.cameras.looking import look_at
from backend.cameras.models import BoxAsk, CameraFileVersion, CameraSetup, RollOut, RollOutStep
from backend.cameras.schemas import AskView, Look, RollOutView, SetupView, StepView, VersionView
from backend.intake.models import CameraStatus
from edge.upkeep import PathSeen


def setup_view(session: Session, setup: CameraSetup) -> SetupView:
    """Everything about one camera's set-up."""
    status = session.get(CameraStatus, setup.camera_id)
    known = files.versions(session, setup.camera_id)
    running = status.camera_file_sha256 if status else None
    return SetupView(
        camera_id=setup.camera_id,
        version=setup.version,
        box=files.box_of(session, setup.camera_id),
        wanted=setup.wanted,
        in_force=next((one.number for one in known if one.sha256 == running), None),
        refused_why=status.refused_why if status else "",
        has_draft=setup.draft is not None,
        look=look(session, setup.camera_id, content=files.draft_of(session, setup)),
        versions=[version_view(one) for one in known],
    )


def look(
    session: Session, camera_id: str, *, content: str | None = None, document: dict[str, object] | None = None
) -> Look:
    """A file with the vehicles that the box saw lately."""
    return look_at(camera_id, content=content, document=document, paths=recent_paths(session, camera_id))


def recent_paths(session: Session, camera_id: str) -> tuple[PathSeen, ...]:
    found = asks.latest(session, camera_id, "view")
    return asks.reply_of(found).paths if found is not None and found.reply is not None else ()


def version_view(row: CameraFileVersion) -> VersionView:
    return VersionView.model_validate(row, from_attributes=True)


def ask_view(row: BoxAsk) -> AskView:
    return AskView(
        id=row.id,
        kind=row.kind,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        reply=row.reply,
        has_picture=row.picture_jpeg is not None,
    )


def roll_out_view(session: Session, row: RollOut) -> RollOutView:
    steps = session.scalars(
        select(RollOutStep)
        .where(RollOutStep.roll_out_id == row.id)
        .order_by(RollOutStep.wave, RollOutStep.camera_id)
    )
    return RollOutView.of(row, steps=[StepView.model_validate(one) for one in steps])
