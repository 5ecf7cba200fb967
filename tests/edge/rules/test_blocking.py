"""Who stands on a crosswalk or in a junction, and who is held there or never was quite on it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.rules import Violation
from edge.rules.blocking import judge
from edge.tracking import Track
from tests.edge import road_kit as kit
from tests.edge.rules.stand_kit import RIGHT_M, known, road, word

FPS = 8.0
TIMES = kit.frames(50, FPS)
LIT = {
    "signal": {"red": (100, 100, 20, 20), "green": (100, 160, 20, 20)},
    "stop_line": {"ends_px": (kit.ground(-5, 24), kit.ground(5, 24))},
}
RED = (("green", 0, 5), ("red", 5, 50))
GREEN = (("green", 0, 50),)
LATE_RED = (("green", 0, 20), ("red", 20, 50))


def zone(kind: str, from_m: float, until_m: float) -> dict[str, object]:
    corners = [(-5.5, from_m), (5.5, from_m), (5.5, until_m), (-5.5, until_m)]
    return {"name": kind, "kind": kind, "polygon_px": [kit.ground(*one) for one in corners]}


CROSSWALK = zone("crosswalk", 25, 29)
JUNCTION = zone("junction", 31, 48)


def halts(rear_m: float, from_s: float = 8.0, until_s: float = 40.0) -> kit.Motion:
    return kit.through(
        (from_s - 6, rear_m - 40), (from_s, rear_m), (until_s, rear_m), (until_s + 6, rear_m + 50)
    )


def vehicle(motion: kit.Motion, kind: str = "car", **more: object) -> Track:
    made = {"x_m": RIGHT_M, "noise_px": 0.6, "rng": np.random.default_rng(4), "kind": kind}
    return kit.sighted(motion, TIMES, **{**made, **more})


def said(
    track: Track, *others: Track, phases: tuple | None = RED, zones: tuple = (CROSSWALK, JUNCTION)
) -> str:
    scene = road(*zones, rules=("blocking",), **(LIT if phases else {}))
    lights = kit.light(*phases, fps=FPS) if phases else None
    return word(judge(track, known(scene, track, others, lights=lights), finished=True))


@pytest.mark.parametrize(
    ("what", "motion", "kind", "expected"),
    [
        ("a car waits for green on the crosswalk", halts(26), "car", "stop_prohibited"),
        ("a motorbike does", halts(26), "motorbike", "stop_park_prohibited"),
        ("a bus does", halts(26), "bus", "stop_prohibited"),
        ("waits before the line", halts(18), "car", "nothing"),
        ("front wheels over the line, rear before the crosswalk", halts(21), "car", "nothing"),
        ("a motorbike past the line, before the crosswalk", halts(24.1), "motorbike", "nothing"),
        ("a motorbike half on the crosswalk", halts(28.3), "motorbike", "nothing"),
        ("a motorbike just on it, or not quite", halts(27.35), "motorbike", "zone_edge"),
        ("only its tail on the crosswalk", halts(28.4), "car", "nothing"),
        ("halts for 4 s", halts(26, 8, 12), "car", "nothing"),
        ("drives over", kit.cruise(30, 12), "car", "nothing"),
        ("creeps over at 1 km/h", kit.through((5, 24), (25, 29.5), (30, 60)), "car", "nothing"),
        ("stands in the junction on red", halts(36), "car", "stop_junction"),
        ("a motorbike stands in the junction on red", halts(36), "motorbike", "stop_park_prohibited"),
        ("cleared the junction", halts(49.5), "car", "nothing"),
        ("a bicycle on the crosswalk", halts(26), "bicycle", "nothing"),
    ],
)
def test_table(what: str, motion: kit.Motion, kind: str, expected: str) -> None:
    assert said(vehicle(motion, kind)) == expected, what


@pytest.mark.parametrize(
    ("what", "motion", "phases", "expected"),
    [
        ("waits in the junction on green: it gives way", halts(36), GREEN, "giving_way"),
        ("red comes, it clears within 10 s", halts(36, 8, 30), LATE_RED, "giving_way"),
        ("red comes, it stays", halts(36), LATE_RED, "stop_junction"),
        ("on the crosswalk on green: it lets people over", halts(26), GREEN, "giving_way"),
        ("the light is not known", halts(26), (("unknown", 0, 50),), "giving_way"),
        ("the light is out", halts(26), (("dark", 0, 50),), "giving_way"),
    ],
)  # fmt: skip
def test_who_may_be_giving_way(what: str, motion: kit.Motion, phases: tuple, expected: str) -> None:
    assert said(vehicle(motion), phases=phases) == expected, what


@pytest.mark.parametrize(
    ("what", "ahead_m", "kind", "expected"),
    [
        ("a car stands close ahead", 33, "car", "queue"),
        ("a bus stands ahead", 37, "bus", "queue"),
        ("a motorbike stands close ahead", 32, "motorbike", "queue"),
        ("one stands far ahead", 46, "car", "stop_prohibited"),
    ],
)
def test_who_is_held_there_by_the_one_ahead(what: str, ahead_m: float, kind: str, expected: str) -> None:
    ahead = vehicle(halts(ahead_m, 7, 39), kind, track=2)
    assert said(vehicle(halts(26)), ahead, zones=(CROSSWALK,)) == expected, what


def test_a_swarm_on_red_is_told_apart_one_by_one() -> None:
    """The first row stands on the crosswalk, the second between line and crosswalk, the third behind."""
    rows = {"first": 26.5, "second": 24.0, "third": 21.0}
    bikes = {
        (name, x_m): vehicle(halts(rear_m), "motorbike", x_m=x_m, track=10 * number + column)
        for number, (name, rear_m) in enumerate(rows.items(), 1)
        for column, x_m in enumerate((-3.6, -1.2, 1.2, 3.6))
    }
    accused = {
        name
        for name, track in bikes.items()
        if said(track, *(one for one in bikes.values() if one is not track)).startswith("stop")
    }
    assert accused == {("first", x_m) for x_m in (-3.6, -1.2, 1.2, 3.6)}


def test_without_a_light_it_takes_as_long_as_a_stop() -> None:
    assert said(vehicle(halts(26, 8, 24)), phases=None) == "nothing"
    assert said(vehicle(halts(26, 8, 34)), phases=None) == "stop_prohibited"


def test_who_came_from_the_side_has_another_light() -> None:
    """Across the road at 36 m, then stands in the junction."""
    rng = np.random.default_rng(1)
    track = kit.sighted(
        lambda t: 36.0, TIMES, x_m=lambda t: float(np.interp(t, (4, 8), (-14, 1))), noise_px=0.5, rng=rng
    )
    assert said(track) == "other_approach"


def test_times_and_measures() -> None:
    track = vehicle(halts(26))
    scene = road(CROSSWALK, rules=("blocking",), **LIT)
    found = judge(track, known(scene, track, lights=kit.light(*RED, fps=FPS)), finished=True)
    assert isinstance(found, Violation)
    assert found.t_event_s == pytest.approx(17.0, abs=0.9)
    assert found.frame_before < found.frame_at < found.frame_after
    measures = {one.name: one for one in found.measures}
    assert measures["inside_zone"].lower_95 >= measures["inside_zone"].limit
    assert "người đi bộ" in found.reasons[0].vi


@settings(max_examples=60, deadline=None)
@given(
    rear_m=st.floats(14, 60),
    stood_s=st.floats(0, 30),
    kind=st.sampled_from(["car", "motorbike", "bus", "truck"]),
    red_s=st.floats(2, 48),
    noise_px=st.floats(0.2, 2.0),
    seed=st.integers(0, 1000),
)
def test_nobody_is_accused_who_did_not_stand_on_it_on_red(  # noqa: PLR0917 - drawn by hypothesis
    rear_m: float, stood_s: float, kind: str, red_s: float, noise_px: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    track = vehicle(halts(rear_m, 8, 8 + stood_s), kind, noise_px=noise_px, rng=rng)
    phases = (("green", 0, red_s), ("red", red_s, 50))
    if said(track, phases=phases) in {"stop_prohibited", "stop_park_prohibited", "stop_junction"}:
        length_m = kit.SIZES_M[kind][2]
        assert stood_s > 7.8
        assert 8 + stood_s - red_s > 7.8
        assert any(
            min(rear_m + length_m, until_m) - max(rear_m, from_m) > min(1.5, length_m - 0.2)
            for from_m, until_m in ((25, 29), (31, 48))
        )
