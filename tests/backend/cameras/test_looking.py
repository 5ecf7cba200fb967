"""What the editor is told of a file: faults with line and field, residuals, vehicles in metres."""

from __future__ import annotations

import pytest

from backend.cameras.looking import look_at
from edge.upkeep import PathSeen
from tests.backend.cameras.kit import CAMERA, camera_file

GOOD = camera_file()


@pytest.mark.parametrize(
    ("before", "after", "line", "field", "words"),
    [
        ("picture_size_px = [160, 96]", "picture_size_px = [160]", 5, "picture_size_px[1]", "required"),
        ("road_m = [10, 0]", 'road_m = ["x", 0]', 10, "calibration.points[1].road_m[0]", "number"),
        ("direction_m = [0, 1]", "direction_m = [0, 0]", 18, "road.direction_m", "nowhere"),
        ('rules = ["red_light"]', 'rules = ["speeding"]', 6, "rules", "[speed]"),
        ("[[35, 60.0], [125, 60.0]]", "[[80, 90], [80, 40]]", 21, "stop_line.ends_px", "across"),
        ("[110, 30]", "[80, 90]", 10, "calibration.points", "line"),
        ('schema = "', 'schema "', 1, "", "TOML"),
        (f'id = "{CAMERA}"', 'id = "other"', None, "id", "other"),
        ("[stop_line]", "[stop_lime]", 20, "stop_lime", "Extra"),
    ],
)
def test_faults_have_line_and_field(before, after, line, field, words):
    assert before in GOOD
    look = look_at(CAMERA, content=GOOD.replace(before, after))
    fault = look.faults[0]
    assert (fault.line, fault.field) == (line, field)
    assert words in fault.message


def test_a_good_file_shows_its_road():
    path = PathSeen(track=3, kind="car", points=((0.0, 80.0, 90.0), (1.0, 80.0, 30.0)))
    look = look_at(CAMERA, content=GOOD, paths=[path])
    assert look.faults == []
    assert look.residual_px == pytest.approx(0, abs=0.01)
    assert [one.miss_px for one in look.points] == pytest.approx([0] * 4, abs=0.01)
    ((start, end),) = [one.road_m for one in look.paths]
    assert start[1:] == pytest.approx((0, 0), abs=0.1)
    assert end[1:] == pytest.approx((0, 40), abs=0.1)
    assert {len(line) >= 2 for line in look.grid_px} == {True}
    assert len(look.plan_m["stop_line"]) == 1


def test_a_point_that_is_marked_wrongly_shows():
    wrong = """points = [
  { picture_px = [80, 60], road_m = [0, 11] },
  { picture_px = [74, 44], road_m = [0, 20] },"""
    text = GOOD.replace("points = [", wrong)
    look = look_at(CAMERA, content=text)
    assert max(look.points, key=lambda one: one.miss_px).miss_px > 1
