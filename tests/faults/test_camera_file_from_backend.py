"""A real box takes its camera file from a real backend: an operator moves the stop line, the box follows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from backend.accounts.models import Account
from backend.intake.devices import decide
from backend.intake.models import CameraStatus, Device
from tests.backend.cameras.kit import camera_file, sha256
from tests.backend.factories import make_account, sign_in
from tests.edge.box_kit import make_clip
from tests.faults.conftest import wait_for

CAMERA = "cam-thu"
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
    (tmp_path / "cam-thu.toml").write_text(camera_file(camera_id=CAMERA))
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


def test_the_box_runs_what_the_operator_publishes(box, folder, services, backend_url):
    def look(read):
        with services.database.unit_of_work() as session:
            return read(session)

    def status() -> CameraStatus | None:
        return look(lambda session: session.get(CameraStatus, CAMERA))

    with services.database.unit_of_work() as session:
        make_account(session, "truc", "operator")
    wait_for(lambda: look(lambda session: session.query(Device).first()), 60, "the box enrols")
    with services.database.unit_of_work() as session:
        device = session.query(Device).one()
        operator = session.query(Account).filter_by(username="truc").one()
        from backend.database import utc_now

        decide(session, device.device_id, approve=True, operator=operator, now=utc_now())
    first = sha256(camera_file(camera_id=CAMERA))
    wait_for(lambda: status() and status().camera_file_sha256 == first, 60, "the box says which file it runs")

    with httpx2.Client(base_url=backend_url, timeout=20) as client:
        sign_in(client, "truc")
        cameras = f"/v1/cameras/{CAMERA}"
        assert client.get(f"{cameras}/file").status_code == 401  # for enrolled boxes only

        # The whole picture, the file in force and recent vehicles come when asked for.
        asked = client.post(f"{cameras}/asks", json={"kind": "view"}).json()
        answered = f"{cameras}/asks/{asked['id']}"
        wait_for(lambda: client.get(answered).json()["answered_at"], 20, "the box answers")
        assert client.get(f"{cameras}/picture").content.startswith(b"\xff\xd8\xff")
        setup = client.get(f"{cameras}/setup").json()
        assert [one["number"] for one in setup["versions"]] == [1]  # what the box began with
        assert setup["in_force"] == 1

        # A broken file is refused with line and field, and never leaves.
        broken = camera_file(camera_id=CAMERA).replace("ends_px = [[35,", 'ends_px = [["x",')
        draft = {"content": broken, "expected_version": setup["version"]}
        setup = client.put(f"{cameras}/draft", json=draft).json()
        refused = client.post(f"{cameras}/versions", json={"note": "vạch dừng hỏng"})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "stop_line.ends_px[0][0]"
        assert refused.json()["errors"][0]["message"].startswith("line 21: ")

        # The stop line moves by drawing: what the browser sends is the document.
        document = client.post(f"{cameras}/look", json={"content": camera_file(camera_id=CAMERA)}).json()
        document = document["document"]
        document["stop_line"]["ends_px"] = [[38, 66], [122, 66]]
        draft = {"document": document, "expected_version": setup["version"]}
        setup = client.put(f"{cameras}/draft", json=draft).json()
        assert setup["look"]["faults"] == []
        tried = client.post(f"{cameras}/rehearsals", json={"document": document}).json()
        published = client.post(f"{cameras}/versions", json={"note": "Dời vạch dừng theo vạch sơn mới"})
        assert published.status_code == 201, published.text
        moved = sha256(setup["look"]["content"])
        wait_for(lambda: status().camera_file_sha256 == moved, 15, "the box takes the new file over")
        assert "[38, 66]" in (folder / "data" / CAMERA / "camera.toml").read_text()
        assert client.get(f"{cameras}/setup").json()["in_force"] == 2
        tried = f"{cameras}/asks/{tried['id']}"
        wait_for(lambda: client.get(tried).json()["answered_at"], 20, "the box has tried it")
        rehearsed = client.get(tried).json()["reply"]
        assert (rehearsed["trouble"], rehearsed["faults"]) == ("", [])
        assert rehearsed["rehearsal"]["unheard"] == []

        # Back to the first, and the box follows again; its lines tell it, without the store's secret.
        back = client.post(f"{cameras}/versions", json={"note": "Quay lại", "number": 1})
        assert back.status_code == 409  # it is still being watched
        client.post(f"/v1/roll-outs/{published.json()['id']}/stop")
        wait_for(lambda: status().camera_file_sha256 == first, 15, "the box goes back")
        asked = client.post(f"{cameras}/asks", json={"kind": "logs"}).json()
        answered = f"{cameras}/asks/{asked['id']}"
        wait_for(lambda: client.get(answered).json()["answered_at"], 20, "the box answers with its lines")
        lines = client.get(answered).json()["reply"]["log_lines"]
        said = [json.loads(line)["message"] for line in lines]
        assert said.count("camera file taken over") == 2
        assert "camera process starts" in said  # the one that watches over it speaks too
        assert "secret-of-the-store" not in "\n".join(lines)
