"""A real box takes a release from a real backend, and goes back by itself from the next, which crashes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import edge
from backend.accounts.models import Account
from backend.database import utc_now
from backend.intake.devices import decide
from backend.intake.models import Device
from edge.report import public_key_b64
from tests.backend.cameras.kit import camera_file
from tests.backend.factories import make_account, sign_in
from tests.edge.box_kit import make_clip
from tests.faults.conftest import wait_for
from tests.release_kit import bundle

pytestmark = pytest.mark.slow

KEY = Ed25519PrivateKey.from_private_bytes(b"r" * 32)
EDGE = Path(edge.__file__).parent
BOX = """
schema = "phatnguoi.box/1"
name = "Hộp thử"
data = "data"
backend = "{url}"
metrics_port = 0
threads = 1

[store]
endpoint = "{endpoint}"
access_key = "box"
secret_key_file = "s3.key"
secure = false

[releases]
keys = ["{key}"]
confirm_within_s = 120
steady_for_s = 1

[worker]
heartbeat_s = 0.3

[[camera]]
id = "cam-thu"
file = "cam-thu.toml"
source = "road.mp4"
play = "loop"
"""


@pytest.fixture
def settings(settings):
    changes = {"release_public_keys": (public_key_b64(KEY),), "release_watch_s": 1.0}
    return settings.model_copy(update=changes)


@pytest.fixture
def folder(tmp_path, backend_url, store_address) -> Path:
    make_clip(tmp_path / "road.mp4", 3.0)
    (tmp_path / "cam-thu.toml").write_text(camera_file(camera_id="cam-thu"))
    (tmp_path / "s3.key").write_text("secret-of-the-store")
    words = {"url": backend_url, "endpoint": store_address.endpoint, "key": public_key_b64(KEY)}
    (tmp_path / "box.toml").write_text(BOX.format(**words))
    return tmp_path


def launcher(folder: Path) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "PHATNGUOI_ENGINE": "onnxruntime",
        "PHATNGUOI_MODELS": str(EDGE / "detector/weights"),
        "NO_PROXY": "127.0.0.1",
        "PYTHONPATH": os.pathsep.join(one for one in sys.path if one),
    }
    command = [sys.executable, "-P", "-m", "edge.release.launcher", str(folder / "box.toml")]
    with (folder / "box.log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, env=environment)


def this_program(**changes: bytes) -> dict[str, bytes]:
    """The box's program as it lies here, without the networks, which stay where they are."""
    kinds = {".py", ".toml", ".json", ".jpg", ".csv"}
    found = {
        f"edge/{path.relative_to(EDGE)}": path.read_bytes()
        for path in EDGE.rglob("*")
        if path.suffix in kinds and "__pycache__" not in path.parts and "fonts" not in path.parts
    }
    return found | {name.replace("__", "/") + ".py": content for name, content in changes.items()}


def test_a_box_takes_a_release_and_goes_back_from_one_that_crashes(folder, services, backend_url):
    process = launcher(folder)
    try:
        _whole_way(folder, services, backend_url)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def _whole_way(folder, services, backend_url) -> None:
    with services.database.unit_of_work() as session:
        make_account(session, "truc", "operator")
    wait_for(lambda: _box(services), 90, "the box enrols")
    with services.database.unit_of_work() as session:
        operator = session.query(Account).filter_by(username="truc").one()
        decide(session, session.query(Device).one().device_id, approve=True, operator=operator, now=utc_now())
    with httpx2.Client(base_url=backend_url, timeout=20) as client:
        sign_in(client, "truc")

        def roll_out(version: str, files: dict[str, bytes]) -> str:
            bundle(folder / f"{version}.zip", KEY, version, files=files)
            sent = {"file": (f"{version}.zip", (folder / f"{version}.zip").read_bytes(), "application/zip")}
            assert client.post("/v1/releases", files=sent).status_code == 201
            asked = f"/v1/releases/{version}/roll-outs"
            wait_for(
                lambda: client.post(asked, json={"note": "Thử bản mới"}).status_code == 201, 60, "it begins"
            )
            return client.get("/dieu-hanh/phan-mem").text.split("/phan-mem/dot/")[1][:36]

        def state(found: str) -> str:
            return client.get(f"/v1/release-roll-outs/{found}").json()["state"]

        first = roll_out("9.0.0", this_program())
        wait_for(lambda: state(first) != "running", 180, "the first release is settled")
        assert state(first) == "done", client.get(f"/v1/release-roll-outs/{first}").json()["why_en"]
        assert _box(services)[1] == "9.0.0"

        broken = (EDGE / "box/command.py").read_text()
        cut = broken.index("    stop = _stop_on_signals()")
        broken = broken[:cut] + '    raise RuntimeError("broken on purpose")\n' + broken[cut:]
        second = roll_out("9.1.0", this_program(edge__box__command=broken.encode()))
        wait_for(lambda: state(second) != "running", 180, "the second release is settled")
        said = client.get(f"/v1/release-roll-outs/{second}").json()
        assert said["state"] == "stopped"
        assert "ended with code 1" in said["why_en"]
        wait_for(lambda: _box(services)[1] == "9.0.0", 60, "the box runs the former release")
        page = client.get(f"/dieu-hanh/hop/{_box(services)[0]}?lang=en").text
        assert "Version 9.1.0 was not kept" in page
        assert "broken on purpose" in page


def _box(services) -> tuple[str, str] | None:
    with services.database.unit_of_work() as session:
        found = session.query(Device).first()
        return (found.device_id, found.software_version) if found else None
