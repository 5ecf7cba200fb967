"""What `detect` says about a picture."""

import json
from collections.abc import Sequence

import numpy as np
import pytest

from edge.detector.look import PictureLooker, crop_verdict, rider_attributes
from edge.detector.models import Sight
from edge.detector.rider_look import Head, RiderLook
from edge.detector.types import Box, Detection, Image

ROAD = np.zeros((300, 400, 3), np.uint8)
MOTORBIKE = Detection(Box(10, 20, 60, 120), "motorbike", 0.9)
CAR = Detection(Box(200, 20, 100, 80), "car", 0.8)
BARE = Head(Box(30, 22, 20, 24), "bare", 0.9, 0.9)
COVERED = Head(Box(32, 30, 20, 24), "helmet", 0.8, 0.2)
TWO = RiderLook(2, (BARE, COVERED), "some_bare", "")
NOBODY = RiderLook(None, (), "unknown", "no head found")


class Vehicles:
    def __init__(self, *found: Detection) -> None:
        self.found = list(found)

    def look(self, image: Image) -> Sight:
        return Sight(self.found, [])


class Riders:
    def __init__(self, *looks: RiderLook) -> None:
        self.looks, self.asked = list(looks), [Box(0, 0, 0, 0)]

    def look_at_all(self, image: Image, motorbikes: Sequence[Box]) -> list[RiderLook]:
        self.asked = list(motorbikes)
        return self.looks[: len(self.asked)]


def test_a_motorbike_has_its_riders_and_their_heads_are_objects_too() -> None:
    car, motorbike, first, second = PictureLooker(Vehicles(CAR, MOTORBIKE), Riders(TWO)).objects(ROAD)
    assert car == {"class": "car", "box": [200, 20, 100, 80], "confidence": 0.8}
    assert motorbike == {
        "class": "motorbike",
        "box": [10, 20, 60, 120],
        "confidence": 0.9,
        "people": 2,
        "helmets": ["no_helmet", "helmet"],
        "helmet": "no_helmet",
        "chance_bare": 0.9,
    }
    assert first == {"class": "head", "box": [30, 22, 20, 24], "confidence": 0.9, "helmet": "no_helmet"}
    assert second["helmet"] == "helmet"
    json.dumps([car, motorbike, first, second])


def test_a_doubtful_motorbike_is_told_of_but_its_riders_are_not_judged() -> None:
    doubtful = Detection(Box(150, 20, 60, 120), "motorbike", 0.2)
    riders = Riders(TWO, TWO)
    objects = PictureLooker(Vehicles(MOTORBIKE, doubtful), riders).objects(ROAD)
    assert riders.asked == [MOTORBIKE.box]
    (row,) = [one for one in objects if one["confidence"] == 0.2]
    assert row == {"class": "motorbike", "box": [150, 20, 60, 120], "confidence": 0.2}


def test_what_is_not_known_has_a_reason() -> None:
    assert rider_attributes(NOBODY) == {
        "people": None,
        "helmets": [],
        "helmet": "unknown",
        "reason": "no head found",
    }


@pytest.mark.parametrize(
    ("found", "look", "classes"),
    [
        pytest.param([], TWO, ["motorbike", "head", "head"], id="a rider crop"),
        pytest.param([CAR], TWO, ["motorbike", "car", "head", "head"], id="a rider crop with a car in it"),
        pytest.param([CAR], NOBODY, ["car"], id="a road without riders"),
        pytest.param(
            [],
            RiderLook(1, (Head(Box(5, 5, 12, 14), "bare", 0.9, 0.9),), "some_bare", ""),
            [],
            id="far heads",
        ),
        pytest.param([MOTORBIKE], NOBODY, ["motorbike"], id="a motorbike whose rider is hidden"),
    ],
)
def test_when_the_whole_picture_is_one_motorbike(
    found: list[Detection], look: RiderLook, classes: list[str]
) -> None:
    large = RiderLook(
        look.people,
        tuple(
            Head(head.box if head.box.w < 20 else head.box.expanded(0.5), head.helmet, head.confidence, 0.5)
            for head in look.heads
        ),
        look.helmet,
        look.reason,
    )
    riders = Riders(large)
    objects = PictureLooker(Vehicles(*found), riders).objects(ROAD)
    assert [one["class"] for one in objects] == classes
    whole = [one for one in objects if one.get("whole_picture")]
    assert [one["box"] for one in whole] == ([[0, 0, 400, 300]] if "head" in classes else [])


def test_without_a_head_network_nothing_is_said_of_riders() -> None:
    (motorbike,) = PictureLooker(Vehicles(MOTORBIKE)).objects(ROAD)
    assert set(motorbike) == {"class", "box", "confidence"}
    assert crop_verdict([motorbike]) == "unknown"


def test_signals_stand_beside_the_rest() -> None:
    lamp = {"class": "signal", "box": [1, 2, 3, 4], "confidence": 0.7, "state": "red"}
    assert PictureLooker(Vehicles(), signals=lambda *_: [lamp]).objects(ROAD) == [lamp]


def test_the_largest_motorbike_speaks_for_a_crop() -> None:
    riders = Riders(RiderLook(1, (COVERED,), "all", ""), TWO)
    behind = Detection(Box(100, 10, 20, 30), "motorbike", 0.95)
    objects = PictureLooker(Vehicles(behind, MOTORBIKE), riders).objects(ROAD)
    assert crop_verdict(objects) == "no_helmet"
    assert crop_verdict([]) == "unknown"


@pytest.mark.parametrize(
    ("box", "looked_at"),
    [
        pytest.param(Box(50, 10, 200, 250), Box(0, 0, 400, 300), id="it fills the crop"),
        pytest.param(Box(50, 10, 60, 120), Box(50, 10, 60, 120), id="one of many"),
    ],
)
def test_where_riders_are_looked_for(box: Box, looked_at: Box) -> None:
    riders = Riders(TWO)
    (motorbike, *_) = PictureLooker(Vehicles(Detection(box, "motorbike", 0.9)), riders).objects(ROAD)
    assert riders.asked == [looked_at]
    assert motorbike["box"] == [box.x, box.y, box.w, box.h]
