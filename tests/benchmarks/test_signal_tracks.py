"""The plain count of who crossed a line, which the red-light rule is laid beside."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from benchmarks.signal_tracks_data import Clip, Sighting, broken_ids, count, load, on_road, pose, rider_px
from edge.detector.types import Box


def seen(feet: list[tuple[float, float]], first: int = 2, height: float = 280.0) -> list[Sighting]:
    return [Sighting(first + i, Box(x - 60, y - height, 120, height), 0) for i, (x, y) in enumerate(feet)]


def clip(*ids: list[Sighting]) -> Clip:
    return Clip("hanam_1.0", "hanam", "red", dict(enumerate(ids, 1)), 0)


UP = [(1300.0, 1000.0 - 20 * i) for i in range(30)]
AWAY = [(2400.0, 1000.0 - 20 * i) for i in range(30)]
STAYS = [(1300.0, 780.0 - 10 * i) for i in range(8)] + [(1300.0, 705.0)] * 20
BACK = [*UP[:16], *reversed(UP[:14])]
LEAP = [*UP[:10], *[(1500.0, 200.0 - 2 * i) for i in range(10)]]


@pytest.mark.parametrize(
    ("what", "ids", "expected"),
    [
        ("over the line and on", [UP], (1, 0, 0)),
        ("beside its end", [AWAY], (0, 0, 0)),
        ("stops on it", [STAYS], (0, 0, 1)),
        ("comes back", [BACK], (0, 0, 1)),
        ("an id that jumps", [LEAP], (0, 1, 0)),
        ("one vehicle under two ids", [UP, UP], (1, 0, 0)),
        ("two riders behind one another", [UP, [(x, y + 160) for x, y in UP]], (2, 0, 0)),
        ("towards the camera", [list(reversed(UP))], (0, 0, 0)),
    ],
)
def test_count(what: str, ids: list[list[tuple[float, float]]], expected: tuple[int, int, int]) -> None:
    made = count(clip(*(seen(one) for one in ids)))
    assert (len(made.crossings), made.jumped, made.stayed) == expected, what


def test_broken_ids() -> None:
    whole = seen(UP)
    halves = seen(UP[:12]), seen(UP[14:], first=16)
    assert broken_ids(clip(whole)) == (0, 0)
    assert broken_ids(clip(*halves)) == (0, 1)
    assert broken_ids(clip(seen(LEAP))) == (1, 0)


def test_the_pose_is_found_again_from_how_riders_shrink() -> None:
    rows = np.arange(400.0, 1800.0, 60.0)
    pitch, height_m = pose(rows, rider_px(rows, float(np.radians(31.0)), 5.2))
    assert np.degrees(pitch) == pytest.approx(31.0, abs=1.0)
    assert height_m == pytest.approx(5.2, abs=0.2)
    near, far = (on_road(1280.0, y, pitch, height_m)[1] for y in (1700.0, 500.0))
    assert 0 < near < far


def test_rows_that_repeat_an_id_in_one_frame_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "tracks.csv.gz"
    rows = ["clip,light,frame,id,cls,x1,y1,x2,y2"] + ["hanam_1.0,red,2,1,0,1,2,3,4"] * 2
    with gzip.open(file, "wt") as made:
        made.write("\n".join(rows))
    (found,) = load(file)
    assert (found.repeated, len(found.ids[1]), found.site) == (1, 1, "hanam")
