"""Pictures put by for a plate that may be asked for: all there when it is, and bounded in memory."""

from __future__ import annotations

import dataclasses

import numpy as np

from edge.analysis_crops import CropShelf
from edge.analysis_plates import PlateDesk, PlateSettings
from edge.capture.picture import Pixels
from edge.detector.types import Box, Image, PlateRead
from edge.tracking import Observation, Seen
from tests.edge import road_kit as kit
from tests.edge.test_analysis import read_of

ON_DEMAND = PlateSettings(on_demand=True, most_kept=18)


class Reading:
    """Reads what is written in the blue of the vehicle's middle: how often it was asked."""

    def __init__(self, text: str = "61A12345", confidence: float = 0.95) -> None:
        self.text, self.confidence = text, confidence
        self.seen: list[int] = []

    def read(self, image: Image, vehicle: Box) -> PlateRead:
        assert image.shape == (1080, 1920, 3)
        self.seen.append(int(image[int(vehicle.cy), int(vehicle.cx), 0]))
        return dataclasses.replace(read_of(self.text, self.confidence, vehicle.h / 6), box=vehicle)


def look(desk: PlateDesk, index: int, height_px: float, *, armed: bool = False, track: int = 1) -> None:
    box = Box(500, 300, height_px, height_px)
    picture = np.zeros((1080, 1920, 3), np.uint8)
    picture[300:900, 500:1100, 0] = index
    seen = Seen(track, "car", box, coasting=False)
    now = Observation(index * 0.08, index, box, "car", 0.9, contact_clear=True)
    desk.look(index, index * 0.08, Pixels(picture), [(seen, now, armed)], at_most=2)


def test_nobody_reads_before_somebody_asks_and_then_the_nearest_first() -> None:
    eyes = Reading()
    desk = PlateDesk(eyes, kit.SIZE_PX, ON_DEMAND)
    for index in range(1, 7):
        look(desk, index, 300 - 10 * index)
    assert eyes.seen == []
    assert desk.is_settled(1)
    assert eyes.seen == [1, 2, 3]
    assert [one.frame for one in desk.looks(1)] == [1, 2, 3]
    assert desk.consensus(1).text == "61A12345"


def test_an_unsure_plate_gets_all_that_was_put_by() -> None:
    eyes = Reading(confidence=0.5)
    desk = PlateDesk(eyes, kit.SIZE_PX, ON_DEMAND)
    for index in range(1, 8):
        look(desk, index, 300 - 8 * index)
    assert not desk.is_settled(1)
    assert eyes.seen == [1, 2, 3, 4, 5, 6, 7]


def test_whoever_is_accused_is_read_at_once_with_what_was_put_by() -> None:
    eyes = Reading(confidence=0.5)
    desk = PlateDesk(eyes, kit.SIZE_PX, ON_DEMAND)
    look(desk, 1, 300)
    look(desk, 2, 290)
    look(desk, 3, 280, armed=True)
    assert eyes.seen == [1, 2, 3]


def test_who_leaves_takes_his_pictures_with_him() -> None:
    eyes = Reading()
    desk = PlateDesk(eyes, kit.SIZE_PX, ON_DEMAND)
    look(desk, 1, 300)
    desk.forget(1)
    assert desk.looks(1) == ()
    assert eyes.seen == []


def test_the_shelf_is_bounded_and_gives_up_the_farthest_of_who_has_most() -> None:
    piece_bytes = 140 * 140 * 3
    shelf = CropShelf(most_bytes=6 * piece_bytes)
    picture = Pixels(np.zeros((1080, 1920, 3), np.uint8))
    for index in range(5):
        shelf.put(1, index, index * 0.1, picture, Box(400, 400, 100, 100 - index))
    shelf.put(2, 9, 0.9, picture, Box(800, 400, 100, 60))
    shelf.put(2, 10, 1.0, picture, Box(800, 400, 100, 100))
    assert shelf.size_bytes <= shelf.most_bytes
    assert [crop.frame for crop in shelf.take(1)] == [0, 1, 2, 3]
    assert [crop.frame for crop in shelf.take(2)] == [9, 10]
    assert shelf.size_bytes == 0
