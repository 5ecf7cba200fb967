"""The world around a box fails: the store dies, the network goes, the disk fills, the clock is set."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest

from backend.embedded.object_store import EmbeddedStore
from edge.verify import is_whole, verify_dir
from tests.faults.conftest import Box, make_bucket, wait_for
from tests.faults.receiver import Receiver

BEFORE_THE_PASS_IS_DONE = {"owner": "edge.clock:PlayBook", "name": "mark", "when": "before", "number": 2}


def test_the_store_is_killed_in_the_middle_of_uploads_and_comes_back(box_folder, clip, tmp_path):
    store = EmbeddedStore(tmp_path / "store")
    address = store.start()
    client = address.client()
    bucket = make_bucket(client, "evidence")
    receiver = Receiver(client, bucket)
    receiver.start()
    box = Box(box_folder, clip, address.environment(), receiver.url, moments_s=[0.5, 1.5, 2.5, 3.5, 4.5])
    try:
        box.start()
        wait_for(lambda: box.status().get("delivery", {}).get("uploads_total", 0) >= 1, 20, "first upload")
        os.kill(store.pid, signal.SIGKILL)
        wait_for(lambda: "store" in last_error(box), 20, "the outage to be noticed")
        held = len(receiver.stored)
        assert held < 5
        assert store.start().endpoint == address.endpoint
        assert box.finish() == 0, box.log
        assert len(receiver.stored) == 5
        for report in receiver.reports.values():
            for file in report.files:
                assert len(receiver.content(file.object_key)) == file.size_bytes
    finally:
        if box.is_running():
            box.kill()
        receiver.stop()
        store.stop()


def last_error(box) -> str:
    return box.status().get("delivery", {}).get("last_error") or ""


def test_the_network_is_cut_and_comes_back(box, receiver):
    receiver.stop()
    box.start()
    wait_for(lambda: len(box.evidence) == 3, 20, "all evidence on disk without a backend")
    wait_for(lambda: "unreachable" in last_error(box), 20, "the status says that nobody answers")
    assert box.is_running()
    receiver.start()
    assert box.finish() == 0, box.log
    assert len(receiver.stored) == 3
    assert set(receiver.posts.values()) == {1}


def test_a_backend_that_never_comes_ends_the_run_with_everything_kept(box, receiver):
    receiver.stop()
    box.settings = {"drain_deadline_s": 1.0}
    box.start()
    assert box.finish() == 3
    assert "not everything was delivered" in box.log
    assert box.evidence, "what was written by then stays; a busy machine writes the rest when it plays again"
    receiver.start()
    box.settings = {}
    box.start()
    assert box.finish() == 0, box.log
    assert len(receiver.stored) == 3


@pytest.fixture
def small_disk(tmp_path):
    """Two megabytes that can really be full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "small-disk", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("a disk that can be filled needs the right to mount a tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder, leave_bytes: int):
    filler = folder / "filler"
    with filler.open("wb") as file:
        free_bytes = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
        file.write(b"x" * max(0, free_bytes - leave_bytes))
    return filler


def test_a_full_disk_delays_the_evidence_and_spoils_nothing(box, receiver, small_disk):
    receiver.approve_at_once = False
    box.folder = small_disk
    box.settings = {"stop_deadline_s": 1.0}
    log = small_disk.parent / "worker.log"
    (small_disk / "worker.log").symlink_to(log)
    box.start(die_at=BEFORE_THE_PASS_IS_DONE)
    assert box.finish() == -signal.SIGKILL
    assert len(box.evidence) == 3

    filler = fill(small_disk, leave_bytes=24_000)
    box.moments_s = [1.0, 2.5, 4.0, 5.0]
    box.start()
    wait_for(lambda: "evidence waits for the disk" in box.log, 20, "the full disk to be said")
    assert "No space left on device" in box.log
    assert len(box.evidence) == 3
    assert all(is_whole(verify_dir(folder, None)) for folder in box.evidence)
    assert box.is_running()

    filler.unlink()
    for device in receiver.devices.values():
        device.state = "approved"
    assert box.finish() == 0, box.log
    assert len(receiver.stored) == 4


def test_delivery_makes_the_room_that_new_evidence_waits_for(box, receiver, small_disk):
    """Nobody tidies up by hand: the box starts with a disk that undelivered evidence has filled."""
    receiver.approve_at_once = False
    box.folder = small_disk
    (small_disk / "worker.log").symlink_to(small_disk.parent / "worker.log")
    box.start(die_at=BEFORE_THE_PASS_IS_DONE)
    assert box.finish() == -signal.SIGKILL
    assert len(box.evidence) == 3
    fill(small_disk, leave_bytes=400_000)
    box.settings = {"minimum_free_bytes": 410_000}
    box.moments_s = [1.0, 2.5, 4.0, 5.0]
    box.start()
    wait_for(lambda: "bytes free, evidence needs" in box.log, 20, "the lack of room to be said")
    for device in receiver.devices.values():
        device.state = "approved"
    assert box.finish() == 0, box.log
    assert len(receiver.stored) == 4


def test_events_while_the_clock_is_set_are_withheld_and_later_ones_are_not(box, receiver):
    box.moments_s = [1.0, 4.0]
    box.realtime = True
    box.settings = {"clock_settle_s": 0.8}
    box.start(clock_step={"after_s": 1.3, "jump_s": -7200.0})
    assert box.finish() == 0, box.log
    (report,) = receiver.reports.values()
    assert report.times.t_event_s == 4.0
    assert box.status()["events"]["withheld_clock"] == 1
    assert "clock was set" in box.log
    assert receiver.heartbeats[-1]["cameras"][0]["withheld_total"] == 1
