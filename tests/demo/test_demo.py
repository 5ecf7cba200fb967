"""The demo as a person starts it: real processes, a short grey clip, everybody played over its addresses."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import av
import httpx2
import numpy as np
import pytest
from rich.console import Console

from backend.demo.client import Api
from backend.demo.clip import TrueViolation
from backend.demo.folder import DemoFolder
from backend.demo.officer import PaperArchive, all_reached, dossiers, review_all, settle_lookups
from backend.demo.parts import Parts, outside_settings
from backend.demo.script import _settle
from backend.demo.steps import Steps
from backend.demo.verdict import judge
from backend.embedded.object_store import EmbeddedStore
from backend.embedded.process import Deadline
from backend.services import make_services
from backend.settings import Settings
from tests.backend.factories import Box

CLIP = Path(__file__).parents[2] / "sample_videos" / "pham_ngoc_thach"


def descendants(pid: int) -> set[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, left = set(), [pid]
    while left:
        more = children.get(left.pop(), [])
        found |= set(more)
        left += more
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def all_ended(pids: set[int], within_s: float) -> bool:
    deadline = Deadline(within_s)
    while deadline.tick():
        if not any(is_alive(pid) for pid in pids):
            return True
    return False


class RunningDemo:
    """`phatnguoi demo` in a process of its own; `said` is what it printed until it was ready."""

    def __init__(self, data: Path, clip: Path) -> None:
        command = [sys.executable, "-m", "backend.cli", "demo", "--data", str(data), "--clip", str(clip)]
        self.data = data
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=data.parent)
        self.said = self._read_until("Ctrl-C")

    def _read_until(self, word: str, within_s: float = 400) -> str:
        said, until = b"", time.monotonic() + within_s
        while word.encode() not in said:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0.0, until - time.monotonic()))
            piece = os.read(self.process.stdout.fileno(), 65536) if ready else b""
            assert piece, f"the demo ended or hung: {said.decode()}"
            said += piece
        return said.decode()

    def end(self, number: signal.Signals) -> int:
        parts = descendants(self.process.pid)
        assert len(parts) >= 5
        self.process.send_signal(number)
        code = self.process.wait(60)
        self.process.stdout.close()
        assert all_ended(parts, within_s=30)
        return code


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """The sample scene's camera and truth, with two seconds of grey road."""
    folder = tmp_path_factory.mktemp("clip")
    for name in ("camera.toml", "truth.json"):
        shutil.copy(CLIP / name, folder)
    with av.open(str(folder / "pham_ngoc_thach.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        for _ in range(20):
            frame = av.VideoFrame.from_ndarray(np.full((1080, 1920, 3), 96, np.uint8), format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return folder


@pytest.fixture(scope="module")
def demo(tmp_path_factory, clip):
    running = RunningDemo(tmp_path_factory.mktemp("demo") / "data", clip)
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.wait()


@pytest.fixture(scope="module")
def parts(demo):
    """The running demo's addresses, as another process sees them."""
    seen = Parts(DemoFolder(demo.data))
    seen.site = re.search(r"http://127\.0\.0\.1:\d+(?=/canh-sat)", demo.said)[0]
    seen.outside = json.loads((demo.data / "sandbox.json").read_text())
    return seen


@pytest.fixture(scope="module")
def box(demo, parts):
    """A camera box in place of the clip, into the running demo's store and backend."""
    store = EmbeddedStore(demo.data / "store").start()
    values = (
        outside_settings(parts.outside) | store.environment() | {"DATABASE_URL": "postgresql://nobody@/none"}
    )
    settings = Settings.model_validate({name.lower(): value for name, value in values.items()})
    with httpx2.Client(base_url=parts.site, timeout=30) as client:
        box = Box(client, make_services(settings), device_id="box-played-01")
        assert box.enrol().status_code == 201
        operator = signed_in(demo, parts.site, "dieuhanh", "operator_password")
        operator.call("POST", f"/v1/devices/{box.device_id}/approve")
        operator.close()
        yield box


def signed_in(demo, site, username, password):
    return Api(site, username, json.loads((demo.data / "secrets.json").read_text())[password])


def test_it_says_where_to_look_and_every_address_answers(demo, parts):
    assert "Starting clean" in demo.said
    for path in ("/canh-sat", "/dieu-hanh", "/tra-cuu"):
        answer = httpx2.get(parts.site + path, follow_redirects=True, timeout=30)
        assert answer.status_code == 200, path
    assert httpx2.get(parts.outside["inbox"]["url"]).status_code == 200
    for username in ("canhsat", "doitruong", "dieuhanh"):
        assert username in demo.said


def test_the_camera_of_the_demo_was_admitted(demo, parts):
    operator = signed_in(demo, parts.site, "dieuhanh", "operator_password")

    assert "approved" in {device["state"] for device in operator.get("/v1/devices")}
    camera = operator.call("GET", "/dieu-hanh/may-quay/pnt-01?lang=en").text
    assert "10.9871" in camera
    assert "the file names no certificate" not in camera
    operator.close()


def test_everybody_is_played_from_the_report_to_the_closed_case(demo, parts, box):
    truth = json.loads((CLIP / "truth.json").read_text())["violations"]
    for violation in truth:
        box.report_violation(rule=violation["rule"], plate=violation["plate"], kind=violation["class"])
    officer = signed_in(demo, parts.site, "canhsat", "officer_password")
    chief = signed_in(demo, parts.site, "doitruong", "chief_password")
    archive = PaperArchive(parts.outside["registry"]["url"])

    reported = review_all(officer, archive, lambda _: None)
    by_hand = settle_lookups(officer, archive, lambda _: None)
    deadline = Deadline(60, every_s=0.2)
    while deadline.tick() and all_reached(officer, "notified") is None:
        pass
    _settle(officer, chief, parts, Steps(Console(quiet=True)))
    verdict = judge([TrueViolation(v["rule"], v["plate"]) for v in truth], reported, dossiers(officer))

    assert verdict.faults == ()
    assert by_hand == 3
    officer.close()
    chief.close()


def test_ctrl_c_ends_every_process_and_the_next_run_resumes_even_with_its_port_taken(demo, parts, clip):
    assert demo.end(signal.SIGINT) == 130

    port = int(parts.site.rsplit(":", 1)[1])
    with socket.create_server(("127.0.0.1", port)):
        again = RunningDemo(demo.data, clip)
        site = re.search(r"http://127\.0\.0\.1:\d+(?=/canh-sat)", again.said)[0]
        assert "Resuming" in again.said
        assert site != parts.site
        officer = Api(
            site, "canhsat", json.loads((demo.data / "secrets.json").read_text())["officer_password"]
        )
        assert {case["state"] for case in dossiers(officer)} == {"closed"}
        officer.close()
        assert "Traceback" not in (demo.data / "logs" / "edge.log").read_text()
        assert again.end(signal.SIGKILL) == -signal.SIGKILL
