"""The status file: what is counted, and what the workers of one box read of each other."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from edge.capture import SourceStatus
from edge.outbox import Outbox, Sighting
from edge.quota import Quota
from edge.settings import WorkerSettings
from edge.status import StatusWriter, age_s, read_status, resident_bytes, waiting_of
from edge.upkeep import CameraStatus

NOW = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)


class Desk:
    """One worker's outbox and status file, with a clock moved by hand."""

    def __init__(self, folder):
        self.now = NOW
        folder.mkdir()
        self.settings = WorkerSettings(data_folder=folder, backend_url="http://127.0.0.1:9")
        self.settings.evidence_folder.mkdir()
        self.outbox = Outbox(self.settings.outbox_file, now=lambda: self.now)
        self.writer = StatusWriter(
            self.settings.status_file,
            self.outbox,
            Quota(self.settings, self.outbox),
            lambda: SourceStatus(reconnects_total=3),
        )

    def owe(self, number):
        self.outbox.add(
            Sighting(f"r{number}", "cam", "red_light", number * 10.0, None, (0, 0, 1, 1)), "0" * 64
        )

    def write(self):
        camera = CameraStatus(
            camera_id="cam-1", name="C", state="alive", fps=25, frames_total=10, last_frame_at=NOW
        )
        self.writer.write(camera, {"shift_px": 1.5})


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path / "cam-1")
    yield desk
    desk.outbox.close()


def test_what_a_worker_says_of_itself(desk):
    desk.owe(1)
    desk.now += timedelta(seconds=90)
    desk.owe(2)
    desk.write()
    status = read_status(desk.settings.data_folder)
    assert status["outbox"] == {"waiting": 2, "uploaded": 0, "stored": 0, "parked": 0}
    assert status["outbox_oldest_s"] == 90.0
    assert status["source"]["reconnects_total"] == 3
    assert status["camera"]["state"] == "alive"
    assert status["shift_px"] == 1.5
    assert status["disk"]["free_bytes"] > 0
    assert status["rss_bytes"] == pytest.approx(resident_bytes(), rel=0.5)
    assert age_s(status, datetime.now(UTC)) < 60


def test_nothing_owed_has_no_age(desk):
    desk.owe(1)
    desk.outbox.mark_stored("r1", "v")
    assert desk.outbox.oldest_pending_s() is None


def test_a_box_counts_what_all_its_workers_owe(tmp_path):
    desks = [Desk(tmp_path / name) for name in ("a", "b")]
    for number, desk in enumerate(desks, start=1):
        for report in range(number):
            desk.owe(report)
        desk.write()
        desk.outbox.close()
    (tmp_path / "c").mkdir()
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "status.json").write_text("{ cut")
    assert waiting_of(tmp_path / name for name in "abcd") == 3


@pytest.mark.parametrize("written_at", [None, "never", 5])
def test_a_status_that_does_not_say_when_is_old(written_at):
    assert age_s({"written_at": written_at}, NOW) == float("inf")
    assert age_s(json.loads("{}"), NOW) == float("inf")
