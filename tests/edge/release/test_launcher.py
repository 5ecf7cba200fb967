"""The launcher with real processes: whatever a version on trial does, one that was well runs in the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from edge.release import launcher as launching
from edge.release.launcher import Launcher
from edge.release.state import State, Trial, begun, change, read_state
from tests.release_kit import install, program

ORDER = "0190b2a4-0000-7000-8000-000000000001"
OLD, NEW = "8.0.0", "9.0.0"


class Box:
    """A data folder with two versions on its disk: one that runs, one on trial that does as it is told."""

    def __init__(self, data: Path) -> None:
        self.data, self.releases = data, data / "releases"
        self.config = data / "box.toml"
        self.process: subprocess.Popen[bytes] | None = None

    def trial(self, deed: str, within_s: float = 30.0) -> None:
        self.config.write_text(f'data = "."\n[releases]\nconfirm_within_s = {within_s}\n')
        install(self.releases, OLD, program(OLD, "runs", self.data))
        install(self.releases, NEW, program(NEW, deed, self.data))
        change(self.releases, lambda _: begun(State(current=OLD, order_id=ORDER), Trial(NEW, ORDER)))

    def start(self) -> None:
        command = [sys.executable, "-P", "-m", "edge.release.launcher", str(self.config)]
        path = os.pathsep.join(one for one in sys.path if one)
        environment = {**os.environ, "PYTHONPATH": path}
        with (self.data / "launcher.log").open("ab") as log:
            self.process = subprocess.Popen(command, stderr=log, env=environment)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    @property
    def ran(self) -> list[str]:
        """The versions that were begun, in order."""
        path = self.data / "ran.log"
        return [line.split()[0] for line in path.read_text().splitlines()] if path.exists() else []

    def runs(self, version: str) -> bool:
        """Whether this is what runs now."""
        if not self.ran or self.ran[-1] != version:
            return False
        pid = int((self.data / "ran.log").read_text().split()[-1])
        return Path(f"/proc/{pid}").exists()

    @property
    def state(self) -> State:
        return read_state(self.releases)


@pytest.fixture
def box(tmp_path):
    box = Box(tmp_path)
    yield box
    if box.process is not None and box.process.poll() is None:
        box.process.terminate()
        assert box.process.wait(30) == 0


def wait_for(what, words: str, within_s: float = 60.0) -> None:
    until_s = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < until_s, words
        time.sleep(0.02)


def test_a_version_that_crashes_at_start_is_gone_back_from_with_what_it_said(box):
    box.trial("crashes")
    box.start()
    wait_for(lambda: box.runs(OLD), "the former version runs")
    assert box.ran == [NEW, OLD]
    failure = box.state.failure
    assert (failure.version, failure.order_id) == (NEW, ORDER)
    assert "code 1" in failure.why
    assert (failure.reason.code, failure.reason.exit_code) == ("ended_early", 1)
    assert failure.log_lines == ("KeyError: password=*** the new version is broken",)


def test_one_that_never_confirms_itself_is_ended_and_gone_back_from(box):
    box.trial("hangs", within_s=1.0)
    box.start()
    wait_for(lambda: box.runs(OLD), "the former version runs")
    assert box.ran == [NEW, OLD]
    assert "not confirmed within 1 s" in box.state.failure.why
    assert box.state.failure.reason.code == "not_confirmed"


def test_one_that_confirms_itself_stays_through_kills_of_everything(box):
    box.trial("confirms", within_s=2.0)
    box.start()
    wait_for(lambda: box.state.current == NEW, "it confirms itself")
    assert (box.state.previous, box.state.trial) == (OLD, None)
    box.kill()
    box.start()
    wait_for(lambda: len(box.ran) == 2 and box.runs(NEW), "it is begun again")
    assert box.ran == [NEW, NEW]


def test_a_launcher_killed_again_and_again_in_a_trial_ends_with_what_was_well(box):
    box.trial("hangs")
    for count in range(1, 4):
        box.start()
        wait_for(lambda count=count: len(box.ran) == count, "the version on trial is begun")
        box.kill()
    box.start()
    wait_for(lambda: box.runs(OLD), "the former version runs")
    assert box.ran == [NEW, NEW, NEW, OLD]
    assert "never confirmed" in box.state.failure.why


def test_a_disk_on_which_no_start_can_be_counted_begins_nothing_new(box, monkeypatch):
    box.trial("hangs")

    def full(*_words):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(launching, "change", full)
    launcher = Launcher(box.releases, box.data, ("-m", "edge.cli"), base="0.1.0")
    thread = threading.Thread(target=launcher.run)
    thread.start()
    wait_for(lambda: box.runs(OLD), "the current version runs")
    launcher.stopping.set()
    thread.join(30)
    assert box.ran == [OLD]


def test_a_confirmed_one_that_ends_again_and_again_makes_way_for_the_one_before(box):
    box.trial("runs")
    install(box.releases, NEW, program(NEW, "crashes", box.data))
    change(box.releases, lambda _: State(current=NEW, previous=OLD, order_id=ORDER))
    launcher = Launcher(box.releases, box.data, ("-m", "edge.cli"), base="0.1.0", first_pause_s=0.001)
    thread = threading.Thread(target=launcher.run)
    thread.start()
    wait_for(lambda: box.runs(OLD), "the former version runs")
    launcher.stopping.set()
    thread.join(30)
    assert box.ran == [NEW] * 5 + [OLD]
    assert "ended 5 times" in box.state.failure.why


def unusable(box: Box, *, is_so: bool) -> None:
    before = box.config.read_text()
    box.config.write_text(before + "# unusable\n" if is_so else before.replace("# unusable\n", ""))


def launched(box: Box, **limits: float) -> tuple[Launcher, threading.Thread]:
    command = ("-m", "edge.cli")
    launcher = Launcher(
        box.releases, box.data, command, "0.1.0", config=box.config, first_pause_s=0.01, **limits
    )
    thread = threading.Thread(target=launcher.run)
    thread.start()
    return launcher, thread


def test_a_box_file_that_somebody_spoiled_is_not_held_against_the_version_that_runs(box, monkeypatch):
    monkeypatch.setattr(launching, "_LONGEST_PAUSE_S", 0.05)
    box.trial("runs")
    change(box.releases, lambda _: State(current=NEW, previous=OLD, order_id=ORDER))
    unusable(box, is_so=True)
    launcher, thread = launched(box)
    wait_for(lambda: len(box.ran) > 6, "it is begun again and again")
    unusable(box, is_so=False)
    wait_for(lambda: box.runs(NEW), "it runs once the file is mended")
    launcher.stopping.set()
    thread.join(30)
    assert set(box.ran) == {NEW}
    assert (box.state.current, box.state.failure) == (NEW, None)


@pytest.mark.parametrize("is_spoiled_meanwhile", [True, False])
def test_a_version_on_trial_is_gone_back_from_unless_the_box_file_was_spoiled_meanwhile(
    box, monkeypatch, is_spoiled_meanwhile
):
    """What it read in its own test it must be able to read."""
    monkeypatch.setattr(launching, "_LONGEST_PAUSE_S", 0.05)
    box.trial("confirms")
    install(box.releases, OLD, program(OLD, "runs", box.data))
    change(box.releases, lambda _: State(current=OLD, order_id=ORDER))
    if not is_spoiled_meanwhile:
        install(box.releases, NEW, program(NEW, "cannot read", box.data))
    launcher, thread = launched(box)
    wait_for(lambda: box.runs(OLD), "the former version runs")
    if is_spoiled_meanwhile:
        unusable(box, is_so=True)
    change(box.releases, lambda now: begun(now, Trial(NEW, ORDER)))
    os.kill(int((box.data / "ran.log").read_text().split()[-1]), signal.SIGTERM)
    if is_spoiled_meanwhile:
        wait_for(lambda: box.ran.count(NEW) > 4, "it is begun again and again")
        unusable(box, is_so=False)
        wait_for(lambda: box.state.current == NEW, "it confirms itself once the file is mended")
    else:
        wait_for(lambda: box.ran[-1:] == [OLD] and box.ran.count(OLD) > 1, "the former version is back")
        assert "ended with code 78" in box.state.failure.why
    launcher.stopping.set()
    thread.join(30)


def test_one_that_is_killed_on_trial_is_gone_back_from(box):
    box.trial("hangs")
    box.start()
    wait_for(lambda: box.runs(NEW), "the version on trial runs")
    os.kill(int((box.data / "ran.log").read_text().split()[-1]), signal.SIGKILL)
    wait_for(lambda: box.runs(OLD), "the former version runs")
    assert "code -9" in box.state.failure.why


def test_no_camera_outlives_a_version_that_was_killed(box, monkeypatch):
    box.trial("leaves a camera")
    monkeypatch.setattr(launching, "_REST_WITHIN_S", 0.2)
    launcher = Launcher(box.releases, box.data, ("-m", "edge.cli"), base="0.1.0")
    thread = threading.Thread(target=launcher.run)
    thread.start()
    pid = box.data / "camera.pid"
    wait_for(lambda: pid.exists() and pid.read_text(), "the version on trial has its camera")
    os.kill(int((box.data / "ran.log").read_text().split()[-1]), signal.SIGKILL)
    wait_for(lambda: box.runs(OLD), "the former version runs")
    camera = Path(f"/proc/{pid.read_text()}/stat")
    assert not camera.exists() or camera.read_text().split()[2] == "Z"
    launcher.stopping.set()
    thread.join(30)


def test_an_end_that_was_asked_for_reaches_the_version_and_is_no_failure(box):
    box.trial("hangs")
    box.start()
    wait_for(lambda: box.runs(NEW), "the version on trial runs")
    box.process.send_signal(signal.SIGTERM)
    assert box.process.wait(30) == 0
    assert not box.runs(NEW)
    assert box.state.trial.version == NEW
    assert box.state.failure is None


def test_two_launchers_do_not_run_one_box(box):
    box.trial("hangs")
    box.start()
    wait_for(lambda: box.runs(NEW), "the version on trial runs")
    second = subprocess.run(
        [sys.executable, "-m", "edge.release.launcher", str(box.config)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert second.returncode == 1
    assert "another launcher" in second.stderr


def test_it_says_how_it_is_called(box):
    done = subprocess.run(
        [sys.executable, "-m", "edge.release.launcher"], check=False, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "BOX.toml" in done.stderr


def test_what_starts_everything_needs_nothing_that_a_release_could_break():
    """Of this program only what lies beside it, and the standard library."""
    words = "import sys, edge.release.launcher; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", words], check=True, capture_output=True, text=True).stdout
    heavy = {"pydantic", "cryptography", "cv2", "numpy", "httpx2", "typer", "edge.upkeep", "edge.device"}
    assert heavy & set(said.split()) == set()
