"""Measuring the shipped models on labelled pictures; needs no torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.images import read_image
from edge.detector.models import Detector
from edge.detector.plate_reader import PlateReader
from edge.detector.training.manifest import Sample
from edge.detector.training.real_plates import RealPlate
from edge.detector.types import VEHICLE_CLASSES, Box, PlateRead

_MATCH: Final = 0.5
_DRAWS: Final = 2000


@dataclass(frozen=True, slots=True)
class ClassScore:
    """How well one class is found in one set: average precision at half overlap."""

    source: str
    kind: str
    average_precision: float
    objects: int
    pictures: int


@dataclass(frozen=True, slots=True)
class Share:
    """A share of successes with the 95 % interval of a bootstrap over groups (plates, not pictures)."""

    hits: int
    count: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself, 0 to 1."""
        return self.hits / self.count if self.count else 0.0

    def __str__(self) -> str:
        """`0.950 (0.92 to 0.97, n 300)`."""
        return f"{self.value:.3f} ({self.low:.2f} to {self.high:.2f}, n {self.count})"


@dataclass(frozen=True, slots=True)
class PlateScore:
    """Plates read exactly; reads at or above the floor (`confident`), and those of them that are wrong."""

    source: str
    exact: Share
    confident: Share
    wrong_confident: Share


def score_vehicles(detector: Detector, samples: Sequence[Sample]) -> list[ClassScore]:
    """Average precision of each class that is labelled in each source of `samples`."""
    scores = []
    for source in sorted({sample.source for sample in samples}):
        chosen = [sample for sample in samples if sample.source == source]
        found = [detector.detect(read_image(sample.image)) for sample in chosen]
        for label in sorted({one.label for sample in chosen for one in sample.objects}):
            truth = [[one.box for one in sample.objects if one.label == label] for sample in chosen]
            kind = VEHICLE_CLASSES[label]
            guesses = [[(one.box, one.confidence) for one in each if one.kind == kind] for each in found]
            objects = sum(len(boxes) for boxes in truth)
            scores.append(ClassScore(source, kind, average_precision(truth, guesses), objects, len(chosen)))
    return scores


def score_plate_finder(reader: PlateReader, plates: Sequence[RealPlate]) -> list[tuple[str, Share]]:
    """By source: the share of plates that the finder boxes with at least half overlap on their vehicles."""
    scores = []
    for source in sorted({plate.source for plate in plates}):
        chosen = [plate for plate in plates if plate.source == source]
        hits = [_finds(reader, plate) for plate in chosen]
        scores.append((source, bootstrap(hits, [plate.text for plate in chosen])))
    return scores


def score_plates(
    read: Callable[[RealPlate], PlateRead | None], plates: Sequence[RealPlate], floor: float
) -> list[PlateScore]:
    """Exact reads by source: of all plates, and of those read with at least `floor` confidence."""
    scores = []
    for source in sorted({plate.source for plate in plates}):
        chosen = [plate for plate in plates if plate.source == source]
        reads = [read(plate) for plate in chosen]
        groups = [plate.text for plate in chosen]
        right = [one is not None and one.text == plate.text for one, plate in zip(reads, chosen, strict=True)]
        sure = [one is not None and bool(one.text) and one.confidence >= floor for one in reads]
        scores.append(
            PlateScore(
                source,
                bootstrap(right, groups),
                bootstrap(sure, groups),
                bootstrap(
                    [is_sure and not is_right for is_sure, is_right in zip(sure, right, strict=True)], groups
                ),
            )
        )
    return scores


def average_precision(
    truth: Sequence[Sequence[Box]], guesses: Sequence[Sequence[tuple[Box, float]]]
) -> float:
    """Area under the precision-recall curve; a guess hits a free true box that it overlaps by half."""
    ranked = sorted(
        ((score, picture, box) for picture, each in enumerate(guesses) for box, score in each),
        key=lambda one: -one[0],
    )
    free = [set(range(len(boxes))) for boxes in truth]
    hits = np.zeros(len(ranked))
    for rank, (_, picture, box) in enumerate(ranked):
        overlaps = [(box.iou(truth[picture][index]), index) for index in free[picture]]
        overlap, index = max(overlaps, default=(0.0, -1))
        if overlap >= _MATCH:
            free[picture].discard(index)
            hits[rank] = 1
    objects = sum(len(boxes) for boxes in truth)
    return _area(hits, objects) if objects else 0.0


def bootstrap(hits: Sequence[bool], groups: Sequence[str], seed: int = 0) -> Share:
    """The share of `hits` with a 95 % interval; members of one group are drawn together."""
    names = sorted(set(groups))
    place = {name: index for index, name in enumerate(names)}
    totals, wins = np.zeros(len(names)), np.zeros(len(names))
    for hit, group in zip(hits, groups, strict=True):
        totals[place[group]] += 1
        wins[place[group]] += hit
    if not names:
        return Share(0, 0, 0.0, 0.0)
    draws = np.random.default_rng(seed).integers(0, len(names), (_DRAWS, len(names)))
    shares = wins[draws].sum(axis=1) / totals[draws].sum(axis=1)
    low, high = np.quantile(shares, [0.025, 0.975])
    return Share(int(sum(hits)), len(hits), float(low), float(high))


def _area(hits: npt.NDArray[np.float64], objects: int) -> float:
    recall = np.cumsum(hits) / objects
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    best_after = np.maximum.accumulate(precision[::-1])[::-1]
    steps = np.diff(np.concatenate([[0.0], recall]))
    return float((steps * best_after).sum())


def _finds(reader: PlateReader, plate: RealPlate) -> bool:
    picture = read_image(plate.image)
    height, width = picture.shape[:2]
    found = reader.find(picture, plate.vehicle or Box(0, 0, width, height))
    return found is not None and plate.box is not None and found[0].iou(plate.box) >= _MATCH
