"""What the edge makes of the folder in `tests/officer_labels`, which the backend's own test writes."""

import json
import shutil
from pathlib import Path

import pytest

from edge.detector.errors import DataError
from edge.detector.models import VehicleDetector
from edge.detector.registry import default_models
from edge.detector.training.manifest import Sample
from edge.detector.training.officer_labels import LESSONS, classes_of, read_officer_labels
from edge.detector.training.teacher import LABELS
from edge.detector.types import Box

FOLDER = Path(__file__).parents[3] / "officer_labels"
CAR, OTHER_CAR = Box(356, 248, 126, 110), Box(199, 157, 86, 75)


@pytest.fixture(scope="module")
def teacher() -> VehicleDetector:
    return VehicleDetector(default_models().vehicles.path, confidence=0.15)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "labels"))


def rewrite(folder: Path, number: int, **changes: object) -> None:
    path = folder / "labels.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows[number].update(changes)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def at(sample: Sample, box: Box) -> list[str]:
    return [LABELS[one.label] for one in sample.objects if one.box.iou(box) > 0.5]


def test_each_decision_teaches_what_it_says(folder, teacher):
    read = read_officer_labels(folder, teacher)
    corrected, nothing = read.samples
    assert at(corrected, CAR) == ["car"]
    assert at(nothing, OTHER_CAR) == []
    assert all(box.iou(OTHER_CAR) < 0.5 for box in nothing.masked)
    assert [(plate.text, plate.layout, plate.colour) for plate in read.plates] == [
        ("51K12345", "one_line", "white"),
        ("", "two_line", "unknown"),
        ("59X112349", "two_line", "unknown"),
    ]
    assert read.faults == ()
    assert read.left_out == {}


def test_the_other_road_users_in_the_picture_are_labelled_too(folder, teacher):
    corrected, nothing = read_officer_labels(folder, teacher).samples
    assert at(corrected, OTHER_CAR) == ["car"]
    assert at(nothing, CAR) == ["car"]
    assert {"motorbike", "car"} <= {LABELS[one.label] for one in corrected.objects}


def test_the_officers_class_stands_against_the_teachers(folder, teacher):
    rewrite(folder, 0, officer={"kind": "truck", "plate": None, "ground_colour": None})
    assert at(read_officer_labels(folder, teacher).samples[0], CAR) == ["truck"]


@pytest.mark.parametrize(
    "reason", ["wrong_vehicle", "evidence_poor", "camera_fault", "duplicate", "other", "a_reason_of_2031"]
)
def test_reasons_that_say_nothing_about_the_eyes_are_left_out_and_counted(reason, folder, teacher):
    rewrite(folder, 0, decision="rejected", reason=reason)
    read = read_officer_labels(folder, teacher)
    assert read.left_out == {reason: 1}
    assert len(read.samples) == 1
    assert len(read.plates) == 2


def test_every_reason_of_the_table_is_about_vehicles_or_plates():
    assert all(lessons for lessons in LESSONS.values())


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda folder: (folder / "images" / f"{0:08}-0000-0000-0000-{1:012}.jpg").write_bytes(b"x"),
            "1.jpg",
        ),
        (lambda folder: rewrite(folder, 0, machine={}), "labels.jsonl:1"),
        (lambda folder: rewrite(folder, 0, machine={"box_px": ["a", 1, 2, 3]}), "labels.jsonl:1"),
    ],
)
def test_a_row_that_cannot_be_used_is_said_and_the_rest_is_read(spoil, said, folder, teacher):
    spoil(folder)
    read = read_officer_labels(folder, teacher)
    (fault,) = read.faults
    assert said in fault
    assert len(read.samples) == 1
    assert len(read.plates) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot read officers' labels"),
        ("{", "cannot read officers' labels"),
        ('{"schema": "phatnguoi.labels/9"}', r"not of phatnguoi.labels/1: .*labels\.jsonl:1"),
    ],
)
def test_a_folder_that_is_no_export_is_refused(content, said, tmp_path, teacher):
    if content is not None:
        (tmp_path / "labels.jsonl").write_text(content)
    with pytest.raises(DataError, match=said):
        read_officer_labels(tmp_path, teacher)


def test_a_recipe_with_other_classes_gets_its_own_numbers(folder, teacher):
    samples = classes_of(read_officer_labels(folder, teacher).samples, ("bus", "car"))
    assert {one.label for sample in samples for one in sample.objects} == {1}
