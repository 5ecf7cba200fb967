"""The commands on pictures."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from edge.detector.cli import app

RUN = CliRunner()


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    grey, text = tmp_path / "grey.png", tmp_path / "broken.jpg"
    cv2.imwrite(str(grey), np.full((90, 160, 3), 100, np.uint8))
    text.write_text("no picture", encoding="utf-8")
    return [grey, text, tmp_path / "missing.jpg"]


@pytest.mark.parametrize(("command", "key"), [("detect", "objects"), ("read-plates", "plates")])
def test_good_pictures_are_done_though_others_fail(pictures: list[Path], command: str, key: str) -> None:
    result = RUN.invoke(app, [command, *map(str, pictures), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"image": str(pictures[0]), key: []}
    complaints = result.stderr.splitlines()
    assert len(complaints) == 2
    assert "broken.jpg" in complaints[0]
    assert "missing.jpg" in complaints[1]


@pytest.mark.parametrize("command", ["detect", "read-plates"])
def test_one_line_a_picture_to_read(pictures: list[Path], command: str) -> None:
    result = RUN.invoke(app, [command, str(pictures[0])])
    assert result.exit_code == 0
    assert result.stdout == f"{pictures[0]}: 0 found\n"


def test_missing_models_are_said_once_and_clearly(
    pictures: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHATNGUOI_MODELS", str(pictures[0].parent))
    result = RUN.invoke(app, ["detect", str(pictures[0])])
    assert result.exit_code == 1
    assert "model file not found" in result.stderr


@pytest.mark.parametrize(
    ("options", "least"),
    [
        pytest.param([], 0.3, id="a person sees what is believed"),
        pytest.param(["--json"], 0.05, id="a program ranks by itself"),
        pytest.param(["--json", "--least", "0.5"], 0.5, id="asked for"),
    ],
)
def test_from_which_confidence_on(options: list[str], least: float) -> None:
    stills = sorted((Path(__file__).parents[3] / "sample_videos" / "stills").glob("**/*.jpg"))
    result = RUN.invoke(app, ["detect", str(stills[0]), *options])
    assert result.exit_code == 0
    if options:
        rows = [one for line in result.stdout.splitlines() for one in json.loads(line)["objects"]]
        kinds = ("motorbike", "car", "bus", "truck", "bicycle", "person")
        told = [one["confidence"] for one in rows if one["class"] in kinds and "whole_picture" not in one]
        assert told
        assert min(told) >= least
        assert least > 0.05 or min(told) < 0.35
    else:
        assert "found" in result.stdout
