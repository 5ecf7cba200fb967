"""Measuring the shipped models on the held-out field sets and printing one table."""

# ruff: noqa: T201

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from edge.detector.evaluate import PlateScore, score_plate_finder, score_plates, score_vehicles
from edge.detector.images import read_image
from edge.detector.models import PlateReader, VehicleDetector
from edge.detector.plates import CHARACTER_FLOOR
from edge.detector.registry import ModelSet
from edge.detector.training.manifest import Sample
from edge.detector.training.plate_data import parking_samples
from edge.detector.training.real_plates import RealPlate, part_of, real_plates, roadcam_plates
from edge.detector.training.renders import rendered_plates, rendered_vehicles
from edge.detector.training.vehicle_data import field_samples
from edge.detector.types import Box, PlateRead

_LOWEST: Final = 0.05


def print_report(field: Path, renders: Path | None, models: ModelSet) -> int:
    """Print every figure; returns 0."""
    _print_vehicles(_test_vehicles(field, renders), models.vehicles.path)
    reader = PlateReader(models.plate_finder.path, models.plate_reader.path)
    parked = [sample for sample in parking_samples(field) if sample.split == "test"]
    print(f"plate_finder {models.plate_finder.version}, found: {score_plate_finder(reader, parked)}")
    held_out = [plate for plate in real_plates(field) if part_of(plate.text) == "test"] + roadcam_plates(
        field
    )
    held_out += rendered_plates(renders, "test") if renders else []
    print(f"plate_reader {models.plate_reader.version}, crops as cut by the labels:")
    _print_plates(score_plates(_from_crop(reader), held_out, CHARACTER_FLOOR))
    scenes = [plate for plate in held_out if plate.source == "scenes_parking"]
    print("found and read in the whole scene:")
    _print_plates(score_plates(_from_scene(reader), scenes, CHARACTER_FLOOR))
    return 0


def _test_vehicles(field: Path, renders: Path | None) -> list[Sample]:
    samples = [sample for sample, _ in field_samples(field) if sample.split == "test"]
    drawn = rendered_vehicles(renders) if renders else ()
    return [*samples, *(sample for sample in drawn if sample.split == "test")]


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


def _from_scene(reader: PlateReader) -> Callable[[RealPlate], PlateRead | None]:
    def read(plate: RealPlate) -> PlateRead | None:
        picture = read_image(plate.image)
        height, width = picture.shape[:2]
        return reader.read(picture, Box(0, 0, width, height))

    return read
