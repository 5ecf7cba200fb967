"""What the rules of movement ask alike."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from edge.rules import Context, SignalHistory
from edge.rules.footprint import way_of
from edge.rules.manoeuvres import (
    bridged,
    driven,
    hours_doubt,
    share_of,
    standing,
    stretches,
    unsound,
    without_queues,
)
from edge.scene_file import Hours
from tests.edge import moves_kit as moves
from tests.edge import road_kit as kit

ROAD = kit.road()
TIMES = kit.frames(6, 12.5)
AHEAD = np.array([0.0, 1.0])


@pytest.mark.parametrize(
    ("flags", "t_s", "found"),
    [
        ("0110", (0, 1, 2, 3), [(1, 3)]),
        ("1111", (0, 1, 2, 3), [(0, 4)]),
        ("1111", (0, 1, 2.5, 3), [(0, 2), (2, 4)]),
        ("1010", (0, 1, 2, 3), [(0, 1), (2, 3)]),
        ("0000", (0, 1, 2, 3), []),
    ],
)
def test_stretches(flags: str, t_s: tuple[float, ...], found: list[tuple[int, int]]) -> None:
    said = stretches(np.array([one == "1" for one in flags]), np.array(t_s))
    assert [(one.start, one.stop) for one in said] == found


@pytest.mark.parametrize(
    ("flags", "step_s", "filled"), [("10101", 0.2, "11111"), ("10001", 0.2, "10001"), ("01010", 0.2, "01110")]
)
def test_bridged(flags: str, step_s: float, filled: str) -> None:
    t_s = np.arange(len(flags), dtype=np.float64) * np.float64(step_s)
    said = bridged(np.array([one == "1" for one in flags]), t_s)
    assert "".join("01"[int(one)] for one in said) == filled


@pytest.mark.parametrize(
    ("what", "places", "left"),
    [
        ("one stands", [(0, 10)], 1),
        ("two do", [(0, 10), (0, 17)], 2),
        ("three in a row", [(0, 10), (0.3, 17), (0, 24)], 0),
        ("three in a row and one beside", [(0, 10), (0.3, 17), (0, 24), (3, 17)], 1),
        ("three abreast", [(0, 10), (3, 10), (6, 10)], 3),
        ("three far apart", [(0, 10), (0, 30), (0, 50)], 3),
        ("a long row, each near the next", [(0, 10), (0, 22), (0, 34), (0, 46)], 0),
        ("nobody", [], 0),
    ],
)
def test_a_queue_is_three_in_a_row(what: str, places: list[tuple[float, float]], left: int) -> None:
    standing_m = np.array(places, dtype=float).reshape(-1, 2)
    assert len(without_queues(standing_m, AHEAD)) == left, what


@pytest.mark.parametrize(
    ("clock", "doubt"),
    [
        (None, "clock_unknown"),
        ("07:00:00", None),
        ("05:00:00", "off"),
        ("05:59:30", "near_hours"),
        ("08:59:55", "near_hours"),
        ("09:00:30", "near_hours"),
        ("09:02:00", "off"),
    ],
)
def test_hours(clock: str | None, doubt: str | None) -> None:
    began = clock and datetime(2026, 11, 27, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")).replace(
        **{k: getattr(time.fromisoformat(clock), k) for k in ("hour", "minute", "second")}
    )
    context = Context(ROAD, SignalHistory(), None, began_at=began or None)
    morning = (Hours(since=time(6), until=time(9)),)
    assert hours_doubt(morning, context, 0.0, 4.0) == doubt
    assert hours_doubt((), context, 0.0, 4.0) is None


def test_who_stood_and_where() -> None:
    stands = moves.driven(moves.straight(3.0, 40, 0.0), TIMES, track=2, noise_px=0.7)
    drives = moves.driven(moves.straight(-2.0, 15, 30), TIMES, track=3)
    context = Context(ROAD, SignalHistory(), None, others=(stands, drives))
    places = standing(context, 0.0, 5.0)
    assert places.shape == (1, 2)
    assert places[0] == pytest.approx((3.0, 40.0), abs=0.8)
    assert standing(context, 20.0, 25.0).shape == (0, 2)


@pytest.mark.parametrize("kmh", [20.0, 60.0, -40.0])
def test_how_far_and_fast(kmh: float) -> None:
    track = moves.driven(moves.straight(1.0, 15 if kmh > 0 else 70, kmh), TIMES, noise_px=0.7)
    way = way_of(track, ROAD)
    assert way is not None
    drive = driven(way)
    assert drive is not None
    assert unsound(way) is None
    assert drive.kmh[0] == pytest.approx(abs(kmh), rel=0.03)
    assert drive.far_m[1] <= abs(kmh) / 3.6 * drive.seconds <= drive.far_m[2] + 0.3
    back = driven(way, -np.sign(kmh) * AHEAD)
    assert back is not None
    assert back.far_m[2] < 0


def test_share_of_a_kind() -> None:
    track = moves.driven(moves.straight(1.0, 15, 30), TIMES, kinds=lambda i: "car" if i % 4 else "truck")
    assert share_of(track, {"car"}) == pytest.approx(0.75, abs=0.02)
    assert share_of(track, {"car", "truck"}) == pytest.approx(1.0)
