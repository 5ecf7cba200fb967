"""Reading rendered pictures: what masks what, signals, and motorbikes for the head network."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge.detector.heads import HEAD_CLASSES
from edge.detector.training.rendered_riders import rendered_heads, rendered_riders
from edge.detector.training.renders import (
    SIGNAL_LABEL,
    rendered_pictures,
    rendered_street,
    rendered_vehicles,
)
from edge.detector.training.teacher import LABELS
from edge.detector.types import Box

HELMET, BARE = HEAD_CLASSES.index("helmet"), HEAD_CLASSES.index("bare")
SIGNAL = {
    "box_px": [10, 10, 12, 36],
    "state": "red",
    "face": "round",
    "lamps": ["red", "amber", "green"],
    "lit_box_px": [12, 12, 8, 8],
    "countdown": {"box_px": [24, 10, 14, 14], "seconds": 7},
    "visible_fraction": 1.0,
}


def head(x: float, hat: str, visible: float = 1.0, side: float = 12.0) -> dict[str, Any]:
    return {
        "box_px": [x, 40, side, side],
        "helmet": hat.endswith("helmet"),
        "hat": hat,
        "child": False,
        "visible_fraction": visible,
    }


def thing(kind: str, box: list[float], visible: float = 1.0, *heads: dict[str, Any]) -> dict[str, Any]:
    return {
        "class": kind,
        "box_px": box,
        "visible_fraction": visible,
        "people": len(heads),
        "heads": list(heads),
        "plate": None,
    }


def folder_of(tmp_path: Path, *objects: dict[str, Any], **more: Any) -> Path:
    for name in ("images", "json"):
        (tmp_path / name).mkdir()
    cv2.imwrite(str(tmp_path / "images" / "s1.png"), np.full((200, 300, 3), 90, np.uint8))
    (tmp_path / "json" / "s1.json").write_text(json.dumps({"objects": objects, **more}), encoding="utf-8")
    return tmp_path


def test_what_is_hidden_is_masked_only_where_nobody_seen_stands(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        thing("motorbike", [100, 40, 40, 100]),
        thing("motorbike", [110, 40, 40, 100], 0.2),
        thing("car", [200, 40, 60, 60], 0.2),
    )
    (picture,) = rendered_pictures(folder)
    (sample,) = rendered_vehicles(folder)
    assert len(picture.hidden) == 2
    assert sample.masked == (Box(200, 40, 60, 60),)


def test_signals_are_the_class_after_the_road_users(tmp_path: Path) -> None:
    assert LABELS[SIGNAL_LABEL] == "signal"
    cut = SIGNAL | {"box_px": [200, 0, 12, 8], "visible_fraction": 0.2}
    folder = folder_of(tmp_path, thing("car", [100, 40, 60, 60]), signals=[SIGNAL, cut], condition="rain")
    (picture,) = rendered_pictures(folder)
    assert picture.condition == "rain"
    assert picture.signals is not None
    signal, _ = picture.signals
    assert (signal.state, signal.face, signal.countdown_s, signal.box) == (
        "red",
        "round",
        7,
        Box(10, 10, 12, 36),
    )
    (sample,) = rendered_street(folder)
    assert [one.label for one in sample.objects] == [1, SIGNAL_LABEL]
    assert sample.masked == (Box(200, 0, 12, 8),)


def test_pictures_whose_signals_nobody_labelled_are_left_out_of_the_street(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, thing("car", [100, 40, 60, 60]))
    (picture,) = rendered_pictures(folder)
    assert picture.signals is None
    assert list(rendered_street(folder)) == []
    assert len(list(rendered_vehicles(folder))) == 1


@pytest.mark.parametrize(
    ("heads", "verdict", "labels", "doubtful"),
    [
        ([head(110, "half_helmet")], "helmet", [HELMET], 0),
        ([head(110, "half_helmet"), head(124, "cap")], "no_helmet", [HELMET, BARE], 0),
        ([head(110, "half_helmet"), head(124, "none", 0.2)], "unknown", [HELMET], 1),
        ([head(110, "half_helmet"), head(124, "none", 0.3)], "no_helmet", [HELMET, BARE], 0),
        ([head(110, "half_helmet"), head(124, "none", 0.05)], "unknown", [HELMET], 0),
        ([head(110, "none"), head(124, "full_helmet", 1.0, 5.0)], "no_helmet", [BARE], 1),
    ],
)
def test_riders(
    tmp_path: Path, heads: list[dict[str, Any]], verdict: str, labels: list[int], doubtful: int
) -> None:
    folder = folder_of(tmp_path, thing("motorbike", [100, 40, 40, 100], 1.0, *heads))
    (crop,) = rendered_riders(folder)
    assert crop.verdict == verdict
    assert [one.label for one in crop.heads] == labels
    assert len(crop.doubtful) == doubtful
    assert crop.people == len(heads)


def test_riders_together_are_a_source_of_their_own(tmp_path: Path) -> None:
    alone = thing("motorbike", [100, 40, 40, 100], 1.0, head(110, "cap"), head(112, "cap", 0.2))
    two = thing("motorbike", [200, 40, 40, 100], 1.0, head(210, "cap"), head(222, "none", 0.3))
    crops = rendered_riders(folder_of(tmp_path, alone, two))
    assert [crop.source for crop in crops] == ["renders", "renders_many"]


def test_motorbikes_without_a_clear_head_and_bicycles_make_no_crop(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        thing("motorbike", [100, 40, 40, 100], 1.0, head(110, "cap", 0.2)),
        thing("motorbike", [200, 40, 40, 100], 0.3, head(210, "cap")),
        thing("bicycle", [10, 40, 40, 100], 1.0, head(20, "none")),
    )
    assert list(rendered_riders(folder)) == []


def test_crops_hold_the_neighbours_heads_and_are_for_training(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        thing("motorbike", [100, 40, 40, 100], 1.0, head(110, "half_helmet")),
        thing("motorbike", [120, 40, 40, 100], 1.0, head(128, "none")),
        thing("person", [250, 30, 20, 80], 1.0, head(254, "none")),
    )
    first, second = rendered_heads([folder], tmp_path / "crops")
    assert {first.split, second.split} == {"train"}
    assert sorted(one.label for one in first.objects) == [HELMET, BARE]
    assert [one.label for one in second.objects] == [BARE]
    assert len(second.masked) == 1, "the neighbour's head, cut by the crop's edge"
    for sample in (first, second):
        height, width = cv2.imread(str(sample.image)).shape[:2]
        assert all(one.box.x2 <= width and one.box.y2 <= height for one in sample.objects)


def test_crops_of_several_folders_keep_their_own_pictures(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("first", "second", "other/second")]
    for shade, folder in enumerate(folders, 1):
        folder.mkdir(parents=True)
        folder_of(folder, thing("motorbike", [100, 40, 40, 100], 1.0, head(110, "none")))
        cv2.imwrite(str(folder / "images" / "s1.png"), np.full((200, 300, 3), 50 * shade, np.uint8))
    samples = list(rendered_heads(folders, tmp_path / "crops"))
    assert [int(cv2.imread(str(one.image)).max()) for one in samples] == [50, 100, 150]
