"""Measuring the shipped models on the held-out field sets and printing one table."""

# ruff: noqa: T201

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from edge.detector.evaluate import PlateScore, score_plate_finder, score_plates, score_vehicles
from edge.detector.images import read_image
from edge.detector.models import VehicleDetector
from edge.detector.plate_reader import PlateReader
from edge.detector.plates import CHARACTER_FLOOR
from edge.detector.registry import ModelSet
from edge.detector.training.clip import ClipTruth, clip_truth
from edge.detector.training.manifest import Sample
from edge.detector.training.real_plates import RealPlate, part_of, real_plates, roadcam_plates
from edge.detector.training.vehicle_data import field_samples
from edge.detector.types import Box, PlateRead

_LOWEST: Final = 0.05


def print_report(field: Path, clip: Path | None, models: ModelSet) -> int:
    """Print every figure on the field sets' held-out parts and on the sample clip; returns 0."""
    with tempfile.TemporaryDirectory() as frames:
        truth = clip_truth(clip, Path(frames)) if clip else ClipTruth((), ())
        samples = [sample for sample, _ in field_samples(field) if sample.split == "test"]
        _print_vehicles([*samples, *truth.samples], models.vehicles.path)
        _print_plate_figures(field, truth, models)
    return 0


def _print_plate_figures(field: Path, truth: ClipTruth, models: ModelSet) -> None:
    reader = PlateReader(models.plate_finder.path, models.plate_reader.path)
    real = [plate for plate in real_plates(field) if part_of(plate.text) == "test"]
    scenes = [plate for plate in real if plate.source == "scenes_parking"] + list(truth.plates)
    print(f"plate_finder {models.plate_finder.version}, plates found on their vehicles:")
    for source, share in score_plate_finder(reader, scenes):
        print(f"  {source:14} {share}")
    print(f"plate_reader {models.plate_reader.version}, crops as cut by the labels:")
    crops = [*real, *roadcam_plates(field), *truth.plates]
    _print_plates(score_plates(_from_crop(reader), crops, CHARACTER_FLOOR))
    print("found on the vehicle and read:")
    _print_plates(score_plates(_from_vehicle(reader), scenes, CHARACTER_FLOOR))


def _print_vehicles(samples: list[Sample], model: Path) -> None:
    detector = VehicleDetector(model, threads=2, confidence=_LOWEST)
    print(f"vehicles {detector.card.version}: average precision at half overlap")
    for score in score_vehicles(detector, samples):
        print(
            f"  {score.source:14} {score.kind:10} {score.average_precision:.3f}"
            f"  ({score.objects} in {score.pictures} pictures)"
        )


def _print_plates(scores: list[PlateScore]) -> None:
    for score in scores:
        print(
            f"  {score.source:14} exact {score.exact}; sure {score.confident};"
            f" sure and wrong {score.wrong_confident}"
        )


def _from_crop(reader: PlateReader) -> Callable[[RealPlate], PlateRead | None]:
    def read(plate: RealPlate) -> PlateRead:
        picture = read_image(plate.image)
        height, width = picture.shape[:2]
        return reader.read_plate(picture, plate.box or Box(0, 0, width, height))

    return read


def _from_vehicle(reader: PlateReader) -> Callable[[RealPlate], PlateRead | None]:
    def read(plate: RealPlate) -> PlateRead | None:
        picture = read_image(plate.image)
        height, width = picture.shape[:2]
        return reader.read(picture, plate.vehicle or Box(0, 0, width, height))

    return read
