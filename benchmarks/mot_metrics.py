"""Measures of a tracker against the truth: identity switches, fragments, MOTA, IDF1, HOTA.

After Bernardin and Stiefelhagen 2008 (CLEAR MOT), Ristani et al. 2016 (IDF1), Luiten et al. 2020 (HOTA:
the mean over the overlaps 0.05 to 0.95). A pair needs an IoU of 0.5 for the first two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.types import Box
from edge.tracking_match import pairs_below

_Matrix = npt.NDArray[np.float64]

MIN_IOU: Final = 0.5
_IGNORED_SHARE: Final = 0.5
_ALPHAS: Final = np.arange(0.05, 0.99, 0.05)
_EPS: Final = 1e-9
_MOST_PAIRS: Final = 1000.0
"""Outweighs any overlap: first as many pairs as can be, then the closest."""


@dataclass(frozen=True, slots=True)
class Named:
    """A box with an identity, of the truth or of a tracker."""

    id: int
    box: Box


@dataclass(frozen=True, slots=True)
class Scored:
    """One picture to be judged. `unjudged`: true boxes nobody must find (too small, too hidden)."""

    truth: tuple[Named, ...]
    said: tuple[Named, ...]
    unjudged: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Scores:
    """What `score` found. Shares are 0 to 1; MOTA may be negative."""

    truth_boxes: int
    vehicles: int
    switches: int
    fragments: int
    misses: int
    false_boxes: int
    mota: float
    idf1: float
    hota: float


def ious(first: Sequence[Box], second: Sequence[Box]) -> _Matrix:
    """Overlap of each of `first` (rows) with each of `second` (columns), 0 to 1."""
    if not first or not second:
        return np.zeros((len(first), len(second)))
    a, b = (np.array([(one.x, one.y, one.x2, one.y2) for one in boxes]) for boxes in (first, second))
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (a, b)]
    union = areas[0][:, None] + areas[1][None, :] - shared
    return np.asarray(shared / np.maximum(union, _EPS), dtype=np.float64)


def score(pictures: Sequence[Scored]) -> Scores:
    """Judge a tracker's answers, picture by picture in the order of time."""
    judged = [_without_unjudged(one) for one in pictures]
    overlaps = [ious([t.box for t in one.truth], [s.box for s in one.said]) for one in judged]
    true_boxes = sum(len(one.truth) for one in judged)
    switches, fragments, hits, false_boxes = _clear(judged, overlaps)
    misses = true_boxes - hits
    return Scores(
        truth_boxes=true_boxes,
        vehicles=len({one.id for picture in judged for one in picture.truth}),
        switches=switches,
        fragments=fragments,
        misses=misses,
        false_boxes=false_boxes,
        mota=1 - (misses + false_boxes + switches) / max(true_boxes, 1),
        idf1=_idf1(judged, overlaps),
        hota=_hota(judged, overlaps),
    )


def _without_unjudged(picture: Scored) -> Scored:
    """Leave out the answers that lie on an unjudged box and on no judged one."""
    if not picture.unjudged or not picture.said:
        return picture
    on_truth = ious([one.box for one in picture.said], [one.box for one in picture.truth])
    kept = [
        one
        for index, one in enumerate(picture.said)
        if (on_truth[index] >= MIN_IOU).any()
        or all(box.intersection(one.box) < _IGNORED_SHARE * one.box.area for box in picture.unjudged)
    ]
    return Scored(picture.truth, tuple(kept))


def _clear(pictures: Sequence[Scored], overlaps: Sequence[_Matrix]) -> tuple[int, int, int, int]:
    """Switches, fragments, hits and false boxes, a vehicle keeping its partner while the pair is valid."""
    partner: dict[int, int] = {}
    was_followed: dict[int, bool] = {}
    switches = fragments = hits = false_boxes = 0
    for picture, overlap in zip(pictures, overlaps, strict=True):
        pairs = _continued(picture, overlap, partner)
        hits += len(pairs)
        false_boxes += len(picture.said) - len(pairs)
        for row, one in enumerate(picture.truth):
            if row in pairs:
                said = picture.said[pairs[row]].id
                switches += partner.get(one.id, said) != said
                fragments += not was_followed.get(one.id, True)
                partner[one.id] = said
                was_followed[one.id] = True
            elif one.id in partner:
                was_followed[one.id] = False
    return switches, fragments, hits, false_boxes


