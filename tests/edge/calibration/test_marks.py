"""Marks files: the example of the page holds, and what is wrong is named."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from edge.calibration.marks import load_marks
from edge.scene_file import SceneError
from tests.edge.road_kit import REPOSITORY

EXAMPLE = re.search(
    r"The marks file.*?```toml\n(.*?)```", (REPOSITORY / "docs/measurement.md").read_text(), re.DOTALL
)


def test_the_example_of_the_page_is_a_marks_file(tmp_path: Path) -> None:
    assert EXAMPLE is not None
    path = tmp_path / "marks.toml"
    path.write_text(EXAMPLE[1])
    marks = load_marks(path)
    facts = marks.facts()
    assert facts.focal_px == pytest.approx(960 / math.tan(math.radians(18.8)))
    assert [one.metres for one in facts.lengths] == [7.0, None, 12.0, None]
    assert len(facts.points) == 1
    assert facts.straight[0].way == "along"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "picture_size_px"),
        ("picture_size_px = [1920, 1080]\ncamera_height_m = 0.2", "camera_height_m"),
        ("picture_size_px = [1920, 1080]\n[[dashes]]\nends_px = [[0, 0], [1, 1]]", "dashes.0.ends_px"),
        ("picture_size_px = [1920, 1080]\n[[lengths]]\nends_px = [[0, 0], [1, 1]]", "lengths.0.metres"),
        ("picture_size_px = ", "cannot be read as TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "marks.toml"
    path.write_text(text)
    with pytest.raises(SceneError, match=re.escape(says)) as error:
        load_marks(path)
    assert str(path) in str(error.value)
