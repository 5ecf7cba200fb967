"""A real box takes its camera file from a real backend: an operator moves the stop line, the box follows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from backend.intake.models import CameraStatus
from tests.backend.cameras.kit import camera_file, sha256
from tests.edge.box_kit import make_clip
from tests.faults.conftest import operator_at, wait_for

CAMERA = "cam-thu"
FIRST = camera_file(camera_id=CAMERA)
BOX = """
schema = "phatnguoi.box/1"
name = "Hộp thử"
data = "data"
backend = "{url}"
metrics_port = 0
threads = 1
files_from_backend = true

[store]
endpoint = "{endpoint}"
access_key = "box"
secret_key_file = "s3.key"
secure = false

[worker]
heartbeat_s = 0.3

[[camera]]
id = "cam-thu"
file = "cam-thu.toml"
source = "road.mp4"
play = "loop"
"""


@pytest.fixture
def folder(tmp_path, backend_url, store_address) -> Path:
    make_clip(tmp_path / "road.mp4", 3.0)
    (tmp_path / "cam-thu.toml").write_text(FIRST)
    (tmp_path / "s3.key").write_text("secret-of-the-store")
    (tmp_path / "box.toml").write_text(BOX.format(url=backend_url, endpoint=store_address.endpoint))
    return tmp_path


@pytest.fixture
def box(folder):
    environment = {**os.environ, "PHATNGUOI_ENGINE": "onnxruntime", "NO_PROXY": "127.0.0.1"}
    command = [sys.executable, "-m", "edge.cli", "box", str(folder / "box.toml")]
    with (folder / "box.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)
        yield process
        process.terminate()
        process.wait(40)


@pytest.fixture
def desk(box, services, backend_url) -> Iterator[Desk]:
    with operator_at(backend_url, services) as client:
        desk = Desk(client, services)
        desk.wait_until_it_runs(FIRST, 60)
        yield desk


class Desk:
    """An operator at the pages of one camera."""

    address = f"/v1/cameras/{CAMERA}"

    def __init__(self, client: httpx2.Client, services) -> None:
        self.client, self.services = client, services

    def get(self, page: str) -> httpx2.Response:
        return self.client.get(f"{self.address}/{page}")

    def post(self, page: str, **said: object) -> httpx2.Response:
        return self.client.post(f"{self.address}/{page}", json=said)

    def draft(self, **said: object) -> dict:
        """Save a draft; the set-up with it."""
        values = {**said, "expected_version": self.get("setup").json()["version"]}
        return self.client.put(f"{self.address}/draft", json=values).json()

    def answer(self, asked: dict) -> dict:
        """What the box answers to what it was asked."""
        page = f"asks/{asked['id']}"
        wait_for(lambda: self.get(page).json()["answered_at"], 20, "the box answers")
        return self.get(page).json()["reply"]

    def wait_until_it_runs(self, content: str, within_s: float) -> None:
        def runs() -> bool:
            with self.services.database.unit_of_work() as session:
                status = session.get(CameraStatus, CAMERA)
                return status is not None and status.camera_file_sha256 == sha256(content)

        wait_for(runs, within_s, "the box says that it runs the file")


def test_the_box_runs_what_the_operator_publishes(desk, folder):
    shows_what_it_has(desk)
    never_gets_a_broken_file(desk)
    roll_out = follows_a_stop_line_that_moves(desk, folder)
    goes_back(desk, roll_out)


def shows_what_it_has(desk: Desk) -> None:
    """The whole picture, the file in force and recent vehicles come when asked for."""
    assert desk.get("file").status_code == 401  # for enrolled boxes only
    desk.answer(desk.post("asks", kind="view").json())
    assert desk.get("picture").content.startswith(b"\xff\xd8\xff")
    setup = desk.get("setup").json()
    assert [one["number"] for one in setup["versions"]] == [1]  # what the box began with
    assert setup["in_force"] == 1


def never_gets_a_broken_file(desk: Desk) -> None:
    """It is refused with line and field."""
    desk.draft(content=FIRST.replace("ends_px = [[35,", 'ends_px = [["x",'))
    refused = desk.post("versions", note="vạch dừng hỏng")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "stop_line.ends_px[0][0]"
    assert refused.json()["errors"][0]["message"].startswith("line 21: ")


def follows_a_stop_line_that_moves(desk: Desk, folder: Path) -> str:
    """By drawing: what the browser sends is the document. Returns the roll-out."""
    document = desk.post("look", content=FIRST).json()["document"]
    document["stop_line"]["ends_px"] = [[38, 66], [122, 66]]
    look = desk.draft(document=document)["look"]
    assert look["faults"] == []
    tried = desk.post("rehearsals", document=document).json()
    published = desk.post("versions", note="Dời vạch dừng theo vạch sơn mới")
    assert published.status_code == 201, published.text
    desk.wait_until_it_runs(look["content"], 15)
    assert "[38, 66]" in (folder / "data" / CAMERA / "camera.toml").read_text()
    assert desk.get("setup").json()["in_force"] == 2
    rehearsed = desk.answer(tried)
    assert (rehearsed["trouble"], rehearsed["faults"]) == ("", [])
    assert rehearsed["rehearsal"]["unheard"] == []
    return published.json()["id"]


def goes_back(desk: Desk, roll_out: str) -> None:
    """To the first file; the box's lines tell it, without the store's secret."""
    assert desk.post("versions", note="Quay lại", number=1).status_code == 409  # still being watched
    desk.client.post(f"/v1/roll-outs/{roll_out}/stop")
    desk.wait_until_it_runs(FIRST, 15)
    lines = desk.answer(desk.post("asks", kind="logs").json())["log_lines"]
    said = [json.loads(line)["message"] for line in lines]
    assert said.count("camera file taken over") == 2
    assert "camera process starts" in said  # the one that watches over it speaks too
    assert "secret-of-the-store" not in "\n".join(lines)
