"""Filling gaps in labels with what an earlier network sees, and masking what it is not sure of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from edge.detector.images import read_image
from edge.detector.models import VehicleDetector
from edge.detector.training.manifest import Labelled, Sample
from edge.detector.types import VEHICLE_CLASSES, Detection

_SAME_OBJECT = 0.45
_COVERED = 0.6


@dataclass(frozen=True, slots=True)
class Trust:
    """Which of the teacher's detections become labels.

    Of the classes in `kinds`, detections of at least `sure` become labels and those between `unsure` and
    `sure` are masked. Classes not in `kinds` are ignored altogether.
    """

    kinds: frozenset[str]
    sure: float = 0.45
    unsure: float = 0.2


def load_teachers(paths: Sequence[Path], long_side_px: int, confidence: float) -> list[VehicleDetector]:
    """Open exported vehicle networks at a larger input than they were trained at."""
    teachers = [
        VehicleDetector(path, threads=2, confidence=confidence, engine="onnxruntime") for path in paths
    ]
    for teacher in teachers:
        teacher.card = replace(teacher.card, long_side_px=long_side_px)
    return teachers


def fill_gaps(sample: Sample, teachers: Sequence[VehicleDetector], trust: Trust) -> Sample:
    """Add the teachers' detections that no label covers yet."""
    picture = read_image(sample.image)
    seen = sorted(
        (found for teacher in teachers for found in teacher.detect(picture)),
        key=lambda found: -found.confidence,
    )
    objects, masked = list(sample.objects), list(sample.masked)
    for found in seen:
        if found.kind not in trust.kinds or found.confidence < trust.unsure or _is_known(found, objects):
            continue
        if found.confidence >= trust.sure:
            objects.append(Labelled(VEHICLE_CLASSES.index(found.kind), found.box))
        elif not any(_touches(found, one) for one in objects):
            masked.append(found.box)
    return replace(sample, objects=tuple(objects), masked=tuple(masked))


def _is_known(found: Detection, objects: Sequence[Labelled]) -> bool:
    return any(found.box.iou(one.box) >= _SAME_OBJECT or _covered(found, one) for one in objects)


def _covered(found: Detection, one: Labelled) -> bool:
    """A person on a labelled two-wheeler, or a part of a labelled vehicle seen again as a whole."""
    shared = found.box.intersection(one.box)
    return shared / max(min(found.box.area, one.box.area), 1.0) >= _COVERED and (
        found.kind == "person" or one.box.area < 4 * found.box.area
    )


def _touches(found: Detection, one: Labelled) -> bool:
    return found.box.intersection(one.box) > 0.1 * one.box.area
