"""Which vehicles are looked at again to tell their kind, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from edge.analysis import Analyser
from edge.analysis_files import Findings
from edge.analysis_kinds import KindDesk, KindSettings
from edge.capture import Frame
from edge.detector.types import Box, Detection, Image, VehicleClass
from edge.tracking import Observation, Seen, Tracker
from tests.edge import road_kit as kit
from tests.edge.test_analysis import Stage, driving

BLACK = np.zeros((1080, 1920, 3), np.uint8)
FOUR_WHEELS: tuple[VehicleClass, ...] = ("car", "bus", "truck")


class KindEyesStub:
    """Takes everything on four wheels for one kind."""

    word = 20.0

    def __init__(self, kind: VehicleClass) -> None:
        self._kind = kind
        self.seen: list[Detection] = []

    def odds(self, image: Image, found: Sequence[Detection]) -> list[Mapping[VehicleClass, float]]:
        assert image.shape == BLACK.shape
        self.seen += found
        return [{kind: 0.98 if kind == self._kind else 0.01 for kind in FOUR_WHEELS} for _ in found]


def car(box: Box, t_s: float = 0.0, number: int = 1, *, clear: bool = True) -> tuple[Seen, Observation]:
    return Seen(number, "car", box, coasting=False), Observation(t_s, 0, box, "car", 0.9, clear)


def looked(present: Sequence[tuple[Seen, Observation]], at_most: int = 8) -> int:
    eyes = KindEyesStub("bus")
    KindDesk(eyes).look(Frame(0, 0.0, BLACK), present, Tracker(kit.SIZE_PX), at_most=at_most)
    return len(eyes.seen)


def test_whoever_is_near_enough_and_whole_is_looked_at() -> None:
    near = Box(900, 400, 120, 90)
    assert looked([car(near)]) == 1
    assert looked([car(Box(900, 400, 23, 90))]) == 0
    assert looked([car(near, clear=False)]) == 0
    assert looked([car(Box(100 * number, 400, 90, 60), number=number) for number in range(1, 6)]) == 3
    assert looked([car(near, number=number) for number in range(1, 6)], at_most=1) == 1


def test_looks_are_few_and_taken_as_it_comes_nearer_or_once_a_second() -> None:
    eyes = KindEyesStub("bus")
    desk = KindDesk(eyes, KindSettings(most_looks=4))
    tracker = Tracker(kit.SIZE_PX)
    for index in range(50):
        now = car(Box(900, 400, 120, 90), index / 25)
        desk.look(Frame(index, index / 25, BLACK), [now], tracker, at_most=8)
    assert len(eyes.seen) == 2
    for index in range(50, 100):
        now = car(Box(900, 400, 120 + 8 * index, 90 + 6 * index), index / 25)
        desk.look(Frame(index, index / 25, BLACK), [now], tracker, at_most=8)
    assert len(eyes.seen) == 4


def test_without_eyes_nothing_is_looked_at_and_nothing_fails() -> None:
    KindDesk(None).look(Frame(0, 0.0, BLACK), [car(Box(9, 9, 90, 90))], Tracker(kit.SIZE_PX), at_most=8)


def test_a_car_that_proves_to_be_a_bus_is_a_bus_in_the_findings() -> None:
    stage = Stage(driving((1, kit.cruise(40, 3.0), -1.7, "car")), {1: None}, ())
    kinds: list[set[str]] = []
    for eyes in (None, KindEyesStub("bus")):
        findings = Findings(kit.road())
        analyser = Analyser(findings.scene, stage, stage, kinds=eyes, recorder=findings)
        stage.play(analyser, stage.frames(9.5))
        analyser.finish()
        kinds.append({one.track.kind for one in findings.passed})
    assert kinds[1] == {"bus"}
    assert "bus" not in kinds[0]
