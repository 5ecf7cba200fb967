"""Lenses: there and back again, on the whole picture, and the road plane through one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.scene import SceneError, scene_of
from edge.scene_geometry import GeometryError, fit_plane
from edge.scene_lens import Lens, LensModel
from tests.edge import road_kit as kit

WIDTH, HEIGHT = kit.SIZE_PX
CENTRE = ((WIDTH - 1) / 2, (HEIGHT - 1) / 2)
HALF_DIAGONAL = float(np.hypot(WIDTH, HEIGHT)) / 2
PLACES = [(x, y) for y in (14.0, 20.0, 25.0, 35.0, 50.0) for x in (-3.5, 0.0, 3.5)]


def a_lens(k1: float, k2: float = 0.0, model: LensModel = "brown") -> Lens:
    return Lens(CENTRE, HALF_DIAGONAL, k1, k2, model)


@settings(max_examples=200, deadline=None)
@given(
    model=st.sampled_from(["brown", "division"]),
    k1=st.floats(-0.2, 0.2),
    k2=st.floats(-0.02, 0.02),
    x=st.floats(0, WIDTH - 1),
    y=st.floats(0, HEIGHT - 1),
)
def test_straight_and_shown_undo_each_other(
    model: LensModel, k1: float, k2: float, x: float, y: float
) -> None:
    lens = a_lens(k1, k2, model)
    if lens.folds_within(WIDTH, HEIGHT):
        return
    shown = np.array([[x, y]])
    assert lens.shown(lens.straight(shown)) == pytest.approx(shown, abs=1e-4)


@pytest.mark.parametrize("model", ["brown", "division"])
def test_a_barrel_shows_the_corners_nearer_the_middle(model: LensModel) -> None:
    lens = a_lens(-0.1, model=model)
    corner = np.array([[0.0, 0.0]])
    assert (lens.straight(corner) < 0).all()
    assert (lens.shown(corner) > 0).all()
    assert lens.straight(np.array([CENTRE])) == pytest.approx(np.array([CENTRE]))


def test_opencv_means_the_same_by_brown() -> None:
    cv2 = pytest.importorskip("cv2")
    matrix = np.array([[1400.0, 0, CENTRE[0]], [0, 1400.0, CENTRE[1]], [0, 0, 1]])
    shown = np.array([[30.0, 60.0], [1800.0, 1000.0], [960.0, 540.0]])
    theirs = cv2.undistortPoints(
        shown[:, None], matrix, np.array([-0.2, 0.05, 0, 0]), P=matrix,
    )[:, 0]  # fmt: skip
    assert Lens(CENTRE, 1400.0, -0.2, 0.05).straight(shown) == pytest.approx(theirs, abs=0.05)


@pytest.mark.parametrize(
    ("model", "k1", "folds"),
    [
        ("brown", 0.0, False),
        ("brown", -0.1, False),
        ("brown", -0.6, True),
        ("brown", 0.3, False),
        ("division", -0.3, False),
        ("division", -0.95, True),
        ("division", 0.9, True),
    ],
)
def test_impossible_lenses_are_known(model: LensModel, k1: float, folds: bool) -> None:
    assert a_lens(k1, model=model).folds_within(WIDTH, HEIGHT) == folds


def bent_points(lens: Lens) -> list[dict[str, object]]:
    straight = np.array([kit.ground(*place) for place in PLACES])
    return [
        {"picture_px": tuple(px), "road_m": place}
        for px, place in zip(lens.shown(straight), PLACES, strict=True)
    ]


@settings(max_examples=25, deadline=None)
@given(
    model=st.sampled_from(["brown", "division"]),
    k1=st.floats(-0.12, 0.1),
    x=st.floats(-3.5, 3.5),
    y=st.floats(15, 50),
)
def test_the_road_through_a_lens(model: LensModel, k1: float, x: float, y: float) -> None:
    lens = a_lens(k1, model=model)
    plane = fit_plane(
        np.array([point["picture_px"] for point in bent_points(lens)]),
        np.array(PLACES),
        lens=lens,
    )
    shown = lens.shown(np.array([kit.ground(x, y)]))
    assert plane.road(shown) == pytest.approx(np.array([[x, y]]), abs=1e-3)
    assert plane.picture(np.array([[x, y]])) == pytest.approx(shown, abs=1e-2)
    assert plane.residual_px < 1e-2
    step = 0.05
    for axis in (0, 1):
        moved = shown.copy()
        moved[0, axis] += step
        slope = (plane.road(moved) - plane.road(shown))[0] / step
        assert plane.jacobian(shown)[0][:, axis] == pytest.approx(slope, rel=2e-2, abs=1e-5)


def with_lens(lens: dict[str, object], shown_by: Lens) -> dict[str, object]:
    calibration = kit.camera_file().calibration.model_dump(exclude_none=True)
    return {**calibration, "points": bent_points(shown_by), "lens": lens}


def test_a_camera_file_with_its_lens_has_no_residual_and_without_it_has() -> None:
    bent = a_lens(-0.12)
    scene = scene_of(kit.camera_file(calibration=with_lens({"k1": -0.12}, bent)))
    assert scene.plane.residual_px < 1e-2
    plain = {**kit.camera_file().calibration.model_dump(exclude_none=True), "points": bent_points(bent)}
    assert scene_of(kit.camera_file(calibration=plain)).plane.residual_px > 0.5


def test_doubt_about_the_lens_enters_the_length_of_the_zone() -> None:
    bent = a_lens(-0.12)
    sure, unsure = (
        scene_of(kit.camera_file(calibration=with_lens({"k1": -0.12, "k1_error": error}, bent)))
        for error in (0.0, 0.15)
    )
    assert unsure.speed_scale_error > 1.1 * sure.speed_scale_error


def test_a_lens_that_cannot_be_is_refused_by_name() -> None:
    with pytest.raises(SceneError, match=r"calibration\.lens: .*check their sign"):
        scene_of(kit.camera_file(calibration=with_lens({"k1": -0.9}, a_lens(0.0))))
    with pytest.raises(GeometryError, match="lens numbers"):
        fit_plane(
            np.array([[0.0, 0], [1900, 0], [0, 1000], [1900, 1000]]), np.eye(4)[:, :2], lens=a_lens(-0.9)
        )
