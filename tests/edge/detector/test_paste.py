"""Vehicles cut from one picture and set into another."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detector.training.augment import boxes_of
from edge.detector.training.manifest import Labelled, Sample
from edge.detector.training.paste import Paster
from edge.detector.types import Box

BUS, CAR = 2, 1


@pytest.fixture(scope="module")
def donor(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    path = tmp_path_factory.mktemp("donor") / "road.png"
    picture = np.zeros((200, 300, 3), np.uint8)
    picture[50:150, 40:140] = 255
    cv2.imwrite(str(path), picture)
    return Sample(path, "here", "train", (Labelled(BUS, Box(40, 50, 100, 100)),))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_what_is_set_in_is_where_its_box_says(donor: Sample, seed: int) -> None:
    ground = np.full((192, 320, 3), 90, np.uint8)
    image, boxes = Paster([donor], [BUS]).paste(ground, boxes_of([]), np.random.default_rng(seed))
    assert image.shape == ground.shape
    assert 1 <= len(boxes) <= 3
    for label, x1, y1, x2, y2 in boxes:
        assert label == BUS
        assert 0 <= x1 < x2 <= 320
        assert 0 <= y1 < y2 <= 192
    touched = np.argwhere((image != ground).any(axis=2))
    inside = np.zeros(ground.shape[:2], bool)
    for _, x1, y1, x2, y2 in boxes.astype(int):
        inside[y1:y2, x1:x2] = True
    assert inside[touched[:, 0], touched[:, 1]].all()
    assert (ground == 90).all(), "the picture given is left as it was"


def test_nobody_is_hidden(donor: Sample) -> None:
    crowd = boxes_of([(CAR, Box(x, y, 4, 4)) for x in range(0, 320, 8) for y in range(0, 192, 8)])
    ground = np.zeros((192, 320, 3), np.uint8)
    image, boxes = Paster([donor], [BUS]).paste(ground, crowd, np.random.default_rng(1))
    assert np.array_equal(boxes, crowd)
    assert np.array_equal(image, ground)


@pytest.mark.parametrize(
    ("objects", "usable"),
    [
        pytest.param([(BUS, Box(10, 10, 80, 80))], 1, id="alone"),
        pytest.param([(BUS, Box(10, 10, 20, 80))], 0, id="too small"),
        pytest.param([(BUS, Box(10, 10, 80, 80)), (CAR, Box(60, 60, 80, 80))], 0, id="half hidden"),
        pytest.param([(CAR, Box(10, 10, 80, 80))], 0, id="of another kind"),
    ],
)
def test_only_whole_vehicles_of_the_wanted_kinds(
    donor: Sample, objects: list[tuple[int, Box]], usable: int
) -> None:
    sample = Sample(donor.image, "here", "train", tuple(Labelled(label, box) for label, box in objects))
    ground = np.zeros((192, 320, 3), np.uint8)
    _, boxes = Paster([sample], [BUS]).paste(ground, boxes_of([]), np.random.default_rng(3))
    assert (len(boxes) > 0) == bool(usable)
