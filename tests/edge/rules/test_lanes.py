"""Wrong lane and emergency lane: who drives there, and who has a reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detector.types import VehicleClass
from edge.rules import Context, SignalHistory, Verdict, Violation, Withheld
from edge.rules.lanes import LEAST_M, SHOULDER_LEAST_M, emergency_lane, wrong_lane
from edge.scene import Scene
from edge.tracking import Track
from tests.edge import moves_kit as moves
from tests.edge import road_kit as kit

TIMES = kit.frames(9, 12.5)


def lane(name: str, low_m: float, high_m: float, **more: object) -> dict[str, object]:
    corners = [(low_m, 9), (high_m, 9), (high_m, 80), (low_m, 80)]
    return {"name": name, "polygon_px": [kit.ground(*one) for one in corners], **more}


def road(**changes: object) -> Scene:
    lanes = [
        lane("cars", -3.5, 0, kinds=("car", "bus", "truck")),
        lane("motorbikes", 0, 3.5, kinds=("motorbike", "bicycle")),
        lane("shoulder", 3.5, 6.5, emergency=True),
    ]
    wanted: dict[str, object] = {
        "rules": ["wrong_lane", "emergency_lane"],
        "road": {"direction_m": (0, 1), "lanes": lanes},
        "stop_line": None,
    }
    return kit.road(**(wanted | changes))


ROAD = road()
JUNCTION = road(stop_line={"ends_px": (kit.ground(-3.5, 60), kit.ground(3.5, 60))})
SHARED = road(
    rules=["wrong_lane"],
    road={
        "direction_m": (0, 1),
        "lanes": [lane("all", -3.5, 3.5), lane("motorbikes", 0, 3.5, kinds=("motorbike",))],
    },
)
Rule = Callable[..., Verdict]


def said(
    rule: Rule, track: Track, scene: Scene = ROAD, others: tuple[Track, ...] = (), *, finished: bool = True
) -> Verdict:
    context = Context(scene, SignalHistory(), None, now_s=track.last.t_s, others=others)
    return rule(track, context, finished=finished)


def drove(place: moves.Place, kind: VehicleClass = "car", **more: object) -> Track:
    return moves.driven(place, TIMES, kind=kind, noise_px=0.7, **more)  # type: ignore[arg-type]


FOUND: list[tuple[str, Rule, Track, Scene]] = [
    ("a car in the motorbike lane", wrong_lane, drove(moves.straight(1.75, 12, 40)), ROAD),
    ("a car comes nearer in it", wrong_lane, drove(moves.straight(1.75, 70, -40)), ROAD),
    ("a motorbike among the cars", wrong_lane, drove(moves.straight(-1.75, 12, 30), "motorbike"), ROAD),
    ("a truck in the motorbike lane", wrong_lane, drove(moves.straight(1.75, 14, 35), "truck"), ROAD),
    (
        "a car changes into it and stays",
        wrong_lane,
        drove(moves.sideways(-1.75, 1.75, start_s=1, takes_s=2, y_m=12, kmh=35)),
        ROAD,
    ),
    (
        "far from the stop line",
        wrong_lane,
        drove(moves.straight(1.75, 8, 30)),
        road(stop_line={"ends_px": (kit.ground(-3.5, 75), kit.ground(3.5, 75))}),
    ),
    ("a car on the shoulder", emergency_lane, drove(moves.straight(5, 16, 60)), ROAD),
    ("a car comes nearer on the shoulder", emergency_lane, drove(moves.straight(5, 75, -60)), ROAD),
]


@pytest.mark.parametrize(("what", "rule", "track", "scene"), FOUND, ids=[one[0] for one in FOUND])
def test_found(what: str, rule: Rule, track: Track, scene: Scene) -> None:
    verdict = said(rule, track, scene)
    assert isinstance(verdict, Violation), (what, verdict)
    assert verdict.act == rule.__name__
    assert verdict.t_start_s <= verdict.t_event_s <= verdict.t_end_s
    least_m = LEAST_M if rule is wrong_lane else SHOULDER_LEAST_M
    assert verdict.measures[0].lower_95 >= least_m
    assert all(reason.vi and reason.en for reason in verdict.reasons)


INNOCENT: list[tuple[str, Rule, Track, Scene]] = [
    ("a car among the cars", wrong_lane, drove(moves.straight(-1.75, 12, 40)), ROAD),
    ("a motorbike in its lane", wrong_lane, drove(moves.straight(1.75, 12, 30), "motorbike"), ROAD),
    ("on the line between, half in each", wrong_lane, drove(moves.straight(0.3, 12, 40)), ROAD),
    ("three quarters of it over", wrong_lane, drove(moves.straight(0.45, 12, 40)), ROAD),
    ("a bicycle among the cars", wrong_lane, drove(moves.straight(-1.75, 12, 15), "bicycle"), ROAD),
    ("a lane inside a lane for all", wrong_lane, drove(moves.straight(1.75, 12, 40)), SHARED),
    ("crosses the lane to a gateway", wrong_lane, drove(moves.along((0, -8, 30), (6, 10, 30))), ROAD),
    ("the shoulder is not a wrong lane", wrong_lane, drove(moves.straight(5, 16, 60)), ROAD),
    ("beside the shoulder", emergency_lane, drove(moves.straight(1.75, 12, 60)), ROAD),
    ("half on the shoulder", emergency_lane, drove(moves.straight(3.6, 16, 60)), ROAD),
    ("stands on the shoulder", emergency_lane, drove(lambda t: (5.0, 40.0)), ROAD),
    ("a motorbike on the shoulder", emergency_lane, drove(moves.straight(5, 16, 40), "motorbike"), ROAD),
]


@pytest.mark.parametrize(("what", "rule", "track", "scene"), INNOCENT, ids=[one[0] for one in INNOCENT])
def test_innocent(what: str, rule: Rule, track: Track, scene: Scene) -> None:
    assert said(rule, track, scene) is None, what


def rolls_out(x_m: float, from_m: float, kmh: float, stops_after_s: float) -> moves.Place:
    """Braking evenly to a stand."""
    speed = kmh / 3.6

    def at(t_s: float) -> tuple[float, float]:
        t = min(t_s, stops_after_s)
        return x_m, from_m + speed * (t - t * t / (2 * stops_after_s))

    return at


def moves_off(x_m: float, from_m: float, push_mps2: float) -> moves.Place:
    return lambda t: (x_m, from_m + push_mps2 * max(t - 1, 0) ** 2 / 2)


STANDS = moves.driven(lambda t: (-1.75, 45.0), TIMES, track=9)
STANDS_OFF_ROAD = moves.driven(lambda t: (-7.0, 45.0), TIMES, track=9)

KEPT: list[tuple[str, Rule, Track, Scene, tuple[Track, ...], str]] = [
    (
        "passes what stands in its lane",
        wrong_lane,
        drove(moves.straight(1.75, 12, 40)),
        ROAD,
        (STANDS,),
        "obstacle",
    ),
    (
        "just before the stop line",
        wrong_lane,
        drove(moves.straight(1.75, 33, 40)),
        JUNCTION,
        (),
        "near_junction",
    ),
    (
        "a short way",
        wrong_lane,
        drove(moves.along((0, -1.75, 20), (1, -1.75, 30), (2, 1.75, 40), (3.6, 1.75, 54), (4.6, -1.75, 63))),
        ROAD,
        (),
        "short_way",
    ),
    (
        "turns off into a gateway",
        wrong_lane,
        drove(moves.turning((1.75, 14), 90, [(24, 0), (8, -90), (10, 0)], 25)),
        ROAD,
        (),
        "turning_off",
    ),
    ("pulls over", wrong_lane, drove(rolls_out(1.75, 14, 40, 6)), ROAD, (), "pulling_over"),
    ("moves off from the kerb", wrong_lane, drove(moves_off(1.75, 14, 2.0)), ROAD, (), "pulling_over"),
    (
        "a car or a motorbike, who knows",
        wrong_lane,
        drove(moves.straight(1.75, 12, 40), kinds=lambda i: "car" if i % 4 else "motorbike"),
        ROAD,
        (),
        "kind_unclear",
    ),
    ("rolls out on the shoulder", emergency_lane, drove(rolls_out(5, 16, 80, 5)), ROAD, (), "breakdown"),
    ("moves off from the shoulder", emergency_lane, drove(moves_off(5, 16, 2.5)), ROAD, (), "breakdown"),
    ("creeps along the shoulder", emergency_lane, drove(moves.straight(5, 16, 12)), ROAD, (), "short_way"),
]


@pytest.mark.parametrize(
    ("what", "rule", "track", "scene", "others", "code"), KEPT, ids=[one[0] for one in KEPT]
)
def test_withheld(  # noqa: PLR0917 - the columns of the table
    what: str, rule: Rule, track: Track, scene: Scene, others: tuple[Track, ...], code: str
) -> None:
    verdict = said(rule, track, scene, others)
    assert isinstance(verdict, Withheld), (what, verdict)
    assert verdict.code == code
    assert all(reason.vi and reason.en for reason in verdict.reasons)


def test_a_short_lane_asks_for_less() -> None:
    """Thirteen metres of it in sight: over seven of them, along it, is enough; across is not."""
    short = [
        {"name": name, "kinds": kinds, "polygon_px": [kit.ground(*one) for one in corners]}
        for name, kinds, corners in (
            ("cars", [], ((-3.5, 12), (0, 12), (0, 25), (-3.5, 25))),
            ("motorbikes", ["motorbike"], ((0, 12), (2.4, 12), (2.4, 25), (0, 25))),
        )
    ]
    scene = kit.road(rules=["wrong_lane"], road={"direction_m": (0, 1), "lanes": short}, stop_line=None)
    assert isinstance(said(wrong_lane, drove(moves.straight(1.3, 8, 35)), scene), Violation)
    across = drove(moves.along((0, 3.5, 10), (2, -2.5, 26), (6, -2.5, 60)))
    assert not isinstance(said(wrong_lane, across, scene), Violation)


def test_what_stands_off_the_road_excuses_nobody() -> None:
    assert isinstance(
        said(wrong_lane, drove(moves.straight(1.75, 12, 40)), others=(STANDS_OFF_ROAD,)), Violation
    )


def test_the_shoulder_waits_until_it_is_plain_that_nobody_stops() -> None:
    track = drove(moves.straight(5, 16, 60))
    for count in range(4, len(track.observations)):
        part = dataclasses.replace(track, observations=track.observations[:count], ended=False)
        assert not isinstance(said(emergency_lane, part, finished=False), Withheld)
    assert isinstance(said(emergency_lane, track), Violation)


@settings(max_examples=60, deadline=None)
@given(
    wander_m=st.floats(0, 0.9),
    from_m=st.floats(8, 30),
    kmh=st.floats(0, 90),
    kind=st.sampled_from(["motorbike", "car", "bus", "truck"]),
    noise_px=st.floats(0, 3),
    seed=st.integers(0, 999),
    back=st.booleans(),
)
def test_nobody_in_his_own_lane_is_accused(  # noqa: PLR0917 - what a drive consists of
    wander_m: float, from_m: float, kmh: float, kind: VehicleClass, noise_px: float, seed: int, back: bool
) -> None:
    own_m = 1.75 if kind == "motorbike" else -1.75

    def place(t_s: float) -> tuple[float, float]:
        gone = kmh / 3.6 * t_s
        return own_m + wander_m * np.sin(1.3 * t_s), 85 - from_m - gone if back else from_m + gone

    track = moves.driven(place, TIMES, kind=kind, noise_px=noise_px, seed=seed)
    if track.observations:
        assert not isinstance(said(wrong_lane, track), Violation)
        assert not isinstance(said(emergency_lane, track), Violation)


@settings(max_examples=50, deadline=None)
@given(kmh=st.floats(20, 100), brakes_s=st.floats(1, 7), noise_px=st.floats(0, 2), seed=st.integers(0, 999))
def test_nobody_who_stops_on_the_shoulder_is_accused(
    kmh: float, brakes_s: float, noise_px: float, seed: int
) -> None:
    track = moves.driven(rolls_out(5, 16, kmh, brakes_s), TIMES, noise_px=noise_px, seed=seed)
    for count in (len(track.observations) // 3, len(track.observations) // 2, len(track.observations)):
        part = dataclasses.replace(track, observations=track.observations[:count])
        finished = count == len(track.observations)
        assert not isinstance(said(emergency_lane, part, finished=finished), Violation)
