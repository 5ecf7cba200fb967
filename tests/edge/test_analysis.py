"""The whole way from pictures to cases, with eyes that see exactly what is put before them."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from edge.analysis import Analyser
from edge.analysis_files import Findings, violation_line, write_findings
from edge.analysis_plates import PlateDesk, PlateSettings, near_looks, two_plates
from edge.capture import Frame
from edge.capture.picture import Pixels
from edge.detector.types import Box, Detection, Image, PlateRead
from edge.scene import SceneError
from edge.tracking import Observation, Seen, Track
from tests.edge import road_kit as kit

LAMPS = {"red": (100, 100, 20, 20), "green": (100, 160, 20, 20)}
COLOURS = {"red": (30, 30, 235), "green": (80, 220, 40)}
"""BGR."""


def read_of(text: str, confidence: float = 0.95, height_px: float = 30.0) -> PlateRead:
    return PlateRead(
        text=text,
        display=text,
        char_confidences=(confidence,) * len(text),
        confidence=confidence,
        box=Box(900, 500, 2 * height_px, height_px),
        layout="two_line",
        ground_colour="white",
        lines=(text,),
    )


class Stage:
    """A road on which made-up vehicles drive; also the eyes that look at it."""

    def __init__(
        self, vehicles: list[Track], plates: dict[int, str | None], phases: tuple, fps: float = 12.5
    ) -> None:
        self.vehicles, self.plates, self.phases, self.fps = vehicles, plates, phases, fps
        self.now = 0.0
        self.plate_looks: list[tuple[float, int]] = []

    def image(self, t_s: float) -> Image:
        picture = np.full((kit.SIZE_PX[1], kit.SIZE_PX[0], 3), 70, dtype=np.uint8)
        lit = next((state for state, start, end in self.phases if start <= t_s < end), None)
        for name, (x, y, w, h) in LAMPS.items():
            picture[y : y + h, x : x + w] = 25
            if name == lit:
                picture[y + 3 : y + h - 3, x + 3 : x + w - 3] = COLOURS[name]
        return picture

    def frames(self, seconds: float, *, epoch: int = 0, start: int = 0) -> list[Frame]:
        at = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
        times = [(index, index / self.fps) for index in range(start, start + round(seconds * self.fps))]
        return [Frame(index, t_s, self.image(t_s), at, "host", 0.1, epoch) for index, t_s in times]

    def detect(self, image: Image) -> list[Detection]:
        assert image.shape == (kit.SIZE_PX[1], kit.SIZE_PX[0], 3)
        return [
            Detection(one.box, one.kind, 0.9)
            for track in self.vehicles
            for one in track.observations
            if abs(one.t_s - self.now) < 1e-6
        ]

    def read(self, image: Image, vehicle: Box) -> PlateRead | None:
        nearest = max(
            (track for track in self.vehicles),
            key=lambda track: max(
                (one.box.iou(vehicle) for one in track.observations if abs(one.t_s - self.now) < 1e-6),
                default=0.0,
            ),
        )
        self.plate_looks.append((self.now, nearest.id))
        text = self.plates[nearest.id]
        return (
            None
            if text is None
            else dataclasses.replace(read_of(text), box=Box(vehicle.cx, vehicle.cy, 40, 24))
        )

    def play(self, analyser: Analyser, frames: list[Frame]) -> list:
        events = []
        for frame in frames:
            self.now = frame.t_s
            events += analyser.feed(frame)
        return events


def driving(*cars: tuple[int, kit.Motion, float, str], seconds: float = 16) -> list[Track]:
    return [
        kit.sighted(motion, kit.frames(seconds, 12.5), x_m=x_m, kind=kind, noise_px=0.5, track=number)
        for number, motion, x_m, kind in cars
    ]


RED = (("green", 0, 3), ("red", 3, 30))


def test_a_runner_and_a_speeder_are_found_with_their_plates(tmp_path: Path) -> None:
    vehicles = driving(
        (1, kit.cruise(40, 8.0), -1.7, "car"),
        (2, kit.cruise(75, 2.0), 1.7, "motorbike"),
        (3, kit.through((3, 0), (6, 17), (30, 17)), 1.7, "car"),
    )
    stage = Stage(vehicles, {1: "61A12345", 2: "61B167890", 3: "61C55555"}, RED)
    scene = kit.road(signal=LAMPS)
    findings = Findings(scene)
    analyser = Analyser(scene, stage, stage, recorder=findings)
    findings.events += stage.play(analyser, stage.frames(14))
    findings.events += analyser.finish()
    found = {(event.violation.act, event.case.plate.text) for event in findings.events}
    assert found == {("red_light", "61A12345"), ("speed_over_20", "61B167890")}
    assert findings.suspicions == []
    assert analyser.counts.vehicles == 3
    assert analyser.counts.violations == 2
    assert analyser.signal_state == "red"
    for event in findings.events:
        case = event.case
        assert case.plate_crop is not None
        assert len(set(case.still_frames)) == 3
        assert list(case.still_frames) == sorted(case.still_frames)
        assert case.t_start_s <= case.t_event_s <= case.t_end_s
        assert len(case.track) > 10
        assert all(look.t_s <= case.t_end_s for look in case.plate.looks)
    write_findings(findings, tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "violations.jsonl").read_text().splitlines()]
    assert {
        "rule",
        "act",
        "t_start_s",
        "t_event_s",
        "t_end_s",
        "track",
        "class",
        "box",
        "plate",
        "measures",
    } <= set(lines[0])
    assert len((tmp_path / "tracks.jsonl").read_text().splitlines()) == 3
    assert (tmp_path / "withheld.jsonl").read_text() == ""


def test_events_come_while_the_stream_still_runs() -> None:
    stage = Stage(driving((1, kit.cruise(40, 8.0), 0.0, "car")), {1: "61A12345"}, RED)
    scene = kit.road(signal=LAMPS)
    events = stage.play(Analyser(scene, stage, stage), stage.frames(9.5))
    assert [event.violation.act for event in events] == ["red_light"]


@pytest.mark.parametrize(
    ("policy", "events", "codes"), [("report", 1, []), ("withhold", 0, ["plate_unreadable"])]
)
def test_an_unreadable_plate(policy: str, events: int, codes: list[str]) -> None:
    stage = Stage(driving((1, kit.cruise(40, 8.0), 0.0, "car")), {1: None}, RED)
    scene = kit.road(signal=LAMPS, unread_plates=policy)
    findings = Findings(scene)
    analyser = Analyser(scene, stage, stage, recorder=findings)
    findings.events += stage.play(analyser, stage.frames(13)) + analyser.finish()
    assert len(findings.events) == events
    assert [one.code for one in findings.suspicions] == codes
    if findings.events:
        assert findings.events[0].case.plate is None
        assert findings.events[0].case.plate_crop is None
        assert violation_line(findings.events[0])["plate"] is None


def test_two_plates_on_one_track_accuse_nobody() -> None:
    stage = Stage(driving((1, kit.cruise(30, 8.0), 0.0, "car")), {1: "61A12345"}, RED)
    scene = kit.road(signal=LAMPS)
    findings = Findings(scene)
    analyser = Analyser(scene, stage, stage, recorder=findings)
    for frame in stage.frames(13):
        stage.now = frame.t_s
        stage.plates[1] = "61A12345" if len(stage.plate_looks) < 3 else "51K98760"
        findings.events += analyser.feed(frame)
        if len(stage.plate_looks) < 5:
            analyser._desk._is_settled = lambda track: False  # type: ignore[method-assign]
    findings.events += analyser.finish()
    assert findings.events == []
    assert [one.code for one in findings.suspicions] == ["two_plates"]


def test_a_reconnection_separates_before_from_after() -> None:
    """A car before the line, the line drops, the car beyond it: nobody saw it cross."""
    stage = Stage(driving((1, kit.cruise(40, 8.0), 0.0, "car")), {1: "61A12345"}, RED)
    scene = kit.road(signal=LAMPS)
    analyser = Analyser(scene, stage, stage)
    frames = stage.frames(13)
    cut = 99
    events = stage.play(analyser, frames[:cut])
    events += stage.play(analyser, [dataclasses.replace(frame, epoch=1) for frame in frames[cut:]])
    assert events + analyser.finish() == []


def test_a_picture_of_another_size_is_refused() -> None:
    analyser = Analyser(kit.road(signal=LAMPS), Stage([], {}, RED), Stage([], {}, RED))
    with pytest.raises(SceneError, match="640x480"):
        analyser.feed(Frame(0, 0.0, np.zeros((480, 640, 3), np.uint8)))


@pytest.mark.parametrize("every", [1, 2, 3])
def test_a_detector_that_looks_at_every_nth_picture_keeps_the_vehicles(every: int) -> None:
    vehicles = driving(
        (1, kit.cruise(45, 5.0), -1.7, "car"),
        (2, kit.cruise(75, 2.0), 1.7, "motorbike"),
        (3, kit.cruise(35, 6.0), 1.7, "car"),
    )
    stage = Stage(vehicles, {1: "61A12345", 2: "61B167890", 3: "61C55555"}, (("green", 0, 30),))
    scene = kit.road(signal=LAMPS, detect_every=every)
    findings = Findings(scene)
    analyser = Analyser(scene, stage, stage, recorder=findings)
    events = stage.play(analyser, stage.frames(12)) + analyser.finish()
    most = 150 * (1 - 1 / every)
    assert most / 3 <= analyser.counts.undetected <= most + 1  # all are looked at while somebody is fast
    assert len(findings.passed) == analyser.counts.vehicles == 3
    assert [event.case.plate.text for event in events] == ["61B167890"]


def seen_at(
    track: int, t_s: float, height_px: float, *, clear: bool = True
) -> tuple[Seen, Observation, bool]:
    box = Box(500 + 200 * track, 300, height_px, height_px)
    return Seen(track, "car", box, coasting=False), Observation(t_s, 0, box, "car", 0.9, clear), False


class CountingEyes:
    def __init__(self) -> None:
        self.read_boxes: list[Box] = []

    def read(self, image: Image, vehicle: Box) -> PlateRead | None:
        self.read_boxes.append(vehicle)
        return read_of("61A12345", 0.5, vehicle.h / 6)


def test_looks_are_spread_and_bounded() -> None:
    eyes = CountingEyes()
    desk = PlateDesk(eyes, kit.SIZE_PX, PlateSettings(most_looks=5))
    image = Pixels(np.zeros((1080, 1920, 3), np.uint8))
    for index in range(60):
        desk.look(index, index * 0.08, image, [seen_at(1, index * 0.08, 300 - 2 * index)], at_most=2)
    assert len(eyes.read_boxes) == 5
    gaps = np.diff([box.h for box in eyes.read_boxes])
    assert (gaps < 0).all()


def test_the_budget_of_a_picture_goes_to_who_was_looked_at_least() -> None:
    eyes = CountingEyes()
    desk = PlateDesk(eyes, kit.SIZE_PX)
    image = Pixels(np.zeros((1080, 1920, 3), np.uint8))
    for index in range(3):
        desk.look(
            index,
            index * 0.5,
            image,
            [seen_at(n, index * 0.5, 200 - 20 * index) for n in (1, 2, 3)],
            at_most=1,
        )
    assert sorted(round((box.x - 500) / 200) for box in eyes.read_boxes) == [1, 2, 3]
    assert desk.put_off_total == 6


@pytest.mark.parametrize(
    ("what", "one"),
    [
        ("hidden foot", seen_at(1, 0.0, 200, clear=False)),
        ("too small", seen_at(1, 0.0, 20)),
    ],
)
def test_no_look_is_wasted(what: str, one: tuple[Seen, Observation, bool]) -> None:
    eyes = CountingEyes()
    PlateDesk(eyes, kit.SIZE_PX).look(0, 0.0, np.zeros((1080, 1920, 3), np.uint8), [one], at_most=2)
    assert eyes.read_boxes == [], what


def test_far_looks_do_not_vote_once_there_are_near_ones() -> None:
    desk = PlateDesk(CountingEyes(), kit.SIZE_PX)
    image = Pixels(np.zeros((1080, 1920, 3), np.uint8))
    for index, height in enumerate((120, 160, 280, 300, 260)):
        desk.look(index, float(index), image, [seen_at(1, float(index), height)], at_most=1)
    assert {look.read.box.h * 6 for look in desk.looks(1)} == {160, 280, 300, 260}
    assert near_looks([]) == ()


class CutEyes(CountingEyes):
    """The plate shows only once the vehicle is all in the picture, small as it is by then."""

    def read(self, image: Image, vehicle: Box) -> PlateRead | None:
        read = super().read(image, vehicle)
        return read if vehicle.h <= 200 else None


def test_a_vehicle_that_is_far_again_is_not_looked_at() -> None:
    eyes = CountingEyes()
    desk = PlateDesk(eyes, kit.SIZE_PX)
    image = Pixels(np.zeros((1080, 1920, 3), np.uint8))
    for index, height in enumerate((300, 280, 200, 160)):
        desk.look(index, float(index), image, [seen_at(1, float(index), height)], at_most=1)
    assert [box.h for box in eyes.read_boxes] == [300, 280]


def test_looks_that_showed_no_plate_do_not_call_the_others_far() -> None:
    desk = PlateDesk(CutEyes(), kit.SIZE_PX)
    image = Pixels(np.zeros((1080, 1920, 3), np.uint8))
    for index, height in enumerate((300, 280, 200, 180, 160)):
        desk.look(index, float(index), image, [seen_at(1, float(index), height)], at_most=1)
    assert [look.read.box.h * 6 for look in desk.looks(1)] == [200, 180, 160]


def test_slips_of_the_reader_are_not_two_plates() -> None:
    desk = PlateDesk(CountingEyes(), kit.SIZE_PX)
    desk.look(0, 0.0, Pixels(np.zeros((1080, 1920, 3), np.uint8)), [seen_at(1, 0.0, 200)], at_most=1)
    look = desk.looks(1)[0]

    def saying(*texts: str) -> list:
        return [dataclasses.replace(look, read=read_of(text)) for text in texts]

    assert not two_plates(saying("61A12345", "61A12345", "61A12346", "61A12346"))
    assert not two_plates(saying("61A12345", "61A12345", "51K98760"))
    assert two_plates(saying("61A12345", "61A12345", "51K98760", "51K98760"))
