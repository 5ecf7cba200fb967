"""Colours of painted vehicles: drawn ones here; real and rendered ones in `tests/field` and `benchmarks`."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.detector.body_colour import BodyView, body_colour, view_of
from edge.detector.types import Box, Image

CAR = Box(60, 40, 90, 80)
PAINTS = {  # blue, green, red
    "white": (235, 236, 234),
    "grey": (150, 152, 150),
    "black": (28, 26, 27),
    "red": (40, 35, 190),
    "yellow": (40, 190, 225),
    "blue": (190, 80, 35),
    "green": (70, 150, 60),
}


def street(
    paint: tuple[int, int, int], *, light: tuple[float, float, float] = (1, 1, 1), road: int = 120
) -> Image:
    """A car from behind on a grey road: roof, dark window, boot with lamps and a plate, shadow below."""
    picture = np.full((170, 210, 3), road, np.float64)
    picture[40:120, 60:150] = paint
    picture[52:72, 70:140] = (45, 40, 40)
    picture[84:94, 62:74] = picture[84:94, 136:148] = (40, 40, 200)
    picture[92:102, 92:118] = (230, 230, 230)
    picture[108:120, 60:150] = 25
    noise = np.random.default_rng(4).normal(0, 3, picture.shape)
    return np.clip(picture * light + noise, 0, 255).astype(np.uint8)


def seen(picture: Image) -> BodyView:
    return view_of(picture, CAR, Box(92, 92, 26, 10))


@pytest.mark.parametrize("name", PAINTS)
def test_paints_are_told(name: str) -> None:
    said = body_colour("car", [seen(street(PAINTS[name]))] * 3)
    assert (said.name, said.looks, said.agreeing, said.why) == (name, 3, 3, None)
    assert 0.6 <= said.confidence <= 1


@pytest.mark.parametrize("light", [(1, 0.97, 0.88), (0.88, 0.97, 1)], ids=["blue sky", "low sun"])
def test_the_road_tells_the_light(light: tuple[float, float, float]) -> None:
    assert body_colour("car", [seen(street(PAINTS["grey"], light=light))]).name == "grey"


def test_a_yellow_plate_paints_no_car() -> None:
    picture = street(PAINTS["white"])
    picture[86:108, 76:134] = (30, 190, 230)
    assert body_colour("car", [view_of(picture, CAR, Box(76, 86, 58, 22))]).name == "white"


@pytest.mark.parametrize(
    ("picture", "why"),
    [
        (street(PAINTS["white"], light=(0.28, 0.28, 0.28)), "dark"),
        (street(PAINTS["white"], light=(0.3, 0.7, 1)), "coloured_light"),
        (street((158, 130, 118)), "unclear"),
    ],
    ids=["night", "sodium lamps", "between grey and blue"],
)
def test_it_does_not_guess(picture: Image, why: str) -> None:
    said = body_colour("car", [seen(picture)] * 3)
    assert (said.name, said.confidence, said.why) == ("unknown", 0, why)


def test_several_paints_on_one_body() -> None:
    picture = street(PAINTS["red"])
    picture[74:120, 60:105] = PAINTS["green"]
    assert body_colour("bus", [seen(picture)]).why == "mixed"


def test_looks_must_agree() -> None:
    red, blue = seen(street(PAINTS["red"])), seen(street(PAINTS["blue"]))
    assert body_colour("car", [red, red, red, blue]).name == "red"
    assert body_colour("car", [red, red, blue, blue]).why == "looks_differ"


@pytest.mark.parametrize("kind", ["motorbike", "truck"])
def test_riders_and_loads_hide_the_paint(kind: str) -> None:
    assert body_colour(kind, [seen(street(PAINTS["red"]))]).why == "hidden"  # type: ignore[arg-type]


def test_nothing_to_look_at() -> None:
    assert body_colour("car", []).why == "too_small"
    assert body_colour("car", [view_of(street(PAINTS["red"]), Box(60, 40, 20, 20))]).why == "too_small"
    assert body_colour("car", [view_of(street(PAINTS["red"]), Box(300, 300, 90, 80))]).name == "unknown"


@given(
    st.integers(-100, 200),
    st.integers(-100, 160),
    st.integers(1, 300),
    st.integers(1, 300),
    st.integers(0, 255),
)
def test_any_box_of_any_picture_gets_an_answer(x: int, y: int, w: int, h: int, shade: int) -> None:
    picture = np.full((60, 80, 3), shade, np.uint8)
    said = body_colour("car", [view_of(picture, Box(x, y, w, h), Box(x, y, w / 2, h / 2))])
    assert (said.name == "unknown") == (said.why is not None)
