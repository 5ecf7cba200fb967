"""What a monitor reads of a box: all that the status files say, and silence where there is none."""

from __future__ import annotations

import json
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from edge.metrics import families, serve_metrics

NOW = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)


def status(**words):
    return {
        "written_at": (NOW - timedelta(seconds=4)).isoformat(),
        "camera": {
            "state": "moved",
            "fps": 24.9,
            "frames_total": 1000,
            "violations_total": 7,
            "vehicles_total": 90,
        },
        "source": {"dropped_total": 2, "untimed_total": 8, "damaged_total": 3, "reconnects_total": 4},
        "frames_skipped_total": 5,
        "events": {"lost": 0},
        "withheld": {"camera_moved": 2, "plate_unreadable": 3},
        "watcher": {"pace_level": 2, "looks_total": 400, "undetected_total": 30},
        "faults": [{"fault": "moved", "for_s": 12.0}],
        "shift_px": 14.2,
        "outbox": {"waiting": 6, "uploaded": 1, "stored": 9, "parked": 1},
        "outbox_oldest_s": 77.5,
        "disk": {"free_bytes": 10**9, "used_bytes": 5, "quota_bytes": 0, "alarm": "", "dropped_total": 0},
        "clock": {"offset_s": -0.002, "uncertainty_s": 0.03, "synchronised": True},
        "clock_steps_total": 1,
        "rss_bytes": 300_000_000,
    } | words


def figures(*cameras):
    return {
        (sample.name.removeprefix("phatnguoi_edge_"), *sample.labels.values()): sample.value
        for family in families(cameras, NOW)
        for sample in family.samples
    }


def test_everything_countable_is_there():
    found = figures(("a", status()))
    expected = {
        ("up", "a"): 1,
        ("fps", "a"): 24.9,
        ("frames_total", "a"): 1000,
        ("frames_skipped_total", "a"): 5,
        ("decode_errors_total", "a"): 3,
        ("reconnects_total", "a"): 4,
        ("pace_level", "a"): 2,
        ("plate_looks_total", "a"): 400,
        ("violations_total", "a"): 7,
        ("withheld_total", "a", "camera_moved"): 2,
        ("withheld_total", "a", "plate_unreadable"): 3,
        ("outbox_reports", "a", "waiting"): 6,
        ("outbox_oldest_seconds", "a"): 77.5,
        ("disk_free_bytes", "a"): 10**9,
        ("clock_offset_seconds", "a"): -0.002,
        ("clock_synchronised", "a"): 1,
        ("camera_fault", "a", "moved"): 1,
        ("camera_fault", "a", "frozen"): 0,
        ("camera_state", "a", "moved"): 1,
        ("alarm", "a", "parked_reports"): 1,
        ("alarm", "a", "no_room"): 0,
        ("shift_pixels", "a"): 14.2,
    }
    assert expected.items() <= found.items()


@pytest.mark.parametrize(
    "broken", [None, {}, {"camera": None, "outbox": 3, "faults": [{}], "events": {"lost": "x"}}]
)
def test_a_camera_that_says_nothing_is_down_and_harms_no_other(broken):
    found = figures(("a", broken), ("b", status()))
    assert found["up", "a"] == 0
    assert found["up", "b"] == 1


def test_a_status_that_is_old_is_not_up():
    assert figures(("a", status(written_at=(NOW - timedelta(seconds=31)).isoformat())))["up", "a"] == 0


@pytest.mark.parametrize(
    ("words", "alarm"),
    [
        ({"disk": {"alarm": "Hết chỗ / No room"}}, "no_room"),
        ({"events": {"lost": 3}}, "events_lost"),
        ({"reload_trouble": "refused"}, "camera_file_refused"),
    ],
)
def test_alarms(words, alarm):
    assert figures(("a", status(**words)))["alarm", "a", alarm] == 1


def test_a_monitor_reads_them_on_the_local_port(tmp_path):
    for name in ("pnt-01", "pnt-02"):
        (tmp_path / name).mkdir()
    (tmp_path / "pnt-01" / "status.json").write_text(
        json.dumps(status(written_at=datetime.now(UTC).isoformat()))
    )
    (tmp_path / "pnt-02" / "status.json").write_text("{ cut short")
    server, _ = serve_metrics({name: tmp_path / name for name in ("pnt-01", "pnt-02")}, port=0)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
    finally:
        server.shutdown()
    up = next(one for one in text_string_to_metric_families(text) if one.name == "phatnguoi_edge_up")
    assert {one.labels["camera"]: one.value for one in up.samples} == {"pnt-01": 1, "pnt-02": 0}
