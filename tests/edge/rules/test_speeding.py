"""Speeds with known truth: how near, and whether the interval is honest."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.rules import Violation, Withheld
from edge.rules.acts import speed_act
from edge.rules.speeding import SpeedEstimate, estimate, judge
from edge.tracking import Track
from tests.edge import road_kit as kit

SCENE = kit.road()
EXACT = kit.road(
    calibration={**kit.camera_file().calibration.model_dump(), "point_error_px": 0.01, "road_error_m": 0.0},
    speed={
        "limit_kmh": 50,
        "zone_px": SCENE.speed.zone_px,
        "box_bias": 0,
        "contact_height_m": 0,
    },
)
"""The same road with nothing allowed for but the scatter: what the statistics alone are worth."""


def measured(
    kmh: float, *, fps: float = 12.5, seed: int = 0, loss: float = 0.0, jitter_s: float = 0.0
) -> SpeedEstimate:
    rng = np.random.default_rng(seed)
    times = np.array(kit.frames(12, fps, rng.uniform(0, 1 / fps)))
    times = times[rng.random(len(times)) >= loss]
    stamps = np.sort(times + rng.uniform(-jitter_s, jitter_s, len(times))) if jitter_s else times
    track = kit.sighted(kit.cruise(kmh, 4.0), list(times), noise_px=1.0, rng=rng, stamps_s=list(stamps))
    said = estimate(track, EXACT)
    assert said is not None
    return said


def runs(**circumstances: float) -> tuple[np.ndarray, float]:
    """Absolute errors (km/h) over 200 vehicles of 30 to 100 km/h, and the share of honest intervals."""
    errors, honest = [], 0
    for seed in range(200):
        kmh = 30 + 70 * seed / 199
        said = measured(kmh, seed=seed, **circumstances)
        errors.append(abs(said.kmh - kmh))
        honest += said.lower_kmh <= kmh <= said.upper_kmh
    return np.array(errors), honest / 200


@pytest.mark.parametrize(
    ("what", "circumstances"),
    [
        ("plain", {}),
        ("6 frames a second", {"fps": 6.0}),
        ("30 frames a second", {"fps": 30.0}),
        ("says 25, sends 21: only the stamps count", {"fps": 21.0}),
        ("a fifth of the pictures lost", {"loss": 0.2}),
        ("stamps jitter by 15 ms", {"jitter_s": 0.015}),
        ("all of it", {"loss": 0.2, "jitter_s": 0.015}),
    ],
)
def test_speeds_are_near_and_intervals_honest(what: str, circumstances: dict[str, float]) -> None:
    errors, honest = runs(**circumstances)
    assert errors.mean() < 0.6, what
    assert np.percentile(errors, 95) < 1.6, what
    assert 0.92 <= honest <= 0.995, f"{what}: true speed inside the interval in {honest:.1%}"


@pytest.mark.parametrize(
    ("kind", "over_kmh", "act"),
    [
        ("car", 4.9, None),
        ("car", 5.0, "speed_5_10"),
        ("car", 9.99, "speed_5_10"),
        ("car", 10.0, "speed_10_20"),
        ("car", 20.0, "speed_10_20"),
        ("car", 20.1, "speed_20_35"),
        ("bus", 35.0, "speed_20_35"),
        ("truck", 35.1, "speed_over_35"),
        ("motorbike", 7.0, "speed_5_10"),
        ("motorbike", 20.0, "speed_10_20"),
        ("motorbike", 20.1, "speed_over_20"),
        ("motorbike", 60.0, "speed_over_20"),
    ],
)
def test_steps_of_the_decree(kind: str, over_kmh: float, act: str | None) -> None:
    assert speed_act(kind, over_kmh) == act


def drive(kmh: float, **changes: object) -> Track:
    given_: dict[str, object] = {"noise_px": 1.0, "rng": np.random.default_rng(5), **changes}
    return kit.sighted(kit.cruise(kmh, 4.0), kit.frames(12, 12.5), **given_)


def said(track: Track, on: date | None = None, **changes: object) -> str:
    verdict = judge(track, kit.road(**changes) if changes else SCENE, on=on, finished=True)
    if isinstance(verdict, Violation):
        return verdict.act
    return verdict.code if isinstance(verdict, Withheld) else "nothing"


@pytest.mark.parametrize(
    ("kmh", "kind", "expected"),
    [
        (45, "car", "nothing"),
        (52, "car", "nothing"),
        (56, "car", "within_uncertainty"),
        (58.5, "car", "speed_5_10"),
        (67, "car", "speed_10_20"),
        (67, "motorbike", "speed_10_20"),
        (76, "car", "speed_20_35"),
        (76, "motorbike", "speed_over_20"),
        (95, "truck", "speed_over_35"),
        (80, "bicycle", "nothing"),
    ],
)
def test_table(kmh: float, kind: str, expected: str) -> None:
    assert said(drive(kmh, kind=kind)) == expected


def test_the_lower_end_is_what_counts() -> None:
    verdict = judge(drive(67), SCENE, finished=True)
    assert isinstance(verdict, Violation)
    (speed,) = verdict.measures
    assert speed.lower_95 < 67 < speed.upper_95
    assert speed.limit == 50
    assert speed.upper_95 - speed.lower_95 < 6
    assert verdict.t_start_s < verdict.t_event_s < verdict.t_end_s
    assert verdict.frame_before < verdict.frame_at < verdict.frame_after


def reaching_below(track: Track, below_px: Callable[[float], float]) -> Track:
    """The same in boxes whose lower edge is so much lower (by the time, s)."""
    seen = []
    for one in track.observations:
        box = dataclasses.replace(one.box, h=one.box.h + below_px(one.t_s))
        seen.append(dataclasses.replace(one, box=box))
    return dataclasses.replace(track, observations=tuple(seen))


@pytest.mark.parametrize("kmh", [40, 68, 90])
@pytest.mark.parametrize("margin_px", [0.0, 1.5, 3.8])
def test_a_box_that_reaches_below_the_tyres_reads_too_slow_and_the_interval_says_so(
    kmh: float, margin_px: float
) -> None:
    """As the vehicle network draws motorbikes: up to 1.3 of its pixels, 4 of the picture, near and far."""
    there = drive(kmh, kind="motorbike", noise_px=0.5)
    plain, loose = (estimate(one, SCENE) for one in (there, reaching_below(there, lambda _: margin_px)))
    assert plain is not None
    assert loose is not None
    assert loose.kmh <= plain.kmh
    assert loose.lower_kmh <= kmh <= loose.upper_kmh
    assert loose.lower_kmh <= plain.lower_kmh


def test_only_of_two_wheelers_the_tyres_are_the_lowest_thing_seen() -> None:
    strict = kit.road(speed={**SCENE.speed.model_dump(), "box_margin": 0})
    for kind, wider in (("motorbike", True), ("bicycle", True), ("car", False), ("bus", False)):
        track = drive(60, kind=kind)
        said, without = estimate(track, SCENE), estimate(track, strict)
        assert said is not None
        assert without is not None
        assert (said.kmh, said.lower_kmh) == (without.kmh, without.lower_kmh)
        assert (said.upper_kmh > without.upper_kmh) == wider


@pytest.mark.parametrize("fps", [12.5, 25.0, 50.0])
def test_an_edge_that_becomes_another_accuses_nobody(fps: float) -> None:
    """From the tyres to the bumper on the way: either half fits its line, and together they are too fast."""
    track = kit.sighted(
        kit.cruise(70, 4.0), kit.frames(12, fps), noise_px=0.3, rng=np.random.default_rng(5), kind="car"
    )
    assert isinstance(judge(track, SCENE, finished=True), Violation)
    moved = judge(reaching_below(track, lambda t_s: -14.0 if t_s > 4.0 else 0.0), SCENE, finished=True)
    assert isinstance(moved, Withheld)
    assert moved.code == "edge_jumps"


def test_the_legal_tolerance_is_dated() -> None:
    zone = SCENE.speed.zone_px
    speed = {"limit_kmh": 50, "zone_px": zone, "tolerance": [{"valid_from": "2026-01-01", "kmh": 5}]}
    track = drive(62)
    assert said(track, date(2025, 12, 31), speed=speed) == "speed_10_20"
    assert said(track, date(2026, 1, 1), speed=speed) == "speed_5_10"
    assert said(track, None, speed=speed) == "speed_5_10"


def test_nothing_is_said_while_the_vehicle_is_in_the_zone() -> None:
    track = drive(80)
    inside = tuple(one for one in track.observations if one.box.y2 > kit.ground(0, 40)[1])
    assert judge(dataclasses.replace(track, observations=inside, ended=False), SCENE) is None
    assert judge(track, SCENE) is not None


@pytest.mark.parametrize(
    ("what", "spoil", "expected"),
    [
        (
            "two vehicles in one track",
            lambda i, b: dataclasses.replace(b, x=b.x + (220 if i >= 8 else 0)),
            "jump",
        ),
        ("the box doubles", lambda i, b: dataclasses.replace(b, w=b.w * (2.6 if i >= 8 else 1)), "size_jump"),
    ],
)
def test_spoilt_tracks_are_kept_back(what: str, spoil: object, expected: str) -> None:
    track = drive(80)
    seen = tuple(
        dataclasses.replace(one, box=spoil(index, one.box)) for index, one in enumerate(track.observations)
    )
    assert said(dataclasses.replace(track, observations=seen)) == expected, what


def test_too_few_sightings_are_kept_back() -> None:
    track = drive(80)
    assert said(dataclasses.replace(track, observations=track.observations[3:8])) == "too_few_points"


def test_a_vehicle_hidden_half_way_is_kept_back() -> None:
    track = drive(58)
    assert said(drive(80)) != "gap"
    far = tuple(one for index, one in enumerate(track.observations) if not 4 <= index <= 18)
    assert said(dataclasses.replace(track, observations=far)) in {"gap", "too_few_points"}


def test_the_wrong_way_has_no_speed() -> None:
    assert estimate(kit.sighted(lambda t: 60 - 15 * t, kit.frames(5, 12.5)), SCENE) is None


@settings(max_examples=50, deadline=None)
@given(
    kmh=st.floats(20, 54.9),
    seed=st.integers(0, 10_000),
    loss=st.floats(0, 0.3),
    fps=st.sampled_from([6, 12.5, 25]),
)
def test_nobody_under_the_threshold_is_accused(kmh: float, seed: int, loss: float, fps: float) -> None:
    rng = np.random.default_rng(seed)
    times = [t for t in kit.frames(12, fps) if rng.random() >= loss]
    track = kit.sighted(kit.cruise(kmh, 4.0), times, noise_px=1.0, rng=rng)
    assert not isinstance(judge(track, SCENE, finished=True), Violation)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_braking_in_the_zone_is_never_overstated(seed: int) -> None:
    """From 75 to 30 km/h: what is held against him is no more than he ever drove."""
    rng = np.random.default_rng(seed)
    track = kit.sighted(lambda t: 13 + 20.8 * t - 2.0 * t * t, kit.frames(5, 12.5), noise_px=1.0, rng=rng)
    result = estimate(track, SCENE)
    assert result is not None
    assert result.lower_kmh < 75
