"""When a vehicle surely stood, where, and on how much of a zone."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edge.rules.standing import Stand, share_inside, stands
from edge.scene_zones import Area
from edge.tracking import Track
from tests.edge import road_kit as kit

SCENE = kit.road()
BRAKES = kit.through((0, 5), (4, 25), (5, 28), (6, 29.5), (7, 30), (20, 30), (21, 30.5), (22, 32), (26, 60))
"""Stands from 7 s to 20 s, and rolls a little before and after."""


def seen(motion: kit.Motion = BRAKES, *, fps: float = 10, seconds: float = 26, **more: object) -> Track:
    made = {"noise_px": 0.7, "rng": np.random.default_rng(8)}
    return kit.sighted(motion, kit.frames(seconds, fps), **{**made, **more})


@pytest.mark.parametrize("fps", [4, 10, 25])
@pytest.mark.parametrize("kind", ["motorbike", "car", "bus"])
def test_a_stand_is_found_with_its_bounds(fps: float, kind: str) -> None:
    (stand,) = stands(seen(fps=fps, kind=kind), SCENE, at_least_s=5)
    assert 6.9 <= stand.from_s <= 8.8
    assert 18.2 <= stand.until_s <= 20.1
    assert stand.after_s <= 7
    assert stand.before_s >= 20
    assert stand.place_m == pytest.approx([0, 30], abs=0.3)
    assert stand.heading == pytest.approx([0, 1], abs=0.05)
    assert stand.mps <= stand.mps_upper < 0.2


@pytest.mark.parametrize(
    ("what", "motion"),
    [
        ("drives", kit.cruise(30, 5)),
        ("walks", kit.through((0, 15), (26, 41))),
        ("crawls at 1 km/h", kit.through((0, 20), (26, 27))),
        ("backs and fills", lambda t: 25 + 3 * np.sin(t)),
    ],
)
def test_whoever_moves_does_not_stand(what: str, motion: kit.Motion) -> None:
    assert stands(seen(motion), SCENE, at_least_s=5) == (), what


def test_two_stands_are_two() -> None:
    twice = kit.through((0, 5), (4, 25), (14, 25), (16, 33), (26, 33))
    first, second = stands(seen(twice), SCENE, at_least_s=5)
    assert first.until_s < 15 < second.from_s


@pytest.mark.parametrize(("gap_s", "count"), [(1.5, 1), (2.5, 2)])
def test_two_seconds_unseen_begin_a_new_stand(gap_s: float, count: int) -> None:
    track = seen(kit.through((0, 25), (26, 25)))
    kept = tuple(one for one in track.observations if not 12 < one.t_s < 12 + gap_s)
    assert len(stands(dataclasses.replace(track, observations=kept), SCENE, at_least_s=5)) == count


def test_a_box_that_doubles_is_another_vehicle() -> None:
    track = seen(kit.through((0, 25), (26, 25)))
    other = seen(kit.through((0, 25), (26, 25)), kind="bus")
    mixed = track.observations[:130] + other.observations[130:]
    found = stands(dataclasses.replace(track, observations=mixed), SCENE, at_least_s=5)
    assert max(one.until_s - one.from_s for one in found) < 14


def area(from_m: float, until_m: float) -> Area:
    return Area(np.array([(-5.0, from_m), (5.0, from_m), (5.0, until_m), (-5.0, until_m)]))


def standing_at(y_m: float, kind: str = "car") -> Stand:
    return stands(seen(kit.through((0, y_m - 20), (4, y_m), (26, y_m)), kind=kind), SCENE, at_least_s=5)[0]


@pytest.mark.parametrize(
    ("what", "y_m", "kind", "zone", "share"),
    [
        ("wholly inside", 25, "car", (20, 40), (1, 1)),
        ("wholly outside", 25, "car", (35, 40), (0, 0)),
        ("seen from behind, its body is ahead", 25, "car", (26.65, 40), (0.4, 0.6)),
        ("its tail only", 25, "car", (20, 26.65), (0.4, 0.6)),
        ("a bus reaches further", 25, "bus", (28, 40), (0.3, 0.6)),
    ],
)
def test_how_much_of_it_stands_in_a_zone(
    what: str, y_m: float, kind: str, zone: tuple[float, float], share: tuple[float, float]
) -> None:
    least, most = share_inside(standing_at(y_m, kind), kind, SCENE, area(*zone))
    assert least - 0.12 <= (share[0] + share[1]) / 2 <= most + 0.12, what
    assert share[0] - 0.2 <= least <= most <= share[1] + 0.2, what


@settings(max_examples=40, deadline=None)
@example(brake_mps2=1.0, noise_px=1.0, fps=11.0, seed=76)
@given(
    brake_mps2=st.floats(1.0, 4.0),
    noise_px=st.floats(0.1, 2.0),
    fps=st.floats(5, 25),
    seed=st.integers(0, 99),
)
def test_rolling_is_never_counted_as_standing(
    brake_mps2: float, noise_px: float, fps: float, seed: int
) -> None:
    """From 30 km/h to a stand at 30 m, at 10 s, however hard: a hand's breadth is left at most."""
    speed = 30 / 3.6
    brakes_s = speed / brake_mps2

    def motion(t: float) -> float:
        left = max(10 - t, 0.0)
        slowing = min(left, brakes_s)
        return 30 - brake_mps2 * slowing**2 / 2 - speed * (left - slowing)

    track = seen(motion, fps=fps, noise_px=noise_px, rng=np.random.default_rng(seed))
    for stand in stands(track, SCENE, at_least_s=5):
        assert brake_mps2 * max(10 - stand.from_s, 0.0) ** 2 / 2 <= 0.125
