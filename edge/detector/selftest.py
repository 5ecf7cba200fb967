"""Trying a network's engines against each other at start: how fast each is, and whether they see the same.

The picture is a rendered crossing (`sample_videos` renders it), with vehicles in it for the network to find.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from edge.detector.engines import Floats, Network
from edge.detector.images import read_image

PICTURE: Final = Path(__file__).with_name("selftest.jpg")
_ROUNDS: Final = 4
_FREE_SIZE_PX: Final = (384, 640)
_PARTS_PX: Final = ((224, 320), (128, 192))
_FIXED: Final = 2
_FOREMOST: Final = 0.4
_BOX_COLUMNS: Final = 4
_COLUMN_AXES: Final = 3

BOX_LIMIT_PX: Final = 0.5
"""How far apart a side of the same box may lie in two engines, px of the network's input."""
VALUE_LIMIT: Final = 0.01
"""How far apart two scores may lie, and other outputs relative to their largest value."""


@dataclass(frozen=True, slots=True)
class Apart:
    """The largest differences between two engines on the test picture.

    `box_px`: of the centres and sizes of the boxes that score at least 0.4 of the best, px of the input;
    `value`: of scores, or of other outputs relative to the largest.
    """

    box_px: float = 0.0
    value: float = 0.0

    def __str__(self) -> str:
        return f"{self.box_px:.3f} px / {self.value:.4f}"


@dataclass(frozen=True, slots=True)
class Trial:
    """One engine on the test picture: its fastest runs in seconds, and how far from the first one's answer.

    `time_s`: of the whole picture and, where the network takes any size, of parts as a live camera is mostly
    looked at: an engine may be quick with one size and slow with ever new ones.
    """

    name: str
    network: Network
    time_s: float
    apart: Apart


def run_trials(networks: Mapping[str, Network]) -> list[Trial]:
    """Time each network and compare its answer with that of the first, the reference."""
    batch = picture_for(next(iter(networks.values())).input_shape)
    answers = {name: network(batch) for name, network in networks.items()}
    reference = next(iter(answers.values()))
    times_s = _times(networks, [batch, *_parts(batch, next(iter(networks.values())).input_shape)])
    return [
        Trial(name, network, times_s[name], difference(reference, answers[name]))
        for name, network in networks.items()
    ]


def agree(apart: Apart) -> bool:
    """Whether two engines that lie so far apart see the same."""
    return apart.box_px <= BOX_LIMIT_PX and apart.value <= VALUE_LIMIT


def difference(ours: Sequence[Floats], theirs: Sequence[Floats]) -> Apart:
    """How far two answers of the same network lie apart; of unlike shape or not finite: infinitely."""
    if len(ours) != len(theirs):
        return Apart(float("inf"), float("inf"))
    box_px = value = 0.0
    for one, other in zip(ours, theirs, strict=True):
        if one.shape != other.shape or not np.isfinite(other).all():
            return Apart(float("inf"), float("inf"))
        if _is_columns(one):
            scores = one[0, _BOX_COLUMNS:].max(axis=0)
            foremost = scores >= scores.max() * _FOREMOST
            gap = np.abs(one - other)[0]
            box_px = max(box_px, float(gap[:_BOX_COLUMNS, foremost].max()))
            value = max(value, float(gap[_BOX_COLUMNS:].max()))
        else:
            value = max(value, float(np.abs(one - other).max() / max(1.0, float(np.abs(one).max()))))
    return Apart(box_px, value)


def picture_for(shape: Sequence[int | None]) -> Floats:
    """The test picture as a batch of one, at the network's own size or else 384 x 640."""
    height, width = (side or free for side, free in zip(tuple(shape)[_FIXED:], _FREE_SIZE_PX, strict=True))
    scaled = cv2.resize(read_image(PICTURE), (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.dnn.blobFromImage(scaled, 1 / 255, swapRB=True), np.float32)


def _is_columns(output: Floats) -> bool:
    """Whether this is a detector's 1 x (4 + classes) x many."""
    return output.ndim == _COLUMN_AXES and output.shape[2] > output.shape[1] > _BOX_COLUMNS


def _parts(batch: Floats, shape: Sequence[int | None]) -> list[Floats]:
    """Pieces of the test picture, where the network's height and width are free."""
    if None not in tuple(shape)[_FIXED:]:
        return []
    return [np.ascontiguousarray(batch[:, :, :height, :width]) for height, width in _PARTS_PX]


def _times(networks: Mapping[str, Network], batches: Sequence[Floats]) -> dict[str, float]:
    """Fastest of a few runs each, s, all sizes together; in turns, so that a busy moment strikes all."""
    best = {name: [float("inf")] * len(batches) for name in networks}
    for _ in range(_ROUNDS):
        for at, batch in enumerate(batches):
            for name, network in networks.items():
                started_s = time.perf_counter()
                network(batch)
                best[name][at] = min(best[name][at], time.perf_counter() - started_s)
    return {name: sum(times_s) for name, times_s in best.items()}
