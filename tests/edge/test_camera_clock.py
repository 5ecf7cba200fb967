"""Whose clock stamps a picture, and how sure that is."""

from __future__ import annotations

import struct
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.capture.camera_clock import CameraClock, LeastDelay, stamp

TICK = Fraction(1, 90_000)


class Packet:
    def __init__(self, pts, utc_s=None):
        self.pts = pts
        self.content = None if utc_s is None else struct.pack("=qi", round(utc_s * 1e6), 24)

    def has_sidedata(self, kind):
        return kind == "prft" and self.content is not None

    def get_sidedata(self, _kind):
        return self.content


def test_the_cameras_time_goes_on_with_the_streams():
    clock = CameraClock()
    clock.note(Packet(0))
    assert clock.at(0, TICK) is None
    clock.note(Packet(90_000, 1_800_000_000.25))
    assert clock.at(90_000, TICK) == pytest.approx(1_800_000_000.25)
    assert clock.at(99_000, TICK) == pytest.approx(1_800_000_000.35)
    clock.note(Packet(99_000))
    clock.note(Packet(None, 5.0))
    assert clock.at(45_000, TICK) == pytest.approx(1_799_999_999.75)


@pytest.mark.parametrize(
    ("camera_s", "by_camera", "utc_s", "offset_s", "uncertainty_s"),
    [
        (None, False, 100.0, 0.0, 0.51),
        (100.0, True, 100.0, 0.0, 0.01),
        (99.9, True, 99.9, -0.1, 0.11),
        (100.9, True, 100.9, 0.9, 0.91),
        (101.1, False, 100.0, 1.1, 0.51),
        (3700.0, False, 100.0, 3600.0, 0.51),
        (-2_208_988_700.0, False, 100.0, -2_208_988_800.0, 0.51),
    ],
)
def test_a_camera_is_believed_while_it_agrees_with_the_host(
    camera_s, by_camera, utc_s, offset_s, uncertainty_s
):
    found = stamp(host_s=100.0, camera_s=camera_s, host_uncertainty_s=0.01)
    assert found.by_camera == by_camera
    assert found.utc_s == utc_s
    assert found.offset_s == pytest.approx(offset_s)
    assert found.uncertainty_s == pytest.approx(uncertainty_s)


@given(st.floats(0, 1e6), st.floats(-5, 5), st.floats(0, 16))
def test_the_true_time_lies_within_the_uncertainty_of_whoever_is_believed(
    host_s, apart_s, host_uncertainty_s
):
    """The host is off by at most its uncertainty; the picture is at most half a second old when it comes."""
    found = stamp(host_s=host_s, camera_s=host_s + apart_s, host_uncertainty_s=host_uncertainty_s)
    for host_error_s in (-host_uncertainty_s, host_uncertainty_s):
        true_s = host_s + host_error_s
        assert abs(found.utc_s - true_s) <= found.uncertainty_s + 1e-6


@given(st.lists(st.tuples(st.floats(0.001, 5), st.floats(-10, 10)), min_size=1, max_size=80))
def test_the_least_delay_is_that_of_the_last_half_to_whole_minute(steps):
    delay, at_s, seen = LeastDelay(), 0.0, []
    for step_s, value_s in steps:
        at_s += step_s
        seen.append((at_s, value_s))
        found = delay.least_s(value_s, at_s)
        assert found <= min(value for when_s, value in seen if at_s - when_s <= 30)
        assert found in [value for when_s, value in seen if at_s - when_s <= 66]


def test_a_drifting_camera_is_followed():
    delay = LeastDelay()
    for second in range(100_000):
        found = delay.least_s(second * 50e-6, float(second))
    assert found == pytest.approx(100_000 * 50e-6, abs=0.004)
