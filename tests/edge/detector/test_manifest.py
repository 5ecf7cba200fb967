"""Lists of labelled pictures."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.detector.training.manifest import (
    Labelled,
    Sample,
    load_picture,
    read_manifest,
    read_yolo,
    write_manifest,
)
from edge.detector.types import Box


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "road.png"
    cv2.imwrite(str(path), np.random.default_rng(0).integers(0, 255, (100, 200, 3)).astype(np.uint8))
    path.with_suffix(".txt").write_text("0 0.5 0.5 0.2 0.4\n3 0.1 0.1 0.1 0.1\n\n", encoding="utf-8")
    return path


def test_yolo_boxes_become_pixels_and_other_classes_stay_out(picture: Path) -> None:
    (found,) = read_yolo(picture, {0: 2})
    assert found.label == 2
    assert (found.box.x, found.box.y, found.box.w, found.box.h) == pytest.approx((80, 30, 40, 40))


def test_a_list_survives_writing(picture: Path, tmp_path: Path) -> None:
    sample = Sample(picture, "here", "test", (Labelled(1, Box(1, 2, 3, 4)),), (Box(5, 6, 7, 8),))
    write_manifest([sample], tmp_path / "lists" / "all.jsonl")
    assert read_manifest(tmp_path / "lists" / "all.jsonl") == [sample]


def test_masked_regions_show_one_colour(picture: Path) -> None:
    masked = load_picture(Sample(picture, "here", "train", (), (Box(10, 20, 30, 15),)))
    assert len(np.unique(masked[20:36, 10:41].reshape(-1, 3), axis=0)) == 1
    assert len(np.unique(masked.reshape(-1, 3), axis=0)) > 100
