"""Cameras found again from what was marked in their pictures, and errors that are what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.calibration.camera import camera_from
from edge.calibration.facts import Facts, Length, dashes
from edge.calibration.fit import fit_camera
from edge.calibration.verdict import WORST_FOR_SPEED
from edge.scene_geometry import GeometryError
from tests.edge.calibration import made_up


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), k1=st.floats(-0.1, 0.1), x=st.floats(-3, 3), y=st.floats(0, 1))
def test_picture_and_road_undo_each_other(seed: int, k1: float, x: float, y: float) -> None:
    camera = made_up.a_camera(np.random.default_rng(seed), k1)
    assert camera_from(camera.numbers(), camera.size_px).numbers() == pytest.approx(camera.numbers())
    left, right, near, far = made_up.visible(camera)
    place = np.array([[(left + right) / 2 + x / 3, near + y * (far - near)]])
    shown = camera.picture(place)
    if np.isfinite(shown).all():
        assert camera.road(shown) == pytest.approx(place, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), height_m=st.floats(0.1, 2.5))
def test_a_point_above_the_road_is_read_too_far_by_h_over_h_less_z(seed: int, height_m: float) -> None:
    camera = made_up.a_camera(np.random.default_rng(seed))
    left, right, near, far = made_up.visible(camera)
    place = np.array([(left + right) / 2, (near + far) / 2])
    shown = camera.picture(np.array([[*place, height_m]]))
    factor = camera.height_m / (camera.height_m - height_m)
    assert camera.road(shown)[0] == pytest.approx(place * factor, rel=1e-6)
    assert camera.road(shown, above_m=height_m)[0] == pytest.approx(place, rel=1e-6)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("k1", [0.0, -0.05])
def test_lengths_and_edges_find_the_camera(seed: int, k1: float) -> None:
    rng = np.random.default_rng(seed)
    true = made_up.a_camera(rng, k1)
    found = fit_camera(made_up.taped(true, rng), with_lens=bool(k1)).camera
    assert abs(made_up.length_off(found, true)) < 2e-3
    assert found.height_m == pytest.approx(true.height_m, rel=0.03)
    assert found.focal_px == pytest.approx(true.focal_px, rel=0.05)
    assert found.k1 == pytest.approx(k1, abs=0.012)


@pytest.mark.parametrize("seed", range(4))
def test_points_find_the_camera_wherever_the_metres_begin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    true = made_up.a_camera(rng, -0.05)
    found = fit_camera(made_up.surveyed(true, rng, noise_px=0.05), with_lens=True).camera
    assert found.height_m == pytest.approx(true.height_m, rel=0.02)
    assert found.k1 == pytest.approx(-0.05, abs=0.015)


def test_the_stated_error_is_honest() -> None:
    """Half a pixel and two centimetres of error: lengths are off by one stated error, as a rule."""
    pulls = []
    for seed in range(12):
        rng = np.random.default_rng(100 + seed)
        true = made_up.a_camera(rng)
        fit = fit_camera(made_up.taped(true, rng, noise_px=0.5, error_m=0.02))
        left, right, near, far = made_up.visible(true)
        middle = (left + right) / 2
        ends = fit.camera.map.road(true.picture(np.array([[middle, near], [middle, far]])))
        pulls.append(made_up.length_off(fit.camera, true) / fit.scale_error(tuple(ends[0]), tuple(ends[1])))
    assert 0.5 < np.sqrt(np.mean(np.square(pulls))) < 1.5


def test_dashes_of_unknown_but_equal_length_still_help() -> None:
    rng = np.random.default_rng(5)
    true = made_up.a_camera(rng)
    left, _, near, far = made_up.visible(true)
    plain = made_up.taped(true, rng, noise_px=1.0, error_m=0.02)
    few = replace(plain, lengths=plain.lengths[:1] + plain.lengths[2:])
    step = (far - near) / 8
    ends = made_up.seen(true, [(left + 1.8, near + index * step) for index in range(9)], rng, 1.0)
    more = replace(few, lengths=(*few.lengths, *dashes(ends, dash_m=None, gap_m=None, name="middle")))
    errors = [fit_camera(facts).scale_error((left, near), (left, (near + far) / 2)) for facts in (few, more)]
    assert errors[1] < errors[0]


def test_dashes_alternate() -> None:
    marks = dashes([(0, 0), (0, 1), (0, 2), (0, 3)], dash_m=3, gap_m=None, name="m", begins_with="gap")
    assert [one.metres for one in marks] == [None, 3, None]
    assert [one.group for one in marks] == ["m gap", "m dash", "m gap"]


def spoilt(facts: Facts) -> Facts:
    wrong = replace(facts.lengths[0], metres=1.3 * (facts.lengths[0].metres or 1))
    return replace(facts, lengths=(wrong, *facts.lengths[1:]))


@pytest.mark.parametrize(
    ("what", "change", "says"),
    [
        ("nothing in metres", lambda f: replace(f, lengths=(), height_m=None), "no scale"),
        ("one length only", lambda f: Facts(f.size_px, f.lengths[:1]), "mark more lengths"),
        ("a wrong length", spoilt, "contradicts itself"),
    ],
)
def test_errors_say_what_to_do(what: str, change: object, says: str) -> None:
    rng = np.random.default_rng(7)
    facts = made_up.taped(made_up.a_camera(rng), rng, noise_px=0.1, error_m=0.005)
    with pytest.raises(GeometryError, match=says):
        fit_camera(change(facts))  # type: ignore[operator]


def test_a_camera_that_looks_straight_along_needs_a_length_along() -> None:
    """Lanes and a height leave the focal length open: the second vanishing point is at infinity."""
    rng = np.random.default_rng(7)
    camera = replace(made_up.a_camera(rng), pan_rad=0.0, roll_rad=0.0)
    facts = made_up.taped(camera, rng, noise_px=1.0, error_m=0.02)
    left, _, near, far = made_up.visible(camera)
    lanes = replace(facts, lengths=facts.lengths[2:3], height_m=camera.height_m)
    assert fit_camera(lanes).scale_error((left, near), (left, far)) > WORST_FOR_SPEED
    with pytest.raises(
        GeometryError, match=r"focal length; add a length along the road \(a dash\), or view_deg"
    ):
        fit_camera(replace(facts, lengths=(), height_m=camera.height_m))
    by_sheet = replace(facts, lengths=(), height_m=camera.height_m, focal_px=camera.focal_px * 1.02)
    found = fit_camera(by_sheet)
    assert abs(made_up.length_off(found.camera, camera)) < 0.08


def test_mirrored_metres_are_told() -> None:
    rng = np.random.default_rng(8)
    facts = made_up.surveyed(made_up.a_camera(rng), rng)
    mirrored = tuple(replace(one, road_m=(-one.road_m[0], one.road_m[1])) for one in facts.points)
    with pytest.raises(GeometryError, match="x runs to the right"):
        fit_camera(replace(facts, points=mirrored))


def test_a_length_without_a_way_counts_once() -> None:
    assert Facts((10, 10), (Length(((0, 0), (1, 1)), "any", 1.0),)).count() == 1
