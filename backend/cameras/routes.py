"""The API of cameras: the file a box fetches, set-up, versions, roll-outs, and what boxes are asked."""

from __future__ import annotations

import uuid

from fastapi import APIRouter, Request, Response

from backend.accounts.guards import Operator
from backend.cameras import asks, files, rollouts, views
from backend.cameras.models import BoxAsk, RollOut
from backend.cameras.refusals import no_picture
from backend.cameras.schemas import (
    AskOrder,
    AskView,
    DraftChange,
    Look,
    Proposal,
    Publication,
    RollOutOrder,
    RollOutView,
    SetupView,
)
from backend.cameras.toml_text import toml_text
from backend.database import SessionDep, utc_now
from backend.errors import not_found
from backend.intake.signed_requests import SignedDevice
from backend.services import ServicesDep

router = APIRouter(tags=["cameras"])


@router.get("/v1/cameras/{camera_id}/file", response_class=Response)
def read_camera_file(camera_id: str, request: Request, session: SessionDep, device: SignedDevice) -> Response:
    """The camera file that this box should run, as TOML; 304 where it has it (ETag). Signed by RFC 9421."""
    found = files.file_for(session, device, camera_id)
    tag = f'"{found.sha256}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "X-Version": str(found.number)}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type="application/toml", headers=headers)


@router.get("/v1/cameras/{camera_id}/setup")
def read_setup(camera_id: str, session: SessionDep, _operator: Operator) -> SetupView:
    return views.setup_view(session, files.setup_of(session, camera_id))


@router.post("/v1/cameras/{camera_id}/look")
def look_at_file(camera_id: str, asked: Proposal, session: SessionDep, _operator: Operator) -> Look:
    """What a file would mean: faults by line and field, residuals, grid, recent vehicles in metres."""
    return views.look(session, camera_id, content=asked.content, document=asked.document)


@router.put("/v1/cameras/{camera_id}/draft")
def save_draft(camera_id: str, change: DraftChange, session: SessionDep, operator: Operator) -> SetupView:
    """Keep a draft, faulty or not; 412 where somebody else saved first."""
    content = change.content if change.content is not None else toml_text(change.document or {})
    setup = files.save_draft(
        session,
        camera_id,
        content,
        expected_version=change.expected_version,
        author=operator,
        now=utc_now(),
    )
    return views.setup_view(session, setup)


@router.post("/v1/cameras/{camera_id}/rehearsals", status_code=202)
def rehearse(camera_id: str, asked: Proposal, session: SessionDep, operator: Operator) -> AskView:
    """Ask the box what its rules would have said of the last hour's vehicles under this file."""
    content = asked.content if asked.content is not None else toml_text(asked.document or {})
    files.checked(camera_id, content)
    found = asks.ask(session, camera_id, "rehearse", operator=operator, now=utc_now(), camera_file=content)
    return views.ask_view(found)


@router.post("/v1/cameras/{camera_id}/versions", status_code=201)
def publish(
    camera_id: str, asked: Publication, session: SessionDep, services: ServicesDep, operator: Operator
) -> RollOutView:
    """Publish the draft as the next version, or go back to an older one; the box takes it within seconds."""
    now = utc_now()
    if asked.number is not None:
        found = rollouts.begin(
            session, services.settings, {camera_id: asked.number}, note=asked.note, author=operator, now=now
        )
    else:
        found = rollouts.publish(
            session, services.settings, [camera_id], note=asked.note, author=operator, now=now
        )
    return views.roll_out_view(session, found)


@router.post("/v1/roll-outs", status_code=201)
def begin_roll_out(
    order: RollOutOrder, session: SessionDep, services: ServicesDep, operator: Operator
) -> RollOutView:
    """Publish the drafts of several cameras: one camera first, the rest when it stays well."""
    found = rollouts.publish(
        session, services.settings, order.camera_ids, note=order.note, author=operator, now=utc_now()
    )
    return views.roll_out_view(session, found)


@router.get("/v1/roll-outs/{roll_out_id}")
def read_roll_out(roll_out_id: uuid.UUID, session: SessionDep, _operator: Operator) -> RollOutView:
    found = session.get(RollOut, roll_out_id)
    if found is None:
        raise not_found("Không có đợt triển khai này", "There is no such roll-out")
    return views.roll_out_view(session, found)


@router.post("/v1/roll-outs/{roll_out_id}/stop")
def stop_roll_out(roll_out_id: uuid.UUID, session: SessionDep, operator: Operator) -> RollOutView:
    """Stop it: every camera goes back to the file it ran before."""
    return views.roll_out_view(session, rollouts.stop(session, roll_out_id, operator=operator, now=utc_now()))


@router.post("/v1/cameras/{camera_id}/asks", status_code=202)
def ask_box(camera_id: str, order: AskOrder, session: SessionDep, operator: Operator) -> AskView:
    """Ask the camera's box for its whole picture and recent vehicles, or for its last log lines."""
    return views.ask_view(asks.ask(session, camera_id, order.kind, operator=operator, now=utc_now()))


@router.get("/v1/cameras/{camera_id}/asks/{ask_id}")
def read_ask(camera_id: str, ask_id: uuid.UUID, session: SessionDep, _operator: Operator) -> AskView:
    found = session.get(BoxAsk, ask_id)
    if found is None or found.camera_id != camera_id:
        raise not_found("Không có câu hỏi này", "There is no such question")
    return views.ask_view(found)


@router.get("/v1/cameras/{camera_id}/picture", response_class=Response)
def read_picture(camera_id: str, session: SessionDep, _operator: Operator) -> Response:
    """The newest whole picture that was asked for: people may be in it, so only one is kept."""
    picture = asks.picture_of(session, camera_id)
    if picture is None:
        raise no_picture()
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "no-store"})