def _continued(picture: Scored, overlap: _Matrix, partner: dict[int, int]) -> dict[int, int]:
    columns = {one.id: column for column, one in enumerate(picture.said)}
    pairs = {
        row: columns[partner[one.id]]
        for row, one in enumerate(picture.truth)
        if partner.get(one.id) in columns and overlap[row, columns[partner[one.id]]] >= MIN_IOU
    }
    taken = set(pairs.values())
    rows = [row for row in range(len(picture.truth)) if row not in pairs]
    free = [column for column in range(len(picture.said)) if column not in taken]
    rest = overlap[np.ix_(rows, free)] if rows and free else np.zeros((0, 0))
    cost = np.where(rest >= MIN_IOU, 1 - rest - _MOST_PAIRS, 0.0)
    return pairs | {rows[row]: free[column] for row, column in pairs_below(cost, 0.0)}


def _idf1(pictures: Sequence[Scored], overlaps: Sequence[_Matrix]) -> float:
    truth, said = _numbered(pictures)
    together = np.zeros((len(truth), len(said)))
    for picture, overlap in zip(pictures, overlaps, strict=True):
        for row, column in np.argwhere(overlap >= MIN_IOU):
            together[truth[picture.truth[row].id], said[picture.said[column].id]] += 1
    right = sum(together[pair] for pair in pairs_below(-together, 0.0))
    total = sum(len(one.truth) + len(one.said) for one in pictures)
    return float(2 * right / total) if total else 1.0


def _hota(pictures: Sequence[Scored], overlaps: Sequence[_Matrix]) -> float:
    truth, said = _numbered(pictures)
    if not truth or not said:
        return float(not truth and not said)
    rows = [[truth[one.id] for one in picture.truth] for picture in pictures]
    columns = [[said[one.id] for one in picture.said] for picture in pictures]
    true_count, said_count = np.zeros(len(truth)), np.zeros(len(said))
    likely = np.zeros((len(truth), len(said)))
    for row, column, overlap in zip(rows, columns, overlaps, strict=True):
        true_count[row] += 1
        said_count[column] += 1
        spread = overlap.sum(axis=0)[None, :] + overlap.sum(axis=1)[:, None] - overlap
        likely[np.ix_(row, column)] += overlap / np.maximum(spread, _EPS)
    likely /= np.maximum(true_count[:, None] + said_count[None, :] - likely, _EPS)
    matches = np.zeros((len(_ALPHAS), len(truth), len(said)))
    for row, column, overlap in zip(rows, columns, overlaps, strict=True):
        value = likely[np.ix_(row, column)] * overlap
        for i, j in pairs_below(-value, 0.0):
            matches[overlap[i, j] >= _ALPHAS - _EPS, row[i], column[j]] += 1
    return float(np.mean([_hota_at(one, true_count, said_count) for one in matches]))


def _hota_at(matches: _Matrix, true_count: _Matrix, said_count: _Matrix) -> float:
    right = matches.sum()
    every = true_count.sum() + said_count.sum() - right
    agreed = matches / np.maximum(true_count[:, None] + said_count[None, :] - matches, _EPS)
    association = (matches * agreed).sum() / max(right, 1)
    return float(np.sqrt(association * right / every))


def _numbered(pictures: Sequence[Scored]) -> tuple[dict[int, int], dict[int, int]]:
    truth = sorted({one.id for picture in pictures for one in picture.truth})
    said = sorted({one.id for picture in pictures for one in picture.said})
    return {one: row for row, one in enumerate(truth)}, {one: column for column, one in enumerate(said)}
