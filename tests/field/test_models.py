"""The shipped models on real pictures that are not part of the repository.

They lie in $PHATNGUOI_FIELD, or in shared/field beside the checkout; without them these tests are skipped.
The floors are a little under the figures in docs/models, so that a worse model does not pass unnoticed.
"""

import csv
import os
from pathlib import Path

import pytest

from edge.detector.evaluate import score_plate_finder, score_plates, score_vehicles
from edge.detector.images import read_image
from edge.detector.models import VehicleDetector
from edge.detector.plate_reader import PlateReader
from edge.detector.plates import CHARACTER_FLOOR
from edge.detector.registry import default_models
from edge.detector.signals import read_signal
from edge.detector.training.real_plates import RealPlate, part_of, real_plates, roadcam_plates
from edge.detector.training.vehicle_data import field_samples
from edge.detector.types import Box, PlateRead

FIELD = Path(os.environ.get("PHATNGUOI_FIELD") or Path(__file__).parents[2].parent / "shared" / "field")
MODELS = default_models()

pytestmark = pytest.mark.skipif(
    not FIELD.is_dir(),
    reason=f"no field pictures at {FIELD}: set PHATNGUOI_FIELD to the folder that holds them",
)


@pytest.fixture(scope="module")
def reader() -> PlateReader:
    return PlateReader(MODELS.plate_finder.path, MODELS.plate_reader.path, engine="onnxruntime")


def read_crop(reader: PlateReader, plate: RealPlate) -> PlateRead:
    picture = read_image(plate.image)
    height, width = picture.shape[:2]
    return reader.read_plate(picture, plate.box or Box(0, 0, width, height))


def read_scene(reader: PlateReader, plate: RealPlate) -> PlateRead | None:
    picture = read_image(plate.image)
    height, width = picture.shape[:2]
    return reader.read(picture, Box(0, 0, width, height))


@pytest.mark.parametrize(("source", "floor"), [("riders_hanoi", 0.6), ("riders_cctv", 0.6)])
def test_motorbikes_of_cameras_never_trained_on(source: str, floor: float) -> None:
    detector = VehicleDetector(MODELS.vehicles.path, confidence=0.05, engine="onnxruntime")
    samples = [one for one, _ in field_samples(FIELD) if one.source == source and one.split == "test"]
    (score,) = score_vehicles(detector, samples)
    assert score.kind == "motorbike"
    assert score.average_precision > floor


def test_plates_are_found_in_the_car_park(reader: PlateReader) -> None:
    plates = [
        one for one in real_plates(FIELD) if one.source == "scenes_parking" and part_of(one.text) == "test"
    ]
    ((_, share),) = score_plate_finder(reader, plates)
    assert share.value > 0.95


@pytest.mark.parametrize(("source", "floor"), [("crops", 0.9), ("scenes_parking", 0.92)])
def test_plates_never_trained_on(reader: PlateReader, source: str, floor: float) -> None:
    plates = [one for one in real_plates(FIELD) if one.source == source and part_of(one.text) == "test"]
    (score,) = score_plates(lambda plate: read_crop(reader, plate), plates, CHARACTER_FLOOR)
    assert score.exact.value > floor
    assert score.wrong_confident.value < 0.02


def test_whole_scenes(reader: PlateReader) -> None:
    plates = [
        one for one in real_plates(FIELD) if one.source == "scenes_parking" and part_of(one.text) == "test"
    ]
    (score,) = score_plates(lambda plate: read_scene(reader, plate), plates, CHARACTER_FLOOR)
    assert score.exact.value > 0.85


def test_small_plates_of_the_road_camera(reader: PlateReader) -> None:
    reads = {plate.text: read_crop(reader, plate) for plate in roadcam_plates(FIELD)}
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
