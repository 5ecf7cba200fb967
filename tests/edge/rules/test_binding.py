"""Whom and when a sign binds."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from edge.rules.binding import binds, in_force
from edge.scene_file import Hours

RUSH = (Hours(since=time(6), until=time(9)), Hours(since=time(16, 30), until=time(20)))
NIGHT = (Hours(since=time(22), until=time(5)),)


@pytest.mark.parametrize(
    ("kinds", "kind", "bound"),
    [
        ((), "car", True),
        ((), "motorbike", True),
        ((), "bicycle", False),
        ((), "person", False),
        (("truck",), "truck", True),
        (("truck",), "car", False),
        (("bicycle",), "bicycle", True),
    ],
)
def test_whom(kinds: tuple, kind: str, bound: bool) -> None:
    assert binds(kinds, kind) is bound


@pytest.mark.parametrize(
    ("hours", "utc", "expected"),
    [
        ((), (12, 0), True),
        (RUSH, (22, 59), False),
        (RUSH, (23, 0), True),
        (RUSH, (1, 59), True),
        (RUSH, (2, 0), False),
        (RUSH, (9, 30), True),
        (RUSH, (13, 0), False),
        (NIGHT, (15, 0), True),
        (NIGHT, (21, 59), True),
        (NIGHT, (22, 0), False),
    ],
)
def test_when_in_legal_time_seven_hours_before_greenwich(
    hours: tuple, utc: tuple[int, int], expected: bool
) -> None:
    assert in_force(hours, datetime(2026, 5, 4, *utc, tzinfo=UTC)) is expected


def test_without_a_clock_hours_are_not_known() -> None:
    assert in_force(RUSH, None) is None
    assert in_force((), None) is True
