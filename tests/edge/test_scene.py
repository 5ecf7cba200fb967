"""Camera files: what is read, what is refused and in which words; the road plane against known truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.detector.types import Box
from edge.scene import SceneError, load_scene
from edge.scene_geometry import GeometryError, fit_plane
from tests.edge import road_kit as kit

SCENE = kit.road()
SHIPPED = sorted(
    path
    for folder in ("cameras", "sample_videos")
    for path in (kit.REPOSITORY / folder).rglob("*.toml")
    if path.name == "camera.toml" or "cameras" in path.parts
)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_camera_file_loads(path: Path) -> None:
    scene = load_scene(path)
    assert scene.plane.residual_px < 5
    assert scene.reported().camera_id == scene.id


def test_the_plane_gives_back_the_road() -> None:
    places = np.array([(-3.0, 16.0), (2.0, 28.0), (0.5, 44.0)])
    seen = np.array([kit.ground(*place) for place in places])
    assert SCENE.plane.road(seen) == pytest.approx(places, abs=1e-3)
    assert SCENE.plane.picture(places) == pytest.approx(seen, abs=0.05)
    assert SCENE.plane.residual_px < 1e-3
    assert SCENE.contact == "rear"


def test_the_jacobian_is_the_slope_of_the_plane() -> None:
    at = np.array([kit.ground(1.0, 30.0)])
    step = 1e-3
    for axis in (0, 1):
        moved = at + np.eye(2)[axis] * step
        slope = (SCENE.plane.road(moved) - SCENE.plane.road(at))[0] / step
        assert SCENE.plane.jacobian(at)[0][:, axis] == pytest.approx(slope, rel=1e-2, abs=1e-6)


def test_wrongly_marked_points_show_in_the_errors() -> None:
    rng = np.random.default_rng(4)
    road = np.array([(x, y) for y in (14.0, 20, 28, 36, 45) for x in (-3.5, 3.5)])
    marked = np.array([kit.ground(*place) for place in road])
    good = fit_plane(marked + rng.normal(0, 0.3, marked.shape), road, point_error_px=0.5)
    poor = fit_plane(marked + rng.normal(0, 4.0, marked.shape), road, point_error_px=0.5)
    assert poor.residual_px > 3 * good.residual_px
    assert poor.point_error_px > 2.5
    assert good.length_error((0, 15), (0, 45)) < 0.01 < poor.length_error((0, 15), (0, 45))


def test_the_stated_length_error_is_honest() -> None:
    """Over many careless markings, the true length lies within two standard errors as often as it should."""
    rng = np.random.default_rng(5)
    road = np.array([(x, y) for y in (14.0, 20, 28, 36, 45) for x in (-3.5, 3.5)])
    marked = np.array([kit.ground(*place) for place in road])
    ends = np.array([kit.ground(0, 15), kit.ground(0, 45)])
    inside = 0
    for _ in range(60):
        plane = fit_plane(marked + rng.normal(0, 2.0, marked.shape), road, point_error_px=2.0, road_error_m=0)
        found = np.hypot(*np.diff(plane.road(ends), axis=0)[0])
        inside += abs(found / 30 - 1) < 2 * plane.length_error((0, 15), (0, 45))
    assert inside >= 53


@pytest.mark.parametrize(
    "points",
    [[(0, 0), (1, 1), (2, 2)], [(0, 0), (1, 1), (2, 2), (3, 3)], [(5, 5)] * 5],
    ids=["three", "on a line", "one place"],
)
def test_points_that_fix_no_plane(points: list[tuple[float, float]]) -> None:
    with pytest.raises(GeometryError):
        fit_plane(np.array(points, dtype=float), np.array(points, dtype=float))


def test_places_to_the_line() -> None:
    line = SCENE.to_line(np.array([(0.0, 20.0), (-4.0, 25.0), (4.0, 31.0), (9.0, 25.0)]))
    assert line.past_m == pytest.approx([-5, 0, 6, 0], abs=0.02)
    assert line.across == pytest.approx([0.5, 0, 1, 1.625], abs=0.01)


def test_a_slanting_line_is_measured_along_the_way() -> None:
    scene = kit.road(stop_line={"ends_px": (kit.ground(-4, 23), kit.ground(4, 27))})
    line = scene.to_line(np.array([(-4.0, 25.0), (4.0, 25.0)]))
    assert line.past_m == pytest.approx([2, -2], abs=0.02)


def test_the_zone_holds_what_is_in_it() -> None:
    seen = SCENE.in_speed_zone(
        np.array([kit.ground(0, 14), kit.ground(0, 16), kit.ground(3, 44), kit.ground(0, 46)])
    )
    assert list(seen) == [False, True, True, False]


def test_an_ignored_zone() -> None:
    scene = kit.road(ignore_px=[[(0, 0), (400, 0), (400, 400), (0, 400)]])
    assert scene.ignores(Box(100, 100, 50, 50))
    assert not scene.ignores(Box(1000, 700, 50, 50))


GOOD = (kit.REPOSITORY / "sample_videos/pham_ngoc_thach/camera.toml").read_text()


@pytest.mark.parametrize(
    ("what", "old", "new", "words"),
    [
        ("another schema", "phatnguoi.camera/1", "phatnguoi.camera/9", "schema: "),
        ("a field nobody knows", 'id = "pnt-01"', 'id = "pnt-01"\ncolour = "red"', "colour: "),
        ("a bad id", 'id = "pnt-01"', 'id = "PNT 01"', "id: "),
        ("a word for a number", "limit_kmh = 50", 'limit_kmh = "fast"', "speed.limit_kmh: "),
        ("no signal", "[signal]", "[signals]", "signals: "),
        (
            "estimated points and speed",
            'quality = "surveyed"',
            'quality = "estimated"',
            "calibration.quality",
        ),
        ("no camera height", "camera_height_m = 5.3\n", "", "calibration.camera_height_m"),
        ("nowhere to go", "direction_m = [0, 1]", "direction_m = [0, 0]", "direction_m"),
        ("a lamp without size", "red = [", "red = [0, 0, 0, 0] #", "signal.red"),
        ("a line along the road", "direction_m = [0, 1]", "direction_m = [1, 0]", "stop_line.ends_px"),
        ("one point far off", "road_m = [-3.5, 16.0]", "road_m = [3.5, 60.0]", "calibration.points"),
        ("no TOML", "schema", "schema =", "cannot be read as TOML"),
    ],
)
def test_a_wrong_file_is_told_by_name_and_field(
    tmp_path: Path, what: str, old: str, new: str, words: str
) -> None:
    assert old in GOOD
    path = tmp_path / "camera.toml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(SceneError) as caught:
        load_scene(path)
    assert str(path) in str(caught.value), what
    assert words in str(caught.value), what


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SceneError, match="no such camera file"):
        load_scene(tmp_path / "nowhere.toml")
