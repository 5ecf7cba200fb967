"""What operators and boxes do with releases, for the tests."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.http_signature import signed_headers
from edge.upkeep import ReleaseFailure
from tests.backend.factories import Box

KEY = Ed25519PrivateKey.from_private_bytes(b"r" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
BOXES = ("box-a", "box-b", "box-c")
OLD, NEW = "0.1.0", "9.0.0"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def publish(operator, content: bytes):
    return operator.post("/v1/releases", files={"file": ("release.zip", content, "application/zip")})


def begin(operator, version: str = NEW):
    answer = operator.post(f"/v1/releases/{version}/roll-outs", json={"note": "Sửa lỗi đọc biển số"})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def states(operator, roll_out: str) -> dict[str, str]:
    found = operator.get(f"/v1/release-roll-outs/{roll_out}").json()
    return {"all": found["state"], **{one["device_id"]: one["state"] for one in found["steps"]}}


def fetch(box: Box, version: str = NEW, **headers: str):
    path = f"/v1/releases/{version}/bundle"
    signed = signed_headers("GET", path, device_id=box.device_id, key=box.key, created_s=int(time.time()))
    return box.client.get(path, headers={**signed, **headers})


def failed(roll_out: str, **changes) -> ReleaseFailure:
    values = {"version": NEW, "order_id": roll_out, "at": datetime.now(UTC), "why": "ended with code 1"}
    return ReleaseFailure(**{**values, **changes})
