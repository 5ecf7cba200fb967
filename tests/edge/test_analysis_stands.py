"""Standing vehicles through the whole analysis: accused once, in time for evidence, however often lost."""

from __future__ import annotations

import dataclasses

import pytest

from edge.analysis import Analyser
from edge.analysis_files import Findings
from edge.analysis_stands import StandDesk
from edge.detector.types import Box
from edge.rules import Violation
from edge.tracking import Seen, Track
from tests.edge import road_kit as kit
from tests.edge.rules.stand_kit import RIGHT_M, road, strip
from tests.edge.test_analysis import Stage

FPS = 6.0
ZONE = strip("no_stopping", 18, 40)
PARKS = kit.through((0, 14), (4, 30), (120, 30))


def parked(number: int = 1, motion: kit.Motion = PARKS, **more: object) -> Track:
    made = {"x_m": RIGHT_M, "noise_px": 0.4, "track": number}
    return kit.sighted(motion, kit.frames(80, FPS), **{**made, **more})


def without(track: Track, from_s: float, until_s: float) -> Track:
    seen = tuple(one for one in track.observations if not from_s <= one.t_s < until_s)
    return dataclasses.replace(track, observations=seen)


def watched(
    vehicles: list[Track], seconds: float, plates: dict[int, str | None]
) -> tuple[list, Findings, list]:
    stage = Stage(vehicles, plates, (), fps=FPS)
    scene = road(ZONE)
    findings = Findings(scene)
    analyser = Analyser(scene, stage, stage, recorder=findings)
    events, told_at = [], []
    for frame in stage.frames(seconds):
        stage.now = frame.t_s
        new = analyser.feed(frame)
        events += new
        told_at += [frame.t_s] * len(new)
    return events + analyser.finish(), findings, told_at


def test_a_parked_car_is_told_of_while_its_pictures_are_kept() -> None:
    events, findings, told_at = watched([parked()], 40, {1: "61A12345"})
    (event,) = events
    assert event.violation.act == "stop_prohibited"
    by_frame = {one.frame: one.t_s for one in parked().observations}
    before, at, after = (by_frame[frame] for frame in event.case.still_frames)
    assert before < at < after
    assert told_at[0] - before < 10, "a ring of 20 s holds all three, and the clip"
    assert at - before > 3
    assert event.case.t_start_s == pytest.approx(5, abs=1), "rolling to a halt is not counted"
    assert findings.suspicions == []


def test_lost_behind_a_bus_and_found_again_it_is_not_accused_twice() -> None:
    car = without(parked(), 35, 50)
    events, findings, _ = watched([car], 79, {1: "61A12345"})
    assert len(findings.passed) == 2, "the tracker gave it a new number"
    assert [event.violation.track for event in events] == [1]
    assert [one.code for one in findings.suspicions] == ["already_accused"]


def test_who_takes_the_place_of_an_accused_that_left_is_accused_too() -> None:
    first = parked(1, kit.through((0, 14), (4, 30), (30, 30), (36, 80)))
    second = parked(2, kit.through((0, -60), (38, 12), (44, 30), (120, 30)))
    events, _, _ = watched([first, second], 79, {1: "61A12345", 2: "61B56789"})
    assert {event.case.plate.text for event in events} == {"61A12345", "61B56789"}


BOX = Box(500, 500, 200, 150)
GONE = Box(900, 500, 200, 150)


@pytest.mark.parametrize(
    ("what", "seen", "after_s", "stays"),
    [
        ("it stands there still", (1, BOX), 300, True),
        ("another number stands there", (2, BOX), 300, True),
        ("nobody was seen there for 30 s", None, 30, True),
        ("nobody was seen there for a minute", None, 61, False),
        ("it was seen to drive off", (1, GONE), 1, False),
        ("another drives by", (2, GONE), 30, True),
    ],
)
def test_how_long_a_place_stays_accused(
    what: str, seen: tuple[int, Box] | None, after_s: float, stays: bool
) -> None:
    scene = road(ZONE)
    desk = StandDesk(scene)
    track = dataclasses.replace(parked(), observations=(parked().observations[-1],))
    track = dataclasses.replace(track, observations=(dataclasses.replace(track.observations[0], box=BOX),))
    violation = Violation("stopping", "stop_prohibited", 1, "car", 0, 20, 21, 0, 1, 2, (), ())
    desk.note(violation, track, 100.0)
    if seen is not None and stays and after_s > 60:
        for step in range(int(after_s)):
            desk.look(100.0 + step, [Seen(seen[0], "car", seen[1], coasting=False)])
    else:
        desk.look(100.0 + after_s, [Seen(seen[0], "car", seen[1], coasting=False)] if seen else [])
    assert bool(desk.accused(99)) is stays, what
    assert desk.accused(1) == ()
