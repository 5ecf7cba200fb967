"""Drawn plates are legal, and the shipped reader reads clean ones exactly."""

import re

import numpy as np
import pytest

pytest.importorskip("PIL", reason="drawing plates needs Pillow (extra `train`)")

from edge.detector.plate_grammar import is_legal
from edge.detector.plate_reader import PlateReader
from edge.detector.registry import default_models
from edge.detector.training.plate_texts import PlateText, random_text
from edge.detector.training.spoil import Hardship, nothing_legible, view_plate
from edge.detector.training.synthetic_plates import Face, draw_plate
from edge.detector.types import Box

OLD_SERIES_OF_FOUR = re.compile(r"\d\d(CD|RM|HC|KT|LD|MK|TĐ|TD|DA|R|CT|LB|HB)\d{4}")
"""Seen on the road, though in no circular that we know: drawn to be read, never to be accepted."""

FACE = Face(file="DejaVuSansCondensed-Bold.ttf")


@pytest.fixture(scope="module")
def reader() -> PlateReader:
    models = default_models()
    return PlateReader(models.plate_finder.path, models.plate_reader.path, engine="onnxruntime")


@pytest.mark.parametrize("seed", range(5))
def test_invented_plates_are_legal(seed: int) -> None:
    random = np.random.default_rng(seed)
    plates = [random_text(random) for _ in range(200)]
    odd = [plate.text for plate in plates if not is_legal(plate.text)]
    assert [text for text in odd if not OLD_SERIES_OF_FOUR.fullmatch(text)] == []
    assert {plate.layout for plate in plates} == {"one_line", "two_line"}


@pytest.mark.parametrize("seed", range(4))
def test_drawing_is_repeatable_and_knows_its_characters(seed: int) -> None:
    first, second = (_drawn(np.random.default_rng(seed)) for _ in range(2))
    assert np.array_equal(first.image, second.image)
    assert len(first.centres) == len(first.plate.text)
    height, width = first.image.shape[:2]
    assert (first.centres >= 0).all()
    assert (first.centres <= [width, height]).all()


@pytest.mark.parametrize(
    "plate",
    [
        PlateText(("59-X1", "123.45"), "white", 1.36),
        PlateText(("29-AB", "678.90"), "white", 1.36),
        PlateText(("51F-246.80",), "white", 4.6),
        PlateText(("30K", "135.79"), "yellow", 2.0),
        PlateText(("80A-024.68",), "blue", 4.6),
    ],
    ids=lambda plate: plate.text,
)
def test_the_reader_reads_clean_plates(reader: PlateReader, plate: PlateText) -> None:
    drawn = draw_plate(plate, FACE, np.random.default_rng(1), worn=False).image
    height, width = drawn.shape[:2]
    wall = np.full((height + 60, width + 60, 3), 70, np.uint8)
    wall[30 : 30 + height, 30 : 30 + width] = drawn
    read = reader.read_plate(wall, Box(30, 30, width, height))
    assert read.text == plate.text
    assert read.layout == plate.layout
    assert read.ground_colour == plate.colour
    assert "".join(read.lines) == read.text


def test_points_move_with_the_picture() -> None:
    random = np.random.default_rng(2)
    drawn = _drawn(random)
    seen = view_plate(drawn.image, drawn.centres, Hardship(skew=0.01, tilt_deg=1), random)
    assert seen.points.shape == drawn.centres.shape
    assert (seen.points > -0.1).all()
    assert (seen.points < 1.1).all()


def test_a_crop_without_characters_is_not_read_surely(reader: PlateReader) -> None:
    random = np.random.default_rng(4)
    reads = [reader.read_plate(nothing_legible((90, 50), random), Box(0, 0, 90, 50)) for _ in range(10)]
    assert not any(is_legal(read.text) and read.confidence > 0.85 for read in reads)


def _drawn(random: np.random.Generator):
    return draw_plate(random_text(random), FACE, random)
