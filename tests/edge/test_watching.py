"""The reader, the analyser's loop and the prover, with everything real but the camera."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from edge.capture import Frame, SourceError, SourceStatus
from edge.clock import ClockWatch
from edge.device import load_or_create
from edge.evidence import FrameRing
from edge.heartbeat import CameraGauge, WatcherGauges
from edge.outbox import Outbox
from edge.prover import Prover
from edge.quota import Quota
from edge.settings import WorkerSettings
from edge.watching import Reader, watch
from tests.edge.box_kit import FPS, SCENE, ScriptedWatcher, case_at, picture

EPOCH = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


class Source:
    """Sixty pictures, and what becomes of the line after them."""

    def __init__(self, count=60, error=None, pause_s=0.0):
        self.status = SourceStatus()
        self.count, self.error, self.pause_s = count, error, pause_s
        self.closed = False

    def __iter__(self):
        for index in range(self.count):
            if self.closed:
                return
            time.sleep(self.pause_s)
            t_s = index / FPS
            yield Frame(index, t_s, picture(index), EPOCH + timedelta(seconds=t_s), "host", 0.5)
        if self.error:
            raise self.error

    def close(self):
        self.closed = True


class Bench:
    """One box without a network."""

    def __init__(self, folder, *, lossless=True, **settings):
        values = {"clip_before_s": 1.0, "clip_after_s": 1.0, "minimum_free_bytes": 0} | settings
        self.settings = WorkerSettings(data_folder=folder, backend_url="http://127.0.0.1:9", **values)
        self.settings.evidence_folder.mkdir()
        self.outbox = Outbox(self.settings.outbox_file, now=lambda: datetime.now(UTC))
        self.ring = FrameRing(seconds=60, max_bytes=10**9)
        self.camera = CameraGauge(5.0)
        self.stop = threading.Event()
        self.lossless = lossless
        self.prover = Prover(
            ring=self.ring,
            outbox=self.outbox,
            device=load_or_create(folder, "Hộp thử"),
            scene=SCENE,
            settings=self.settings,
            clock=ClockWatch(),
            lossless=lossless,
            on_added=lambda: None,
            stopping=self.stop,
            quota=Quota(self.settings, self.outbox),
        )

    def watch(self, source, watcher):
        reader = Reader(source, self.ring, self.camera, ClockWatch(), self.stop, lossless=self.lossless)
        return watch(source, reader, watcher, self.prover, self.stop)


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path)
    yield bench
    bench.prover.stop(10)
    bench.outbox.close()


def test_every_picture_of_a_clip_reaches_a_slow_analyser(bench):
    seen = []

    class Slow(ScriptedWatcher):
        def feed(self, frame):
            time.sleep(0.002)
            seen.append(frame.index)
            return super().feed(frame)

    bench.prover.start()
    assert bench.watch(Source(), Slow([2.0, 4.0]))
    assert bench.prover.drain(30)
    assert seen == list(range(60))
    assert bench.camera.skipped_total == 0
    assert bench.prover.counts.proven == 2
    assert bench.outbox.pending() == 2


def test_a_live_camera_is_not_slowed_down_and_its_pictures_are_kept_for_evidence(tmp_path):
    bench = Bench(tmp_path, lossless=False)
    free = threading.Event()

    class Stuck:
        def feed(self, _frame):
            free.wait(30)
            return []

        def finish(self):
            return []

        def gauges(self):
            return WatcherGauges()

    watching = threading.Thread(target=bench.watch, args=(Source(), Stuck()))
    watching.start()
    until_s = time.monotonic() + 30
    while bench.camera.frames_total < 60 and time.monotonic() < until_s:
        time.sleep(0.01)
    assert bench.camera.frames_total == len(bench.ring) == 60
    assert bench.camera.skipped_total > 0
    free.set()
    watching.join(30)
    assert not watching.is_alive()
    bench.outbox.close()


def test_an_error_of_the_source_comes_through(bench):
    with pytest.raises(SourceError, match="is damaged"):
        bench.watch(Source(error=SourceError("x.mp4", "is damaged.", "Copy it again.")), ScriptedWatcher([]))
    assert bench.ring.reaches(999)


def test_stopping_ends_a_source_that_would_go_on(bench):
    threading.Timer(0.3, bench.stop.set).start()
    assert not bench.watch(Source(count=100_000, pause_s=0.01), ScriptedWatcher([]))
    assert bench.camera.frames_total < 100_000


def test_a_case_waits_for_the_pictures_after_it(bench):
    bench.prover.start()
    for index in range(21):
        bench.ring.add(Frame(index, index / FPS, picture(index), EPOCH, "host", 0.5), 0.0)
    bench.prover.submit(case_at(1.5))
    assert not bench.prover.drain(0.5)
    for index in range(21, 26):
        bench.ring.add(Frame(index, index / FPS, picture(index), EPOCH, "host", 0.5), 0.0)
    assert bench.prover.drain(30)
    assert bench.prover.counts.proven == 1


def test_an_event_just_before_a_camera_goes_is_proven_with_the_pictures_there_are(tmp_path, monkeypatch):
    monkeypatch.setattr("edge.prover._GONE_S", 0.2)
    bench = Bench(tmp_path, lossless=False)
    bench.prover.start()
    for index in range(21):
        bench.ring.add(Frame(index, index / FPS, picture(index), EPOCH, "host", 0.5), 0.0)
    bench.prover.submit(case_at(1.5))
    assert bench.prover.drain(60)
    assert bench.prover.counts.proven == 1
    bench.prover.stop(10)
    bench.outbox.close()


def test_the_same_event_twice_is_one_report_and_no_plate_in_the_log(bench, caplog):
    caplog.set_level("INFO")
    bench.prover.start()
    bench.watch(Source(), ScriptedWatcher([]))
    for track in (1, 2):  # the tracker lost the vehicle and found it again
        bench.prover.submit(case_at(3.0 + track * 0.1, track=track, plate="61A12345"))
    assert bench.prover.drain(30)
    assert (bench.prover.counts.proven, bench.prover.counts.known) == (1, 1)
    assert "event proven" in caplog.messages
    assert not any("61A12345" in str(vars(one)) for one in caplog.records)


def test_without_pictures_an_event_is_withheld_and_counted(bench):
    bench.prover.start()
    bench.watch(Source(count=10), ScriptedWatcher([]))
    bench.prover.submit(case_at(5.0))
    assert bench.prover.drain(30)
    assert (bench.prover.counts.proven, bench.prover.counts.withheld_evidence) == (0, 1)
    assert list(bench.settings.evidence_folder.iterdir()) == []


def test_what_a_camera_saw_while_it_was_not_well_is_withheld_and_the_rest_is_not(bench):
    bench.prover.spoiling = lambda from_s, to_s: "moved" if from_s <= 3.2 and to_s >= 2.9 else None
    bench.prover.start()
    bench.watch(Source(), ScriptedWatcher([1.5, 3.0, 4.5]))
    assert bench.prover.drain(30)
    counts = bench.prover.counts
    assert (counts.proven, counts.withheld_camera, counts.withheld) == (2, 1, 1)
    assert counts.codes == {"camera_moved": 1}


def test_a_live_camera_on_a_full_disk_gives_up_its_oldest_events_and_counts_them(tmp_path):
    bench = Bench(tmp_path, lossless=False, pending_events=3, minimum_free_bytes=2**60)
    bench.prover.start()
    bench.watch(Source(), ScriptedWatcher([]))
    for track in range(1, 7):
        bench.prover.submit(case_at(1.0 + track * 0.5, track=track, plate=f"61A1000{track}"))
    counts = bench.prover.counts
    until_s = time.monotonic() + 20
    while not counts.disk_trouble and time.monotonic() < until_s:
        time.sleep(0.01)
    assert "bytes free" in counts.disk_trouble
    assert (counts.lost, bench.prover.pending(), counts.proven) == (3, 3, 0)
    bench.prover.stop(10)
    bench.outbox.close()
