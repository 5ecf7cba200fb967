"""The measure of the rendered clips: what counts as found, as false, and what is told of a miss."""

from __future__ import annotations

from types import SimpleNamespace as Made
from typing import Any, cast

import numpy as np

from benchmarks.clip_sheet import moments, sheet
from benchmarks.clips import score, tracks_of
from edge.analysis_files import Findings, Passed
from edge.detector.types import Box

FPS = 10.0
RIDER, CAR = "61B100001", "61A10002"


def truth(*violations: tuple[str, str, str]) -> dict[str, Any]:
    """Two vehicles side by side for a second, and who of them truly did what (rule, vehicle, plate)."""
    path = {
        vid: [{"t_s": k / FPS, "box_px": [x, 10.0 * k, 50.0, 100.0]} for k in range(10)]
        for vid, x in (("moto1", 100.0), ("car1", 400.0))
    }
    return {
        "video": {"fps": FPS},
        "vehicles": [{"id": vid, "path": rows} for vid, rows in path.items()],
        "violations": [
            {"rule": rule, "vehicle": vid, "plate": plate, "t_event_s": 0.5}
            for rule, vid, plate in violations
        ],
    }


def track(number: int, x: float, *, plate: str | None, accepted: bool = True) -> Passed:
    seen = [Made(frame=k, box=Box(x, 10.0 * k + 4, 50.0, 100.0)) for k in range(10)]
    read = Made(text=plate, accepted=accepted, reason="" if accepted else "looks disagree")
    return cast("Passed", Made(track=Made(id=number, observations=seen), plate=read))


def found(
    *events: tuple[str, str | None], kept: tuple[Any, ...] = (), passed: tuple[Any, ...] = ()
) -> Findings:
    cases = [
        Made(violation=Made(rule=rule), case=Made(plate=Made(text=plate) if plate else None))
        for rule, plate in events
    ]
    return cast("Findings", Made(events=cases, suspicions=list(kept), passed=list(passed)))


def test_rule_and_every_character_of_the_plate_must_be_right() -> None:
    told = truth(("helmet", "moto1", RIDER), ("speeding", "car1", CAR))
    right = score("clip", told, found(("helmet", RIDER), ("speeding", CAR)))
    assert (right.true, right.found, right.false, right.misses) == (2, 2, (), ())
    wrong = score("clip", told, found(("helmet", "61B100007"), ("speeding", CAR)))
    assert (wrong.found, wrong.false) == (1, (("helmet", "61B100007"),))
    assert [one.plate for one in wrong.misses] == [RIDER]


def test_nobody_is_rightly_accused_twice_nor_without_a_plate() -> None:
    told = truth(("helmet", "moto1", RIDER))
    twice = score("clip", told, found(("helmet", RIDER), ("helmet", RIDER), ("helmet", None)))
    assert (twice.found, twice.false, twice.reported) == (1, (("helmet", RIDER), ("helmet", "")), 3)


def test_a_miss_tells_what_was_said_of_its_own_vehicle() -> None:
    told = truth(("helmet", "moto1", RIDER), ("speeding", "car1", CAR))
    kept = (
        Made(track=1, rule="helmet", code="heads_doubtful"),
        Made(track=1, rule="speeding", code="too_short"),
        Made(track=2, rule="speeding", code="another's"),
    )
    passed = (track(1, 102.0, plate="61B10", accepted=False), track(2, 800.0, plate=None))
    missed = {one.vehicle: one.said for one in score("clip", told, found(kept=kept, passed=passed)).misses}
    assert missed["moto1"] == ("withheld: heads_doubtful", "plate: 61B10 (looks disagree)")
    assert missed["car1"] == ("never followed",)


def test_a_track_belongs_to_the_vehicle_it_lies_on() -> None:
    whose = tracks_of(
        truth(), (track(1, 398.0, plate=CAR), track(2, 101.0, plate=RIDER), track(3, 250.0, plate=None))
    )
    assert {vid: [one.track.id for one in tracks] for vid, tracks in whose.items()} == {
        "car1": [1],
        "moto1": [2],
    }


def test_a_miss_is_shown_where_it_is_largest_at_the_event_and_between() -> None:
    path = [
        {"t_s": k / FPS, "box_px": [0, 0, 40 - k, 80 - k], "visible_fraction": 1.0 if k else 0.2}
        for k in range(30)
    ]
    assert [row["t_s"] for row in moments([*path, {"t_s": 9.0, "box_px": None}], 2.1)] == [0.1, 1.1, 2.1]
    assert len(moments(path, 0.1)) == 3
    assert moments([{"t_s": 0.0, "box_px": None, "visible_fraction": 0.0}], 0.0) == []


def test_the_sheet_has_a_row_a_miss_with_its_words() -> None:
    tile = np.zeros((240, 240, 3), np.uint8)
    drawn = sheet(
        [((tile, tile, tile), ("lanes, 1.7 s: car1",)), ((tile,), ("withheld: plate_unreadable " * 4,))]
    )
    alone = sheet([((tile, tile, tile), ("lanes, 1.7 s: car1",))])
    assert drawn.shape[0] - 4 == 2 * (alone.shape[0] - 4)
    assert (drawn[:240, 740:] != sheet([((tile, tile, tile), ("",))])[:240, 740:]).any()
