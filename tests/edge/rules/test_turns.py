"""Forbidden turns: who makes them, and who only comes near the gates."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detector.types import VehicleClass
from edge.rules import RULES, Context, SignalHistory, Verdict, Violation, Withheld
from edge.scene import Scene
from edge.tracking import Track
from tests.edge import moves_kit as moves
from tests.edge import road_kit as kit

TIMES = kit.frames(14, 12.5)
DAY = date(2026, 11, 27)
Gate = tuple[tuple[float, float], tuple[float, float]]
SOUTH: Gate = ((0.2, 24.0), (6.0, 24.0))
WEST: Gate = ((-7.0, 28.0), (-7.0, 40.0))
EAST: Gate = ((8.0, 28.0), (8.0, 40.0))
BACK: Gate = ((-6.0, 24.0), (-0.2, 24.0))


def road(kind: str, leave: Gate, hours: Sequence[tuple[str, str]] = (), **more: object) -> Scene:
    turn = {
        "name": "no turn",
        "kind": kind,
        "enter_px": [kit.ground(*end) for end in SOUTH],
        "leave_px": [kit.ground(*end) for end in leave],
        "hours": [{"since": time.fromisoformat(a), "until": time.fromisoformat(b)} for a, b in hours],
        "sign": "P.123/P.124",
        **more,
    }
    return kit.road(rules=["u_turn" if kind == "u_turn" else "illegal_turn"], forbidden_turns=[turn])


LEFT, RIGHT, ROUND = road("left", WEST), road("right", EAST), road("u_turn", BACK)
BY_DAY = road("left", WEST, [("06:00", "20:00")])


def said(track: Track, scene: Scene, clock: str | None = "12:00:00", *, finished: bool = True) -> Verdict:
    began = (
        None
        if clock is None
        else datetime.combine(DAY, time.fromisoformat(clock), ZoneInfo("Asia/Ho_Chi_Minh"))
    )
    context = Context(scene, SignalHistory(), None, began_at=began, now_s=track.last.t_s)
    return RULES[scene.file.rules[0]](track, context, finished)


def drove(
    legs: Sequence[tuple[float, float]],
    kind: VehicleClass = "car",
    *,
    x_m: float = 2.5,
    kmh: float = 22,
    **more: object,
) -> Track:
    place = moves.turning((x_m, 13), 90, legs, kmh)
    return moves.driven(place, TIMES, kind=kind, noise_px=0.7, **more)  # type: ignore[arg-type]


TO_LEFT = [(13.0, 0.0), (12.0, 90.0)]
TO_RIGHT = [(13.0, 0.0), (9.0, -90.0)]
TO_BACK = [(17.0, 0.0), (11.0, 180.0)]
STRAIGHT = [(60.0, 0.0)]

FOUND: list[tuple[str, Track, Scene, str]] = [
    ("a car turns left", drove(TO_LEFT), LEFT, "turn_sign"),
    ("a motorbike turns left", drove(TO_LEFT, "motorbike"), LEFT, "turn_sign"),
    ("a car turns right", drove(TO_RIGHT), RIGHT, "turn_sign"),
    ("a bus turns left", drove(TO_LEFT, "bus", x_m=2.0), LEFT, "turn_sign"),
    ("a car turns round", drove(TO_BACK), ROUND, "u_turn_sign"),
    ("a motorbike turns round", drove(TO_BACK, "motorbike"), ROUND, "u_turn"),
    ("by day, when it is forbidden", drove(TO_LEFT), BY_DAY, "turn_sign"),
]


@pytest.mark.parametrize(("what", "track", "scene", "act"), FOUND, ids=[one[0] for one in FOUND])
def test_found(what: str, track: Track, scene: Scene, act: str) -> None:
    verdict = said(track, scene)
    assert isinstance(verdict, Violation), (what, verdict)
    assert verdict.act == act
    assert verdict.t_start_s < verdict.t_event_s < verdict.t_end_s
    turned = verdict.measures[0]
    assert turned.lower_95 <= turned.value <= turned.upper_95
    assert turned.value == pytest.approx(180 if scene is ROUND else 90, abs=20)
    assert all(reason.vi and reason.en for reason in verdict.reasons)


def test_the_event_is_when_it_is_half_turned() -> None:
    track = drove(TO_BACK)
    verdict = said(track, ROUND)
    assert isinstance(verdict, Violation)
    half_turned_s = (17.0 + 11.0 / 2) / (22 / 3.6)
    assert verdict.t_event_s == pytest.approx(half_turned_s, abs=0.4)


INNOCENT: list[tuple[str, Track, Scene, str | None]] = [
    ("straight on", drove(STRAIGHT), LEFT, None),
    ("right where left is forbidden", drove(TO_RIGHT), LEFT, None),
    ("left where right is forbidden", drove(TO_LEFT), RIGHT, None),
    ("left where turning round is forbidden", drove(TO_LEFT), ROUND, None),
    ("a bicycle", drove(TO_LEFT, "bicycle", kmh=12), LEFT, None),
    ("a car, where the sign is for trucks", drove(TO_LEFT), road("left", WEST, kinds=["truck"]), None),
    ("at night, when it is allowed", drove(TO_LEFT), BY_DAY, "23:00:00"),
    (
        "in by the way out, out by the way in",
        moves.driven(moves.turning((-12, 34), 0, [(8, 0), (9, -90), (40, 0)], 22), TIMES),
        LEFT,
        None,
    ),
]


@pytest.mark.parametrize(("what", "track", "scene", "clock"), INNOCENT, ids=[one[0] for one in INNOCENT])
def test_innocent(what: str, track: Track, scene: Scene, clock: str | None) -> None:
    assert said(track, scene, clock) is None, what


KEPT: list[tuple[str, Track, Scene, str | None, str]] = [
    ("the clock is not known", drove(TO_LEFT), BY_DAY, None, "clock_unknown"),
    ("as the hours end", drove(TO_LEFT), BY_DAY, "19:59:40", "near_hours"),
    ("out of sight in the turn", moves.without(drove(TO_LEFT), 2.6, 4.0), LEFT, None, "gap"),
    (
        "another one comes out",
        moves.joined(drove(STRAIGHT), moves.driven(moves.turning((4, 34), 180, [(40, 0)], 22), TIMES), 2.5),
        LEFT,
        None,
        "jump",
    ),
    (
        "waits half a minute in between",
        moves.driven(
            moves.along((0, 2.5, 14), (4, 2.5, 30), (5, 2, 32), (34, 1.8, 32.5), (38, -16, 33)),
            kit.frames(40, 12.5),
        ),
        LEFT,
        None,
        "too_long",
    ),
    (
        "cuts across, hardly turning",
        moves.driven(moves.along((0, 3.5, 14), (2.6, 3.0, 27), (5, -13, 40)), TIMES),
        LEFT,
        None,
        "heading_unclear",
    ),
    (
        "a bicycle, perhaps",
        drove(TO_LEFT, "motorbike", kinds=lambda i: "motorbike" if i % 4 else "bicycle"),
        LEFT,
        None,
        "kind_unclear",
    ),
]


@pytest.mark.parametrize(("what", "track", "scene", "clock", "code"), KEPT, ids=[one[0] for one in KEPT])
def test_withheld(what: str, track: Track, scene: Scene, clock: str | None, code: str) -> None:
    verdict = said(track, scene, clock)
    assert isinstance(verdict, Withheld), (what, verdict)
    assert verdict.code == code
    assert all(reason.vi and reason.en for reason in verdict.reasons)


def test_nothing_is_said_before_it_is_out() -> None:
    track = drove(TO_LEFT)
    for count in range(4, len(track.observations) // 3):
        part = dataclasses.replace(track, observations=track.observations[:count], ended=False)
        assert said(part, LEFT, finished=False) is None


@settings(max_examples=60, deadline=None)
@given(
    x_m=st.floats(0.5, 5.5),
    straight_m=st.floats(5, 40),
    turn_deg=st.floats(-90, 35),
    radius_m=st.floats(8, 20),
    kmh=st.floats(5, 50),
    kind=st.sampled_from(["motorbike", "car", "bus", "truck"]),
    noise_px=st.floats(0, 2.5),
    seed=st.integers(0, 999),
)
def test_nobody_who_went_straight_or_right_turned_left(  # noqa: PLR0917 - what a drive consists of
    x_m: float,
    straight_m: float,
    turn_deg: float,
    radius_m: float,
    kmh: float,
    kind: VehicleClass,
    noise_px: float,
    seed: int,
) -> None:
    track = drove([(straight_m, 0), (radius_m, turn_deg)], kind, x_m=x_m, kmh=kmh, seed=seed)
    if track.observations:
        assert not isinstance(said(track, LEFT), Violation)
        assert not isinstance(said(track, ROUND), Violation)
