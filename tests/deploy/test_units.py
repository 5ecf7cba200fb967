"""The files a box is set up with: systemd takes them, and they start what there is."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
import yaml

from edge.cli import app
from edge.release.launcher import STOP_WITHIN_S

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])


def unit(path: Path) -> configparser.RawConfigParser:
    found = configparser.RawConfigParser(strict=False)
    found.optionxform = str
    found.read(path)
    return found


@pytest.mark.parametrize("path", [one for one in UNITS if one.suffix == ".service"], ids=lambda one: one.name)
def test_a_service_calls_a_command_that_there_is_with_options_that_it_has(path):
    words = unit(path)["Service"]["ExecStart"].split()
    if words[0].endswith("/phatnguoi-edge-launch"):
        assert len(words) == 2  # the box file, and nothing else
        return
    assert words[0].endswith("/phatnguoi-edge")
    command = typer.main.get_command(app).commands[words[1]]
    options = {name for parameter in command.params for name in parameter.opts}
    assert {one for one in words[2:] if one.startswith("--")} <= options


def test_the_box_is_restarted_for_ever_watched_and_given_time_to_deliver():
    service = unit(DEPLOY / "phatnguoi-edge.service")
    assert service["Unit"]["StartLimitIntervalSec"] == "0"
    assert service["Service"]["Type"] == "notify"
    assert service["Service"]["Restart"] == "always"
    assert service["Service"]["NotifyAccess"] == "all"  # the version in force speaks, not the launcher
    assert int(service["Service"]["TimeoutStopSec"]) > STOP_WITHIN_S
    assert int(service["Service"]["WatchdogSec"]) >= 30
    assert service["Service"]["KillMode"] == "mixed"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_takes_the_units(tmp_path):
    for path in UNITS:
        text = re.sub(r"/opt/phatnguoi/bin/phatnguoi-edge\S*", sys.executable, path.read_text())
        (tmp_path / path.name).write_text(text.replace("=phatnguoi\n", "=root\n"))
    found = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        check=False,
        capture_output=True,
        text=True,
    )
    ours = [line for line in found.stderr.splitlines() if "phatnguoi" in line]
    assert ours == []


def test_the_compose_file_starts_the_box_and_asks_how_it_is():
    box = yaml.safe_load((DEPLOY / "compose.box.yml").read_text())["services"]["box"]
    assert box["entrypoint"] == ["phatnguoi-edge-launch"]
    assert len(box["command"]) == 1
    assert box["healthcheck"]["test"][-1] == "--check"
    assert box["restart"] == "unless-stopped"
    assert box["read_only"] is True
