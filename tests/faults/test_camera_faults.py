"""A live camera that freezes, falls silent or sends another size: told, and it voids only its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.rtsp_kit import RtspCamera
from tests.faults.conftest import wait_for
from tests.faults.soak_account import journal

ROOT = Path(__file__).parents[2]
BEAT_S = 0.3


class LiveBox:
    """The real worker on a camera of the tests, with the soak's analyser: an event every four seconds."""

    def __init__(self, folder: Path, receiver, environment, *, login: str = "") -> None:
        self.folder, self.receiver = folder, receiver
        self.camera = RtspCamera(pictures=10**9, fps=10, interval_s=0.1)
        self.camera.start()
        settings = {
            "data_folder": str(folder / "data"),
            "backend_url": receiver.url,
            "heartbeat_s": BEAT_S,
            "clip_before_s": 1.0,
            "clip_after_s": 1.0,
            "minimum_free_bytes": 0,
            "retry_first_s": 0.1,
        }
        source = self.camera.address.replace("rtsp://", f"rtsp://{login}")
        words = {"camera_id": "live-1", "source": source, "moments_s": [], "settings": settings}
        (folder / "job.json").write_text(json.dumps(words))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.soak_worker", str(folder / "job.json")],
            env={**os.environ, **environment},
            cwd=ROOT,
            stderr=(folder / "worker.log").open("ab"),
        )

    @property
    def log(self) -> str:
        return (self.folder / "worker.log").read_text()

    def camera_status(self) -> dict:
        beats = self.receiver.heartbeats
        return beats[-1]["cameras"][0] if beats else {}

    def withheld(self) -> list[str]:
        lines = journal(self.folder / "worker.log")
        return [line["code"] for line in lines if line.get("message") == "event withheld"]

    def wait_for_state(self, state: str, within_s: float) -> None:
        wait_for(lambda: self.camera_status().get("state") == state, within_s, f"{state}: {self.log[-2000:]}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(40)
        self.camera.close()


@pytest.fixture
def live(box_folder, store_address, bucket, receiver) -> Iterator[LiveBox]:
    box = LiveBox(box_folder, receiver, {**store_address.environment(), "S3_BUCKET": bucket})
    yield box
    box.stop()


@pytest.mark.parametrize(
    ("mood", "state", "code"),
    [("frozen", "frozen", "frozen"), pytest.param("silent", "stalled", "dead", marks=pytest.mark.slow)],
)
def test_a_fault_is_shown_and_voids_what_it_touches(live, receiver, mood, state, code):
    wait_for(lambda: len(receiver.stored) >= 2, 120, "two events while all is well")
    assert live.withheld() == []
    live.camera.mood = mood
    live.wait_for_state(state, 60)
    vi, en = live.camera_status()["detail"].split(" / ")
    assert ("từ" in vi, "since" in en) == (True, True)
    if mood == "frozen":  # a frozen picture goes on to be looked at, and the analyser goes on to find things
        wait_for(live.withheld, 90, "an event found in a frozen picture to be withheld")
    stored = len(receiver.stored)
    live.camera.mood = "well"
    live.wait_for_state("alive", 60)
    wait_for(lambda: len(receiver.stored) > stored, 90, f"events to count again: {live.log[-3000:]}")
    assert set(live.withheld()) <= {f"camera_{code}"}


def test_no_password_of_a_camera_is_written_anywhere(box_folder, store_address, bucket, receiver):
    environment = {**store_address.environment(), "S3_BUCKET": bucket}
    box = LiveBox(box_folder, receiver, environment, login="root:h%40sh-hush@")
    try:
        wait_for(lambda: receiver.stored, 120, "an event")
        box.camera.mood = "cut"
        wait_for(lambda: box.camera_status().get("state") == "stalled", 60, "the cut to be told")
        box.camera.close()
        time.sleep(1)
    finally:
        box.stop()
    kept = [path for path in (box_folder / "data").rglob("*") if path.is_file()]
    assert kept
    for content in (
        box.log.encode(),
        json.dumps(receiver.heartbeats).encode(),
        *(p.read_bytes() for p in kept),
    ):
        for secret in (b"h%40sh-hush", b"h@sh-hush", b"root:"):
            assert secret not in content
    assert "***@127.0.0.1" in box.log
