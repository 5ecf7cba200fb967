"""The mean speed over a stretch: exact where nothing is in the way, honest where something is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.rules.motion_fit import between_gates, fit_motion, largest_step, student_95


@pytest.mark.parametrize(
    ("freedom", "quantile"), [(1, 12.706), (4, 2.776), (5, 2.571), (10, 2.228), (30, 2.042), (200, 1.972)]
)
def test_students_quantile(freedom: int, quantile: float) -> None:
    assert student_95(freedom) == pytest.approx(quantile, rel=0.012)


@settings(deadline=None)
@given(speed=st.floats(-50, 50), offset=st.floats(-100, 100), n=st.integers(4, 60))
def test_a_clean_drive_is_found_exactly(speed: float, offset: float, n: int) -> None:
    t = np.linspace(0, 2, n)
    fit = fit_motion(t, offset + speed * t, np.full(n, 0.1))
    assert fit.speed == pytest.approx(speed, abs=1e-6)
    assert fit.push == pytest.approx(0, abs=1e-6)
    assert fit.kept == n


@settings(deadline=None)
@given(speed=st.floats(5, 40), push=st.floats(-4, 4), n=st.integers(20, 60))
def test_who_speeds_up_or_brakes_is_told_his_mean_speed(speed: float, push: float, n: int) -> None:
    t = np.linspace(0, 2, n)
    place = speed * t + push * (t - 1) ** 2 / 2
    near, far = np.linspace(0.02, 0.3, n), np.linspace(0.3, 0.02, n)
    mean = (place[-1] - place[0]) / 2
    assert fit_motion(t, place, near).speed == pytest.approx(mean, abs=0.25)
    assert fit_motion(t, place, far).speed == pytest.approx(mean, abs=0.25)


def test_outliers_are_left_out() -> None:
    t = np.arange(20) * 0.08
    place = 15 * t
    place[[4, 11]] += 8
    fit = fit_motion(t, place, np.full(20, 0.05))
    assert fit.speed == pytest.approx(15, abs=0.01)
    assert list(np.flatnonzero(~fit.keep)) == [4, 11]


def test_weights_count() -> None:
    """Far points that are poorly seen must not bend the line."""
    rng = np.random.default_rng(1)
    errors = []
    for _ in range(200):
        t = np.linspace(0, 2, 30)
        sigma = np.linspace(0.02, 0.6, 30)
        place = 15 * t + rng.normal(0, sigma)
        errors.append((abs(fit_motion(t, place, sigma).speed - 15), abs(np.polyfit(t, place, 1)[0] - 15)))
    ours, plain = np.mean(errors, axis=0)
    assert ours < plain


def test_errors_that_follow_one_another_widen_the_interval() -> None:
    rng = np.random.default_rng(2)
    t = np.linspace(0, 2, 40)
    noise = rng.normal(0, 0.05, 40)
    slow = np.convolve(noise, np.ones(6) / np.sqrt(6), "same")
    sigma = np.full(40, 0.05)
    assert (
        fit_motion(t, 15 * t + slow, sigma).half_width_95
        > 1.4 * fit_motion(t, 15 * t + noise, sigma).half_width_95
    )


def test_too_few_points() -> None:
    with pytest.raises(ValueError, match="4"):
        fit_motion(np.arange(3.0), np.arange(3.0), np.ones(3))


def coverage(draw: str, n: int) -> float:
    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(1500):
        t = np.sort(rng.uniform(0, 2, n))
        sigma = np.linspace(0.03, 0.4, n)
        noise = rng.normal(0, sigma) if draw == "as stated" else rng.normal(0, 2 * sigma)
        fit = fit_motion(t, 15 * t + noise, sigma)
        inside += abs(fit.speed - 15) <= fit.half_width_95
    return inside / 1500


@pytest.mark.parametrize("draw", ["as stated", "twice as large as stated"])
@pytest.mark.parametrize("n", [8, 15, 30, 60])
def test_the_interval_is_honest(draw: str, n: int) -> None:
    """95 % of 1,500, with a binomial tolerance of three standard errors on either side of 93 to 97."""
    assert 0.93 - 0.017 <= coverage(draw, n) <= 0.97 + 0.012


@settings(deadline=None)
@given(speed=st.floats(3, 50), start_s=st.floats(0, 0.04), fps=st.sampled_from([8.0, 12.5, 25.0, 50.0]))
def test_gates_interpolate_between_pictures(speed: float, start_s: float, fps: float) -> None:
    t = start_s + np.arange(int(2 * fps)) / fps
    gates = between_gates(t, speed * t, np.full(len(t), 0.05))
    assert gates is not None
    assert gates.speed == pytest.approx(speed, rel=1e-9)
    assert t[0] <= gates.entry_s < gates.exit_s <= t[-1]
    assert gates.half_width_95 > 0


def test_gates_need_sightings_about_both_ends() -> None:
    t = np.array([0.0, 0.1, 0.9, 1.0, 1.1, 1.2])
    assert between_gates(t, 10 * t, np.full(6, 0.05)) is None
    assert between_gates(t, -10 * t, np.full(6, 0.05)) is None


@pytest.mark.parametrize("moment", [8, 20, 32])
@pytest.mark.parametrize("step_m", [-0.5, 0.4])
def test_a_step_is_found_with_what_it_adds_to_the_speed(moment: int, step_m: float) -> None:
    t, sigma = np.arange(40) * 0.04, np.linspace(0.04, 0.1, 40)
    smooth = 20 * t + np.random.default_rng(3).normal(0, 0.2 * sigma)
    place = smooth + step_m * (np.arange(40) >= moment)
    found = largest_step(t, place, sigma)
    assert found.errors > 5
    added = fit_motion(t, place, sigma).speed - fit_motion(t, smooth, sigma).speed
    assert found.speed == pytest.approx(added, abs=0.05)


@pytest.mark.parametrize("noise", [0.3, 1.0, 4.0])
def test_scatter_alone_is_no_step(noise: float) -> None:
    """Whether it is less than was stated, as much, or more (stamps that jitter)."""
    rng = np.random.default_rng(4)
    t, sigma = np.arange(30) * 0.08, np.linspace(0.03, 0.2, 30)
    steps = [largest_step(t, 15 * t + rng.normal(0, noise * sigma), sigma).errors for _ in range(300)]
    assert np.mean(np.array(steps) > 5) < 0.01


def test_too_few_places_show_no_step() -> None:
    t = np.arange(5) * 0.1
    assert largest_step(t, np.array([0.0, 0, 0, 9, 9]), np.full(5, 0.1)).errors == 0
