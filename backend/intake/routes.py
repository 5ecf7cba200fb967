"""The doors for camera boxes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from backend.accounts.guards import Operator
from backend.database import SessionDep, utc_now
from backend.errors import Problem
from backend.intake import devices, heartbeats, service
from backend.intake.models import Device
from backend.intake.schemas import DeviceView, Enrolment, Stored
from backend.services import ServicesDep
from edge.report import Signed
from edge.upkeep import Orders

router = APIRouter(tags=["devices"])

BODY_MAX_BYTES = 4 * 1024 * 1024
_SIGNED_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": Signed.model_json_schema()}},
    }
}


async def _body(request: Request) -> bytes:
    """The raw body, so that what is hashed is what was sent, and no larger than it may be."""
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > BODY_MAX_BYTES:
            raise Problem(
                413,
                "body_too_large",
                "Bản tin quá lớn",
                "The message is too large",
                f"Nhiều nhất {BODY_MAX_BYTES} byte.",
                f"At most {BODY_MAX_BYTES} bytes.",
            )
    return bytes(data)


Body = Annotated[bytes, Depends(_body)]


@router.post("/v1/devices", status_code=201, response_model=DeviceView)
def enrol_device(enrolment: Enrolment, session: SessionDep, response: Response) -> DeviceView:
    """A box introduces itself: 201 new, 200 known with the same key, 409 known with another key."""
    device, is_new = devices.enrol(session, enrolment, utc_now())
    if not is_new:
        response.status_code = 200
    return devices.view(device)


@router.get("/v1/devices")
def list_devices(session: SessionDep, _operator: Operator) -> list[DeviceView]:
    found = session.query(Device).order_by(Device.enrolled_at.desc()).limit(1000)
    return [devices.view(device) for device in found]


@router.post("/v1/devices/{device_id}/approve")
def approve_device(device_id: str, session: SessionDep, operator: Operator) -> DeviceView:
    return devices.view(devices.decide(session, device_id, approve=True, operator=operator, now=utc_now()))


@router.post("/v1/devices/{device_id}/revoke")
def revoke_device(device_id: str, session: SessionDep, operator: Operator) -> DeviceView:
    return devices.view(devices.decide(session, device_id, approve=False, operator=operator, now=utc_now()))


@router.post("/v1/violations", status_code=201, openapi_extra=_SIGNED_BODY)
def take_violation(body: Body, session: SessionDep, services: ServicesDep, response: Response) -> Stored:
    """Take a signed report: 201 stored, 200 already stored, else a problem that says what and where."""
    stored = service.take_violation(session, services, body, utc_now())
    if stored.status == "already_stored":
        response.status_code = 200
    return stored


@router.post("/v1/heartbeats", response_model=Orders, openapi_extra=_SIGNED_BODY)
def take_heartbeat(body: Body, session: SessionDep, services: ServicesDep) -> Response:
    """Note how a box and its cameras do: 200 with orders, 204 to a box that takes none (heartbeat/1)."""
    orders = heartbeats.take_heartbeat(session, services, body, utc_now())
    if orders is None:
        return Response(status_code=204)
    unknown = {name for name in ("release", "watched") if getattr(orders, name) is None}
    return JSONResponse(orders.model_dump(mode="json", exclude=unknown))  # an older box would not read them


@router.post("/v1/devices/replies", status_code=204, openapi_extra=_SIGNED_BODY)
def take_reply(body: Body, session: SessionDep) -> None:
    """What a box answers to an ask that came with its orders; 410 when nobody waits for it any more."""
    heartbeats.take_reply(session, body, utc_now())
