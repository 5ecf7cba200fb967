"""A real box takes releases from a real backend, goes back from one that crashes, and loses no report."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import edge
from backend.intake.models import Device, Violation
from edge.report import public_key_b64
from tests.backend.cameras.kit import camera_file
from tests.edge.box_kit import make_clip
from tests.faults.conftest import operator_at, wait_for
from tests.faults.soak_account import journal, of_clip
from tests.release_kit import bundle

pytestmark = pytest.mark.slow

KEY = Ed25519PrivateKey.from_private_bytes(b"r" * 32)
EDGE = Path(edge.__file__).parent
COMMAND = EDGE / "box/command.py"
MOMENTS_S = [1.5, 4.0]
BOX = """
schema = "phatnguoi.box/1"
name = "Hộp thử"
data = "data"
backend = "{url}"
metrics_port = 0
threads = 1

[store]
endpoint = "{endpoint}"
access_key = "{access_key}"
secret_key_file = "s3.key"
bucket = "{bucket}"
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
def folder(tmp_path, backend_url, store_address, settings) -> Path:
    make_clip(tmp_path / "road.mp4", 6.0)
    (tmp_path / "cam-thu.toml").write_text(camera_file(camera_id="cam-thu"))
    store = store_address.environment()
    (tmp_path / "s3.key").write_text(store["S3_SECRET_KEY"])
    words = {"url": backend_url, "endpoint": store_address.endpoint, "key": public_key_b64(KEY)}
    words |= {"access_key": store["S3_ACCESS_KEY"], "bucket": settings.s3_bucket}
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


@pytest.fixture
def running(folder) -> Iterator[subprocess.Popen[bytes]]:
    process = launcher(folder)
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


class Operator:
    """Somebody who rolls releases out from the screen."""

    def __init__(self, client, folder: Path) -> None:
        self.client, self.folder = client, folder

    def roll_out(self, version: str, files: dict[str, bytes]) -> str:
        """Publish a release and begin with it; the roll-out's id."""
        path = self.folder / f"{version}.zip"
        bundle(path, KEY, version, files=files)
        sent = {"file": (path.name, path.read_bytes(), "application/zip")}
        assert self.client.post("/v1/releases", files=sent).status_code == 201
        asked = f"/v1/releases/{version}/roll-outs"
        wait_for(
            lambda: self.client.post(asked, json={"note": "Thử bản mới"}).status_code == 201, 60, "it begins"
        )
        return self.client.get("/dieu-hanh/phan-mem").text.split("/phan-mem/dot/")[1][:36]

    def settled(self, roll_out: str) -> dict:
        """How it has ended."""
        asked = f"/v1/release-roll-outs/{roll_out}"
        wait_for(lambda: self.client.get(asked).json()["state"] != "running", 300, "it is settled")
        return self.client.get(asked).json()


@pytest.fixture
def operator(folder, running, services, backend_url) -> Iterator[Operator]:
    with operator_at(backend_url, services) as client:
        yield Operator(client, folder)


def test_a_box_takes_a_release_and_goes_back_from_one_that_crashes(operator, services):
    first = operator.settled(operator.roll_out("9.0.0", this_program()))
    assert first["state"] == "done", first["why_en"]
    assert _box(services)[1] == "9.0.0"

    second = operator.settled(operator.roll_out("9.1.0", crashing(COMMAND.read_text())))
    assert second["state"] == "stopped"
    assert "ended with code 1" in second["why_en"]
    wait_for(lambda: _box(services)[1] == "9.0.0", 60, "the box runs the former release")
    page = operator.client.get(f"/dieu-hanh/hop/{_box(services)[0]}?lang=en").text
    assert "Version 9.1.0 was not kept" in page
    assert "broken on purpose" in page


def crashing(text: str) -> dict[str, bytes]:
    cut = text.index("    stop = _stop_on_signals()")
    broken = text[:cut] + '    raise RuntimeError("broken on purpose")\n' + text[cut:]
    return this_program(edge__box__command=broken.encode())


def scripted() -> str:
    """The box's program with an analyser that finds an event in each pass of the clip, so many seconds in."""
    words = "from tests.edge.box_kit import ScriptedWatcher\n"
    text = COMMAND.read_text().replace("from edge.backend_link", words + "from edge.backend_link", 1)
    honest = "make_watcher=make(scene),"
    assert honest in text
    return text.replace(honest, f"make_watcher=lambda: ScriptedWatcher({MOMENTS_S}),", 1)


def test_no_report_is_lost_or_doubled_while_the_version_changes(folder, running, operator, services):
    """To the next one, to one that crashes at start, back from it, and to another one."""
    find = scripted()
    for version, files, state in (
        ("9.0.0", this_program(edge__box__command=find.encode()), "done"),
        ("9.1.0", this_program(edge__box__command=find.encode()), "done"),
        ("9.2.0", crashing(find), "stopped"),
        ("9.3.0", this_program(edge__box__command=find.encode()), "done"),
    ):
        before = len(_events(services))
        said = operator.settled(operator.roll_out(version, files))
        assert said["state"] == state, said["why_en"]
        wait_for(lambda before=before: len(_events(services)) >= before + 2, 120, f"events after {version}")
    assert _box(services)[1] == "9.3.0"
    running.send_signal(signal.SIGTERM)
    assert running.wait(60) == 0
    whole = of_clip("cam-thu", _since_the_first_event(folder), MOMENTS_S, [])
    if len(_events(services)) < whole.expected:  # what waits in the outbox goes out with the next start
        again = launcher(folder)
        wait_for(lambda: len(_events(services)) >= whole.expected, 120, "all that was found arrives")
        again.send_signal(signal.SIGTERM)
        assert again.wait(60) == 0
    account = of_clip("cam-thu", _since_the_first_event(folder), MOMENTS_S, _events(services))
    assert account.expected > 8
    assert (account.lost, account.doubled, account.withheld.total()) == ([], [], 0)


def _since_the_first_event(folder: Path) -> list[dict]:
    """The journal from the first pass on that was watched by the scripted analyser."""
    lines = journal(folder / "box.log")
    begun = [place for place, line in enumerate(lines) if line.get("message") == "clip pass begins"]
    proven = next(place for place, line in enumerate(lines) if line.get("message") == "event proven")
    return lines[max(place for place in begun if place < proven) :]


def _events(services) -> list[datetime]:
    with services.database.unit_of_work() as session:
        return [one.event_at for one in session.query(Violation)]


def _box(services) -> tuple[str, str] | None:
    with services.database.unit_of_work() as session:
        found = session.query(Device).first()
        return (found.device_id, found.software_version) if found else None
