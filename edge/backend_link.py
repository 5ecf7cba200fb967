"""What a box says to the backend over HTTP, and what each answer means."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Literal

import httpx2
from pydantic import ValidationError

from edge.device import Device
from edge.http_signature import signed_headers
from edge.report import Signed
from edge.upkeep import Orders

Meaning = Literal["stored", "retry", "upload_again", "refused", "not_approved", "unknown_device"]
Standing = Literal["pending", "approved", "revoked", "refused", "unreachable"]

_OK, _CREATED, _NO_CONTENT = 200, 201, 204
_UNAUTHORIZED, _FORBIDDEN, _CONFLICT, _GONE, _FAILED_DEPENDENCY = 401, 403, 409, 410, 424
_CLIENT_ERRORS, _SERVER_ERRORS = 400, 500
_STANDING_CODES: dict[object, Meaning] = {
    "device_unknown": "unknown_device",
    "device_not_approved": "not_approved",
}
_WORTH_RETRYING = frozenset({404, 405, 408, 421, 423, 425, 429})
"""Of the 4xx, those that a wrong address, a proxy or a busy server give: not a verdict on the report."""


class LinkError(Exception):
    """The backend could not be reached or did not answer in our language."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the backend said to a report."""

    meaning: Meaning
    status: int
    words: str
    violation_id: str = ""


def meaning_of(status: int, body: dict[str, Any]) -> Meaning:
    """What an answer to POST /v1/violations means for the outbox. Total: any status has a meaning."""
    code = body.get("code")
    if status in {_OK, _CREATED}:
        return "stored" if body.get("status") in {"stored", "already_stored"} else "retry"
    if status == _FORBIDDEN and code in _STANDING_CODES:
        return _STANDING_CODES[code]
    if status == _FAILED_DEPENDENCY:
        return "upload_again"
    client_error = _CLIENT_ERRORS <= status < _SERVER_ERRORS
    proxy_said_so = status in {_UNAUTHORIZED, _FORBIDDEN} and code != "bad_signature"
    if not client_error or proxy_said_so or status in _WORTH_RETRYING:
        return "retry"
    return "refused"


class BackendLink:
    """One HTTP connection pool to the backend. Safe to use from several threads."""

    def __init__(self, base_url: str, device: Device, *, timeout_s: float) -> None:
        self._device = device
        self._client = httpx2.Client(
            base_url=base_url.rstrip("/"),
            timeout=httpx2.Timeout(timeout_s, connect=min(timeout_s, 5.0)),
            headers={"User-Agent": f"phatnguoi-edge/{device.software_version}"},
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def enrol(self) -> tuple[Standing, str]:
        """Introduce this box (again); where it stands with the operator, and that in words."""
        device = self._device
        try:
            response = self._client.post(
                "/v1/devices",
                json={
                    "device_id": device.device_id,
                    "name": device.name,
                    "public_key": device.public_key_b64,
                    "software_version": device.software_version,
                },
            )
        except httpx2.HTTPError as error:
            return "unreachable", f"backend unreachable: {type(error).__name__}: {error}"
        body = _body(response)
        if response.status_code in {_OK, _CREATED}:
            state = body.get("state", "pending")
            if state in {"pending", "approved", "revoked"}:
                return state, f"device {device.device_id} is {state}"
            return "unreachable", f"backend answered an unknown device state: {state!r}"
        if response.status_code == _CONFLICT:
            return (
                "refused",
                f"device id {device.device_id} is enrolled with another key: {_words(response, body)}",
            )
        return "unreachable", f"enrolment answered {_words(response, body)}"

    def send_report(self, signed: Signed) -> Answer:
        """POST a report. Raises LinkError when there was no answer."""
        try:
            response = self._client.post("/v1/violations", json=signed.model_dump(mode="json"))
        except httpx2.HTTPError as error:
            raise LinkError(f"backend unreachable: {type(error).__name__}: {error}") from error
        body = _body(response)
        return Answer(
            meaning_of(response.status_code, body),
            response.status_code,
            _words(response, body),
            str(body.get("violation_id", "")),
        )

    def send_heartbeat(self, signed: Signed) -> Orders:
        """POST a heartbeat; what the backend wants in return. Raises LinkError unless it was taken."""
        response = self._post("/v1/heartbeats", signed)
        if response.status_code == _NO_CONTENT:
            return Orders()
        if response.status_code != _OK:
            raise LinkError(f"heartbeat answered {_words(response, _body(response))}")
        try:
            return Orders.model_validate_json(response.content)
        except ValidationError as error:
            raise LinkError(f"heartbeat answered orders that cannot be read: {error}") from error

    def send_reply(self, signed: Signed) -> None:
        """POST the answer to an ask. Raises LinkError unless it was taken or nobody waits for it."""
        response = self._post("/v1/devices/replies", signed)
        if response.status_code not in {_NO_CONTENT, _GONE}:
            raise LinkError(f"reply answered {_words(response, _body(response))}")

    def _post(self, path: str, signed: Signed) -> httpx2.Response:
        try:
            return self._client.post(path, json=signed.model_dump(mode="json"))
        except httpx2.HTTPError as error:
            raise LinkError(f"backend unreachable: {type(error).__name__}: {error}") from error


def signed_by(device: Device, method: str, address: str) -> dict[str, str]:
    """The headers that sign a request to this address (RFC 9421)."""
    path = httpx2.URL(address).raw_path.split(b"?")[0].decode()
    return signed_headers(
        method, path, device_id=device.device_id, key=device.key, created_s=int(time.time())
    )


def _body(response: httpx2.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _words(response: httpx2.Response, body: dict[str, Any]) -> str:
    said = [str(body[name]) for name in ("code", "title", "detail") if body.get(name)]
    said += [f"{error.get('field')}: {error.get('message')}" for error in body.get("errors") or []]
    return f"{response.status_code} {'; '.join(said) or response.text[:200]}".strip()
