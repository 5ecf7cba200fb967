"""Filling gaps in labels with what an earlier network sees, and masking what it is not sure of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from edge.detector.images import read_image
from edge.detector.look import STILL_VIEWS
from edge.detector.models import SIGNAL, Sight, VehicleDetector
from edge.detector.training.manifest import Labelled, Sample
from edge.detector.types import VEHICLE_CLASSES, Box, Detection

LABELS: Final[tuple[str, ...]] = (*VEHICLE_CLASSES, SIGNAL)
"""The vehicle network's classes, in the order of its outputs."""

_SAME_OBJECT: Final = 0.45
_COVERED: Final = 0.6
_SURE_SIGNAL: Final = 0.35


@dataclass(frozen=True, slots=True)
class Trust:
    """Which of the teacher's detections become labels.

    Of the classes in `kinds`, detections of at least `sure` become labels and those between `unsure` and
    `sure` are masked. Classes not in `kinds` are ignored altogether, and so is what is smaller than
    `smallest_px` on its long side: there the people who labelled had reasons of their own.
    """

    kinds: frozenset[str]
    sure: float = 0.45
    unsure: float = 0.2
    smallest_px: float = 0.0


def load_teachers(paths: Sequence[Path], long_side_px: int, confidence: float) -> list[VehicleDetector]:
    """Open exported vehicle networks at a larger input than they were trained at."""
    return [
        VehicleDetector(
            path, threads=2, confidence=confidence, long_side_px=long_side_px, engine="onnxruntime"
        )
        for path in paths
    ]


def load_own(paths: Sequence[Path], confidence: float) -> list[VehicleDetector]:
    """Open earlier networks of ours, which look as closely as at stills: what one look misses, six teach."""
    return [
        VehicleDetector(path, threads=2, confidence=confidence, views=STILL_VIEWS, engine="onnxruntime")
        for path in paths
    ]


def fill_gaps(sample: Sample, teachers: Sequence[VehicleDetector], trust: Trust) -> Sample:
    """Add the teachers' detections that no label covers yet."""
    picture = read_image(sample.image)
    sights = [teacher.look(picture) for teacher in teachers]
    objects, masked = list(sample.objects), list(sample.masked)
    for found in sorted(
        (one for sight in sights for one in sight.road_users), key=lambda one: -one.confidence
    ):
        if not _concerns(found, trust) or _is_known(found, objects):
            continue
        if found.confidence >= trust.sure:
            objects.append(Labelled(LABELS.index(found.kind), found.box))
        elif not any(_touches(found.box, one) for one in objects):
            masked.append(found.box)
    if SIGNAL in trust.kinds:
        _add_signals(sights, objects, masked)
    return replace(sample, objects=tuple(objects), masked=tuple(masked))


def _concerns(found: Detection, trust: Trust) -> bool:
    return (
        found.kind in trust.kinds
        and found.confidence >= trust.unsure
        and max(found.box.w, found.box.h) >= trust.smallest_px
    )


def _add_signals(sights: Sequence[Sight], objects: list[Labelled], masked: list[Box]) -> None:
    for box, score in sorted((one for sight in sights for one in sight.signals), key=lambda one: -one[1]):
        if any(box.iou(one.box) >= _SAME_OBJECT for one in objects):
            continue
        if score >= _SURE_SIGNAL:
            objects.append(Labelled(LABELS.index(SIGNAL), box))
        elif not any(_touches(box, one) for one in objects):
            masked.append(box)


def _is_known(found: Detection, objects: Sequence[Labelled]) -> bool:
    return any(found.box.iou(one.box) >= _SAME_OBJECT or _covered(found, one) for one in objects)


def _covered(found: Detection, one: Labelled) -> bool:
    """A person on a labelled two-wheeler, or a part of a labelled vehicle seen again as a whole."""
    shared = found.box.intersection(one.box)
    return shared / max(min(found.box.area, one.box.area), 1.0) >= _COVERED and (
        found.kind == "person" or one.box.area < 4 * found.box.area
    )


def _touches(box: Box, one: Labelled) -> bool:
    return box.intersection(one.box) > 0.1 * one.box.area
