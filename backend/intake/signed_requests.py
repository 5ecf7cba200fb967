"""Requests without a body that a device signs with its key (RFC 9421)."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from backend.database import SessionDep, utc_now
from backend.errors import Problem
from backend.intake import refusals
from backend.intake.models import Device
from backend.services import ServicesDep
from edge.http_signature import SignatureError, read_claim
from edge.report import load_public_key


def _signed_device(request: Request, session: SessionDep, services: ServicesDep) -> Device:
    """The approved device that signed this request just now. Raises Problem 401 or 403."""
    try:
        claim = read_claim(request.headers)
    except SignatureError as error:
        raise _unsigned(str(error)) from error
    device = session.get(Device, claim.device_id)
    if device is None:
        raise refusals.device_unknown(claim.device_id)
    path = request.scope.get("raw_path", request.url.path.encode()).split(b"?")[0].decode("ascii")
    if not claim.holds(request.method, path, load_public_key(device.public_key)):
        raise refusals.bad_signature(claim.device_id)
    if abs(utc_now().timestamp() - claim.created_s) > services.settings.report_future_limit_s:
        raise _unsigned("the signature was made too long ago, or one of the clocks is wrong")
    if device.state != "approved":
        raise refusals.device_not_approved(device.device_id, device.state)
    return device


def _unsigned(why: str) -> Problem:
    return Problem(
        401,
        "not_signed",
        "Yêu cầu này phải do thiết bị ký",
        "This request must be signed by a device",
        "Cần tiêu đề Signature-Input và Signature (RFC 9421) mới tạo.",
        f"{why[0].upper()}{why[1:]}.",
    )


SignedDevice = Annotated[Device, Depends(_signed_device)]
