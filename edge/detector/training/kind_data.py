"""Gathering single vehicles for the network that tells their kinds (`kind_look`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from edge.detector.evaluation.yolo import pictures_in
from edge.detector.images import read_image
from edge.detector.kind_look import KIND_CLASSES
from edge.detector.models import VehicleDetector
from edge.detector.training.head_data import rider_crops
from edge.detector.training.manifest import Labelled, Sample
from edge.detector.training.renders import rendered_vehicles
from edge.detector.training.teacher import LABELS, Trust, fill_gaps, load_teachers
from edge.detector.training.vehicle_data import field_samples, is_cyclist_held_out, unlabelled_samples
from edge.detector.types import Box

BICYCLES: Final = "bikes"
"""Pictures of cyclists, few of them from Vietnam; in several copies each."""

_NEAR: Final = "rider_class"
_CYCLIST_PX: Final = 640
_STREET_PX: Final = 960
_LABELLED: Final = frozenset({"field_cam01", "riders_cctv"})
_TRUST: Final = Trust(frozenset(KIND_CLASSES))
_MOTORBIKE: Final = LABELS.index("motorbike")


def gather(field: Path, frames: Path, teachers: Sequence[Path], renders: Sequence[Path]) -> Iterator[Sample]:
    """Pictures with vehicles whose kind somebody labelled, a renderer knows, or a COCO network is sure of.

    `frames` takes what is cut from the videos.
    """
    near = load_teachers(teachers, _CYCLIST_PX, confidence=0.15)
    street = load_teachers(teachers, _STREET_PX, confidence=0.15)
    for sample, _ in field_samples(field):
        if sample.source in _LABELLED and sample.split == "train":
            yield sample
    for image in pictures_in(field / "helmets" / "heads_bikeshelmets"):
        if not is_cyclist_held_out(image):
            yield without_motorbikes(_seen(image, BICYCLES, near))
    for image in pictures_in(field / "lights" / "coco_boxes"):
        yield _seen(image, "coco_street", street)
    for sample in unlabelled_samples(field, frames):
        yield _seen(sample.image, sample.source, street)
    yield from _near_riders(field)
    for folder in renders:
        yield from rendered_vehicles(folder)


def _seen(image: Path, source: str, teachers: Sequence[VehicleDetector]) -> Sample:
    return fill_gaps(Sample(image, source, "train", ()), teachers, _TRUST)


def without_motorbikes(sample: Sample) -> Sample:
    """Whatever a teacher takes for a motorbike among cyclists is most likely none."""
    return replace(sample, objects=tuple(one for one in sample.objects if one.label != _MOTORBIKE))


def _near_riders(field: Path) -> Iterator[Sample]:
    """Photos that one motorbike fills."""
    chosen = {one.picture for one in rider_crops(field) if one.source == _NEAR and one.part == "train"}
    for image in sorted(chosen):
        height, width = read_image(image).shape[:2]
        yield Sample(image, "riders_near", "train", (Labelled(_MOTORBIKE, Box(0, 0, width, height)),))
