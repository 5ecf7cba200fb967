"""The soak itself, short, and the bookkeeping by which it says that nothing was lost."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.soak import is_flat, run, small_disk
from tests.faults.soak_account import of_clip, of_live

EPOCH = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
MOMENTS_S = [1.5, 4.0]


def begins(number, epoch):
    return {"message": "clip pass begins", "pass": number, "epoch": epoch.isoformat()}


def withheld(t_event_s, code="camera_clock_stepped"):
    return {"message": "event withheld", "t_event_s": t_event_s, "code": code}


LINES = [begins(1, EPOCH), withheld(4.0), begins(2, EPOCH + timedelta(seconds=12))]
ARRIVED = EPOCH + timedelta(seconds=1.5)


@pytest.mark.parametrize(
    ("lines", "arrived_at", "counts"),
    [
        (LINES, [ARRIVED], (2, 1, 1, 0, 0)),
        (LINES, [], (2, 0, 1, 1, 0)),
        (LINES, [ARRIVED, ARRIVED], (2, 0, 1, 0, 1)),
        (LINES[:1], [ARRIVED], (0, 0, 0, 0, 0)),
        ([LINES[0], LINES[2], withheld(4.0)], [ARRIVED], (2, 1, 0, 1, 0)),
    ],
)
def test_a_clip_is_accounted_for(lines, arrived_at, counts):
    account = of_clip("clip-1", lines, MOMENTS_S, arrived_at)
    found = (
        account.expected,
        account.arrived,
        account.withheld.total(),
        len(account.lost),
        len(account.doubled),
    )
    assert found == counts


def test_a_live_camera_is_accounted_for():
    found = [{"plate": f"61A1000{number}", "t_s": number * 4.0} for number in range(5)]
    arrived = {"61A10000": 1, "61A10001": 2, "61A10003": 1}
    account = of_live("live-1", [withheld(8.0, "camera_frozen")], found, arrived)
    assert (account.expected, account.arrived) == (5, 2)
    assert account.withheld == {"camera_frozen": 1}
    assert (account.lost, account.doubled) == (["61A10004"], ["61A10001"])


@pytest.mark.parametrize(
    ("memory_mb", "flat"),
    [([150] * 60, True), ([100, 140] + [150] * 58, True), ([150 + n for n in range(60)], False)],
)
def test_memory_that_grows_is_told_from_memory_that_does_not(memory_mb, flat):
    assert is_flat([(place * 5.0, mb * 10**6) for place, mb in enumerate(memory_mb)]) == flat


@pytest.mark.slow
def test_two_minutes_of_faults_lose_nothing_and_double_nothing(tmp_path):
    with ExitStack() as stack:
        assert run(2.0, 7, tmp_path, small_disk(tmp_path / "disk", stack))
