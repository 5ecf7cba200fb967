"""Whose riders are looked at, and a bare head through the whole analysis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from edge.analysis import Analyser
from edge.analysis_files import Findings
from edge.analysis_riders import RiderDesk, RiderSettings
from edge.capture import Frame
from edge.detector.rider_look import RiderLook
from edge.detector.types import Box, Image
from edge.scene import SceneError
from edge.tracking import Observation, Seen
from tests.edge import road_kit as kit
from tests.edge.rules.rider_kit import heads_on, look_of
from tests.edge.test_analysis import Stage

BLACK = np.zeros((1080, 1920, 3), np.uint8)


class RiderEyesStub:
    """Sees one head on every motorbike, bare or not by the side of the picture it is in."""

    def __init__(self) -> None:
        self.seen: list[Box] = []

    def look_at_all(self, image: Image, motorbikes: Sequence[Box]) -> list[RiderLook]:
        assert image.shape == BLACK.shape
        self.seen += motorbikes
        return [self._look(box) for box in motorbikes]

    @staticmethod
    def _look(box: Box) -> RiderLook:
        now = Observation(0.0, 0, box, "motorbike", 0.9, contact_clear=True)
        return look_of(heads_on(now, [0.97 if box.cx > 960 else 0.03]), 1)


def motorbike(box: Box, number: int = 1, kind: str = "motorbike") -> tuple[Seen, Observation]:
    return (
        Seen(number, kind, box, coasting=False),  # type: ignore[arg-type]
        Observation(0.0, 0, box, kind, 0.9, contact_clear=True),  # type: ignore[arg-type]
    )


NEAR = Box(900, 400, 120, 240)


@pytest.mark.parametrize(
    ("what", "present", "people", "looked"),
    [
        ("alone", [motorbike(NEAR)], [], 1),
        ("its own rider stands in its box", [motorbike(NEAR)], [Box(920, 400, 80, 160)], 1),
        ("far", [motorbike(Box(900, 400, 30, 60))], [], 0),
        ("cut by the picture's side", [motorbike(Box(0, 400, 120, 240))], [], 0),
        ("cut by the picture's top", [motorbike(Box(900, 0, 120, 240))], [], 0),
        ("only its wheels cut off", [motorbike(Box(900, 780, 160, 300))], [], 1),
        ("cut off at the shoulders", [motorbike(Box(900, 900, 160, 180))], [], 0),
        ("a car", [motorbike(NEAR, kind="car")], [], 0),
        ("a bicycle", [motorbike(NEAR, kind="bicycle")], [], 0),
        ("another reaches over its riders", [motorbike(NEAR), motorbike(Box(980, 420, 120, 240), 2)], [], 0),
        ("another is beside it", [motorbike(NEAR), motorbike(Box(1040, 420, 120, 240), 2)], [], 2),
        ("a car before its wheel", [motorbike(NEAR), motorbike(Box(850, 600, 300, 200), 2, "car")], [], 1),
        ("somebody walks behind it", [motorbike(NEAR)], [Box(980, 300, 80, 200)], 0),
    ],
)  # fmt: skip
def test_who_is_looked_at(what: str, present: list, people: list[Box], looked: int) -> None:
    eyes = RiderEyesStub()
    RiderDesk(eyes, kit.SIZE_PX).look(Frame(0, 0.0, BLACK), present, people, at_most=8)
    assert len(eyes.seen) == looked, what


def test_looks_are_spread_and_the_nearest_are_kept() -> None:
    eyes = RiderEyesStub()
    desk = RiderDesk(eyes, kit.SIZE_PX, RiderSettings(most_looks=5))
    for index in range(60):
        box = Box(900, 300, 60 + index, 120 + 4 * index)
        desk.look(Frame(index, index / 25, BLACK), [motorbike(box)], [], at_most=8)
    kept = desk.sightings(1)
    assert len(kept) == 5
    assert np.diff([one.t_s for one in kept]).min() >= 0.119
    assert kept[-1].t_s > 2.2
    desk.forget(1)
    assert desk.sightings(1) == ()


def test_whoever_stands_still_is_looked_at_once_a_second() -> None:
    eyes = RiderEyesStub()
    desk = RiderDesk(eyes, kit.SIZE_PX)
    for index in range(125):
        desk.look(Frame(index, index / 25, BLACK), [motorbike(NEAR)], [], at_most=8)
    assert len(eyes.seen) == 5


def test_two_a_picture_and_none_in_a_hurry() -> None:
    eyes = RiderEyesStub()
    crowd = [motorbike(Box(200 + 200 * number, 400, 120, 240), number) for number in range(1, 6)]
    desk = RiderDesk(eyes, kit.SIZE_PX)
    desk.look(Frame(0, 0.0, BLACK), crowd, [], at_most=8)
    desk.look(Frame(1, 0.2, BLACK), crowd, [], at_most=1)
    assert len(eyes.seen) == 3
    assert len({box.x for box in eyes.seen}) == 3, "whoever was looked at least comes first"


def test_a_bare_head_is_told_of_with_its_plate() -> None:
    slowly = kit.through((0, 12.6), (9, 14.2))
    vehicles = [
        kit.sighted(slowly, kit.frames(9, 12.5), x_m=1.7, kind="motorbike", track=1),
        kit.sighted(slowly, kit.frames(9, 12.5), x_m=-1.7, kind="motorbike", track=2),
    ]
    stage = Stage(vehicles, {1: "61B112345", 2: "61B167890"}, ())
    scene = kit.road(rules=["helmet", "passenger_helmet", "too_many_riders"])
    findings = Findings(scene)
    analyser = Analyser(scene, stage, stage, riders=RiderEyesStub(), recorder=findings)
    events = stage.play(analyser, stage.frames(8)) + analyser.finish()
    assert [(event.violation.act, event.case.plate.text) for event in events] == [
        ("no_helmet_rider", "61B112345")
    ]
    assert findings.suspicions == []


def test_a_rule_about_riders_needs_eyes_for_them() -> None:
    stage = Stage([], {}, ())
    with pytest.raises(SceneError, match="helmet need the networks for heads"):
        Analyser(kit.road(rules=["helmet"]), stage, stage)
