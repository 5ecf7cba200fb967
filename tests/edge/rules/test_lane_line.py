"""Who crosses a continuous line, and who only rides on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detector.types import VehicleClass
from edge.rules import Context, SignalHistory, Verdict, Violation, Withheld
from edge.rules.lane_line import judge
from edge.scene import Scene
from edge.tracking import Track
from tests.edge import moves_kit as moves
from tests.edge import road_kit as kit

TIMES = kit.frames(9, 12.5)


def road(forbidden_from: str = "both", points: Sequence[tuple[float, float]] = ((0, 10), (0, 75))) -> Scene:
    line = {
        "name": "centre",
        "points_px": [kit.ground(*one) for one in points],
        "forbidden_from": forbidden_from,
    }
    return kit.road(rules=["lane_line"], solid_lines=[line])


ROAD = road()
BENT = road(points=((0, 10), (0, 30), (3, 75)))


def said(track: Track, scene: Scene = ROAD, others: tuple[Track, ...] = ()) -> Verdict:
    return judge(track, Context(scene, SignalHistory(), None, now_s=9, others=others), finished=True)


def glides(
    from_x: float, to_x: float, kind: VehicleClass = "car", *, kmh: float = 35, **more: object
) -> Track:
    near = 12 if kmh > 0 else 70
    place = moves.sideways(from_x, to_x, start_s=1, takes_s=2.5, y_m=near, kmh=kmh)
    return moves.driven(place, TIMES, kind=kind, noise_px=0.7, **more)  # type: ignore[arg-type]


FOUND = [
    ("a car from right to left", glides(1.75, -1.75), ROAD),
    ("a car from left to right", glides(-1.75, 1.75), ROAD),
    ("it comes nearer", glides(-1.75, 1.75, kmh=-40), ROAD),
    ("a motorbike", glides(0.8, -0.8, "motorbike"), ROAD),
    ("a bus", glides(2.2, -2.2, "bus"), ROAD),
    ("only from the right, and it comes from there", glides(1.75, -1.75), road("right")),
    ("over a bend", glides(3.2, -1.75), BENT),
    (
        "out and back again",
        moves.driven(
            moves.along((0, 1.75, 12), (2, 1.75, 30), (3.2, -1.75, 40), (5, -1.75, 52), (7, 1.75, 66)), TIMES
        ),
        ROAD,
    ),
]


@pytest.mark.parametrize(("what", "track", "scene"), FOUND, ids=[one[0] for one in FOUND])
def test_found(what: str, track: Track, scene: Scene) -> None:
    verdict = said(track, scene)
    assert isinstance(verdict, Violation), (what, verdict)
    assert verdict.act == "sign_or_marking"
    assert verdict.t_start_s < verdict.t_event_s < verdict.t_end_s
    assert verdict.measures[0].lower_95 > 0
    assert all(reason.vi and reason.en for reason in verdict.reasons)


def test_the_event_is_when_the_middle_went_over() -> None:
    verdict = said(glides(1.75, -1.75))
    assert isinstance(verdict, Violation)
    assert verdict.t_event_s == pytest.approx(2.25, abs=0.2)


INNOCENT = [
    ("stays on the right", glides(1.75, 1.75), ROAD),
    ("close to the line", glides(1.3, 1.05), ROAD),
    ("a bicycle", glides(0.8, -0.8, "bicycle", kmh=15), ROAD),
    ("allowed from that side", glides(1.75, -1.75), road("left")),
    ("past the end of the line", glides(1.75, -1.75), road(points=((0, 40), (0, 75)))),
    ("where the line just ends", glides(1.75, -1.75), road(points=((0, 10), (0, 34.5)))),
    ("stands on the line and trembles", moves.driven(lambda t: (0.1, 30.0), TIMES, noise_px=4), ROAD),
    ("rides on the line all along", glides(0.1, -0.1), ROAD),
]


@pytest.mark.parametrize(("what", "track", "scene"), INNOCENT, ids=[one[0] for one in INNOCENT])
def test_innocent(what: str, track: Track, scene: Scene) -> None:
    assert said(track, scene) is None, what


STANDS_AHEAD = moves.driven(lambda t: (1.75, 45.0), TIMES, track=9)
STANDS_BEYOND = moves.driven(lambda t: (-1.75, 60.0), TIMES, track=9)
DRIVES_AHEAD = moves.driven(moves.straight(1.75, 40, 15), TIMES, track=9)

KEPT: list[tuple[str, Track, tuple[Track, ...], str]] = [
    ("goes round what stands ahead", glides(1.75, -1.75), (STANDS_AHEAD,), "obstacle"),
    ("one wheel over", glides(1.75, -0.4), (), "straddled"),
    ("hidden while it crossed", moves.without(glides(1.75, -1.75), 1.6, 3.0), (), "gap"),
    ("two vehicles in one track", moves.joined(glides(1.75, 1.75), glides(-1.75, -1.75), 2.5), (), "jump"),
    ("creeps over", moves.driven(moves.along((0, 2.9, 20), (9, -3.3, 29.5)), TIMES), (), "slow"),
    (
        "a bicycle, perhaps",
        glides(0.9, -0.9, "motorbike", kmh=20, kinds=lambda i: "motorbike" if i % 3 else "bicycle"),
        (),
        "kind_unclear",
    ),
]


@pytest.mark.parametrize(("what", "track", "others", "code"), KEPT, ids=[one[0] for one in KEPT])
def test_withheld(what: str, track: Track, others: tuple[Track, ...], code: str) -> None:
    verdict = said(track, ROAD, others)
    assert isinstance(verdict, Withheld), (what, verdict)
    assert verdict.code == code
    assert all(reason.vi and reason.en for reason in verdict.reasons)


QUEUE = tuple(
    moves.driven(moves.straight(1.75, y_m, 0.0), TIMES, track=9 + i)
    for i, y_m in enumerate((45.0, 52.0, 59.0))
)
AT_THE_KERB = moves.driven(moves.straight(5.2, 45.0, 0.0), TIMES, track=9)


@pytest.mark.parametrize(
    "others",
    [(STANDS_BEYOND,), (DRIVES_AHEAD,), QUEUE, (AT_THE_KERB,)],
    ids=["beyond the line", "drives slowly ahead", "a queue", "parked at the kerb"],
)
def test_no_excuse(others: tuple[Track, ...]) -> None:
    assert isinstance(said(glides(1.75, -1.75), ROAD, others), Violation)


def test_two_that_stand_are_no_queue() -> None:
    verdict = said(glides(1.75, -1.75), ROAD, QUEUE[:2])
    assert isinstance(verdict, Withheld)
    assert verdict.code == "obstacle"


@settings(max_examples=80, deadline=None)
@given(
    beside_m=st.floats(0.0, 3),
    wander_m=st.floats(0, 1),
    kmh=st.floats(0, 90),
    kind=st.sampled_from(["motorbike", "car", "bus", "truck"]),
    noise_px=st.floats(0, 3),
    seed=st.integers(0, 999),
    left=st.booleans(),
    back=st.booleans(),
)
def test_nobody_who_kept_one_wheel_on_his_side_is_accused(  # noqa: PLR0917 - what a drive consists of
    beside_m: float,
    wander_m: float,
    kmh: float,
    kind: VehicleClass,
    noise_px: float,
    seed: int,
    left: bool,
    back: bool,
) -> None:
    """The outer side never gets over the line, however it weaves."""
    half_m = kit.SIZES_M[kind][0] / 2
    side = -1.0 if left else 1.0

    def place(t_s: float) -> tuple[float, float]:
        off_m = max(beside_m + wander_m * np.sin(1.1 * t_s), -half_m)
        gone = kmh / 3.6 * t_s
        return side * off_m, 80 - gone if back else 12 + gone

    track = moves.driven(place, TIMES, kind=kind, noise_px=noise_px, seed=seed)
    if track.observations:
        assert not isinstance(said(track), Violation)
