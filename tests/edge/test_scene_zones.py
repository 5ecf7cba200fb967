"""What is marked in the picture, on the road; and where the camera stands."""

from __future__ import annotations

import numpy as np
import pytest

from edge.scene import SceneError
from edge.scene_zones import Area, Chain, Gate
from tests.edge import road_kit as kit

SQUARE = Area(np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 10.0], [0.0, 10.0]]))
BENT = np.array([[0.0, 0.0], [0.0, 10.0], [5.0, 15.0]])
AHEAD = BENT + np.array([0.0, 20.0])


@pytest.mark.parametrize(
    ("place", "depth_m"),
    [((2, 5), 2.0), ((1, 9.5), 0.5), ((-3, 5), -3.0), ((4, 5), 0.0), ((7, 14), -5.0)],
)
def test_depth_in_an_area(place: tuple[float, float], depth_m: float) -> None:
    assert SQUARE.depth_m(np.array([place], dtype=float))[0] == pytest.approx(depth_m, abs=1e-9)
    assert bool(SQUARE.holds(np.array([place], dtype=float))[0]) == (depth_m > 0)


@pytest.mark.parametrize(
    ("what", "place", "left_m", "along_m"),
    [
        ("left of the first piece", (-2, 4), 2.0, 4.0),
        ("right of it", (1, 4), -1.0, 4.0),
        ("before the first point", (1, -3), -1.0, -3.0),
        ("beyond the last point", (5 + 2**0.5, 15 + 2**0.5), 0.0, 10 + 50**0.5 + 2),
        ("right of the second piece", (3 + 2**0.5, 13 - 2**0.5), -2.0, 10 + 18**0.5),
    ],
)
def test_beside_a_bent_line(what: str, place: tuple[float, float], left_m: float, along_m: float) -> None:
    left, along, _ = Chain(BENT, 1.0).beside(np.array([place], dtype=float))
    assert left[0] == pytest.approx(left_m, abs=1e-9), what
    assert along[0] == pytest.approx(along_m, abs=1e-9), what
    mirrored, _, _ = Chain(BENT, -1.0).beside(np.array([place], dtype=float))
    assert mirrored[0] == pytest.approx(-left_m, abs=1e-9), what


def test_a_gate_is_crossed_between_its_ends_only() -> None:
    gate = Gate(np.array([[0.0, 0.0], [3.0, 0.0]]))
    through = np.array([[1.0, -2.0], [1.0, 2.0], [5.0, 2.0], [5.0, -2.0], [2.0, -2.0], [2.0, 6.0]])
    assert gate.crossing(through) == [(0, 0.5), (4, 0.25)]
    assert gate.crossing(np.array([[1.0, 2.0], [1.0, 3.0]])) == []


def test_marks_become_metres() -> None:
    scene = kit.road(
        road={
            "direction_m": (0, 1),
            "lanes": [{"name": "a", "polygon_px": [kit.ground(*p) for p in AHEAD]}],
        },
        solid_lines=[{"name": "b", "points_px": [kit.ground(0, 20), kit.ground(0, 40)]}],
    )
    assert np.allclose(scene.marks.lanes[0][1].corners_m, AHEAD, atol=1e-6)
    assert scene.marks.lines[0][1].length_m == pytest.approx(20)
    assert scene.marks.handed == 1


def test_metres_counted_to_the_left_are_told() -> None:
    points = [
        {"picture_px": one.picture_px, "road_m": (-one.road_m[0], one.road_m[1])}
        for one in kit.camera_file().calibration.points
    ]
    assert (
        kit.road(calibration={"quality": "surveyed", "camera_height_m": 6, "points": points}).marks.handed
        == -1
    )


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        (
            "zones[0].polygon_px",
            {"zones": [{"name": "z", "kind": "no_entry", "polygon_px": [(0, 0), (9, 0), (9, 9)]}]},
        ),
        ("solid_lines[0].points_px", {"solid_lines": [{"name": "l", "points_px": [(900, 900), (900, 900)]}]}),
    ],
)
def test_what_cannot_lie_on_the_road_is_refused_by_name(field: str, changes: dict[str, object]) -> None:
    with pytest.raises(SceneError, match=field.replace("[", r"\[")):
        kit.road(**changes)


def test_the_camera_is_found_from_the_road_plane() -> None:
    pose = kit.road().pose
    assert pose.known
    assert pose.height_m == pytest.approx(kit.HEIGHT_M, abs=0.01)
    assert pose.foot_m == pytest.approx((0, 0), abs=0.05)
    raised = np.array([(-3.0, 20.0, 1.5), (4.0, 33.0, 3.2), (0.0, 15.0, 0.0)])
    assert np.allclose(pose.picture(raised), kit.picture(list(map(tuple, raised))), atol=0.5)


def test_a_pose_that_contradicts_the_measured_height_is_not_believed() -> None:
    calibration = {**kit.camera_file().calibration.model_dump(), "camera_height_m": 12}
    assert not kit.road(calibration=calibration).pose.known
