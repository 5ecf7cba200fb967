from __future__ import annotations

import sys

import pytest

from edge.host_time import WORST_S, HostTime, host_time, reading


@pytest.mark.parametrize(
    ("state", "status", "offset", "worst_us", "expected"),
    [
        (0, 0x2001, -1_500_000, 20_000, HostTime(-0.0015, 0.0215, synchronised=True)),
        (0, 0x0001, 1_500, 20_000, HostTime(0.0015, 0.0215, synchronised=True)),
        (5, 0x0040, 0, 16_000_000, HostTime(0.0, WORST_S, synchronised=False)),
        (0, 0x0040, 0, 500_000, HostTime(0.0, 0.5, synchronised=False)),
        (5, 0x2000, 0, 99_000_000, HostTime(0.0, WORST_S, synchronised=False)),
    ],
)
def test_what_the_kernel_says_in_seconds(state, status, offset, worst_us, expected):
    found = reading(state, status, offset, worst_us)
    assert found.synchronised == expected.synchronised
    assert found.offset_s == pytest.approx(expected.offset_s)
    assert found.uncertainty_s == pytest.approx(expected.uncertainty_s)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_this_machine_says_something():
    found = host_time()
    assert found is not None
    assert 0 <= found.uncertainty_s <= WORST_S
