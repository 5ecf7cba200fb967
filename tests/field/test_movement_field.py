"""The rules of movement on real footage that is no part of the repository: nobody who kept them is accused.

It lies in $PHATNGUOI_FIELD, or in shared/field beside the checkout; without it these tests are skipped.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from edge.capture import open_source
from edge.detector.models import VehicleDetector
from edge.detector.registry import default_models
from edge.rules import RULES, Context, SignalHistory, Violation
from edge.scene import Scene, load_scene, scene_of
from edge.scene_file import CameraFile
from edge.tracking import Track, Tracker

FIELD = Path(os.environ.get("PHATNGUOI_FIELD") or Path(__file__).parents[2].parent / "shared" / "field")
CAMERAS = Path(__file__).parents[2] / "cameras" / "field"
pytestmark = pytest.mark.skipif(
    not FIELD.is_dir(),
    reason=f"no field data at {FIELD}: set PHATNGUOI_FIELD to the folder that holds it",
)

NEAR_CARRIAGEWAY_M = ((-3.4, -8.0), (10.6, -8.0), (10.6, 45.0), (-3.4, 45.0))
LANE_LINES_M = (0.0, 7.0)


@cache
def tracks() -> tuple[Track, ...]:
    """Everybody on the motorway whom the shipped detector sees in every second picture."""
    eyes = VehicleDetector(default_models().vehicles.path, threads=1, confidence=0.2)
    plain = load_scene(CAMERAS / "motorway_720.toml")
    tracker = Tracker(plain.picture_size_px)
    ended: list[Track] = []
    for frame in open_source(str(FIELD / "videos" / "motorway_720.mp4")):
        if frame.index % 2 == 0:
            found = [one for one in eyes.detect(frame.image) if one.kind != "person"]
            ended += tracker.update(frame.t_s, frame.index, found).ended
    return (*ended, *tracker.finish())


def motorway(direction_m: tuple[float, float], **more: object) -> Scene:
    """The same camera with the near carriageway marked as one that goes this way."""
    plain = load_scene(CAMERAS / "motorway_720.toml")
    corners = plain.plane.picture(np.array(NEAR_CARRIAGEWAY_M))
    lines = [
        plain.plane.picture(np.array([(x_m, NEAR_CARRIAGEWAY_M[0][1]), (x_m, NEAR_CARRIAGEWAY_M[2][1])]))
        for x_m in LANE_LINES_M
    ]
    lane = {"name": "near", "polygon_px": corners.tolist(), "direction_m": direction_m}
    content = plain.file.model_dump(by_alias=True, exclude_none=True)
    content |= {
        "rules": ["wrong_way", "lane_line"],
        "road": {"direction_m": (0, -1), "lanes": [lane | more]},
        "solid_lines": [{"name": f"line {i}", "points_px": one.tolist()} for i, one in enumerate(lines)],
    }
    return scene_of(CameraFile.model_validate(content))


def accused(rule: str, scene: Scene) -> set[int]:
    context = Context(scene, SignalHistory(), None)
    return {
        track.id
        for track in tracks()
        if isinstance(RULES[rule](track, context, True), Violation)  # type: ignore[index]
    }


def test_nobody_on_his_own_carriageway_drives_the_wrong_way() -> None:
    assert accused("wrong_way", motorway((0, -1))) == set()


def test_everybody_would_if_it_went_the_other_way() -> None:
    """events.csv: 10 vehicles, one more or less, leave over a line at 80 % of the height."""
    scene = motorway((0, 1))
    left = {
        track.id
        for track in tracks()
        if track.observations[0].box.y2 < 500 < track.last.box.y2 and track.last.box.y2 > 0.8 * 720
    }
    found = accused("wrong_way", scene)
    assert len(left) >= 9
    assert len(found & left) >= 0.8 * len(left)


def test_nobody_who_keeps_between_the_dashes_crosses_them() -> None:
    assert accused("lane_line", motorway((0, -1))) == set()
