"""Free paths: what follows them turns about its rear axle, backs up and keeps the length it has."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_videos.render.kinematics import Motion, cruise
from sample_videos.render.paths import AXLE_SHARE, Path, Ride, along, u_turn


def ride(path, motion, length=4.4):
    return Ride("car1", "car", "sedan", "white", "61A12345", length, 1.8, motion, path)


@pytest.mark.parametrize(
    ("path", "s", "expected"),
    [
        (along(((0.0, 2.0),), 0.0, 50.0), 10.0, (2.0, 10.0, 0.0)),
        (along(((0.0, 2.0),), 50.0, 0.0), 10.0, (2.0, 40.0, math.pi)),
        (along(((0.0, 2.0),), 0.0, 50.0), -3.0, (2.0, -3.0, 0.0)),
        (along(((0.0, 2.0),), 0.0, 50.0), 53.0, (2.0, 53.0, 0.0)),
        (Path([(-10.0, 4.0), (10.0, 4.0)]), 5.0, (-5.0, 4.0, math.pi / 2)),
        (u_turn(2.0, 20.0, -4.0, y0=0.0, y1=0.0), 20.0 + 3.0 * math.pi / 2, (-1.0, 23.0, -math.pi / 2)),
        (u_turn(2.0, 20.0, -4.0, y0=0.0, y1=0.0), 30.0 + 3.0 * math.pi, (-4.0, 10.0, -math.pi)),
    ],
)
def test_where_a_path_leads(path, s, expected):
    x, y, yaw = path.at(s)
    assert (x, y) == pytest.approx(expected[:2], abs=0.03)
    assert yaw == pytest.approx(expected[2], abs=0.05)


@given(t=st.floats(0.0, 7.0), length=st.floats(1.8, 12.0))
def test_front_and_rear_stay_a_length_apart_and_the_axle_on_the_path(t, length):
    path = u_turn(2.0, 20.0, -4.0, y0=0.0, y1=0.0)
    one = ride(path, cruise(25, 0.0, 0.0), length)
    pose = one.pose(t)
    assert math.dist(pose.front, pose.rear) == pytest.approx(length, abs=1e-9)
    share = AXLE_SHARE
    axle = [f + (r - f) * share for f, r in zip(pose.front, pose.rear, strict=True)]
    assert axle == pytest.approx(path.at(25 / 3.6 * t - share * length)[:2], abs=1e-6)


@pytest.mark.parametrize("pieces", [((1.0, -0.5),), ((2.0, -0.2),)])
def test_backing_up_keeps_the_heading(pieces):
    one = ride(along(((0.0, 1.0),), 0.0, 60.0), Motion(1.0, 30.0, 0.0, pieces))
    before, after = one.pose(0.5), one.pose(1.0 + pieces[0][0])
    assert after.front[1] < before.front[1]
    assert after.yaw == pytest.approx(before.yaw)
    assert after.speed_kmh > 0


@pytest.mark.parametrize(("t", "there"), [(-1.0, False), (0.0, True), (7.2, True), (7.3, False)])
def test_a_ride_is_on_the_stage_between_both_ends(t, there):
    one = ride(along(((0.0, 1.0),), 0.0, 50.0), cruise(25, 0.0, 0.0))
    assert (one.pose(t) is not None) == there


@pytest.mark.parametrize(
    ("parked", "braking"),
    [(False, True), (True, False)],
)
def test_who_waits_stands_on_the_brake_and_who_is_parked_does_not(parked, braking):
    one = ride(along(((0.0, 1.0),), 0.0, 50.0), Motion(0.0, 20.0, 0.0))
    still = Ride(**{**one.__dict__, "parked": parked})
    assert still.pose(3.0).braking is braking
