"""Closed roads and banned hours: who drives in, when, and what it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detector.types import VehicleClass
from edge.rules import Context, SignalHistory, Verdict, Violation, Withheld
from edge.rules.no_entry import judge
from edge.scene import Scene
from edge.tracking import Track
from tests.edge import moves_kit as moves
from tests.edge import road_kit as kit

TIMES = kit.frames(9, 12.5)
DAY = date(2026, 11, 27)
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
CLOSED = ((-4.0, 35.0), (4.0, 35.0), (4.0, 75.0), (-4.0, 75.0))


def road(
    kinds: Sequence[VehicleClass] = (),
    hours: Sequence[tuple[str, str]] = (),
    zone: Sequence[tuple[float, float]] = CLOSED,
) -> Scene:
    spans = [{"since": time.fromisoformat(a), "until": time.fromisoformat(b)} for a, b in hours]
    one = {
        "name": "closed",
        "kind": "no_entry",
        "polygon_px": [kit.ground(*corner) for corner in zone],
        "kinds": kinds,
        "hours": spans,
        "sign": "P.106a",
    }
    return kit.road(rules=["no_entry"], zones=[one])


ALL = road()
TRUCKS = road(("truck",))
RUSH = road(("truck",), [("06:00", "09:00"), ("16:00", "20:00")])
NIGHT = road(("truck", "car"), [("22:00", "05:00")])
WIDE = road(zone=((-4.0, 9.0), (4.0, 9.0), (4.0, 75.0), (-4.0, 75.0)))
SHALLOW = road(zone=((-4.0, 35.0), (4.0, 35.0), (4.0, 46.0), (-4.0, 46.0)))


def said(track: Track, scene: Scene = ALL, clock: str | None = "07:30:00") -> Verdict:
    began = None if clock is None else datetime.combine(DAY, time.fromisoformat(clock), VIETNAM)
    return judge(track, Context(scene, SignalHistory(), None, began_at=began, now_s=9), finished=True)


def drove(kind: VehicleClass = "car", place: moves.Place | None = None, **more: object) -> Track:
    return moves.driven(place or moves.straight(0.5, 14, 30), TIMES, kind=kind, noise_px=0.7, **more)  # type: ignore[arg-type]


FOUND: list[tuple[str, Track, Scene, str | None, str]] = [
    ("a car drives in", drove(), ALL, None, "no_entry"),
    ("a motorbike drives in", drove("motorbike"), ALL, None, "no_entry"),
    ("a truck where trucks are banned", drove("truck"), TRUCKS, None, "no_entry"),
    ("a truck in its banned hours", drove("truck"), RUSH, "07:30:00", "truck_city_ban"),
    ("over midnight, before", drove("car"), NIGHT, "23:30:00", "no_entry"),
    ("over midnight, after", drove("truck"), NIGHT, "02:00:00", "no_entry"),
    ("drives through, its coming in not seen", drove(), WIDE, None, "no_entry"),
    ("comes from the far end", drove(place=moves.straight(0.5, 85, -30)), ALL, None, "no_entry"),
]


@pytest.mark.parametrize(("what", "track", "scene", "clock", "act"), FOUND, ids=[one[0] for one in FOUND])
def test_found(what: str, track: Track, scene: Scene, clock: str | None, act: str) -> None:
    verdict = said(track, scene, clock)
    assert isinstance(verdict, Violation), (what, verdict)
    assert verdict.act == act
    assert verdict.t_start_s <= verdict.t_event_s <= verdict.t_end_s
    assert all(reason.vi and reason.en for reason in verdict.reasons)
    assert "P.106a" in verdict.reasons[0].vi


def test_the_hour_is_legal_time_whatever_zone_the_clock_speaks() -> None:
    began = datetime(2026, 11, 27, 0, 30, tzinfo=UTC)
    context = Context(RUSH, SignalHistory(), None, began_at=began, now_s=9)
    verdict = judge(drove("truck"), context, finished=True)
    assert isinstance(verdict, Violation)
    assert "07:30" in verdict.reasons[1].vi


INNOCENT: list[tuple[str, Track, Scene, str | None]] = [
    ("passes beside it", drove(place=moves.straight(7, 16, 40)), ALL, None),
    ("half of it beside", drove(place=moves.straight(4.2, 16, 40)), ALL, None),
    ("stops before it", drove(place=moves.straight(0.5, 14, 30, to_m=31)), ALL, None),
    ("a car where trucks are banned", drove("car"), TRUCKS, None),
    ("a bus where trucks are banned", drove("bus"), TRUCKS, None),
    ("a bicycle", drove("bicycle", moves.straight(0.5, 14, 15)), ALL, None),
    ("a truck after its hours", drove("truck"), RUSH, "09:30:00"),
    ("a truck before its hours", drove("truck"), RUSH, "05:30:00"),
    ("by day, where the ban is by night", drove("car"), NIGHT, "12:00:00"),
    (
        "taken for a truck now and then",
        drove("car", kinds=lambda i: "truck" if i % 4 == 0 else "car"),
        TRUCKS,
        None,
    ),
]


@pytest.mark.parametrize(("what", "track", "scene", "clock"), INNOCENT, ids=[one[0] for one in INNOCENT])
def test_innocent(what: str, track: Track, scene: Scene, clock: str | None) -> None:
    assert said(track, scene, clock) is None, what


KEPT: list[tuple[str, Track, Scene, str | None, str]] = [
    ("the clock is not known", drove("truck"), RUSH, None, "clock_unknown"),
    ("as the hours begin", drove("truck"), RUSH, "05:59:30", "near_hours"),
    ("as the hours end", drove("truck"), RUSH, "08:59:30", "near_hours"),
    (
        "a truck three times of four",
        drove("truck", kinds=lambda i: "truck" if i % 4 else "bus"),
        TRUCKS,
        None,
        "kind_unclear",
    ),
    ("puts its nose in", drove(place=moves.straight(0.5, 14, 30, to_m=42)), ALL, None, "short_way"),
    (
        "stands inside",
        drove(place=moves.along((0, 0.5, 38), (1, 0.5, 44), (9, 0.5, 44))),
        ALL,
        None,
        "entry_not_seen",
    ),
    ("hidden as it comes in", moves.without(drove(), 2.5, 5.6), ALL, None, "entry_not_seen"),
]


@pytest.mark.parametrize(("what", "track", "scene", "clock", "code"), KEPT, ids=[one[0] for one in KEPT])
def test_withheld(what: str, track: Track, scene: Scene, clock: str | None, code: str) -> None:
    verdict = said(track, scene, clock)
    assert isinstance(verdict, Withheld), (what, verdict)
    assert verdict.code == code
    assert all(reason.vi and reason.en for reason in verdict.reasons)


@settings(max_examples=60, deadline=None)
@given(
    beside_m=st.floats(4.1, 9),
    wander_m=st.floats(0, 1),
    kmh=st.floats(0, 90),
    kind=st.sampled_from(["motorbike", "car", "bus", "truck"]),
    noise_px=st.floats(0, 3),
    seed=st.integers(0, 999),
    left=st.booleans(),
)
def test_nobody_who_kept_a_side_out_of_it_is_accused(  # noqa: PLR0917 - what a drive consists of
    beside_m: float, wander_m: float, kmh: float, kind: VehicleClass, noise_px: float, seed: int, left: bool
) -> None:
    def place(t_s: float) -> tuple[float, float]:
        off_m = beside_m + wander_m * abs(np.sin(t_s))
        return (-off_m if left else off_m), 12 + kmh / 3.6 * t_s

    track = moves.driven(place, TIMES, kind=kind, noise_px=noise_px, seed=seed)
    if track.observations:
        assert not isinstance(said(track), Violation)


@settings(max_examples=60, deadline=None)
@given(minute=st.integers(0, 24 * 60 - 1))
def test_no_truck_is_accused_out_of_its_hours(minute: int) -> None:
    began = datetime(2026, 11, 27, tzinfo=VIETNAM) + timedelta(minutes=minute)
    verdict = judge(TRUCK, Context(RUSH, SignalHistory(), None, began_at=began, now_s=9), finished=True)
    banned = 6 * 60 <= minute < 9 * 60 or 16 * 60 <= minute < 20 * 60
    assert banned or not isinstance(verdict, Violation)
    edge = any(abs(minute - 60 * hour) <= 2 for hour in (6, 9, 16, 20))
    assert isinstance(verdict, Violation) or not banned or edge


TRUCK = drove("truck")
