"""Average precision as COCO defines it, as functions of boxes and scores.

At each overlap from 0.50 to 0.95 the guesses of a picture, best score first, each take the free true box they
overlap most. Precision is read off at 101 recalls from 0 to 1, each time the best that is reached at that
recall or a higher one. Like COCO, it counts at most 100 guesses a picture, and a guess lying on a region
marked as not judged counts neither way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.types import Box

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]

OVERLAPS: Final[tuple[float, ...]] = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
MOST_GUESSES: Final = 100
_RECALLS: Final = np.linspace(0, 1, 101)
_NEARLY: Final = 1e-10


@dataclass(frozen=True, slots=True)
class Matched:
    """The guesses of one picture, best first, held against its `objects` true boxes.

    `scores`: n numbers; `hits` and `misses`: overlaps x n; a guess that is neither lies on a region that is
    not judged.
    """

    objects: int
    scores: Floats
    hits: Bools
    misses: Bools


@dataclass(frozen=True, slots=True)
class Pooled:
    """The guesses of many pictures in one order, best first; `picture`: which each came from."""

    objects: Counts
    picture: Counts
    hits: Bools
    misses: Bools


def match(
    truth: Sequence[Box], guesses: Sequence[tuple[Box, float]], not_judged: Sequence[Box] = ()
) -> Matched:
    """Hold one picture's guesses of one class (box px, score) against its true boxes of that class."""
    ranked = sorted(guesses, key=lambda one: -one[1])[:MOST_GUESSES]
    boxes = _sides([box for box, _ in ranked])
    shared, covered = _overlaps(boxes, _sides(truth)), _covered(boxes, _sides(not_judged))
    hits = np.array([_take(shared, overlap) for overlap in OVERLAPS], np.bool_).reshape(len(OVERLAPS), -1)
    excused = covered.max(axis=1, initial=0.0)[None] >= np.array(OVERLAPS)[:, None] - _NEARLY
    return Matched(len(truth), np.array([score for _, score in ranked]), hits, ~hits & ~excused)


def pool(pictures: Sequence[Matched]) -> Pooled:
    """Put the guesses of all pictures in one order; equal scores keep the order of the pictures."""
    scores = np.concatenate([np.empty(0), *(one.scores for one in pictures)])
    order = np.argsort(-scores, kind="stable")
    none = np.empty((len(OVERLAPS), 0), np.bool_)
    return Pooled(
        objects=np.array([one.objects for one in pictures], np.int64),
        picture=np.repeat(np.arange(len(pictures)), [len(one.scores) for one in pictures])[order],
        hits=np.concatenate([none, *(one.hits for one in pictures)], axis=1)[:, order],
        misses=np.concatenate([none, *(one.misses for one in pictures)], axis=1)[:, order],
    )


def average_precisions(pooled: Pooled, weights: npt.NDArray[np.integer] | None = None) -> Floats | None:
    """Average precision at each of `OVERLAPS`; None when there is nothing to find.

    Args:
        pooled: the matched guesses.
        weights: how often each picture is counted (for resampling); once each by default.
    """
    objects = int(pooled.objects.sum() if weights is None else pooled.objects @ weights)
    if objects == 0:
        return None
    times = np.ones(len(pooled.picture), np.int64) if weights is None else weights[pooled.picture]
    found = np.cumsum(pooled.hits * times, axis=1)
    guessed = found + np.cumsum(pooled.misses * times, axis=1)
    return np.array(
        [_area(hits / objects, hits / np.maximum(all_, 1)) for hits, all_ in zip(found, guessed, strict=True)]
    )


def _area(recall: Floats, precision: Floats) -> float:
    """Mean of the best precision at or beyond each of 101 recalls; both run along the ranked guesses."""
    best_beyond = np.append(np.maximum.accumulate(precision[::-1])[::-1], 0.0)
    return float(best_beyond[np.searchsorted(recall, _RECALLS - _NEARLY)].mean())


def _take(shared: Floats, overlap: float) -> list[bool]:
    """Which guesses (rows, best first) find a free true box (columns) that they overlap at least so much."""
    free = np.ones(shared.shape[1], np.bool_)
    hits = []
    for row in shared:
        left = np.where(free, row, -1.0)
        best = int(left.argmax()) if left.size else -1
        hit = best >= 0 and left[best] >= overlap - _NEARLY
        if hit:
            free[best] = False
        hits.append(hit)
    return hits


def _sides(boxes: Sequence[Box]) -> Floats:
    """N x 4: left, top, right, lower edge."""
    return np.array([(box.x, box.y, box.x2, box.y2) for box in boxes], np.float64).reshape(-1, 4)


def _shared_area(some: Floats, others: Floats) -> Floats:
    low = np.maximum(some[:, None, :2], others[None, :, :2])
    high = np.minimum(some[:, None, 2:], others[None, :, 2:])
    return np.asarray(np.clip(high - low, 0, None).prod(axis=2))


def _areas(sides: Floats) -> Floats:
    return np.asarray((sides[:, 2:] - sides[:, :2]).prod(axis=1))


def _overlaps(some: Floats, others: Floats) -> Floats:
    """Intersection over union of each with each."""
    shared = _shared_area(some, others)
    union = _areas(some)[:, None] + _areas(others)[None] - shared
    return np.asarray(shared / np.where(union > 0, union, 1.0))


def _covered(some: Floats, regions: Floats) -> Floats:
    """The share of each box's area that lies in each region."""
    area = _areas(some)[:, None]
    return np.asarray(_shared_area(some, regions) / np.where(area > 0, area, 1.0))
