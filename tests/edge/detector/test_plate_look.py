"""Every plate in one picture: where it is sought, and when a single look is relied on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.detector.plate_grammar import display_form, is_legal
from edge.detector.plate_look import PlateLook, plates_in_picture
from edge.detector.plate_views import PLAIN, STRAIGHTENED, View
from edge.detector.types import Box, Detection, Image, PlateRead

TEXT = "59X112345"


def read_of(text: str, box: Box, confidence: float = 0.98, steadiness: float = 1.0) -> PlateRead:
    chances = (confidence,) * len(text)
    shown = confidence if text else 0.0
    return PlateRead(
        text, display_form(text), chances, shown, box, "two_line", "white", (text,), steadiness=steadiness
    )


@dataclass
class Vehicles:
    found: list[Detection] = field(default_factory=list)

    def detect(self, image: Image) -> list[Detection]:
        return self.found


@dataclass
class Reader:
    """Finds the boxes that lie in what it is shown, and reads at each box what it is told."""

    boxes: list[Box] = field(default_factory=list)
    says: dict[Box, PlateRead] = field(default_factory=dict)
    score: float = 0.9
    upright: PlateRead | None = None

    def find(self, image: Image, vehicle: Box) -> tuple[Box, float] | None:
        return next(iter(self.find_all(image, vehicle)), None)

    def find_all(self, image: Image, area: Box, minimum_score: float = 0.25) -> list[tuple[Box, float]]:
        inside = [box for box in self.boxes if box.intersection(area) >= 0.9 * box.area]
        return [(box, self.score) for box in inside if self.score >= minimum_score]

    def read_plate(self, image: Image, plate: Box, views: Sequence[View] = (PLAIN,)) -> PlateRead:
        if next(iter(views)) in STRAIGHTENED and self.upright is not None:
            return replace(self.upright, box=plate)
        return self.says.get(plate, read_of("", plate))


def look(size: tuple[int, int], vehicles: Vehicles, reader: Reader, shade: int = 90) -> list[PlateLook]:
    width, height = size
    return plates_in_picture(np.full((height, width, 3), shade, np.uint8), vehicles, reader)  # type: ignore[arg-type]


PLATE = Box(200, 150, 60, 45)
BIKE = Detection(Box(150, 50, 160, 200), "motorbike", 0.9)


def scene(read: PlateRead, score: float = 0.9) -> Reader:
    return Reader([read.box], {read.box: read}, score)


@pytest.mark.parametrize(
    ("read", "accepted", "reason"),
    [
        (read_of(TEXT, PLATE), True, ""),
        (read_of(TEXT, PLATE, confidence=0.6), False, "a character is unsure"),
        (read_of("XX", PLATE), False, "not a legal plate"),
        (read_of("", PLATE), False, "unreadable"),
        (read_of(TEXT, PLATE, steadiness=0.5), False, "small changes"),
        (read_of(TEXT, Box(-2, 150, 60, 45)), False, "edge of the picture"),
        (read_of(TEXT, Box(415, 150, 60, 45)), False, "edge of the picture"),
        (read_of(TEXT, Box(200, 258, 60, 45)), False, "edge of the picture"),
    ],
)
@pytest.mark.parametrize("vehicles", [Vehicles([BIKE]), Vehicles()], ids=["on a vehicle", "alone"])
def test_when_one_look_is_relied_on(vehicles: Vehicles, read: PlateRead, accepted: bool, reason: str) -> None:
    [found] = look((472, 303), vehicles, scene(read))
    assert found.read.text == read.text
    assert found.accepted is accepted
    assert reason in found.reason
    assert bool(found.reason) is not accepted
    row = found.as_json()
    assert (row["text"], row["accepted"], len(row["box"])) == (read.text, accepted, 4)


@given(
    st.builds(
        Box,
        st.floats(150, 240),
        st.floats(80, 170),
        st.floats(40, 90),
        st.floats(30, 60),
    )
)
def test_a_plate_well_within_the_picture_is_never_called_cut(plate: Box) -> None:
    [found] = look((472, 303), Vehicles(), scene(read_of(TEXT, plate)))
    assert found.accepted, found.reason


def test_one_plate_seen_on_two_vehicles_is_told_once() -> None:
    vehicles = Vehicles([BIKE, replace(BIKE, box=BIKE.box.expanded(0.1), kind="car")])
    assert len(look((472, 303), vehicles, scene(read_of(TEXT, PLATE)))) == 1


def test_people_and_bicycles_carry_no_plates() -> None:
    walker = replace(BIKE, kind="person")
    assert len(look((472, 303), Vehicles([walker]), scene(read_of(TEXT, PLATE)))) == 1
    assert look((472, 303), Vehicles([walker]), Reader()) == []


@pytest.mark.parametrize(("score", "count"), [(0.9, 2), (0.3, 1)])
def test_a_plate_without_its_vehicle_must_be_plain_where_others_have_theirs(score: float, count: int) -> None:
    lone = Box(20, 20, 50, 40)
    reader = Reader([PLATE, lone], {PLATE: read_of(TEXT, PLATE), lone: read_of("51F12345", lone)}, score)
    assert len(look((472, 303), Vehicles([BIKE]), reader)) == count


@pytest.mark.parametrize("size", [(40, 30), (40, 12), (260, 192), (260, 55)])
def test_the_crop_of_a_plate_is_read_whole(size: tuple[int, int]) -> None:
    whole = Box(0, 0, *size)
    [found] = look(size, Vehicles(), Reader(says={whole: read_of(TEXT, whole)}))
    assert (found.read.text, found.accepted) == (TEXT, True)


def test_what_was_found_in_a_crop_gives_way_to_what_reads_better() -> None:
    whole, part = Box(0, 0, 60, 45), Box(4, 4, 50, 38)
    reader = Reader([part], {whole: read_of(TEXT, whole), part: read_of("59X11234", part, 0.4)})
    assert [one.read.text for one in look((60, 45), Vehicles(), reader)] == [TEXT]


def test_a_crop_that_cannot_be_read_is_called_unreadable_and_a_wall_is_not() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (30, 40, 3)).astype(np.uint8)
    [found] = plates_in_picture(noise, Vehicles(), Reader())  # type: ignore[arg-type]
    assert found.as_json() | {"box": None} == {
        "text": "",
        "display": "",
        "lines": [""],
        "box": None,
        "confidence": 0.0,
        "accepted": False,
        "reason": "unreadable",
    }
    assert look((40, 30), Vehicles(), Reader()) == []


def test_a_faint_plate_is_found_on_second_sight_in_a_small_picture() -> None:
    assert len(look((472, 303), Vehicles(), scene(read_of(TEXT, PLATE), score=0.1))) == 1


def test_a_large_picture_is_searched_in_pieces() -> None:
    class FarSighted(Reader):
        def find_all(self, image: Image, area: Box, minimum_score: float = 0.25) -> list[tuple[Box, float]]:
            return super().find_all(image, area, minimum_score) if area.w <= 640 else []

    for plate in (Box(1700, 900, 60, 45), Box(600, 500, 60, 45), Box(5, 5, 60, 45)):
        reader = FarSighted([plate], {plate: read_of(TEXT, plate)})
        assert [one.read.text for one in look((1894, 1080), Vehicles(), reader)] == [TEXT]


def test_a_plate_read_only_after_turning_it_is_told_but_not_relied_on() -> None:
    reader = scene(read_of("59X1", PLATE, confidence=0.3))
    reader.upright = read_of(TEXT, PLATE, confidence=0.95)
    [found] = look((472, 303), Vehicles([BIKE]), reader)
    assert (found.read.text, found.accepted) == (TEXT, False)
    assert is_legal(found.read.text)
