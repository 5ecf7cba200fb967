from __future__ import annotations

from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from edge.cli import app
from edge.device import lock_folder
from edge.outbox import Outbox, Sighting


@pytest.fixture
def data(tmp_path):
    box = Outbox(tmp_path / "outbox.sqlite3", now=lambda: datetime.now(UTC))
    for number in (1, 2):
        report_id = f"00000000-0000-5000-8000-{number:012d}"
        box.add(Sighting(report_id, "cam", "red_light", number * 10.0, None, (0, 0, 1, 1)), "a" * 64)
    box.park(report_id, "409 report_conflict")
    box.close()
    return tmp_path


def test_it_shows_what_waits_and_why(data):
    said = CliRunner().invoke(app, ["outbox", "--data", str(data)])
    assert said.exit_code == 0
    assert "parked    1" in said.output
    assert "409 report_conflict" in said.output


def test_a_refused_report_gets_a_second_chance(data):
    said = CliRunner().invoke(app, ["outbox", "--data", str(data), "--retry-parked"])
    assert "waiting   2" in said.output
    assert "parked    0" in said.output


def test_it_does_not_reach_into_a_running_worker(data):
    lock = lock_folder(data)
    said = CliRunner().invoke(app, ["outbox", "--data", str(data), "--retry-parked"])
    lock.close()
    assert said.exit_code == 1
    assert "another worker" in said.output
    assert "parked    1" in CliRunner().invoke(app, ["outbox", "--data", str(data)]).output


def test_a_folder_without_an_outbox_is_said(tmp_path):
    said = CliRunner().invoke(app, ["outbox", "--data", str(tmp_path)])
    assert said.exit_code == 1
    assert not list(tmp_path.iterdir())
