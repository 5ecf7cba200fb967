"""Who rides without a helmet, who carries somebody without, and whom a camera cannot accuse."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.rules import Violation
from edge.rules.helmet import judge_passenger, judge_rider
from edge.scene import Scene
from edge.tracking import Track
from tests.edge import road_kit as kit
from tests.edge.rules.rider_kit import SCENE, TIMES, context_of, looked, motorbike
from tests.edge.rules.stand_kit import word

BARE, COVERED, UNSURE = 0.96, 0.04, 0.75
UNCLEAR = ("people_unclear", "people_unclear")
RIDER, PASSENGER = "no_helmet_rider", "no_helmet_passenger_by_rider"


def both(track: Track, riders: tuple, scene: Scene = SCENE) -> tuple[str, str]:
    context = context_of(track, riders, scene)
    return (
        word(judge_rider(track, context, finished=True)),
        word(judge_passenger(track, context, finished=True)),
    )


@pytest.mark.parametrize(
    ("what", "looks", "more", "expected"),
    [
        ("alone, bare", [[BARE]] * 6, {}, (RIDER, "nothing")),
        ("alone, covered", [[COVERED]] * 6, {}, ("nothing", "nothing")),
        ("alone, bare in three looks only", [[BARE]] * 3, {}, ("too_few_looks", "nothing")),
        ("alone, one look of six is covered", [[BARE]] * 5 + [[COVERED]], {}, ("not_sure", "nothing")),
        ("alone, never sure", [[UNSURE]] * 6, {}, ("not_sure", "nothing")),
        ("alone, bare in one look of six", [[BARE]] + [[COVERED]] * 5, {}, ("nothing", "nothing")),
        ("bare, with a trace of another head", [[BARE]] * 6, {"further": 0.1}, UNCLEAR),
        ("bare, the people not counted", [[BARE]] * 6, {"people": [None] * 6}, UNCLEAR),
        ("bare, counted now one, now two", [[BARE], [BARE, BARE]] * 3, {}, UNCLEAR),
        ("heads of 9 px", [[BARE]] * 6, {"head_m": 0.05}, ("nothing", "nothing")),
        ("two, both bare", [[BARE, BARE]] * 6, {}, (RIDER, PASSENGER)),
        ("two, both covered", [[COVERED, COVERED]] * 6, {}, ("nothing", "nothing")),
        ("two, one bare: who?", [[BARE, COVERED]] * 6, {}, ("who_is_bare", "who_is_bare")),
        ("two, bare, one much lower", [[BARE, BARE]] * 6, {"lower": (0, 1.8)}, (RIDER, "maybe_child")),
        ("three, all bare", [[BARE] * 3] * 6, {}, (RIDER, PASSENGER)),
        ("three, one bare", [[BARE, COVERED, COVERED]] * 6, {}, ("who_is_bare", "who_is_bare")),
        ("no looks", [], {}, ("nothing", "nothing")),
    ],
)  # fmt: skip
def test_table(what: str, looks: list, more: dict, expected: tuple[str, str]) -> None:
    track = motorbike()
    assert both(track, looked(track, looks, **more)) == expected, what


@pytest.mark.parametrize(
    ("what", "chances", "expected"),
    [
        ("the foremost is bare: the driver", (COVERED, BARE), (RIDER, "nothing")),
        ("the hindmost is bare: the passenger", (BARE, COVERED), ("nothing", PASSENGER)),
    ],
)
@pytest.mark.parametrize("way", [1, -1])
def test_seen_from_the_side_driver_and_passenger_are_told_apart(
    what: str, chances: tuple, expected: tuple, way: int
) -> None:
    """It crosses the picture; the second head is further ahead."""
    track = kit.sighted(lambda _: 13.5, TIMES, x_m=lambda t: way * (-6 + 2 * t), kind="motorbike")
    riders = looked(track, [chances] * 6, across=(-0.9 * way, 0.9 * way))
    assert both(track, riders) == expected, what


def test_from_the_side_a_small_passenger_may_be_a_child() -> None:
    track = kit.sighted(lambda _: 13.5, TIMES, x_m=lambda t: -6 + 2 * t, kind="motorbike")
    riders = looked(track, [(BARE, COVERED)] * 6, across=(-0.9, 0.9), lower=(1.0, 0.0))
    assert both(track, riders) == ("nothing", "maybe_child")


def test_seen_too_flat_one_head_may_hide_another() -> None:
    """From 2.4 m up a driver is not seen behind his passenger."""
    file = kit.camera_file()
    low = kit.road(calibration=file.calibration.model_dump() | {"camera_height_m": 2.4})
    track = motorbike()
    assert both(track, looked(track, [[BARE]] * 6), low) == ("people_unclear", "nothing")
    assert both(track, looked(track, [[BARE, BARE]] * 6), low)[0] == RIDER


def test_a_bicycle_needs_no_helmet() -> None:
    track = kit.sighted(kit.through((0, 13), (6, 45)), TIMES, kind="bicycle")
    assert both(track, looked(track, [[BARE]] * 6)) == ("nothing", "nothing")


def test_nothing_is_said_while_better_looks_may_come() -> None:
    track = motorbike()
    riders = looked(track, [[BARE]] * 6)
    soon, later = (context_of(track, riders, now_s=riders[-1].t_s + wait_s) for wait_s in (0.5, 2.0))
    assert judge_rider(track, soon) is None
    assert word(judge_rider(track, later)) == RIDER


def test_looks_in_one_moment_are_one_look() -> None:
    track = motorbike()
    assert both(track, looked(track, [[BARE]] * 4, every=1))[0] == "too_few_looks"


def test_pictures_that_are_long_gone_prove_nothing() -> None:
    track = motorbike()
    context = context_of(track, looked(track, [[BARE]] * 6), now_s=40)
    assert word(judge_rider(track, context, finished=True)) == "no_pictures"


def test_pictures_and_measures() -> None:
    track = motorbike()
    said = judge_rider(track, context_of(track, looked(track, [[BARE]] * 6)), finished=True)
    assert isinstance(said, Violation)
    assert said.frame_before < said.frame_at < said.frame_after
    assert said.t_start_s <= said.t_event_s <= said.t_end_s
    assert said.t_event_s == pytest.approx(track.observations[2].t_s), "the nearest look shows it best"
    measures = {one.name: one for one in said.measures}
    assert measures["bare_looks"].value == 100
    assert 50 < measures["bare_looks"].lower_95 < 70
    assert measures["bare_chance"].value == pytest.approx(96)
    assert all(reason.vi and reason.en and reason.vi != reason.en for reason in said.reasons)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.lists(st.floats(0, 0.69), min_size=1, max_size=3), min_size=1, max_size=10),
    wild=st.lists(st.floats(0, 1), min_size=0, max_size=2),
    further=st.floats(0, 1),
)
def test_nobody_is_accused_while_one_look_sees_every_head_covered(
    rows: list[list[float]], wild: list[float], further: float
) -> None:
    track = motorbike()
    riders = looked(track, [*rows, *([one] for one in wild)], further=further)
    assert RIDER not in both(track, riders)
    assert PASSENGER not in both(track, riders)


@settings(max_examples=80, deadline=None)
@given(covered=st.integers(0, 2), people=st.integers(2, 3), looks=st.integers(1, 10), seed=st.floats(0, 0.5))
def test_with_one_of_them_covered_nobody_is_accused_from_behind(
    covered: int, people: int, looks: int, seed: float
) -> None:
    row = [BARE] * people
    row[covered % people] = seed
    track = motorbike()
    riders = looked(track, [row] * looks)
    assert set(both(track, riders)) <= {"who_is_bare", "too_few_looks", "not_sure", "nothing"}
