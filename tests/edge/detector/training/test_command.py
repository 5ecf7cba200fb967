"""Training on one's own pictures, from the command line to the .onnx file. Needs torch, as training does."""

# ruff: noqa: E402 - what needs torch is imported after asking for it

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch (extra `train`)")
pytest.importorskip("ultralytics", reason="training needs ultralytics (extra `train`)")

from edge.detector.engines import OnnxNetwork
from edge.detector.metadata import card_of
from edge.detector.registry import default_models
from edge.detector.training.revive import revive

RECIPE = """
name = "vehicles"
classes = ["car", "tricycle"]
start = "unused.pt"
epochs = 2
batch = 2
learning_rate = 1e-3
width_px = 128
height_px = 64
zoom_least = 0.9
zoom_most = 1.1
frozen_layers = 20
seed = 4
version = "7.0"

[weights]
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Sixteen drawn pictures of boxes on a road, a small recipe, and a network to start from."""
    root = tmp_path_factory.mktemp("own")
    (root / "images").mkdir()
    (root / "labels").mkdir()
    random = np.random.default_rng(8)
    for number in range(16):
        picture = np.full((64, 128, 3), 120, np.uint8)
        x, y = random.integers(10, 70), random.integers(10, 30)
        cv2.rectangle(picture, (int(x), int(y)), (int(x) + 40, int(y) + 25), (30, 30, 200), -1)
        cv2.imwrite(str(root / f"images/{number:02}.png"), picture)
        row = f"{number % 2} {(x + 20) / 128:.4f} {(y + 12.5) / 64:.4f} {40 / 128:.4f} {25 / 64:.4f}\n"
        (root / f"labels/{number:02}.txt").write_text(row)
    (root / "data.yaml").write_text("path: .\ntrain: images\nval: images\nnames: [ô tô, tricycle]\n")
    (root / "small.toml").write_text(RECIPE)
    revive(
        default_models().vehicles.path, [root / "images/00.png", root / "images/01.png"], root / "start.pt"
    )
    return root


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "edge.cli", *map(str, arguments)]


def train(folder: Path, work: Path, *more: object) -> list[str]:
    start = ("--recipe", folder / "small.toml", "--start", folder / "start.pt", "--threads", 1)
    return command("train", folder / "data.yaml", *start, "--work", work, *more)


def run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=600)


def killed_in_the_second_epoch(folder: Path, work: Path) -> None:
    process = subprocess.Popen(train(folder, work), start_new_session=True, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 300
    while not (work / "last.pt").is_file():
        assert process.poll() is None, "training ended by itself"
        assert time.monotonic() < deadline, "no epoch was finished"
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (work / "best.pt").exists()


def test_a_run_that_was_killed_ends_as_if_it_had_not_been(folder, tmp_path):
    done = run(train(folder, tmp_path / "whole"))
    assert done.returncode == 0, done.stderr
    killed_in_the_second_epoch(folder, tmp_path / "cut")
    again = run(train(folder, tmp_path / "cut"))
    assert again.returncode == 1
    assert "there is a training run here" in again.stderr
    assert run(train(folder, tmp_path / "cut", "--resume")).returncode == 0
    whole, cut = (
        torch.load(tmp_path / name / "best.pt", weights_only=False)["model"].state_dict()
        for name in ("whole", "cut")
    )
    for name, value in whole.items():
        assert torch.allclose(value.float(), cut[name].float(), atol=1e-6), name
    other = run(train(folder, tmp_path / "cut", "--resume", "--epochs", 3))
    assert "began with another recipe" in other.stderr

    target = tmp_path / "out" / "vehicles.onnx"
    exported = run(command("export", tmp_path / "whole", target))
    assert exported.returncode == 0, exported.stderr
    card = card_of(OnnxNetwork(target).metadata, kind="vehicles", path=target)
    assert card.classes == ("car", "tricycle")
    assert card.version.startswith("7.0+")
    assert card.long_side_px == 128
    note = json.loads((tmp_path / "whole" / "run.json").read_text())
    assert card.recipe_sha256 == note["recipe_sha256"]
    assert target.stat().st_size < 7_000_000


def test_a_class_that_the_start_knows_goes_on_from_there(folder, tmp_path):
    from edge.detector.training.own_run import _rows

    classes = card_of(
        OnnxNetwork(default_models().vehicles.path).metadata, kind="vehicles", path=folder
    ).classes
    assert _rows(folder / "start.pt", ("tricycle", "car")) == (-1, classes.index("car"))


def test_bad_pictures_stop_the_run_unless_they_are_to_be_left_out(folder, tmp_path):
    label = folder / "labels" / "03.txt"
    good = label.read_text()
    label.write_text("1 0.5 what 0.1 0.1\n")
    try:
        stopped = run(train(folder, tmp_path / "work"))
    finally:
        label.write_text(good)
    assert stopped.returncode == 1
    assert "labels/03.txt:1" in stopped.stderr
    assert "--skip-bad" in stopped.stderr
    assert not (tmp_path / "work").exists()


def test_nothing_to_export_is_said(tmp_path):
    ended = run(command("export", tmp_path, tmp_path / "out.onnx"))
    assert ended.returncode == 1
    assert "no finished training run here" in ended.stderr
