"""The shipped models on real pictures that are not part of the repository.

They lie in $PHATNGUOI_FIELD, or in shared/field beside the checkout; without them these tests are skipped.
What the commands make of whole pictures is held against `benchmarks/scores.json`; here are the parts that a
camera worker uses and the commands do not: a plate whose place is known, lamps that the camera file names.
"""

import csv
import os
from pathlib import Path

import pytest

from edge.detector.images import read_image
from edge.detector.plate_reader import PlateReader
from edge.detector.plates import CHARACTER_FLOOR
from edge.detector.registry import default_models
from edge.detector.signals import read_signal
from edge.detector.training.real_plates import RealPlate, part_of, real_plates, roadcam_plates
from edge.detector.types import Box, PlateRead

FIELD = Path(os.environ.get("PHATNGUOI_FIELD") or Path(__file__).parents[2].parent / "shared" / "field")

pytestmark = pytest.mark.skipif(
    not FIELD.is_dir(),
    reason=f"no field pictures at {FIELD}: set PHATNGUOI_FIELD to the folder that holds them",
)


@pytest.fixture(scope="module")
def reader() -> PlateReader:
    models = default_models()
    return PlateReader(models.plate_finder.path, models.plate_reader.path, engine="onnxruntime")


def held_out(source: str) -> list[RealPlate]:
    return [one for one in real_plates(FIELD) if one.source == source and part_of(one.text) == "test"]


def read_where_it_is(reader: PlateReader, plate: RealPlate) -> PlateRead:
    picture = read_image(plate.image)
    height, width = picture.shape[:2]
    return reader.read_plate(picture, plate.box or Box(0, 0, width, height))


def test_plates_are_found_in_the_car_park(reader: PlateReader) -> None:
    plates = held_out("scenes_parking")
    hits = 0
    for plate in plates:
        picture = read_image(plate.image)
        found = reader.find(picture, Box(0, 0, picture.shape[1], picture.shape[0]))
        hits += found is not None and plate.box is not None and found[0].iou(plate.box) >= 0.5
    assert hits / len(plates) > 0.95


@pytest.mark.parametrize(("source", "floor"), [("crops", 0.9), ("scenes_parking", 0.92)])
def test_plates_never_trained_on(reader: PlateReader, source: str, floor: float) -> None:
    plates = held_out(source)
    reads = [(plate.text, read_where_it_is(reader, plate)) for plate in plates]
    assert sum(text == read.text for text, read in reads) / len(plates) > floor
    sure = [(text, read.text) for text, read in reads if read.confidence >= CHARACTER_FLOOR]
    assert sum(text != said for text, said in sure) / len(plates) < 0.02


def test_small_plates_of_the_road_camera(reader: PlateReader) -> None:
    reads = {plate.text: read_where_it_is(reader, plate) for plate in roadcam_plates(FIELD)}
    assert sum(text == read.text for text, read in reads.items()) >= 8
    assert not [
        text for text, read in reads.items() if read.confidence >= CHARACTER_FLOOR and read.text != text
    ]


@pytest.mark.parametrize(
    "boxes",
    [
        {"red": Box(1503, 87, 36, 36), "amber": Box(1503, 131, 36, 36), "green": Box(1503, 173, 36, 36)},
        {"head": Box(1499, 82, 46, 130)},
    ],
    ids=["lamps", "head"],
)
def test_the_signal_of_the_crossing(boxes: dict[str, Box]) -> None:
    folder = FIELD / "lights"
    with (folder / "vn98_light_state.csv").open(encoding="utf-8") as file:
        truth = {row["image"]: row["main_light"] for row in csv.DictReader(file)}
    wrong = {
        name: state
        for name, state in truth.items()
        if read_signal(read_image(folder / "vn98_frames" / name), boxes).state != state
    }
    assert wrong == {}
