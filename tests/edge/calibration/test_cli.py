"""`phatnguoi-edge calibrate` on the rendered clip, whose camera is known to the last digit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from edge.calibration.cli import with_section
from edge.calibration.section import written
from edge.cli import app
from edge.scene import load_scene
from edge.scene_reading import load_camera_file
from tests.edge.road_kit import REPOSITORY

CLIP = REPOSITORY / "sample_videos" / "pham_ngoc_thach"
TRUTH: dict[str, Any] = json.loads((CLIP / "truth.json").read_text())
MARKED = {tuple(one["m"]): one["px"] for one in TRUTH["camera"]["marked_points"]}
RUN = CliRunner()


def px(x: float, y: float) -> str:
    return str(MARKED[x, y])


def length(start: tuple[float, float], end: tuple[float, float], way: str) -> str:
    metres = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    return f'[[lengths]]\nends_px = [{px(*start)}, {px(*end)}]\nmetres = {metres}\nway = "{way}"\n'


HEAD = 'picture_size_px = [1920, 1080]\nquality = "surveyed"\npoint_error_px = 0.5\n'
LENGTHS = HEAD + "".join(
    length(*one)
    for one in (
        ((-3.5, 16.0), (3.5, 16.0), "across"),
        ((-3.5, 47.0), (3.5, 47.0), "across"),
        ((0.0, 16.0), (0.0, 26.0), "along"),
        ((0.0, 26.0), (0.0, 47.0), "along"),
    )
)
POINTS = (
    HEAD
    + "camera_height_m = 5.3\n"
    + "".join(
        f"[[points]]\npicture_px = {list(at)}\nroad_m = {list(place)}\n" for place, at in MARKED.items()
    )
)


def run(tmp_path: Path, marks: str, *more: str) -> tuple[int, str, str]:
    path = tmp_path / "marks.toml"
    path.write_text(marks)
    result = RUN.invoke(app, ["calibrate", str(path), *more])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("marks", [LENGTHS, POINTS, POINTS.replace(HEAD, HEAD + "lens = true\n")])
def test_what_was_measured_makes_a_camera_file_that_measures(tmp_path: Path, marks: str) -> None:
    camera = tmp_path / "camera.toml"
    camera.write_text((CLIP / "camera.toml").read_text())
    code, _, said = run(tmp_path, marks, "--into", str(camera))
    assert code == 0, said
    assert "Fit for speed" in said
    assert "Đo được tốc độ" in said
    scene, true = load_scene(camera), load_scene(CLIP / "camera.toml")
    ends = np.array([true.plane.picture(np.array([[x, y]]))[0] for x in (-2.0, 2.0) for y in (17.0, 45.0)])
    far = np.hypot(*np.diff(scene.plane.road(ends).reshape(2, 2, 2), axis=1)[:, 0].T)
    assert far == pytest.approx([28, 28], rel=5e-3)
    assert scene.file.rules == true.file.rules
    assert scene.file.speed == true.file.speed


def test_the_traffic_alone_is_an_estimate_and_says_so(tmp_path: Path) -> None:
    tracks = tmp_path / "tracks.jsonl"
    lines = [
        {
            "class": vehicle["class"],
            "boxes": [
                [0, at["t_s"], *at["box_px"]] for at in vehicle["path"] if at["visible_fraction"] > 0.9
            ],
        }
        for vehicle in TRUTH["vehicles"]
    ]
    tracks.write_text("\n".join(map(json.dumps, lines)))
    marks = "picture_size_px = [1920, 1080]\ncamera_height_m = 5.3\nview_deg = 37.6\n"
    code, section, said = run(tmp_path, marks, "--tracks", str(tracks))
    assert code == 0, said
    assert 'quality = "estimated"' in section
    assert "not for speed" in said
    camera = tmp_path / "camera.toml"
    text = with_section((CLIP / "camera.toml").read_text(), section).replace(', "speeding"', "")
    camera.write_text(text)
    scene, true = load_scene(camera), load_scene(CLIP / "camera.toml")
    ends = true.plane.picture(np.array([[0.0, 20.0], [0.0, 40.0]]))
    far = float(np.hypot(*np.diff(scene.plane.road(ends), axis=0)[0]))
    assert abs(far / 20 - 1) < max(0.02, 2.5 * scene.file.calibration.scale_error)


def test_the_report_shows_metres_on_the_road(tmp_path: Path) -> None:
    report = tmp_path / "report.png"
    video = next(CLIP.glob("*.mp4"))
    assert run(tmp_path, LENGTHS, "--picture", str(video), "--report", str(report))[0] == 0
    drawn = cv2.imread(str(report)).astype(int)
    assert drawn.shape == (1080, 1920, 3)
    scene = load_scene(CLIP / "camera.toml")
    on_grid = (
        scene.plane.picture(np.array([[x + 0.5, 30.0] for x in range(-3, 3)]) - [0, 0]).round().astype(int)
    )
    blue = [
        drawn[y - 1 : y + 2, x - 1 : x + 2, 0].max() - drawn[y - 1 : y + 2, x - 1 : x + 2, 2].min()
        for x, y in on_grid
    ]
    assert min(blue) > 60, blue


@pytest.mark.parametrize(
    ("what", "marks", "says"),
    [
        ("no file of marks", None, "there is no such marks file"),
        ("an unknown field", HEAD + "hight_m = 5\n", "hight_m"),
        ("three points", HEAD + POINTS[POINTS.index("[[points]]") :].split("[[points]]", 4)[0], "no scale"),
        ("not TOML", "points = [", "cannot be read as TOML"),
        ("too little", HEAD + length((0.0, 16.0), (0.0, 26.0), "along"), "mark more lengths"),
    ],
)
def test_errors_are_one_line_that_says_what_to_do(
    tmp_path: Path, what: str, marks: str | None, says: str
) -> None:
    if marks is None:
        result = RUN.invoke(app, ["calibrate", str(tmp_path / "none.toml")])
        code, said = result.exit_code, result.stderr
    else:
        code, _, said = run(tmp_path, marks)
    assert code == 1, what
    assert says in said
    assert "Traceback" not in said


def test_a_camera_file_that_the_section_does_not_fit_stays_as_it_was(tmp_path: Path) -> None:
    camera = tmp_path / "camera.toml"
    before = (CLIP / "camera.toml").read_text()
    camera.write_text(before)
    estimated = LENGTHS.replace("surveyed", "estimated")
    code, _, said = run(tmp_path, estimated, "--into", str(camera))
    assert code == 1
    assert "not changed" in said
    assert camera.read_text() == before


def test_the_section_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    text = "a = 1\n[calibration]\nx = 1\n[calibration.lens]\nk1 = 1\n[road]\ny = 2\n[[road.lanes]]\nz = 3\n"
    assert with_section(text, "[calibration]\nx = 2\n") == (
        "a = 1\n[calibration]\nx = 2\n\n[road]\ny = 2\n[[road.lanes]]\nz = 3\n"
    )
    assert with_section("a = 1\n", "[calibration]\nx = 2\n") == "a = 1\n\n[calibration]\nx = 2\n"


def test_a_section_reads_back_as_it_was_written(tmp_path: Path) -> None:
    file, _ = load_camera_file(CLIP / "camera.toml")
    path = tmp_path / "camera.toml"
    path.write_text(with_section((CLIP / "camera.toml").read_text(), written(file.calibration)))
    assert load_camera_file(path)[0] == file
