"""One dead camera harms no other: processes that end, hang or cannot be started are started again."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.box.notify import Notifier
from edge.box.restarts import LONGEST_PAUSE_S, Restarts
from edge.box.supervise import Supervisor


@pytest.mark.parametrize(
    ("failures", "pause_s"), [(0, 0.5), (1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 30.0), (5000, 30.0)]
)
def test_the_pause_doubles_to_half_a_minute(failures, pause_s):
    assert Restarts(0.0, failures).pause_s == pause_s


@given(st.lists(st.floats(0.01, 500), max_size=40))
def test_a_process_that_ran_for_a_minute_begins_anew(lives_s):
    restarts, now_s = Restarts(0.0), 0.0
    for life_s in lives_s:
        restarts = restarts.begun(now_s)
        now_s += life_s
        before, restarts = restarts, restarts.ended(now_s)
        assert restarts.failures == (
            1 if life_s >= 60.0001 or now_s - before.begun_s >= 60 else before.failures + 1
        )
        assert 0.5 <= restarts.pause_s <= LONGEST_PAUSE_S
    assert restarts.total == len(lives_s)


SCRIPTS = {
    "well": "import time; time.sleep(600)",
    "dies": "raise SystemExit(3)",
    "deaf": "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)",
}


class Box:
    """Real processes that do as their camera's name says."""

    def __init__(self, folder, names, **words):
        self.stop = threading.Event()
        self.starts = {name: [] for name in names}
        self.refuse = set()
        cameras = [(name, folder / f"{name}.json") for name in names]
        self.supervisor = Supervisor(cameras, self.spawn, self.stop, **words)
        self.thread = threading.Thread(target=self.supervisor.run)

    def spawn(self, name):
        self.starts[name].append(time.monotonic())
        if name in self.refuse:
            raise OSError("Cannot allocate memory")
        return subprocess.Popen([sys.executable, "-c", SCRIPTS[name]])

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join(60)
        assert not self.thread.is_alive()


def wait_for(what, within_s=60.0):
    until_s = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < until_s
        time.sleep(0.02)


def test_a_camera_whose_process_dies_is_started_again_with_growing_pauses_and_harms_no_other(tmp_path):
    with Box(tmp_path, ["well", "dies"]) as box:
        wait_for(lambda: len(box.starts["dies"]) >= 4)
        begun = box.starts["dies"]
        assert begun[2] - begun[1] >= 1.0 - 0.1
        assert begun[3] - begun[2] >= 2.0 - 0.1
        assert len(box.starts["well"]) == 1
        assert box.supervisor.children["well"].is_running
        process = box.supervisor.children["well"].process
    assert process.poll() is not None  # nothing outlives the box


def test_a_killed_process_is_back_within_two_seconds(tmp_path):
    with Box(tmp_path, ["well"]) as box:
        wait_for(lambda: box.supervisor.children["well"].is_running)
        box.supervisor.children["well"].process.kill()
        wait_for(lambda: len(box.starts["well"]) == 2)
        wait_for(lambda: box.supervisor.children["well"].is_running)
    assert box.supervisor.children["well"].restarts.total == 1


def test_a_process_that_cannot_be_started_is_tried_again(tmp_path):
    box = Box(tmp_path, ["well", "deaf"])
    box.refuse.add("well")
    with box:
        wait_for(lambda: len(box.starts["well"]) >= 2)
        assert box.supervisor.children["deaf"].is_running
        box.refuse.clear()
        wait_for(lambda: box.supervisor.children["well"].is_running)
        box.supervisor.children["deaf"].process.kill()  # spares the test the wait for one that will not hear


def test_a_process_that_says_nothing_any_more_is_killed_and_started_again(tmp_path):
    with Box(tmp_path, ["well"], hangs_after_s=1.0, starts_within_s=600.0) as box:
        status = tmp_path / "well.json"
        wait_for(lambda: box.supervisor.children["well"].is_running)
        time.sleep(1.5)
        for _ in range(15):
            status.write_text("{}")
            time.sleep(0.1)
        assert len(box.starts["well"]) == 1
        wait_for(lambda: len(box.starts["well"]) >= 2)


def test_a_process_that_never_says_anything_is_given_longer_and_then_started_again(tmp_path):
    (tmp_path / "well.json").write_text("{}")  # of the one before
    with Box(tmp_path, ["well"], hangs_after_s=0.1, starts_within_s=1.5) as box:
        wait_for(lambda: len(box.starts["well"]) >= 2)
        assert box.starts["well"][1] - box.starts["well"][0] >= 1.5


def test_systemd_is_told(tmp_path):
    import socket

    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(address)
        line.settimeout(10)
        with Box(tmp_path, ["well"], notifier=Notifier({"NOTIFY_SOCKET": address})):
            said = line.recv(200) + b" " + line.recv(200)
        assert b"READY=1" in said
        assert b"WATCHDOG=1" in said
        assert line.recv(200) == b"STOPPING=1"


def test_nobody_is_told_where_nobody_listens(tmp_path):
    Notifier({}).say(READY=1)
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).say(READY=1)
