"""What of a box needs a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from edge.box.check import concerns
from edge.cli import app
from edge.release.places import BAD_BOX_FILE
from tests.edge.box.test_config import GOOD

NOW = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)


def status(**words):
    return {
        "written_at": (NOW - timedelta(seconds=4)).isoformat(),
        "camera": {"state": "alive"},
        "faults": [],
        "outbox": {"waiting": 3, "parked": 0},
        "outbox_oldest_s": 60.0,
        "events": {"lost": 0},
        "disk": {"alarm": ""},
        "clock": {"synchronised": True},
        "reload_trouble": "",
    } | words


CONCERNS = {
    "all is well": ({}, []),
    "a fault": ({"faults": [{"fault": "moved"}]}, ["The camera has moved"]),
    "two faults": (
        {"faults": [{"fault": "dark"}, {"fault": "clock_stepped"}]},
        ["Too dark", "clock has just"],
    ),
    "source": ({"camera": {"state": "failed", "detail": "x.mp4: gone"}}, ["failed: x.mp4: gone"]),
    "parked": ({"outbox": {"parked": 2}}, ["2 reports were refused"]),
    "old": ({"outbox_oldest_s": 90_000.0}, ["a report has waited for 25 hours"]),
    "lost": ({"events": {"lost": 1}}, ["1 events were lost"]),
    "disk": ({"disk": {"alarm": "Hết chỗ / No room"}}, ["No room"]),
    "clock": ({"clock": {"synchronised": False}}, ["no time service"]),
    "clock unknown": ({"clock": None}, []),
    "file": ({"reload_trouble": "Bị từ chối / Refused: x"}, ["Refused: x"]),
    "silent": ({"written_at": (NOW - timedelta(seconds=61)).isoformat()}, ["its process says nothing"]),
}


@pytest.mark.parametrize(("words", "said"), CONCERNS.values(), ids=CONCERNS)
def test_concerns(words, said):
    found = concerns("pnt-01", status(**words), NOW)
    assert len(found) == len(said)
    for one, words_en in zip(found, said, strict=True):
        assert words_en in one.en
        assert one.vi != one.en


def test_a_camera_that_never_ran():
    assert [one.en for one in concerns("pnt-01", None, NOW)] == ["its process says nothing"]


def test_a_wrong_box_file_is_said_in_one_line_without_its_password(tmp_path):
    path = tmp_path / "box.toml"
    path.write_text(GOOD.replace('user = "box"', 'usr = "HUSH"'))
    answer = CliRunner().invoke(app, ["box", str(path), "--check"])
    assert answer.exit_code == BAD_BOX_FILE
    assert "box.toml:13: camera[0].usr" in answer.output
    assert "HUSH" not in answer.output
