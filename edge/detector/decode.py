"""From a detector network's raw output to boxes in picture pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.letterbox import Letterbox
from edge.detector.types import Box

_NMS_FREE_COLUMNS: Final = 6
_OVERLAP: Final = 0.6


class RawBox(NamedTuple):
    """One decoded candidate: box in picture px, the network's own class number, score 0 to 1."""

    box: Box
    label: int
    score: float


def decode(
    output: npt.NDArray[np.float32],
    letterbox: Letterbox,
    *,
    minimum_score: float,
    groups: Sequence[int] | None = None,
) -> list[RawBox]:
    """Decode either head that the toolchain exports, best score first.

    Args:
        output: 1 x N x 6 rows of x1, y1, x2, y2, score, class (a head that needs no suppression), or
            1 x (4 + classes) x N columns of cx, cy, w, h and class scores; input px.
        letterbox: how the picture was fitted into the input.
        minimum_score: candidates below it are dropped.
        groups: per class, the number of the group in which overlapping boxes suppress each other
            (default: each class is a group of its own).
    """
    rows = output[0]
    if rows.shape[1] == _NMS_FREE_COLUMNS and rows.shape[0] > _NMS_FREE_COLUMNS:
        found = _from_rows(rows, minimum_score)
    else:
        found = _from_columns(rows, minimum_score, groups)
    return sorted(
        (RawBox(letterbox.to_picture(raw.box), raw.label, raw.score) for raw in found),
        key=lambda raw: -raw.score,
    )


def _from_rows(rows: npt.NDArray[np.float32], minimum_score: float) -> list[RawBox]:
    kept = rows[rows[:, 4] >= minimum_score]
    return [
        RawBox(Box(float(x1), float(y1), float(x2 - x1), float(y2 - y1)), int(label), float(score))
        for x1, y1, x2, y2, score, label in kept
    ]


def _from_columns(
    columns: npt.NDArray[np.float32], minimum_score: float, groups: Sequence[int] | None
) -> list[RawBox]:
    scores = columns[4:]
    labels = scores.argmax(axis=0)
    best = scores.max(axis=0)
    kept = np.flatnonzero(best >= minimum_score)
    if kept.size == 0:
        return []
    centre, size = columns[:2, kept].T, columns[2:4, kept].T
    boxes = np.hstack([centre - size / 2, size])
    group = labels[kept] if groups is None else np.asarray(groups)[labels[kept]]
    chosen = cv2.dnn.NMSBoxesBatched(
        boxes.tolist(), best[kept].tolist(), group.tolist(), minimum_score, _OVERLAP
    )
    return [
        RawBox(Box(*(float(side) for side in boxes[i])), int(labels[kept[i]]), float(best[kept[i]]))
        for i in np.asarray(chosen, dtype=np.int64).reshape(-1)
    ]
