from __future__ import annotations

import sqlite3
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from edge.outbox import PENDING, Outbox, Sighting, backoff_s

MEMORY_FOLDER = "/dev/shm" if Path("/dev/shm").is_dir() else None
"""The machine below closes and opens the file hundreds of times; a real disk would only make it slow."""
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


class Hands:
    """A clock that a test turns by hand."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def turn(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def sighting(number: int, **changes) -> Sighting:
    values = {
        "report_id": f"00000000-0000-5000-8000-{number:012d}",
        "camera_id": "cam",
        "rule": "red_light",
        "event_at_s": NOON.timestamp() + number * 10,
        "plate": f"61A{number:05d}",
        "box_px": (number * 1.0, 0.0, 100.0, 100.0),
    }
    return Sighting(**(values | changes))


@pytest.fixture
def clock():
    return Hands()


@pytest.fixture
def outbox(tmp_path, clock):
    box = Outbox(tmp_path / "outbox.sqlite3", now=clock, jitter=lambda: 1.0)
    yield box
    box.close()


def test_oldest_comes_first_and_leaves_only_when_stored(outbox, clock):
    for number in (1, 2):
        assert outbox.add(sighting(number), "a" * 64)
        clock.turn(1)
    first = outbox.next_due()
    assert first.report_id == sighting(1).report_id
    outbox.mark_uploaded(first.report_id)
    assert outbox.next_due().state == "uploaded"
    outbox.mark_stored(first.report_id, "violation-1")
    assert outbox.next_due().report_id == sighting(2).report_id
    assert outbox.get(first.report_id).violation_id == "violation-1"
    assert outbox.pending() == 1


def test_adding_twice_changes_nothing(outbox):
    assert outbox.add(sighting(1), "a" * 64)
    outbox.mark_uploaded(sighting(1).report_id)
    assert not outbox.add(sighting(1), "b" * 64)
    row = outbox.get(sighting(1).report_id)
    assert (row.state, row.payload_sha256) == ("uploaded", "a" * 64)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"event_at_s": 0.7}, True),
        ({"event_at_s": 0.8}, False),
        ({"event_at_s": 0.1, "plate": "61A99999"}, True),
        ({"event_at_s": 0.1, "plate": None}, True),
        ({"event_at_s": 0.3, "plate": "61A99999"}, False),
        ({"event_at_s": 0.1, "plate": "61A99999", "box_px": (80.0, 0.0, 100.0, 100.0)}, False),
        ({"rule": "speeding"}, False),
        ({"camera_id": "other"}, False),
    ],
)
def test_a_replay_that_read_it_slightly_differently_is_the_same_event(outbox, changes, same):
    outbox.add(sighting(1), "a" * 64)
    moved = changes | {"event_at_s": sighting(1).event_at_s + changes.get("event_at_s", 0.0)}
    again = sighting(1, report_id=sighting(99).report_id, **moved)
    assert outbox.add(again, "b" * 64) is not same


def test_a_failed_report_waits_longer_each_time_and_never_above_the_cap(outbox, clock):
    outbox.add(sighting(1), "a" * 64)
    waits_s = []
    for _ in range(10):
        waits_s.append(outbox.mark_failed(sighting(1).report_id, "backend unreachable"))
        assert outbox.next_due() is None
        clock.turn(waits_s[-1])
        assert outbox.next_due().last_error == "backend unreachable"
    assert waits_s[:4] == [0.5, 1.0, 2.0, 4.0]
    assert waits_s[-1] == 30.0


def test_one_report_in_trouble_does_not_hold_up_the_next(outbox):
    outbox.add(sighting(1), "a" * 64)
    outbox.add(sighting(2), "a" * 64)
    outbox.mark_failed(sighting(1).report_id, "evidence_missing", upload_again=True)
    assert outbox.next_due().report_id == sighting(2).report_id
    assert outbox.get(sighting(1).report_id).force_upload


def test_a_clock_set_back_by_a_year_does_not_freeze_the_outbox(outbox, clock):
    outbox.add(sighting(1), "a" * 64)
    outbox.mark_failed(sighting(1).report_id, "backend unreachable")
    clock.turn(-365 * 86_400)
    assert outbox.next_due() is not None


def test_parked_reports_stay_until_a_person_releases_them(outbox, clock):
    outbox.add(sighting(1), "a" * 64)
    outbox.park(sighting(1).report_id, "report_conflict")
    clock.turn(3600)
    assert outbox.next_due() is None
    assert outbox.counts()["parked"] == 1
    assert outbox.release_parked() == 1
    row = outbox.next_due()
    assert (row.state, row.force_upload, row.attempts) == ("waiting", True, 0)


def test_stored_is_final(outbox):
    outbox.add(sighting(1), "a" * 64)
    outbox.mark_stored(sighting(1).report_id, "v")
    outbox.mark_failed(sighting(1).report_id, "late answer", upload_again=True)
    outbox.park(sighting(1).report_id, "late answer")
    assert outbox.get(sighting(1).report_id).state == "stored"


def test_old_delivered_rows_are_forgotten_and_pending_ones_never(outbox, clock):
    outbox.add(sighting(1), "a" * 64)
    outbox.add(sighting(2), "a" * 64)
    outbox.mark_stored(sighting(1).report_id, "v")
    clock.turn(100)
    assert outbox.forget_stored(clock.at) == 1
    assert outbox.ids(*PENDING) == [sighting(2).report_id]


def test_a_file_of_a_newer_program_is_refused_in_words(tmp_path):
    path = tmp_path / "outbox.sqlite3"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 7")
    with pytest.raises(RuntimeError, match="format 7"):
        Outbox(path, now=lambda: NOON)


@given(attempts=st.integers(0, 100_000), jitter=st.floats(0, 1))
def test_backoff_is_always_positive_and_bounded(attempts, jitter):
    assert 0 < backoff_s(attempts, first_s=0.5, cap_s=30, jitter=jitter) <= 30


class OutboxMachine(RuleBasedStateMachine):
    """Whatever happens in whatever order, with the file closed and opened again at any point:

    a report is owed until stored or parked, and is never owed twice.
    """

    added = Bundle("added")

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY_FOLDER)
        self.clock = Hands()
        self.model: dict[str, str] = {}
        self.open()

    def open(self):
        path = Path(self.folder.name) / "outbox.sqlite3"
        self.box = Outbox(path, now=self.clock, jitter=lambda: 1.0)

    @rule(target=added, number=st.integers(0, 5))
    def add(self, number):
        report_id = sighting(number).report_id
        assert self.box.add(sighting(number), "a" * 64) is (report_id not in self.model)
        self.model.setdefault(report_id, "waiting")
        return report_id

    @rule()
    def killed_and_started_again(self):
        self.box.close()
        self.open()

    @rule(seconds=st.sampled_from([0.1, 5, 60, -3600]))
    def time_passes(self, seconds):
        self.clock.turn(seconds)

    @rule(report_id=added)
    def upload(self, report_id):
        self.box.mark_uploaded(report_id)
        if self.model[report_id] == "waiting":
            self.model[report_id] = "uploaded"

    @rule(report_id=added, again=st.booleans())
    def fail(self, report_id, again):
        self.box.mark_failed(report_id, "trouble", upload_again=again)
        if again and self.model[report_id] in PENDING:
            self.model[report_id] = "waiting"

    @rule(report_id=consumes(added), store=st.booleans())
    def settle(self, report_id, store):
        if store:
            self.box.mark_stored(report_id, "v")
        else:
            self.box.park(report_id, "refused")
        if self.model[report_id] in PENDING:
            self.model[report_id] = "stored" if store else "parked"

    @rule()
    def release(self):
        self.box.release_parked()
        self.model = {key: "waiting" if state == "parked" else state for key, state in self.model.items()}

    @invariant()
    def rows_are_as_they_should_be(self):
        assert {key: self.box.get(key).state for key in self.model} == self.model
        assert self.box.pending() == sum(state in PENDING for state in self.model.values())
        assert sum(self.box.counts().values()) == len(self.model)

    @invariant()
    def what_is_owed_becomes_due(self):
        before = self.clock.at
        self.clock.turn(31)
        row = self.box.next_due()
        self.clock.at = before
        assert (row is not None) == any(state in PENDING for state in self.model.values())

    def teardown(self):
        self.box.close()
        self.folder.cleanup()


TestOutboxMachine = OutboxMachine.TestCase
TestOutboxMachine.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
