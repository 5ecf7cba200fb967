from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.clock import ClockWatch, Instant, PlayBook

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


class Host:
    """A machine whose wall clock can be set and whose steady clock cannot."""

    def __init__(self) -> None:
        self.wall_s, self.steady_s = NOON.timestamp(), 100.0

    def __call__(self) -> Instant:
        return Instant(self.wall_s, self.steady_s)

    def run(self, seconds: float, drift: float = 0.0) -> None:
        self.steady_s += seconds
        self.wall_s += seconds * (1 + drift)


@pytest.fixture
def host():
    return Host()


@pytest.mark.parametrize("jump_s", [-3600, -0.6, 0.6, 3600])
def test_a_step_voids_what_happened_around_it_and_nothing_later(host, jump_s):
    watch = ClockWatch(host, step_s=0.5, settle_s=2.0)
    watch.look()
    host.run(10)
    watch.look()
    host.wall_s += jump_s
    host.run(0.04)
    watch.look()
    stepped_s = host.steady_s
    assert watch.steps_total == 1
    assert watch.doubt(stepped_s - 1, stepped_s + 1)
    assert watch.doubt(stepped_s + 1.9, stepped_s + 3)
    assert watch.doubt(stepped_s - 9, stepped_s - 1.9)
    host.run(10)
    assert watch.doubt(stepped_s + 2.1, stepped_s + 4) is None
    assert watch.doubt(stepped_s - 9, stepped_s - 2.1) is None


def test_slewing_and_small_jitter_are_not_steps(host):
    watch = ClockWatch(host, step_s=0.5, settle_s=2.0)
    for _ in range(5000):
        host.run(0.04, drift=500e-6)
        watch.look()
    assert watch.steps_total == 0


def test_a_step_between_the_event_and_the_question_is_noticed(host):
    watch = ClockWatch(host, step_s=0.5, settle_s=2.0)
    watch.look()
    host.wall_s += 60
    assert watch.doubt(host.steady_s - 1, host.steady_s) is not None


def test_a_clock_that_forgot_the_year_is_doubted_until_it_is_right(host):
    watch = ClockWatch(host, step_s=0.5, settle_s=2.0, not_before=NOON)
    host.wall_s = 0.0
    watch.look()
    host.run(60)
    assert "before the last time" in watch.doubt(host.steady_s - 1, host.steady_s)
    host.wall_s = NOON.timestamp() + 60
    watch.look()
    host.run(10)
    assert watch.doubt(host.steady_s - 1, host.steady_s) is None


@given(st.lists(st.floats(-0.4, 0.4), max_size=30), st.floats(0.61, 1e6), st.integers(0, 30))
def test_any_step_above_the_threshold_is_found_in_any_jitter(jitters, jump_s, where):
    host = Host()
    watch = ClockWatch(host, step_s=1.01, settle_s=2.0)
    watch.look()
    total = 0
    for number, jitter_s in enumerate(jitters):
        stepped = number == where and jump_s > 2
        host.run(1.0)
        host.wall_s += jitter_s + (jump_s if stepped else 0.0)
        total += stepped
        watch.look()
        host.wall_s -= jitter_s
    assert watch.steps_total == total


def test_a_pass_cut_short_goes_on_under_the_same_moments(tmp_path):
    now = NOON
    book = PlayBook(tmp_path / "plays.json", lambda: now)
    first = book.begin("clip.mp4")
    assert not first.resumed
    now += timedelta(hours=3)
    again = PlayBook(tmp_path / "plays.json", lambda: now).begin("clip.mp4")
    assert (again.resumed, again.epoch, again.number, again.state) == (True, first.epoch, 1, "playing")
    book.mark(again, "watched")
    assert book.begin("clip.mp4").state == "watched"
    book.mark(again, "done")
    second = book.begin("clip.mp4")
    assert (second.resumed, second.number, second.epoch) == (False, 2, now)
    assert book.begin("other.mp4").number == 1
