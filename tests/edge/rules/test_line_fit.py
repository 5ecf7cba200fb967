from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.rules.line_fit import fit_line


@settings(deadline=None)
@given(slope=st.floats(-50, 50), offset=st.floats(-100, 100), n=st.integers(4, 60))
def test_a_clean_line_is_found_exactly(slope: float, offset: float, n: int) -> None:
    t = np.linspace(0, 2, n)
    fit = fit_line(t, offset + slope * t, np.full(n, 0.1))
    assert fit.slope == pytest.approx(slope, abs=1e-6)
    assert fit.kept == n


def test_outliers_are_left_out() -> None:
    t = np.arange(20) * 0.08
    place = 15 * t
    place[[4, 11]] += 8
    fit = fit_line(t, place, np.full(20, 0.05))
    assert fit.slope == pytest.approx(15, abs=0.01)
    assert list(np.flatnonzero(~fit.keep)) == [4, 11]


def test_weights_count() -> None:
    """Far points that are poorly seen must not bend the line."""
    rng = np.random.default_rng(1)
    errors = []
    for _ in range(200):
        t = np.linspace(0, 2, 25)
        sigma = np.linspace(0.02, 0.6, 25)
        place = 15 * t + rng.normal(0, sigma)
        errors.append((abs(fit_line(t, place, sigma).slope - 15), abs(np.polyfit(t, place, 1)[0] - 15)))
    weighted, plain = np.mean(errors, axis=0)
    assert weighted < 0.6 * plain


def test_residuals_that_follow_one_another_widen_the_interval() -> None:
    t = np.arange(40) * 0.08
    rng = np.random.default_rng(2)
    noise = rng.normal(0, 0.05, 40)
    slow = 0.07 * np.sin(np.arange(40) / 4)
    assert (
        fit_line(t, 15 * t + slow, np.full(40, 0.05)).half_width_95
        > 1.5 * fit_line(t, 15 * t + noise, np.full(40, 0.05)).half_width_95
    )


def test_too_few_points_are_refused() -> None:
    with pytest.raises(ValueError, match="needs 4"):
        fit_line(np.arange(3.0), np.arange(3.0), np.ones(3))
