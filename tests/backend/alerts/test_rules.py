"""What is wrong, and who hears of it when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from backend.alerts.rules import (
    NAMES,
    BoxFacts,
    CameraFacts,
    Duty,
    Facts,
    Limits,
    Pace,
    Standing,
    concerns,
    findings,
    must_tell,
)
from backend.cameras.why import Why

TODAY = date(2026, 11, 27)
NOW = datetime(2026, 11, 27, 7, 0, tzinfo=UTC)
LIMITS = Limits(outbox_oldest_s=3600, disk_free_bytes=2_000_000_000)
WELL = CameraFacts("pnt-01", "Phạm Ngọc Thạch", "alive")
BOX = BoxFacts("box-1", "Hộp 1", 0, None, 80_000_000_000, clock_synchronised=True)


def said(**facts) -> list[tuple[str, str, str]]:
    found = findings(Facts(TODAY, **facts), LIMITS)
    assert {one.rule for one in found} <= set(NAMES)
    return [(one.rule, one.subject, one.severity) for one in found]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"condition": "starting"}, []),
        ({"condition": "ended"}, []),
        ({"condition": "silent"}, [("camera_silent", "pnt-01", "critical")]),
        ({"condition": "dark"}, [("camera_dark", "pnt-01", "info")]),
        ({"refuses_wanted": "line 3: x"}, [("file_refused", "pnt-01", "warning")]),
        ({"certified_until": TODAY + timedelta(days=30)}, []),
        ({"certified_until": TODAY + timedelta(days=29)}, [("certificate", "pnt-01", "warning")]),
        ({"certified_until": TODAY}, [("certificate", "pnt-01", "warning")]),
        ({"certified_until": TODAY - timedelta(days=1)}, [("certificate", "pnt-01", "critical")]),
    ],
    ids=str,
)
def test_of_cameras(change, expected):
    assert said(cameras=[replace(WELL, **change)]) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"oldest_s": 3600.0}, []),
        ({"oldest_s": 3601.0}, [("outbox", "box-1", "warning")]),
        ({"waiting": 200}, [("outbox", "box-1", "warning")]),
        ({"disk_free_bytes": 1_999_999_999}, [("disk", "box-1", "critical")]),
        ({"disk_free_bytes": None, "clock_synchronised": None}, []),
        ({"clock_synchronised": False}, [("clock", "box-1", "warning")]),
    ],
    ids=str,
)
def test_of_boxes(change, expected):
    assert said(boxes=[replace(BOX, **change)]) == expected


def test_of_jobs_and_roll_outs():
    assert said(jobs_failed=2, stopped=[("r1", Why(code="operator"))]) == [
        ("jobs", "jobs", "critical"),
        ("roll_out", "r1", "warning"),
    ]


@pytest.mark.parametrize(
    ("severity", "age_s", "told_ago_s", "acknowledged", "expected"),
    [
        ("critical", 44, None, False, False),
        ("critical", 45, None, False, True),
        ("critical", 3600, 1799, False, False),
        ("critical", 3600, 1800, False, True),
        ("critical", 3600, 1800, True, False),
        ("info", 3600, 1800, False, False),
        ("info", 60, None, False, True),
        ("critical", 60, None, True, False),
    ],
)
def test_told_when_it_has_lasted_and_again_until_taken_on(
    severity, age_s, told_ago_s, acknowledged, expected
):
    told_at = None if told_ago_s is None else NOW - timedelta(seconds=told_ago_s)
    standing = Standing(
        severity, NOW - timedelta(seconds=age_s), acknowledged, int(told_at is not None), told_at
    )
    assert must_tell(standing, NOW, Pace(45, 1800)) is expected


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [(0, 24, range(24)), (8, 17, range(8, 17)), (22, 6, [*range(6), 22, 23]), (22, 24, [22, 23])],
    ids=str,
)
def test_duty_goes_past_midnight(since, until, hours):
    duty = Duty((), "warning", since, until)
    assert [hour for hour in range(24) if concerns(duty, "disk", "warning", hour)] == list(hours)


def test_duty_is_for_some_things():
    assert not concerns(Duty(("disk",), "info", 0, 24), "clock", "critical", 3)
    assert not concerns(Duty((), "critical", 0, 24), "clock", "warning", 3)
