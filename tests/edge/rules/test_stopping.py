"""Who stopped or parked where it is forbidden, and who merely had to stand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detector.types import Box
from edge.rules import Violation
from edge.rules.stopping import judge_parking, judge_stopping
from edge.tracking import Track
from tests.edge import road_kit as kit
from tests.edge.rules.stand_kit import LEFT_M, RIGHT_M, known, road, strip, word

FPS = 6.0
TIMES = kit.frames(60, FPS)
NO_STOPPING = strip("no_stopping", 18, 40)
NO_PARKING = strip("no_parking", 18, 40)
STOPS_28_S = kit.through((0, 14), (4, 30), (32, 30), (40, 80))
STOPS_12_S = kit.through((0, 14), (4, 30), (16, 30), (24, 80))
STOPS_TWICE = kit.through((0, 26), (15, 26), (18, 30), (33, 30), (40, 70))
LEAVES = kit.through((0, 37), (22, 37), (26, 90))
PARKS = kit.through((0, 14), (4, 30), (60, 30))


def car(motion: kit.Motion, **more: object) -> Track:
    made: dict[str, object] = {"x_m": RIGHT_M, "noise_px": 0.7, "rng": np.random.default_rng(5)}
    return kit.sighted(motion, TIMES, **{**made, **more})


def standing_at(y_m: float, x_m: float = RIGHT_M, **more: object) -> Track:
    return car(kit.through((0, y_m), (60, y_m)), x_m=x_m, **{"track": 90 + round(10 * abs(y_m)), **more})


def passing(count: int, x_m: float = LEFT_M, **more: object) -> list[Track]:
    return [car(kit.cruise(40, 5 + 4 * one), x_m=x_m, track=200 + one, **more) for one in range(count)]


def stopping(track: Track, *others: Track, zone: dict = NO_STOPPING, **more: object) -> str:
    scene = road(zone)
    return word(judge_stopping(track, known(scene, track, others, **more), finished=True))


@pytest.mark.parametrize(
    ("what", "motion", "kind", "expected"),
    [
        ("stops for 28 s", STOPS_28_S, "car", "stop_prohibited"),
        ("a motorbike stops for 28 s", STOPS_28_S, "motorbike", "stop_park_prohibited"),
        ("a bus stops for 28 s", STOPS_28_S, "bus", "stop_prohibited"),
        ("stands to the end of the film", PARKS, "car", "stop_prohibited"),
        ("stops for 12 s", STOPS_12_S, "car", "nothing"),
        ("drives through", kit.cruise(40, 5), "car", "nothing"),
        ("creeps through at walking pace", kit.through((0, 18), (60, 78)), "car", "nothing"),
        ("crawls at 1 km/h", kit.through((0, 18), (60, 35)), "car", "nothing"),
        ("stops twice for 15 s, 4 m apart", STOPS_TWICE, "car", "nothing"),
        ("stops before the zone", kit.through((0, 13), (2, 14.5), (40, 14.5), (50, 60)), "car", "nothing"),
        ("stops beyond the zone", kit.through((0, 14), (6, 45), (60, 45)), "car", "nothing"),
        ("only its tail stands in the zone", kit.through((0, 14), (6, 39.7), (60, 39.7)), "car", "nothing"),
        ("perhaps half of it in the zone", kit.through((0, 14), (6, 38.2), (60, 38.2)), "car", "zone_edge"),
        ("a bicycle carries no plate", STOPS_28_S, "bicycle", "nothing"),
    ],
)  # fmt: skip
def test_table(what: str, motion: kit.Motion, kind: str, expected: str) -> None:
    assert stopping(car(motion, kind=kind)) == expected, what


def test_on_the_other_side_of_the_road() -> None:
    assert stopping(car(STOPS_28_S, x_m=LEFT_M)) == "nothing"


@pytest.mark.parametrize(
    ("what", "zone", "expected"),
    [
        ("the sign is for trucks", {"kinds": ["truck"]}, "nothing"),
        ("the sign is for cars", {"kinds": ["car"]}, "stop_prohibited"),
        ("within the hours", {"hours": [{"since": "06:00", "until": "09:00"}]}, "stop_prohibited"),
        ("outside the hours", {"hours": [{"since": "16:00", "until": "19:00"}]}, "nothing"),
        ("the hours begin while it stands", {"hours": [{"since": "08:00:20", "until": "19:00"}]}, "nothing"),
    ],
)
def test_whom_and_when(what: str, zone: dict, expected: str) -> None:
    assert stopping(car(STOPS_28_S), zone={**NO_STOPPING, **zone}) == expected, what


@pytest.mark.parametrize(
    ("what", "kinds", "expected"),
    [
        ("all motor vehicles", [], "stop_prohibited"),
        ("not buses: it may be a car or half a bus", ["car", "truck"], "kind_unclear"),
    ],
)
def test_of_a_vehicle_that_is_cut_off_above_nobody_knows_the_kind(
    what: str, kinds: list[str], expected: str
) -> None:
    track = car(STOPS_28_S)
    seen = tuple(
        dataclasses.replace(one, box=Box(one.box.x, 0.0, one.box.w, one.box.y2)) for one in track.observations
    )
    assert stopping(dataclasses.replace(track, observations=seen), zone={**NO_STOPPING, "kinds": kinds}) == (
        expected
    ), what


def test_whoever_is_taken_for_a_bus_now_and_then_may_be_one() -> None:
    track = car(STOPS_28_S)
    seen = tuple(
        dataclasses.replace(one, kind="bus") if one.frame % 5 == 0 else one for one in track.observations
    )
    doubtful = dataclasses.replace(track, observations=seen)
    assert stopping(doubtful, zone={**NO_STOPPING, "kinds": ["car", "truck"]}) == "kind_unclear"
    assert stopping(doubtful) == "stop_prohibited"


def test_hours_without_a_clock_accuse_nobody() -> None:
    zone = {**NO_STOPPING, "hours": [{"since": "06:00", "until": "09:00"}]}
    assert stopping(car(STOPS_28_S), zone=zone, began_at=None) == "clock_unknown"


@pytest.mark.parametrize(
    ("what", "others", "expected"),
    [
        ("a car stands close ahead", [standing_at(37)], "queue"),
        ("a motorbike stands close ahead", [standing_at(36, kind="motorbike")], "queue"),
        ("a bus stands ahead", [standing_at(42, kind="bus")], "queue"),
        ("a car crawls ahead", [car(kit.through((4, 35), (32, 40)), track=9)], "queue"),
        ("a car stands behind", [standing_at(22)], "stop_prohibited"),
        ("a car stands beside, on the left", [standing_at(30, x_m=LEFT_M)], "stop_prohibited"),
        ("a car stands far ahead", [standing_at(55)], "stop_prohibited"),
        ("others drive past", passing(6), "stop_prohibited"),
        ("all further ahead stand", [standing_at(y, x_m=1.0) for y in (46, 54, 62)], "jam"),
        ("all in the other lane stand", [standing_at(y, x_m=-1.5) for y in (46, 54, 62)], "stop_prohibited"),
        ("one further ahead stands, others pass", [standing_at(48), *passing(9, 1.5)], "stop_prohibited"),
        ("the one ahead leaves after 18 s", [car(LEAVES, track=9)], "queue"),
    ],
)  # fmt: skip
def test_who_is_held_up_has_not_stopped(what: str, others: list[Track], expected: str) -> None:
    assert stopping(car(STOPS_28_S), *others) == expected, what


def test_when_the_one_ahead_has_left_the_time_begins() -> None:
    leaves = car(kit.through((0, 37), (8, 37), (12, 90)), track=9)
    scene = road(NO_STOPPING)
    parked = car(PARKS)
    said = judge_stopping(parked, known(scene, parked, [leaves]), finished=True)
    assert isinstance(said, Violation)
    assert said.t_event_s > 8 + 20


@pytest.mark.parametrize(("overtakers", "expected"), [(0, "queue"), (1, "queue"), (6, "stop_prohibited")])
def test_a_row_of_parked_cars_is_no_queue_once_traffic_goes_past(overtakers: int, expected: str) -> None:
    """After three minutes, which no light lasts, and only where others were seen to drive past."""
    times = kit.frames(260, 4)
    rng = np.random.default_rng(2)
    parked = kit.sighted(kit.through((0, 26), (260, 26)), times, x_m=RIGHT_M, noise_px=0.7, rng=rng)
    ahead = kit.sighted(kit.through((0, 33), (260, 33)), times, x_m=RIGHT_M, track=2)
    past = [
        kit.sighted(kit.cruise(40, 15 + 30 * one), times, x_m=LEFT_M, track=3 + one)
        for one in range(overtakers)
    ]
    scene = road(NO_STOPPING)
    said = judge_stopping(parked, known(scene, parked, [ahead, *past]), finished=True)
    assert word(said) == expected


def lights(*phases: tuple[str, float, float]) -> dict[str, object]:
    return {"lights": kit.light(*phases, fps=FPS)}


LIT = {
    "signal": {"red": (100, 100, 20, 20), "green": (100, 160, 20, 20)},
    "stop_line": {"ends_px": (kit.ground(-5, 36), kit.ground(5, 36))},
}


@pytest.mark.parametrize(
    ("what", "phases", "expected"),
    [
        ("waits at red", (("red", 0, 60),), "nothing"),
        ("waits at red, then for the queue to go", (("red", 0, 25), ("green", 25, 60)), "nothing"),
        ("does not go on green", (("green", 0, 60),), "stop_prohibited"),
        ("the light is out", (("dark", 0, 60),), "nothing"),
        ("nobody knows the light", (("unknown", 0, 60),), "nothing"),
    ],
)
def test_before_the_stop_line_the_light_excuses(what: str, phases: tuple, expected: str) -> None:
    scene = road(NO_STOPPING, **LIT)
    parked = car(PARKS if "does not" in what else kit.through((0, 14), (4, 30), (36, 30), (44, 80)))
    said = judge_stopping(parked, known(scene, parked, **lights(*phases)), finished=True)
    assert word(said) == expected, what


def test_beyond_the_junction_the_light_excuses_nobody() -> None:
    scene = road(NO_STOPPING, **{**LIT, "stop_line": {"ends_px": (kit.ground(-5, 20), kit.ground(5, 20))}})
    track = car(STOPS_28_S)
    said = judge_stopping(track, known(scene, track, **lights(("red", 0, 60))), finished=True)
    assert word(said) == "stop_prohibited"


@pytest.mark.parametrize(("state", "expected"), [("red", "nothing"), ("green", "stop_prohibited")])
def test_without_a_stop_line_the_light_excuses_everywhere(state: str, expected: str) -> None:
    scene = road(NO_STOPPING, signal=LIT["signal"])
    track = car(PARKS)
    said = judge_stopping(track, known(scene, track, **lights((state, 0, 60))), finished=True)
    assert word(said) == expected


def hidden(track: Track, from_s: float, until_s: float) -> Track:
    seen = tuple(one for one in track.observations if not from_s < one.t_s < until_s)
    return dataclasses.replace(track, observations=seen)


@pytest.mark.parametrize(
    ("what", "from_s", "until_s", "expected"),
    [
        ("a motorbike passes before it", 15, 16.5, "stop_prohibited"),
        ("a bus stands before it for 5 s", 15, 20, "nothing"),
        ("hidden early, then seen for 21 s", 5, 9, "stop_prohibited"),
    ],
)
def test_hidden_for_longer_than_a_change_of_vehicles_takes(
    what: str, from_s: float, until_s: float, expected: str
) -> None:
    stops = car(kit.through((0, 14), (4, 30), (34, 30), (40, 80)))
    assert stopping(hidden(stops, from_s, until_s)) == expected, what


def test_found_again_under_a_new_number_it_is_not_accused_twice() -> None:
    first, again = car(PARKS), car(PARKS, track=7)
    box = first.last.box
    assert stopping(again) == "stop_prohibited"
    assert stopping(again, accused=(box,)) == "already_accused"
    assert stopping(again, accused=(kit.box_at(RIGHT_M, 24),)) == "stop_prohibited"


def test_two_cars_in_turn_at_one_place_are_no_long_stop() -> None:
    """One leaves, another comes, the tracker takes them for one."""
    first = car(kit.through((0, 14), (4, 30), (18, 30), (22, 60)))
    second = car(kit.through((18, 14), (24, 30), (38, 30), (42, 60)))
    both = tuple(one for one in first.observations if one.t_s < 21) + tuple(
        one for one in second.observations if one.t_s >= 21
    )
    assert stopping(dataclasses.replace(first, observations=both)) == "nothing"


def parking(track: Track, zone: dict, rules: tuple[str, ...]) -> str:
    scene = road(zone, rules=rules)
    return word(judge_parking(track, known(scene, track), finished=True))


@pytest.mark.parametrize(
    ("what", "motion", "zone", "rules", "expected"),
    [
        ("parks for 55 s", PARKS, NO_PARKING, ("parking",), "park_prohibited"),
        ("stops for 28 s where one may stop", STOPS_28_S, NO_PARKING, ("parking",), "nothing"),
        ("parks where even stopping is forbidden", PARKS, NO_STOPPING, ("parking",), "park_prohibited"),
        ("that is a stop where stops are watched", PARKS, NO_STOPPING, ("parking", "stopping"), "nothing"),
    ],
)
def test_parking(what: str, motion: kit.Motion, zone: dict, rules: tuple, expected: str) -> None:
    assert parking(car(motion), zone, rules) == expected, what


def test_parking_on_a_motorbike() -> None:
    assert parking(car(PARKS, kind="motorbike"), NO_PARKING, ("parking",)) == "stop_park_prohibited"


def test_times_pictures_and_measures() -> None:
    scene = road(NO_STOPPING)
    track = car(PARKS)
    said = judge_stopping(track, known(scene, track), finished=True)
    assert isinstance(said, Violation)
    assert said.t_event_s == pytest.approx(24, abs=1.5)
    assert said.t_start_s < said.t_event_s <= said.t_end_s
    assert said.frame_before < said.frame_at < said.frame_after
    by_frame = {one.frame: one.t_s for one in track.observations}
    assert by_frame[said.frame_at] - by_frame[said.frame_before] == pytest.approx(5, abs=0.5)
    measures = {one.name: one for one in said.measures}
    stood = measures["stood_unexcused"]
    assert stood.limit == 20
    assert 20 < stood.lower_95 <= 56 <= stood.upper_95 + 1
    assert measures["speed_standing"].upper_95 < 0.5
    assert measures["inside_zone"].lower_95 == 100
    assert "P.130" in said.reasons[0].vi
    assert all(reason.vi and reason.en and reason.vi != reason.en for reason in said.reasons)


def test_while_it_stands_it_is_judged_once_the_time_is_up() -> None:
    scene = road(NO_STOPPING)
    words = []
    for until_s in (10, 20, 24, 27):
        track = dataclasses.replace(
            car(PARKS), observations=tuple(one for one in car(PARKS).observations if one.t_s <= until_s)
        )
        words.append(word(judge_stopping(track, known(scene, track))))
    assert words == ["nothing", "nothing", "nothing", "stop_prohibited"]


@settings(max_examples=60, deadline=None)
@given(
    stood_s=st.floats(0, 40),
    at_m=st.floats(14, 60),
    side=st.sampled_from([LEFT_M, RIGHT_M]),
    kind=st.sampled_from(["car", "motorbike", "bus", "truck"]),
    lost=st.floats(0, 0.4),
    noise_px=st.floats(0.2, 2.5),
    seed=st.integers(0, 1000),
)
def test_nobody_is_accused_who_stood_shorter_or_elsewhere(  # noqa: PLR0917 - drawn by hypothesis
    stood_s: float, at_m: float, side: float, kind: str, lost: float, noise_px: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    times = [t for t in kit.frames(60, FPS) if rng.random() > lost]
    motion = kit.through((0, at_m - 25), (6, at_m), (6 + stood_s, at_m), (14 + stood_s, at_m + 60))
    track = kit.sighted(motion, times, x_m=side, kind=kind, noise_px=noise_px, rng=rng)
    if stopping(track) in {"stop_prohibited", "stop_park_prohibited"}:
        assert stood_s > 19.8
        assert side == RIGHT_M
        assert 18 - 1 < at_m < 40


@settings(max_examples=30, deadline=None)
@given(
    gap_m=st.floats(2, 7),
    leader=st.sampled_from(["car", "bus", "truck", "motorbike"]),
    seed=st.integers(0, 1000),
    moves_s=st.floats(30, 45),
)
def test_nobody_in_a_queue_is_accused(gap_m: float, leader: str, seed: int, moves_s: float) -> None:
    rng = np.random.default_rng(seed)
    front_m = 26 + kit.SIZES_M["car"][2] + gap_m
    go = ((0, 0), (moves_s, 0), (moves_s + 10, 60))
    ahead = kit.sighted(
        lambda t: front_m + kit.through(*go)(t),
        TIMES,
        x_m=RIGHT_M,
        kind=leader,
        track=2,
        noise_px=1.0,
        rng=rng,
    )
    queued = kit.sighted(lambda t: 26 + kit.through(*go)(t - 1.5), TIMES, x_m=RIGHT_M, noise_px=1.0, rng=rng)
    assert stopping(queued, ahead) in {"queue", "nothing"}
