"""Signal heads: drawn lamps in many lights."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detector.errors import ImageError
from edge.detector.signals import read_signal
from edge.detector.types import Box

LAMP_BGR = {"red": (40, 30, 235), "amber": (20, 150, 240), "green": (150, 220, 60)}
DIM_BGR = {"red": (20, 18, 46), "amber": (16, 36, 46), "green": (34, 44, 20)}
LAMPS = {"red": Box(40, 20, 20, 20), "amber": Box(40, 45, 20, 20), "green": Box(40, 70, 20, 20)}


def head(*lit: str, light: float = 1.0, noise: float = 0.0, wall: int = 90, blur: float = 0.8) -> np.ndarray:
    """A head of three lamps, 100 x 110 px."""
    picture = np.full((110, 100, 3), wall, np.float32)
    cv2.rectangle(picture, (34, 14), (66, 96), (22, 22, 22), -1)
    for name, box in LAMPS.items():
        colour = LAMP_BGR[name] if name in lit else DIM_BGR[name]
        cv2.circle(picture, (int(box.cx), int(box.cy)), 8, colour, -1, cv2.LINE_AA)
    picture = cv2.GaussianBlur(picture, (0, 0), blur) * light
    picture += np.random.default_rng(1).normal(0, noise, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("lit", "state"),
    [
        (["red"], "red"),
        (["amber"], "amber"),
        (["green"], "green"),
        (["red", "amber"], "red"),
        ([], "dark"),
        (["red", "green"], "unknown"),
        (["red", "amber", "green"], "unknown"),
    ],
)
@pytest.mark.parametrize("boxes", [LAMPS, {"head": Box(38, 18, 24, 76)}], ids=["lamps", "head"])
def test_states(lit: list[str], state: str, boxes: dict[str, Box]) -> None:
    reading = read_signal(head(*lit), boxes)
    assert reading.state == state
    assert 0 <= reading.confidence <= 1


@settings(deadline=None)
@given(
    lit=st.sampled_from(["red", "amber", "green"]),
    light=st.floats(0.6, 1.08),
    noise=st.floats(0, 12),
    wall=st.integers(10, 240),
    blur=st.floats(0.3, 1.5),
)
def test_a_lit_lamp_is_never_taken_for_another(
    lit: str, light: float, noise: float, wall: int, blur: float
) -> None:
    assert read_signal(head(lit, light=light, noise=noise, wall=wall, blur=blur), LAMPS).state in {
        lit,
        "unknown",
    }


@settings(deadline=None)
@given(light=st.floats(0.1, 1.0), noise=st.floats(0, 6), wall=st.integers(0, 255))
def test_an_unlit_head_is_never_red(light: float, noise: float, wall: int) -> None:
    assert read_signal(head(light=light, noise=noise, wall=wall), LAMPS).state in {"dark", "unknown"}


def test_a_far_lamp_of_a_few_pixels() -> None:
    small = cv2.resize(head("red"), (30, 33), interpolation=cv2.INTER_AREA)
    boxes = {name: Box(box.x * 0.3, box.y * 0.3, box.w * 0.3, box.h * 0.3) for name, box in LAMPS.items()}
    assert read_signal(small, boxes).state == "red"


def test_an_overexposed_lamp_with_a_red_rim() -> None:
    picture = head("red")
    cv2.circle(picture, (50, 30), 6, (250, 250, 255), -1)
    assert read_signal(picture, LAMPS).state == "red"


def test_a_horizontal_head_reads_from_left_to_right() -> None:
    picture = np.ascontiguousarray(head("green").transpose(1, 0, 2))
    assert read_signal(picture, {"head": Box(18, 38, 76, 24)}, horizontal=True).state == "green"


def test_a_head_with_two_lamps() -> None:
    boxes = {name: LAMPS[name] for name in ("red", "green")}
    assert read_signal(head("green"), boxes).state == "green"


def test_lamps_outside_the_picture_tell_nothing() -> None:
    reading = read_signal(head("red"), {name: Box(box.x + 500, box.y, 20, 20) for name, box in LAMPS.items()})
    assert reading.state == "unknown"


@pytest.mark.parametrize(
    ("lit", "case", "state"),
    [(True, 35, "green"), (False, 35, "dark"), (False, 190, "unknown"), (False, 120, "unknown")],
    ids=["lit", "dark", "a lorry before it", "a car before it"],
)
def test_an_arrow_of_one_lamp(lit: bool, case: int, state: str) -> None:
    """Dark means that the round light holds, so what hides the lamp must not pass for dark."""
    picture = np.full((60, 60, 3), 90, np.uint8)
    picture[10:50, 10:50] = case
    if lit:
        picture[28:33, 16:40] = (190, 210, 40)
        for step in range(9):
            picture[22 + step : 39 - step, 36 + step] = (190, 210, 40)
    assert read_signal(picture, {"green": Box(10, 10, 40, 40)}).state == state


@pytest.mark.parametrize(
    ("picture", "boxes"),
    [
        (head("red"), {"amber": LAMPS["amber"], "green": LAMPS["green"]}),
        (np.zeros((10, 10), np.uint8), LAMPS),
        (np.zeros((0, 0, 3), np.uint8), LAMPS),
    ],
    ids=["no red lamp named", "a grey picture", "an empty picture"],
)
def test_bad_input_says_what_is_wrong(picture: np.ndarray, boxes: dict[str, Box]) -> None:
    with pytest.raises(ImageError):
        read_signal(picture, boxes)
