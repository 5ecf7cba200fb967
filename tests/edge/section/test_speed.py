"""The arithmetic of an average speed, and what clocks and tape do to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.section.speed import Distance, Moment, average_speed

START = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)


def moment(s: float, error_s: float = 0.0, clock_s: float = 0.0) -> Moment:
    return Moment(START + timedelta(seconds=s), error_s, clock_s)


@pytest.mark.parametrize(
    ("metres", "seconds", "error_s", "clock_s", "error_m", "kmh", "lower", "upper"),
    [
        (1000, 36, 0, 0, 0, 100, 100, 100),
        (5000, 180, 0, 0, 0, 100, 100, 100),
        (1000, 36, 0, 0.5, 0, 100, 97.30, 102.86),
        (1000, 36, 0.02, 0, 0, 100, 99.846, 100.154),
        (1000, 36, 0, 0, 1.0, 100, 99.80, 100.20),
        (1000, 36, 0.02, 0.5, 1.0, 100, 97.06, 103.11),
    ],
)
def test_table(  # noqa: PLR0917 - a row of the table
    metres: float,
    seconds: float,
    error_s: float,
    clock_s: float,
    error_m: float,
    kmh: float,
    lower: float,
    upper: float,
) -> None:
    said = average_speed(
        moment(0, error_s, clock_s), moment(seconds, error_s, clock_s), Distance(metres, error_m)
    )
    assert said is not None
    assert (said.kmh, said.lower_kmh, said.upper_kmh) == pytest.approx((kmh, lower, upper), abs=0.02)


@given(st.floats(-5, 0.5))
def test_times_that_do_not_tell_the_order_say_nothing(seconds: float) -> None:
    assert average_speed(moment(0, 0.05, 0.3), moment(seconds, 0.05, 0.3), Distance(1000, 1)) is None


@given(
    metres=st.floats(300, 20_000), kmh=st.floats(20, 200), clock_s=st.floats(0, 1), error_s=st.floats(0, 0.1)
)
def test_the_interval_holds_the_speed_and_grows_with_the_clocks(
    metres: float, kmh: float, clock_s: float, error_s: float
) -> None:
    seconds = 3.6 * metres / kmh
    said = average_speed(
        moment(0, error_s, clock_s), moment(seconds, error_s, clock_s), Distance(metres, 0.5)
    )
    exact = average_speed(moment(0, error_s), moment(seconds, error_s), Distance(metres, 0.5))
    if said is None or exact is None:
        return
    assert said.lower_kmh <= exact.lower_kmh <= kmh * (1 + 1e-6)
    assert said.upper_kmh >= exact.upper_kmh >= kmh * (1 - 1e-6)


def test_the_interval_covers_what_it_says() -> None:
    """Crossings and tape drawn from their errors: 93 to 97 %; clocks anywhere in their bounds: more."""
    rng = np.random.default_rng(4)
    inside = {0.0: 0, 0.05: 0}
    for clock_s in inside:
        for _ in range(1000):
            kmh = rng.uniform(60, 140)
            metres = 1200 + rng.normal(0, 2)
            off = rng.normal(0, 0.03, 2) + rng.uniform(-clock_s, clock_s, 2)
            said = average_speed(
                moment(off[0], 0.03, clock_s),
                moment(3.6 * metres / kmh + off[1], 0.03, clock_s),
                Distance(1200, 2),
            )
            assert said is not None
            inside[clock_s] += said.lower_kmh <= kmh <= said.upper_kmh
    assert 930 - 15 <= inside[0.0] <= 970 + 11
    assert inside[0.05] >= 950
