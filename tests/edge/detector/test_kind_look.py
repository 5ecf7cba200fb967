"""The second look at a vehicle: what it may say, and what the first network's word weighs."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.detector.errors import ModelError
from edge.detector.images import read_image
from edge.detector.kind_look import (
    GROUPS,
    KIND_CLASSES,
    WINDOW_PX,
    KindLook,
    chances,
    group_of,
    kind_window,
    likeliest,
    weighed,
)
from edge.detector.look import open_kinds
from edge.detector.models import VehicleDetector
from edge.detector.registry import default_models
from edge.detector.types import Box, Detection, VehicleClass
from edge.detector.view import View

STILLS = Path(__file__).parents[3] / "sample_videos" / "stills"
logits = st.lists(st.integers(-30, 30).map(float), min_size=5, max_size=5).map(np.array)
vehicles = st.sampled_from(KIND_CLASSES)


@pytest.fixture(scope="module")
def eyes() -> KindLook:
    found = open_kinds(default_models(), engine="onnxruntime")
    assert found is not None
    return found


@given(logits, vehicles)
def test_kinds_are_told_apart_within_a_group_only(row: np.ndarray, kind: VehicleClass) -> None:
    odds = chances(row, kind)
    assert set(odds) == group_of(kind)
    assert sum(odds.values()) == pytest.approx(1.0)
    assert row[KIND_CLASSES.index(likeliest(odds))] == max(row[KIND_CLASSES.index(name)] for name in odds)


@given(logits, vehicles, st.floats(1, 100))
def test_a_word_speaks_for_its_own_kind_and_no_other(
    row: np.ndarray, kind: VehicleClass, word: float
) -> None:
    odds = chances(row, kind)
    after = weighed(odds, kind, word)
    assert sum(after.values()) == pytest.approx(1.0)
    assert after[kind] >= odds[kind] - 1e-9
    assert all(after[name] <= odds[name] + 1e-9 for name in odds if name != kind)


def test_every_kind_is_of_one_group_and_a_person_of_none() -> None:
    assert sorted(kind for group in GROUPS for kind in group) == sorted(KIND_CLASSES)
    assert group_of("person") is None


def test_people_and_specks_keep_what_the_first_network_said(eyes: KindLook) -> None:
    image = np.zeros((200, 300, 3), np.uint8)
    found = [Detection(Box(10, 10, 40, 90), "person", 0.8), Detection(Box(100, 100, 11, 40), "truck", 0.5)]
    assert eyes.judged(image, found) == found
    assert eyes.odds(image, []) == []


def test_boxes_and_confidences_stay_and_the_order_too(eyes: KindLook) -> None:
    image = np.random.default_rng(5).integers(0, 255, (400, 600, 3), dtype=np.uint8)
    boxes = [Box(20.0 * place, 10.0 * place, 60, 50) for place in range(20)]
    found = [Detection(box, KIND_CLASSES[place % 5], place / 20) for place, box in enumerate(boxes)]
    judged = eyes.judged(image, found)
    assert [(one.box, one.confidence) for one in judged] == [(one.box, one.confidence) for one in found]
    assert all(one.kind in (group_of(before.kind) or ()) for one, before in zip(judged, found, strict=True))


def test_a_mirrored_vehicle_is_the_same_vehicle(eyes: KindLook) -> None:
    image = read_image(min(STILLS.glob("*.jpg")))
    found = VehicleDetector(default_models().vehicles.path, engine="onnxruntime").detect(image)
    largest = max((one for one in found if group_of(one.kind)), key=lambda one: one.box.area)
    box = largest.box
    mirrored = replace(largest, box=replace(box, x=image.shape[1] - box.x2))
    (here,) = eyes.odds(image, [largest])
    (there,) = eyes.odds(np.ascontiguousarray(image[:, ::-1]), [mirrored])
    assert here == pytest.approx(there, abs=0.1)


def test_the_vehicle_network_lets_it_have_the_last_word_on_whole_pictures_only(eyes: KindLook) -> None:
    class Bus:
        def judged(self, _image: np.ndarray, found: list[Detection]) -> list[Detection]:
            return [Detection(one.box, "bus", one.confidence) for one in found]

    image = read_image(min(STILLS.glob("*.jpg")))
    path = default_models().vehicles.path
    detector = VehicleDetector(path, views=[View(640)], kinds=Bus(), engine="onnxruntime")  # type: ignore[arg-type]
    assert {one.kind for one in detector.detect(image)} == {"bus"}
    assert {one.kind for one in detector.at_a_glance(640).detect(image)} - {"bus"}


def test_any_window_has_the_size_the_network_takes() -> None:
    image = np.zeros((50, 70, 3), np.uint8)
    for box in (Box(0, 0, 70, 50), Box(-30, -30, 10, 10), Box(60, 40, 200, 300)):
        assert kind_window(image, box).shape == (WINDOW_PX, WINDOW_PX, 3)


def test_another_model_is_refused() -> None:
    with pytest.raises(ModelError, match="not 'kinds'"):
        KindLook(default_models().vehicles.path)
