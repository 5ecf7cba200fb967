from __future__ import annotations

import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.report import public_key_b64
from edge.upkeep import ReleaseState
from tests.backend.factories import Box, make_heartbeat
from tests.backend.releases.kit import BOXES, KEY, NEW, OLD, OTHER
from tests.release_kit import bundle


@pytest.fixture
def watch_s() -> float:
    return 0.0


@pytest.fixture
def settings(settings, watch_s):
    keys = (public_key_b64(OTHER), public_key_b64(KEY))
    return settings.model_copy(update={"release_public_keys": keys, "release_watch_s": watch_s})


@pytest.fixture
def operator(staff):
    return staff("truc", "operator")


@pytest.fixture
def boxes(client, services):
    return {name: Box(client, services, device_id=name).ready() for name in BOXES}


@pytest.fixture
def says(boxes):
    """`says("box-a", "9.0.0")`: a box tells what it runs; the order that it gets."""

    def beat(name: str, running: str = OLD, **changes):
        about = {key: changes.pop(key) for key in list(changes) if key in ReleaseState.model_fields}
        state = ReleaseState(**{"running": running, "confirmed": True, "base": OLD, **about})
        values = {"device_id": name, "camera_id": f"cam-{name[-1]}", "software_version": running}
        answer = boxes[name].send(make_heartbeat(**{**values, "release": state, **changes}))
        assert answer.status_code == 200, answer.text
        return answer.json().get("release")

    return beat


@pytest.fixture
def file(tmp_path):
    def make(version: str = NEW, key: Ed25519PrivateKey = KEY, **more) -> bytes:
        path = tmp_path / f"{version}-{time.monotonic_ns()}.zip"
        bundle(path, key, version, files={"edge/weights/vehicles.onnx": b"weights" * 9000}, **more)
        return path.read_bytes()

    return make
