"""The guard of a running worker: when it tells, what it keeps, and what it says of the clock."""

from __future__ import annotations

import numpy as np

from edge.capture import Frame
from edge.clock import ClockWatch, Instant
from edge.health.guard import HealthGuard
from edge.health.keep import ReferenceFile
from tests.edge.health.street_kit import noisy, shifted, street, traffic


class Time:
    """Both clocks, moved by hand."""

    def __init__(self) -> None:
        self.steady_s, self.wall_s = 1000.0, 1_800_000_000.0

    def read(self) -> Instant:
        return Instant(self.wall_s, self.steady_s)

    def pass_(self, seconds: float) -> None:
        self.steady_s += seconds
        self.wall_s += seconds


class Camera:
    def __init__(self, folder, view="ab" * 32):
        self.time = Time()
        self.clock = ClockWatch(self.time.read)
        self.changes = 0
        self.guard = HealthGuard(
            self.clock,
            live=True,
            keep=ReferenceFile(folder / "reference.npz", view),
            on_change=self.changed,
            steady=lambda: self.time.steady_s,
        )
        self.index = 0

    def changed(self):
        self.changes += 1

    def run(self, seconds, change=lambda image: image):
        for _ in range(round(seconds * 8)):
            image = noisy(change(traffic(street(), self.index, 4)), self.index)
            self.guard.frame(Frame(self.index, self.index / 8, image), self.clock.look())
            self.index += 1
            self.time.pass_(1 / 8)

    def faults(self):
        return [one.fault for one in self.guard.findings()]


def test_a_fault_is_told_at_once_when_it_begins_and_when_it_ends(tmp_path):
    camera = Camera(tmp_path)
    camera.run(22)
    assert (camera.faults(), camera.changes) == ([], 0)
    camera.run(3, shifted(9, 0))
    assert (camera.faults(), camera.changes) == (["moved"], 1)
    assert camera.guard.spoiling(22.5, 22.6) == "moved"
    camera.run(3)
    assert (camera.faults(), camera.changes) == ([], 2)


def test_a_film_is_judged_by_its_own_time(tmp_path):
    """A busy box plays it at a tenth of its pace: a bus in front for a second is not there for ten."""
    camera = Camera(tmp_path)
    camera.guard = HealthGuard(camera.clock, live=False, steady=lambda: camera.time.steady_s)
    camera.run(22)
    for _ in range(8):
        camera.run(1 / 8, lambda image: np.full_like(image, 90))
        camera.time.pass_(10 / 8)
    assert camera.faults() == []


def test_the_reference_outlives_the_worker_and_not_the_view(tmp_path):
    Camera(tmp_path).run(22)
    again = Camera(tmp_path)
    again.run(3, shifted(0, 9))
    assert again.faults() == ["moved"]
    marked_anew = Camera(tmp_path, view="cd" * 32)
    marked_anew.run(3, shifted(0, 9))
    assert marked_anew.faults() == []


def test_a_spoilt_reference_file_is_no_end(tmp_path):
    (tmp_path / "reference.npz").write_bytes(b"PK\x03\x04 cut short by a power cut")
    camera = Camera(tmp_path)
    camera.run(1)
    assert camera.faults() == []


def test_what_is_kept_is_what_was_learnt(tmp_path):
    camera = Camera(tmp_path)
    camera.run(22)
    (kept,) = ReferenceFile(tmp_path / "reference.npz", "ab" * 32).load()
    (learnt,) = camera.guard._monitor.references.known
    assert np.array_equal(kept.luma, learnt.luma)
    assert kept.sharpness == learnt.sharpness


def test_a_clock_that_is_set_is_told_until_it_has_settled(tmp_path):
    camera = Camera(tmp_path)
    camera.run(1)
    camera.time.wall_s += 3600
    camera.run(0.5)
    assert camera.faults() == ["clock_stepped"]
    camera.run(2.5)
    assert camera.faults() == []
    assert camera.changes == 2
