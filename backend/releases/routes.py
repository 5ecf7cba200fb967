"""The API of releases: publishing, roll-outs, and the bundle that a box fetches."""

from __future__ import annotations

import uuid

from fastapi import APIRouter, Request, Response

from backend.accounts.guards import Operator
from backend.database import SessionDep, utc_now
from backend.errors import Problem
from backend.evidence.streaming import StoredFile, stored_response
from backend.intake.signed_requests import SignedDevice
from backend.releases import refusals, rollouts, service, software, views
from backend.releases.schemas import ReleaseRollOutView, ReleaseView, RollOutAsked
from backend.services import ServicesDep
from backend.uploads import MULTIPART, GivenForm, upload_in

router = APIRouter(tags=["releases"])


@router.get("/v1/releases")
def list_releases(session: SessionDep, _operator: Operator) -> list[ReleaseView]:
    """All of them, the highest version first."""
    return [ReleaseView.model_validate(one) for one in service.releases(session)]


@router.post("/v1/releases", status_code=201, openapi_extra=MULTIPART)
def publish_release(
    session: SessionDep, services: ServicesDep, operator: Operator, form: GivenForm
) -> ReleaseView:
    """Keep a signed bundle. 422 where it is damaged, signed by nobody we trust, or speaks another contract.

    Safe to repeat with the same file; another file under a known version is 409.
    """
    content = upload_in(form).content
    found = service.publish(session, services, content, actor=operator.actor, now=utc_now())
    return ReleaseView.model_validate(found)


@router.get("/v1/releases/{version}/bundle", response_class=Response)
def read_bundle(
    version: str, request: Request, session: SessionDep, services: ServicesDep, device: SignedDevice
) -> Response:
    """The bundle for a box that is wanted to run it, whole or from a byte on. Signed by RFC 9421."""
    found = service.release(session, version)
    order = software.order_for(session, device.device_id)
    if order is None or order.version != version:
        raise refusals.not_ordered(device.device_id)
    stored = StoredFile(
        bucket=services.settings.s3_documents_bucket,
        object_key=found.object_key,
        name=f"phatnguoi-edge-{version}.zip",
        sha256=found.sha256,
        size_bytes=found.size_bytes,
        media_type="application/zip",
    )
    return stored_response(request, services, stored, lost=_lost)


@router.post("/v1/releases/{version}/roll-outs", status_code=201)
def begin_release_roll_out(
    version: str, asked: RollOutAsked, session: SessionDep, services: ServicesDep, operator: Operator
) -> ReleaseRollOutView:
    """One box first, then a share, then the rest; each step begins when the one before stayed well."""
    found = rollouts.begin(
        session,
        services.settings,
        version,
        device_ids=asked.device_ids,
        note=asked.note,
        operator=operator,
        now=utc_now(),
    )
    return views.roll_out_view(session, found)


@router.get("/v1/release-roll-outs/{roll_out_id}")
def read_release_roll_out(
    roll_out_id: uuid.UUID, session: SessionDep, _operator: Operator
) -> ReleaseRollOutView:
    return views.roll_out_view(session, rollouts.roll_out(session, roll_out_id))


@router.post("/v1/release-roll-outs/{roll_out_id}/pause")
def pause_release_roll_out(
    roll_out_id: uuid.UUID, session: SessionDep, operator: Operator
) -> ReleaseRollOutView:
    """Offer it to nobody new; boxes that have it are watched all the same."""
    return views.roll_out_view(session, rollouts.pause(session, roll_out_id, operator=operator))


@router.post("/v1/release-roll-outs/{roll_out_id}/go-on")
def go_on_with_release_roll_out(
    roll_out_id: uuid.UUID, session: SessionDep, services: ServicesDep, operator: Operator
) -> ReleaseRollOutView:
    """Go on after a pause."""
    found = rollouts.go_on(session, services.settings, roll_out_id, operator=operator, now=utc_now())
    return views.roll_out_view(session, found)


@router.post("/v1/release-roll-outs/{roll_out_id}/stop")
def stop_release_roll_out(
    roll_out_id: uuid.UUID, session: SessionDep, operator: Operator
) -> ReleaseRollOutView:
    """Stop it, or take back one that is done: every box goes back to the version it ran before."""
    found = rollouts.stop(session, roll_out_id, operator=operator, now=utc_now())
    return views.roll_out_view(session, found)


def _lost() -> Problem:
    return Problem(
        500,
        "release_lost",
        "Bản phát hành không còn trong kho",
        "The release is no longer in the store",
        "Ban hành lại tệp đó.",
        "Publish the file again.",
    )
