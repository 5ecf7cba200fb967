import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.detector.errors import DataError
from edge.detector.training.yolo_data import fingerprint, read_yolo_data
from edge.detector.types import Box

CLASSES = ("motorbike", "car", "bus")
WIDTH, HEIGHT = 200, 100


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two labelled pictures and one without a label, in Ultralytics' usual folders."""
    for part in ("images/train", "labels/train"):
        (tmp_path / part).mkdir(parents=True)
    for name in ("a", "b", "c"):
        cv2.imwrite(str(tmp_path / f"images/train/{name}.jpg"), np.full((HEIGHT, WIDTH, 3), 90, np.uint8))
    (tmp_path / "labels/train/a.txt").write_text("0 0.5 0.5 0.2 0.4\n3 0.1 0.1 0.1 0.1\n")
    (tmp_path / "labels/train/b.txt").write_text("2 0.25 0.5 0.5 1\n")
    (tmp_path / "data.yaml").write_text(
        "path: .\ntrain: images/train\nnames:\n  0: Xe máy\n  1: bus\n  2: motorcycle\n  3: dog\n"
    )
    return tmp_path / "data.yaml"


def test_boxes_come_in_pixels_with_the_recipes_class_numbers(data):
    read = read_yolo_data(data, CLASSES)
    objects = {sample.image.name: [(one.label, one.box) for one in sample.objects] for sample in read.samples}
    assert objects == {
        "a.jpg": [(0, Box(80, 30, 40, 40))],
        "b.jpg": [(0, Box(0, 0, 100, 100))],
        "c.jpg": [],
    }
    assert read.known == {0: "motorbike", 1: "bus", 2: "motorbike"}
    assert read.ignored == ("dog",)
    assert read.faults == ()


def test_a_recipe_may_have_a_name_of_its_own_for_what_others_name_otherwise(data):
    data.write_text("path: .\ntrain: images/train\nnames: [No-Helmet, x, Có mũ, y]\n")
    assert read_yolo_data(data, ("helmet", "bare")).known == {0: "bare", 2: "helmet"}


def test_a_recipes_own_name_needs_no_synonym(data):
    assert read_yolo_data(data, ("dog",)).known == {3: "dog"}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("labels/train/a.txt", b"0 0.5 0.5 0.2 0.4\n0 0.5 a 0.2 0.4\n", r"labels/train/a\.txt:2"),
        ("labels/train/a.txt", b"0 0.5 0.5 0.2\n", r"labels/train/a\.txt:1"),
        ("labels/train/a.txt", b"0 50 50 20 40\n", r"labels/train/a\.txt:1"),
        ("labels/train/a.txt", b"7 0.5 0.5 0.2 0.4\n", r"class 7 has no name: .*labels/train/a\.txt"),
        ("labels/train/a.txt", b"\xff\xfe\x00", r"labels/train/a\.txt"),
        ("images/train/a.jpg", b"not a picture", r"images/train/a\.jpg"),
        ("images/train/a.jpg", b"", r"images/train/a\.jpg"),
    ],
)
def test_a_faulty_picture_is_named_and_the_rest_is_read(name, content, said, data):
    (data.parent / name).write_bytes(content)
    read = read_yolo_data(data, CLASSES)
    assert [sample.image.name for sample in read.samples] == ["b.jpg", "c.jpg"]
    (fault,) = read.faults
    assert "\n" not in fault
    assert re.search(said, fault), fault


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("train: images/train\nnames: [cat, dog]\n", r"none of its names \(cat, dog\).*data\.yaml"),
        ("val: images/train\nnames: [car]\n", r"no pictures for `train`.*data\.yaml"),
        ("train: nowhere\nnames: [car]\n", r"no picture in its part train.*data\.yaml"),
        ("train: [images/train\nnames: [car]\n", r"is not closed.*data\.yaml"),
        (None, r"cannot read it.*data\.yaml"),
    ],
)
def test_a_file_that_leads_nowhere_is_refused(text, said, data):
    data.unlink() if text is None else data.write_text(text)
    with pytest.raises(DataError, match=said):
        read_yolo_data(data, CLASSES)


def test_the_fingerprint_changes_with_a_label_and_not_with_the_place(data, tmp_path):
    before = fingerprint(read_yolo_data(data, CLASSES).samples)
    moved = data.parent.rename(tmp_path.parent / f"{tmp_path.name}-moved") / "data.yaml"
    assert fingerprint(read_yolo_data(moved, CLASSES).samples) == before
    (moved.parent / "labels/train/a.txt").write_text("0 0.5 0.5 0.2 0.5\n")
    assert fingerprint(read_yolo_data(moved, CLASSES).samples) != before
