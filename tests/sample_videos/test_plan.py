"""The scripted traffic: no collisions, speeds as declared, violations as announced."""

import itertools
import math
import re

import pytest

from sample_videos.render import kinematics, plan, plates
from sample_videos.render.layout import BEND_START_S_M, STOP_LINE_S_M, street_heading, street_point
from tests.sample_videos.plan_kit import BIKE_PLATE, CAR_PLATE, corners, gap_m

VEHICLES = plan.vehicles()
TIMES = [k / plan.FPS for k in range(plan.FRAMES)]


def crossing_s(vehicle):
    """First instant on a 1 ms grid at which the front is past the stop line, else None."""
    for ms in range(int(1000 * plan.FRAMES / plan.FPS)):
        if vehicle.motion.state(ms / 1000)[0] >= STOP_LINE_S_M:
            return ms / 1000 if ms else None
    return None


def by_role(role):
    return [v for v in VEHICLES if v.role == role]


def test_vehicles_never_overlap():
    for t in TIMES:
        placed = [(v.vid, corners(v, p)) for v in VEHICLES if (p := v.pose(t))]
        for (name_a, a), (name_b, b) in itertools.combinations(placed, 2):
            assert gap_m(a, b) > 0.1, f"{name_a} and {name_b} at {t} s"


def test_no_vehicle_jumps():
    for vehicle in VEHICLES:
        for t0, t1 in itertools.pairwise(TIMES):
            a, b = vehicle.pose(t0), vehicle.pose(t1)
            if a and b:
                assert math.dist(a.front, b.front) <= 25.0 / plan.FPS
                assert abs(a.speed_kmh - b.speed_kmh) < 3.0 * 3.6 / plan.FPS


def test_declared_speed_is_the_speed_on_the_road():
    step = 1e-3
    for vehicle in VEHICLES:
        for t in TIMES:
            a, b = vehicle.pose(t), vehicle.pose(t + step)
            if a and b and max(a.front[1], b.front[1]) < BEND_START_S_M:
                measured = math.dist(a.front, b.front) / step * 3.6
                assert measured == pytest.approx(a.speed_kmh, rel=0.01, abs=0.2)


def test_plates_are_valid_and_different():
    assert len({v.plate for v in VEHICLES}) == len(VEHICLES)
    for v in VEHICLES:
        assert (BIKE_PLATE if v.kind == "motorbike" else CAR_PLATE).match(v.plate), v.plate
        assert v.plate.startswith("61")
        assert re.sub(r"[^A-Z0-9]", "", plates.display(v.plate, v.kind)) == v.plate


def test_red_light_runners_and_only_they_run():
    ran = set()
    for v in VEHICLES:
        t = crossing_s(v)
        if v.street == "main" and t is not None and plan.signal_state(t) == "red":
            later = v.motion.state(t + 3.0)
            if later[0] > STOP_LINE_S_M + 10:
                ran.add(v.vid)
                red_since = next(a for s, a, b in plan.PHASES if s == "red")
                assert t >= red_since + 1.0
    assert ran == {v.vid for v in by_role("red_light")}
    assert {v.kind for v in by_role("red_light")} == {"motorbike", "car"}


def test_speeders_and_only_they_speed():
    fast = {v.vid for v in VEHICLES if max(v.motion.state(t)[1] for t in TIMES) * 3.6 > 55}
    assert fast == {v.vid for v in by_role("speeding")}
    for v in by_role("speeding"):
        assert v.motion.pieces == ()
        assert plan.signal_state(crossing_s(v)) == "green"


def test_near_misses():
    (stopped,) = by_role("stopped_past_line")
    red_end = next(b for s, a, b in plan.PHASES if s == "red")
    front, speed = stopped.motion.state(red_end)
    assert speed == pytest.approx(0.0, abs=1e-9)
    assert STOP_LINE_S_M + 0.9 < front < STOP_LINE_S_M + 2.0
    (amber,) = by_role("crossed_on_amber")
    assert plan.signal_state(crossing_s(amber)) == "amber"
    (near,) = by_role("slightly_over_limit")
    assert near.motion.v0 * 3.6 == pytest.approx(52)


def test_phases_cover_the_clip():
    assert plan.PHASES[0][1] == 0.0
    assert plan.PHASES[-1][2] == plan.FRAMES / plan.FPS
    for (_, _, end), (_, start, _) in itertools.pairwise(plan.PHASES):
        assert end == start


def test_braking_to_rest_stops_where_told():
    m = kinematics.stop_and_go(36, 25.0, 12.0, 2.5, t_go=20.0, acc=1.0)
    assert m.state(12.0) == pytest.approx((25.0, 0.0))
    assert m.state(19.9) == pytest.approx((25.0, 0.0))
    assert m.state(40.0)[1] == pytest.approx(10.0)


def test_bend_is_continuous():
    a, b = (street_point(BEND_START_S_M + d, 2.0) for d in (-1e-6, 1e-6))
    assert a == pytest.approx(b, abs=1e-4)
    assert street_heading(BEND_START_S_M) == 0.0
