"""Boxed signal heads, drawn in many lights: a state is right or unknown, never another."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.detector.errors import ImageError
from edge.detector.models import Sight
from edge.detector.signal_heads import read_head, signal_objects, signals_in
from edge.detector.signals import LAMPS
from edge.detector.types import Box, Image, SignalState
from tests.edge.detector.drawn_heads import DrawnHead, draw_head
from tests.edge.detector.head_plans import HeadPlan, random_plan

CLEAR = HeadPlan(length_px=60, daylight=0.6, gain=1.1, noise=0.01)
COLOURS = ("red", "amber", "green")


def drawn(plan: HeadPlan, seed: int = 1) -> DrawnHead:
    return draw_head(plan, np.random.default_rng(seed))


def read(picture: DrawnHead, *loose: float) -> SignalState:
    left, top, right, bottom = loose or (0.0, 0.0, 0.0, 0.0)
    box = picture.box
    wider = Box(
        box.x - left * box.w,
        box.y - top * box.h,
        box.w * (1 + left + right),
        box.h * (1 + top + bottom),
    )
    return read_head(picture.image, wider).state


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("sideways", [False, True], ids=["upright", "lying"])
@pytest.mark.parametrize("length_px", [14, 24, 60, 150])
@pytest.mark.parametrize("light", ["day", "dusk", "night", "glare", "haze", "blur"])
def test_every_state(colour: SignalState, sideways: bool, length_px: float, light: str) -> None:
    views = {
        "day": replace(CLEAR, daylight=1.0, gain=1.2),
        "dusk": replace(CLEAR, daylight=0.25),
        "night": replace(CLEAR, daylight=0.02, bloom=0.3),
        "glare": replace(CLEAR, daylight=0.05, gain=2.6, bloom=0.3),
        "haze": replace(CLEAR, haze=0.3, gain=1.4),
        "blur": replace(CLEAR, blur_px=length_px / 25),
    }
    picture = drawn(replace(views[light], lit=(colour,), sideways=sideways, length_px=length_px))
    assert read(picture) == colour


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize(
    "loose",
    [(0.2, 0.2, 0.2, 0.2), (0, 0.2, 0, 0), (0, 0, 0, 0.2), (0.2, 0, 0, 0), (-0.05, -0.04, -0.05, -0.04)],
)
def test_loose_boxes(colour: SignalState, loose: tuple[float, ...]) -> None:
    assert read(drawn(replace(CLEAR, lit=(colour,))), *loose) == colour


@pytest.mark.parametrize(
    "plan",
    [
        replace(CLEAR, lit=("red", "green")),
        replace(CLEAR, lit=("amber", "green")),
        replace(CLEAR, lit=LAMPS),
        replace(CLEAR, lit=("red",), lamps=("green", "amber", "red")),
        replace(CLEAR, lit=("green",), lamps=("green", "amber", "red")),
        replace(CLEAR, face="back", housing=3, daylight=1.0),
        replace(CLEAR, face="digits", lit=("red",)),
        replace(CLEAR, face="digits", lit=("green",), daylight=0.05),
    ],
    ids=[
        "red and green",
        "amber and green",
        "all",
        "red below",
        "green above",
        "yellow back",
        "digits",
        "night digits",
    ],
)
def test_what_tells_no_state(plan: HeadPlan) -> None:
    assert read(drawn(plan)) in {"unknown", "dark"}


@pytest.mark.parametrize("length_px", [24, 60, 150])
@pytest.mark.parametrize("daylight", [0.4, 0.7])
def test_dark(length_px: float, daylight: float) -> None:
    assert read(drawn(replace(CLEAR, length_px=length_px, daylight=daylight, glass="dark"))) == "dark"


def dazzling(colour: SignalState, *, wall: bool = False) -> Image:
    """A white core that bleaches the light next to it, in a halo that gets darker or before a wall."""
    rows, columns = np.mgrid[:40, :40]
    off_px = np.hypot(rows - (11.5 + 5 * COLOURS.index(colour)), columns - 20)
    light = np.full((40, 40), 0.8) if wall else np.exp(-off_px / 12)
    tint = {"red": (0.3, 0.05, 1.0), "amber": (0.02, 0.6, 1.0), "green": (0.6, 1.0, 0.1)}[colour]
    bleached = np.clip(1.6 - off_px / 4, 0, 1)[..., None]
    picture = light[..., None] * np.array(tint) * (1 - bleached) + bleached
    return np.asarray(np.clip(picture, 0, 1) * 255, np.uint8)


@pytest.mark.parametrize("colour", COLOURS)
def test_a_dazzling_lamp_at_night_is_told_by_its_halo(colour: SignalState) -> None:
    head = Box(16, 9, 8, 15)
    assert read_head(dazzling(colour), head).state == colour
    assert read_head(dazzling(colour, wall=True), head).state == "unknown"


def test_red_with_amber_is_red() -> None:
    assert read(drawn(replace(CLEAR, lit=("red", "amber")))) == "red"


@pytest.mark.parametrize("place", ["first", "last", "beside"])
@pytest.mark.parametrize("colour", COLOURS)
def test_a_countdown_is_no_lamp(place: str, colour: SignalState) -> None:
    picture = drawn(replace(CLEAR, lit=(colour,), countdown=place, length_px=120, daylight=0.3))  # type: ignore[arg-type]
    assert read(picture) == colour
    assert read(picture, 0.15, 0.2, 0.15, 0.2) == colour


@pytest.mark.parametrize("number", [5, 27, 36, 41, 90])
def test_the_countdown_is_read(number: int) -> None:
    plan = replace(CLEAR, lit=("red",), countdown="beside", digits=number, length_px=140, daylight=0.3)
    picture = drawn(plan, seed=3)
    reading = read_head(picture.image, picture.box)
    assert (reading.state, reading.countdown, reading.countdown_s) == ("red", True, number)


@pytest.mark.parametrize("shape", ["left", "right", "straight", "u_turn"])
@pytest.mark.parametrize("colour", ["red", "green"])
def test_arrows(shape: str, colour: SignalState) -> None:
    picture = drawn(replace(CLEAR, lit=(colour,), shape=shape, length_px=140, daylight=0.4))  # type: ignore[arg-type]
    reading = read_head(picture.image, picture.box)
    assert (reading.state, reading.arrow) == (colour, shape)


@pytest.mark.parametrize("shape", ["disc", "leds"])
def test_full_lamps_are_no_arrows(shape: str) -> None:
    picture = drawn(replace(CLEAR, lit=("green",), shape=shape, length_px=140, daylight=0.4))  # type: ignore[arg-type]
    assert read_head(picture.image, picture.box).arrow == "none"


def test_a_small_arrow_is_unknown() -> None:
    picture = drawn(replace(CLEAR, lit=("green",), shape="left", length_px=30))
    assert read_head(picture.image, picture.box).arrow == "unknown"


def test_the_lit_lamp_is_where_it_was_drawn() -> None:
    picture = drawn(replace(CLEAR, lit=("green",), length_px=120))
    lamp = read_head(picture.image, picture.box).lamp
    assert lamp is not None
    assert lamp.cx == pytest.approx(picture.box.cx, abs=4)
    assert lamp.cy == pytest.approx(picture.box.y + picture.box.h * 0.83, abs=6)


@settings(max_examples=60, deadline=None)
@given(
    colour=st.sampled_from(["red", "green"]),
    seed=st.integers(0, 10**6),
    gains=st.tuples(*[st.floats(0.75, 1.25)] * 3),
    light=st.floats(0.5, 1.5),
)
def test_other_light_never_turns_red_into_green(
    colour: SignalState, seed: int, gains: tuple[float, ...], light: float
) -> None:
    random = np.random.default_rng(seed)
    picture = draw_head(random_plan(random, colour), random)
    tinted = np.clip(picture.image * np.asarray(gains) * light, 0, 255).astype(np.uint8)
    other = {"red": "green", "green": "red"}[colour]
    assert read_head(tinted, picture.box).state != other


@pytest.mark.parametrize(
    "box",
    [Box(0, 0, 3, 6), Box(500, 500, 20, 60), Box(-50, -50, 20, 60), Box(0, 0, 0, 0), Box(0, 0, 2, 90)],
)
def test_boxes_that_hold_nothing(box: Box) -> None:
    reading = read_head(np.full((100, 100, 3), 90, np.uint8), box)
    assert (reading.state, reading.lamp) == ("unknown", None)
    assert reading.reasons


def test_a_grey_picture_is_refused() -> None:
    with pytest.raises(ImageError, match="H x W x 3"):
        read_head(np.zeros((40, 40), np.uint8), Box(0, 0, 10, 30))  # type: ignore[arg-type]


class KnownPlaces:
    """Finds what is told to lie in the picture, if the piece it is given holds it large enough."""

    def __init__(self, image: Image, box: Box) -> None:
        self.image, self.box, self.looks = image, box, 0

    def look(self, image: Image) -> Sight:
        self.looks += 1
        box = self.box
        piece = self.image[int(box.y) : int(box.y2), int(box.x) : int(box.x2)]
        place = cv2.matchTemplate(image, piece, cv2.TM_SQDIFF)
        low, _, corner, _ = cv2.minMaxLoc(place)
        found = [(Box(*corner, box.w, box.h), 0.9)] if low < 1e4 else []
        return Sight([], found)


def test_signals_of_a_picture() -> None:
    head = drawn(replace(CLEAR, lit=("red",)))
    picture = np.full((400, 600, 3), 100, np.uint8)
    height, width = head.image.shape[:2]
    picture[20 : 20 + height, 30 : 30 + width] = head.image
    box = Box(round(head.box.x) + 30, round(head.box.y) + 20, round(head.box.w), round(head.box.h))
    finder = KnownPlaces(picture, box)
    ((place, score, reading),) = signals_in(picture, finder, closely=True)
    assert (place, score, reading.state) == (box, 0.9, "red")
    assert finder.looks == 5
    assert signals_in(picture, finder, closely=True, seen=finder.look(picture)) == [(place, score, reading)]
    assert finder.looks == 10, "what was seen already is not looked for again"
    (told,) = signal_objects(picture, finder)
    assert told["class"] == "signal"
    assert told["state"] == "red"
    assert told["box"] == [box.x, box.y, box.w, box.h]
    assert {"confidence", "state_confidence", "arrow", "countdown"} <= told.keys()
