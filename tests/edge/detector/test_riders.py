"""A rider belongs to his machine."""

import pytest

from edge.detector.riders import drop_riders, merge_riders
from edge.detector.types import Box, Detection

MACHINE = Detection(Box(100, 150, 40, 50), "motorbike", 0.8)
RIDER = Detection(Box(102, 110, 36, 70), "person", 0.9)


@pytest.mark.parametrize(
    ("person", "rides"),
    [
        pytest.param(RIDER.box, True, id="sits on it"),
        pytest.param(Box(160, 110, 30, 90), False, id="stands beside it"),
        pytest.param(Box(102, 40, 30, 60), False, id="far behind it"),
        pytest.param(Box(110, 185, 20, 60), False, id="walks in front of it"),
    ],
)
def test_who_rides(person: Box, rides: bool) -> None:
    merged = merge_riders([MACHINE, Detection(person, "person", 0.9)])
    assert ("person" not in {one.kind for one in merged}) is rides


def test_the_machine_grows_over_its_riders() -> None:
    (merged,) = merge_riders([MACHINE, RIDER, Detection(Box(104, 115, 36, 70), "person", 0.7)])
    assert merged.kind == "motorbike"
    assert (merged.box.y, merged.box.y2) == (110, 200)
    assert merged.confidence == 0.8


def test_a_person_within_the_machine_and_rider_box_is_no_pedestrian() -> None:
    whole = Detection(Box(98, 108, 44, 94), "motorbike", 0.8)
    walker = Detection(Box(300, 100, 30, 90), "person", 0.6)
    assert drop_riders([whole, RIDER, walker]) == [whole, walker]


@pytest.mark.parametrize(("confidence", "left"), [(0.25, 1), (0.02, 2)])
def test_a_machine_hardly_believed_in_takes_nobody_along(confidence: float, left: int) -> None:
    whole = Detection(Box(98, 108, 44, 94), "motorbike", confidence)
    assert len(drop_riders([whole, RIDER])) == left
