"""Gathering pictures for training: views, gaps filled by teachers, rendered scenes, the sample clip."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detector.models import SIGNAL, Sight
from edge.detector.training.augment import View, boxes_of, mosaic, random_light, random_view
from edge.detector.training.manifest import Labelled, Sample
from edge.detector.training.renders import rendered_pictures, rendered_plates, rendered_vehicles
from edge.detector.training.teacher import LABELS, Trust, fill_gaps
from edge.detector.training.vehicle_data import shows_cyclists
from edge.detector.training.weather import random_weather
from edge.detector.types import Box, Detection

VIEW = View(width_px=160, height_px=96, zoom_least=0.6, zoom_most=2.0)
ROAD = Box(20, 30, 60, 40)
BICYCLE, PERSON = LABELS.index("bicycle"), LABELS.index("person")


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_boxes_follow_the_picture(seed: int) -> None:
    picture = np.zeros((120, 200, 3), np.uint8)
    picture[30:70, 20:80] = 255
    image, boxes = random_view(picture, boxes_of([(3, ROAD)]), VIEW, np.random.default_rng(seed))
    assert image.shape == (96, 160, 3)
    for label, x1, y1, x2, y2 in boxes:
        assert label == 3
        assert 0 <= x1 < x2 <= 160
        assert 0 <= y1 < y2 <= 96
        inner = image[int(np.ceil(y1 + 1)) : int(y2 - 1), int(np.ceil(x1 + 1)) : int(x2 - 1)]
        assert inner.size == 0 or inner.mean() > 200


def test_light_changes_pixels_not_the_shape() -> None:
    picture = np.full((40, 60, 3), 120, np.uint8)
    changed = random_light(picture, np.random.default_rng(1))
    assert changed.shape == picture.shape
    assert changed.dtype == np.uint8


class Teacher:
    """Sees what it is told to."""

    def __init__(self, *seen: Detection, signals: tuple[tuple[Box, float], ...] = ()) -> None:
        self.sight = Sight(list(seen), list(signals))

    def look(self, image: np.ndarray) -> Sight:
        return self.sight


@pytest.fixture
def road(tmp_path: Path) -> Sample:
    path = tmp_path / "road.png"
    cv2.imwrite(str(path), np.zeros((100, 200, 3), np.uint8))
    return Sample(path, "here", "train", (Labelled(0, Box(10, 10, 30, 60)),))


CAR = Box(120, 20, 60, 50)


@pytest.mark.parametrize(
    ("seen", "labels", "masks"),
    [
        pytest.param(Detection(CAR, "car", 0.8), 2, 0, id="sure and new"),
        pytest.param(Detection(CAR, "car", 0.3), 1, 1, id="half seen"),
        pytest.param(Detection(CAR, "car", 0.1), 1, 0, id="hardly seen"),
        pytest.param(Detection(CAR, "bus", 0.8), 1, 0, id="not trusted for this class"),
        pytest.param(Detection(Box(11, 11, 29, 58), "car", 0.8), 1, 0, id="labelled already"),
        pytest.param(
            Detection(Box(12, 10, 24, 40), "person", 0.8), 1, 0, id="the rider of a labelled machine"
        ),
    ],
)
def test_what_a_teacher_may_add(road: Sample, seen: Detection, labels: int, masks: int) -> None:
    trust = Trust(frozenset({"car", "person"}), sure=0.5, unsure=0.2)
    filled = fill_gaps(road, [Teacher(seen)], trust)  # type: ignore[list-item]
    assert (len(filled.objects), len(filled.masked)) == (labels, masks)


def test_what_is_too_small_stays_as_people_left_it(road: Sample) -> None:
    trust = Trust(frozenset({"car"}), smallest_px=70)
    filled = fill_gaps(road, [Teacher(Detection(CAR, "car", 0.9))], trust)  # type: ignore[list-item]
    assert filled.objects == road.objects


@pytest.mark.parametrize(
    ("score", "labels", "masks"),
    [
        pytest.param(0.6, 1, 0, id="sure"),
        pytest.param(0.2, 0, 1, id="half seen"),
    ],
)
def test_signal_heads_are_learned_from_teachers(road: Sample, score: float, labels: int, masks: int) -> None:
    teacher = Teacher(signals=((Box(150, 5, 8, 20), score),))
    filled = fill_gaps(road, [teacher], Trust(frozenset({SIGNAL})))  # type: ignore[list-item]
    heads = [one for one in filled.objects if LABELS[one.label] == SIGNAL]
    assert (len(heads), len(filled.masked)) == (labels, masks)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_a_mosaic_keeps_boxes_on_their_vehicles(seed: int) -> None:
    picture = np.zeros((120, 200, 3), np.uint8)
    picture[30:70, 20:80] = 255
    random = np.random.default_rng(seed)

    def seen(_number: int, view: View) -> tuple[np.ndarray, np.ndarray]:
        return random_view(picture, boxes_of([(3, ROAD)]), view, random)

    image, boxes = mosaic(VIEW, seen, random)
    assert image.shape == (96, 160, 3)
    for _, x1, y1, x2, y2 in boxes:
        assert 0 <= x1 < x2 <= 160
        assert 0 <= y1 < y2 <= 96
        inner = image[int(np.ceil(y1 + 1)) : int(y2 - 1), int(np.ceil(x1 + 1)) : int(x2 - 1)]
        assert inner.size == 0 or inner.mean() > 200


def test_weather_takes_light_away_and_is_the_same_for_the_same_seed() -> None:
    picture = np.full((96, 160, 3), 150, np.uint8)
    seen = [random_weather(picture, np.random.default_rng(seed)) for seed in range(30)]
    assert all(one.shape == picture.shape and one.dtype == np.uint8 for one in seen)
    assert sum(one.mean() < 135 for one in seen) > 10
    assert np.array_equal(seen[3], random_weather(picture, np.random.default_rng(3)))


PLATE = {"text": "59V360876", "layout": "two_line", "ground_colour": "white", "box_px": [52, 62, 30, 22]}


def test_rendered_scenes(tmp_path: Path) -> None:
    for name in ("images", "json"):
        (tmp_path / name).mkdir()
    cv2.imwrite(str(tmp_path / "images" / "s1.png"), np.zeros((100, 200, 3), np.uint8))
    rows = [
        {"class": "motorbike", "box_px": [40, 10, 50, 80], "visible_fraction": 1.0, "plate": PLATE},
        {"class": "car", "box_px": [100, 10, 50, 80], "visible_fraction": 0.1, "plate": None},
        {"class": "person", "box_px": [160, 10, 20, 60], "visible_fraction": 0.9, "plate": None},
    ]
    (tmp_path / "json" / "s1.json").write_text(json.dumps({"objects": rows}), encoding="utf-8")
    (picture,) = rendered_pictures(tmp_path)
    assert [one.label for one in picture.objects] == [0, 5]
    assert picture.hidden == (Box(100, 10, 50, 80),)
    (sample,) = rendered_vehicles(tmp_path)
    assert sample.masked == picture.hidden
    (plate,) = rendered_plates(tmp_path)
    assert (plate.text, plate.box) == ("59V360876", Box(52, 62, 30, 22))


@pytest.mark.parametrize(
    ("objects", "kept"),
    [
        pytest.param([(BICYCLE, 80)], True, id="a cyclist"),
        pytest.param([(BICYCLE, 80), (PERSON, 30)], True, id="a cyclist, people far away"),
        pytest.param([(BICYCLE, 80), (PERSON, 70)], False, id="the second cyclist was called a person"),
        pytest.param([(PERSON, 70)], False, id="no bicycle was seen"),
    ],
)
def test_of_the_bicycle_pictures_only_those_with_every_cyclist_known_teach(
    objects: list[tuple[int, int]], *, kept: bool
) -> None:
    labelled = tuple(Labelled(label, Box(0, 0, 30, tall_px)) for label, tall_px in objects)
    assert shows_cyclists(Sample(Path("x.jpg"), "bikes", "train", labelled)) == kept
