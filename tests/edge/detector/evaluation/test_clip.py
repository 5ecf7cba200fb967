"""A rendered clip as test sets."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.detector.evaluation.clip import clip_sets
from edge.detector.evaluation.sets import AnySet
from edge.detector.types import Box

CAR, PLATE = [10, 10, 60, 60], [20, 40, 40, 20]


def point(number: int, box: list[int] | None = CAR, **more: object) -> dict[str, object]:
    return {"t_s": number / 10, "box_px": box, "plate_box_px": PLATE, "visible_fraction": 1.0, **more}


@pytest.fixture
def sets(tmp_path: Path) -> list[AnySet]:
    """Twenty-one frames at ten a second, each as bright as its number times ten."""
    writer = cv2.VideoWriter(str(tmp_path / "clip.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 10, (200, 100))
    for number in range(21):
        writer.write(np.full((100, 200, 3), number * 10, np.uint8))
    writer.release()
    vehicles = [
        {"class": "car", "plate": {"text": "61A72814"}, "path": [point(number) for number in range(15)]},
        {
            "class": "person",
            "plate": None,
            "path": [
                point(0, [100, 10, 10, 20]),
                point(10, [100, 10, 10, 40], visible_fraction=0.2),
                point(20, [100, 10, 10, 40]),
            ],
        },
        {
            "class": "bus",
            "plate": {"text": "51B12345"},
            "path": [
                point(0, plate_box_px=[0, 0, 29, 10]),
                point(10, visible_fraction=0.6),
                point(20, None),
            ],
        },
    ]
    truth = {
        "video": {"file": "clip.avi", "fps": 10},
        "vehicles": vehicles,
        "signal": {
            "head_box_px": [150, 5, 10, 30],
            "phases": [
                {"state": "green", "t_start_s": 0.0, "t_end_s": 0.9},
                {"state": "red", "t_start_s": 0.9, "t_end_s": 1.9},
                {"state": "dark", "t_start_s": 1.6, "t_end_s": 3.0},
            ],
        },
    }
    (tmp_path / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    return clip_sets(tmp_path)


def test_boxes_of_every_tenth_frame(sets: list[AnySet]) -> None:
    boxes = sets[0]
    assert boxes.kinds == ("car", "bus", "person")
    scenes = list(boxes.scenes())
    shades = [int(scene.picture.load().mean().round(-1)) for scene in scenes]
    assert shades == [0, 100, 200]
    assert [[thing.kind for thing in scene.things] for scene in scenes] == [
        ["car", "bus"],
        ["car", "bus"],
        ["person"],
    ]
    assert [len(scene.not_judged) for scene in scenes] == [1, 1, 0]  # the person small, then hidden
    assert scenes[0].things[0].box == Box(*CAR)


def test_plates_that_somebody_could_read(sets: list[AnySet]) -> None:
    found = [[plate.text for plate in scene.plates] for scene in sets[1].scenes()]
    assert found == [["61A72814"], ["61A72814"]]  # the bus's is under 30 px, then hidden


def test_the_signal_once_it_has_settled(sets: list[AnySet]) -> None:
    found = [(scene.state, scene.head) for scene in sets[2].scenes()]
    assert found == [("dark", Box(150, 5, 10, 30))]  # at 0.0 and 1.0 s it has just changed
