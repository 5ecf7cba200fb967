"""Which rider crops are for training, and what is cut out of them."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detector.training.head_data import (
    LABELS,
    UNSEEN,
    LabelError,
    bicycle_samples,
    group_of,
    part_of,
    rider_crops,
    rider_samples,
)
from edge.detector.types import Box

HEADER = "source,picture,group,motorbike,heads,people,verdict,note\n"


@pytest.fixture
def field(tmp_path: Path) -> Path:
    folder = tmp_path / "field" / "helmets" / "heads_bikeshelmets"
    folder.mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "field" / "road.png"), np.full((200, 300, 3), 90, np.uint8))
    for name in ("BikesHelmets7_png_jpg.rf.aa", "BikesHelmets7_png_jpg.rf.bb"):
        cv2.imwrite(str(folder / f"{name}.jpg"), np.full((200, 300, 3), 90, np.uint8))
        (folder / f"{name}.txt").write_text("0 0.5 0.3 0.1 0.15\n1 0.8 0.3 0.1 0.15\n")
    return tmp_path / "field"


def table(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "labels.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


HEADS = "120 52 20 24 helmet;140 60 18 22 bare;100 60 9 9 unsure"
ROW = f"rider_class,road.png,photo:1,100 50 60 100,{HEADS},2,no_helmet,"


def test_a_row_becomes_a_crop_and_the_crop_a_picture(tmp_path: Path, field: Path) -> None:
    (one,) = rider_crops(field, table(tmp_path, ROW))
    assert (one.motorbike, one.people, one.verdict) == (Box(100, 50, 60, 100), 2, "no_helmet")
    assert [head.label for head in one.heads] == [0, 1]
    assert one.doubtful == (Box(100, 60, 9, 9),)
    (sample,) = rider_samples([one], tmp_path / "crops")
    height, width = cv2.imread(str(sample.image)).shape[:2]
    assert (width, height) == (70, 116)
    assert sample.objects[0].box == Box(120 - 95, 52 - 42, 20, 24)
    assert sample.masked == (Box(100 - 95, 60 - 42, 9, 9),)
    assert sample.split == part_of("photo:1")


def test_pictures_that_are_not_there_are_left_out(tmp_path: Path, field: Path) -> None:
    assert rider_crops(field, table(tmp_path, ROW.replace("road.png", "other.png"))) == []


def test_crops_of_cameras_kept_for_the_test_are_never_cut_for_training(tmp_path: Path, field: Path) -> None:
    rows = [ROW.replace("rider_class", source) for source in sorted(UNSEEN)]
    crops = rider_crops(field, table(tmp_path, *rows))
    assert {one.part for one in crops} == {"test"}
    assert list(rider_samples(crops, tmp_path / "crops")) == []


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(ROW.replace("100 50 60 100", "100 50 60"), id="a box of three sides"),
        pytest.param(ROW.replace("bare", "hat"), id="a hat is no class"),
        pytest.param(ROW.replace(",2,", ",two,"), id="a number in words"),
    ],
)
def test_a_broken_row_is_named(tmp_path: Path, field: Path, row: str) -> None:
    with pytest.raises(LabelError, match=r"labels\.csv:3"):
        rider_crops(field, table(tmp_path, ROW, row))


def test_a_missing_table_is_named(tmp_path: Path, field: Path) -> None:
    with pytest.raises(LabelError, match=r"nothing\.csv"):
        rider_crops(field, tmp_path / "nothing.csv")


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("22112_jpg.rf.89ae411ec9.jpg", "camera:22112"),
        ("kBikesHelmets156.jpg", "bikes:156"),
        ("BikesHelmets156_png_jpg.rf.0d9f2.jpg", "bikes:156"),
        ("images7.jpg", "images7.jpg"),
    ],
)
def test_groups(name: str, group: str) -> None:
    assert group_of(name) == group


@settings(deadline=None)
@given(st.integers(0, 60_000))
def test_no_frame_of_training_is_near_a_frame_of_the_test(frame: int) -> None:
    if part_of(f"camera:{frame}") == "test":
        near = {part_of(f"camera:{frame + step}") for step in (-80, -40, 40, 80) if frame + step >= 0}
        assert "train" not in near


def test_about_a_quarter_is_held_out() -> None:
    parts = [part_of(f"photo:{number}") for number in range(2000)]
    assert 0.21 < parts.count("test") / len(parts) < 0.29


def test_one_copy_of_each_bicycle_photo_is_cut(tmp_path: Path, field: Path) -> None:
    samples = list(bicycle_samples(field, tmp_path / "crops"))
    assert {sample.image.name[:26] for sample in samples} == {"bikes_BikesHelmets7_png_jp"}
    assert len(samples) == 2
    assert all(sample.split == "train" and sample.objects for sample in samples)


def test_the_shipped_labels_are_whole() -> None:
    with (LABELS / "rider_heads.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 500
    for row in rows:
        kinds = {text.split()[-1] for text in filter(None, row["heads"].split(";"))}
        assert kinds <= {"helmet", "bare", "unsure"}
        assert row["verdict"] in {"helmet", "no_helmet", "unknown"}
        assert not ("bare" in kinds and row["verdict"] == "helmet"), row["picture"]
        assert not row["note"] or row["verdict"]
