from __future__ import annotations

import unicodedata

import numpy as np
import pytest

from edge.detector.types import Box
from edge.evidence.drawing import HEIGHT_PX, WIDTH_PX, Sheet, draw
from edge.evidence.lettering import cut_to, width_px, write
from edge.evidence.plan import draw_plan
from edge.evidence.view import view_of
from edge.report import Measure, Reason, TrackPoint
from edge.scene import load_scene
from tests.conftest import REPOSITORY

VIEW = view_of(load_scene(REPOSITORY / "sample_videos/pham_ngoc_thach/camera.toml"))
TRACK = tuple(
    TrackPoint(t_s=i / 10, x_m=1.5, y_m=20 + 1.2 * i, box_px=(900 + i, 500 - 5 * i, 80, 160))
    for i in range(20)
)


def still(level: int) -> np.ndarray:
    return np.full((1080, 1920, 3), level, np.uint8)


def sheet(**changes) -> Sheet:
    values = {
        "title": "Phạm Ngọc Thạch",
        "subtitle": "27/11/2026 14:16:49",
        "view": VIEW,
        "shown": still(90),
        "stills": (still(10), still(20), still(30)),
        "marks": ((10, 0.4), (20, 0.8), (30, 1.2)),
        "box": Box(900, 440, 80, 160),
        "track": TRACK,
        "t_event_s": 0.9,
        "measures": (Measure(name="speed", value=67.1, unit="km/h", lower_95=64, upper_95=70, limit=50),),
        "reasons": (Reason(vi="Tốc độ đo được 67,1 km/h.", en="Measured speed 67.1 km/h."),),
    }
    return Sheet(**{**values, **changes})


def test_the_drawing_is_a_sheet_of_its_own_and_leaves_the_originals_alone():
    one = sheet()
    before = [picture.copy() for picture in (one.shown, *one.stills)]
    image = draw(one)
    assert image.shape == (HEIGHT_PX, WIDTH_PX, 3)
    for picture, was in zip((one.shown, *one.stills), before, strict=True):
        assert np.array_equal(picture, was)


@pytest.mark.parametrize(
    "changes",
    [
        {"view": None},
        {"track": ()},
        {"track": TRACK[:1]},
        {"measures": (), "reasons": ()},
        {"reasons": (Reason(vi="dài " * 400, en="long " * 400),) * 5},
        {"title": "Một tên đường rất dài " * 20},
        {"t_event_s": 99.0},
        {"track": tuple(point.model_copy(update={"y_m": point.y_m * 50}) for point in TRACK)},
    ],
)
def test_whatever_is_missing_or_too_much_there_is_a_drawing(changes):
    assert draw(sheet(**changes)).shape == (HEIGHT_PX, WIDTH_PX, 3)


def test_the_lamps_are_those_of_each_still():
    image = draw(sheet())
    levels = {int(level) for level in np.unique(image[:, 560:1600])}
    assert {10, 20, 30} <= levels


def test_metres_go_up_the_plan_and_the_event_is_where_it_was():
    """The red ring lies at the event's point; a point further on lies higher."""

    def ring(t_event_s: float) -> float:
        image = np.zeros((800, 400, 3), np.uint8)
        draw_plan(image, None, TRACK, t_event_s, zone=True)
        red = (image[..., 2] > 180) & (image[..., 1] < 80)
        return float(np.nonzero(red)[0].mean())

    assert ring(0.2) > ring(0.9) > ring(1.7)


LETTERS = "".join(map(chr, range(0x1EA0, 0x1EFA))) + "ăâđêôơưĂÂĐÊÔƠƯàáãèéìíĩòóõùúũýÀÁÃÈÉÌÍÒÓÕÙÚÝ≥≤±·–…"


def test_every_vietnamese_letter_looks_like_itself():
    """A font that shows ờ as ớ says another word: Đường, a road, became Đướng, which is none."""
    seen: dict[bytes, str] = {}
    for letter in LETTERS:
        image = np.full((60, 60, 3), 255, np.uint8)
        write(image, letter, (10, 10), 34, (0, 0, 0))
        assert (image < 128).any(), letter
        assert image.tobytes() not in seen, f"{letter} looks like {seen.get(image.tobytes())}"
        seen[image.tobytes()] = letter
    assert unicodedata.is_normalized("NFC", LETTERS)


def test_long_lines_are_broken_and_long_titles_cut():
    image = np.full((300, 400, 3), 255, np.uint8)
    assert write(image, "một hai ba bốn năm " * 6, (0, 0), 16, (0, 0, 0), wide_px=200) > 4 * 16
    short = cut_to("Phạm Ngọc Thạch " * 9, 18, 300)
    assert short.endswith("…")
    assert width_px(short, 18) <= 300
    assert cut_to("ngắn", 18, 300) == "ngắn"
