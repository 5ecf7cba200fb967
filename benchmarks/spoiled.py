"""A made-up detector: true boxes with the misses, the jitter and the slips of a real one. Pure and seeded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from benchmarks.tracking_data import SIZE_PX, TrueBox
from edge.detector.types import Box, Detection, VehicleClass

_LEAST_CONFIDENCE: Final = 0.1
_SAME_IOU: Final = 0.65
_MEMORY_S: Final = 0.35
_GROUPS: Final = {"motorbike": 0, "bicycle": 0, "car": 1, "bus": 1, "truck": 1, "person": 2}
_LIKE: Final[dict[VehicleClass, VehicleClass]] = {
    "motorbike": "bicycle",
    "bicycle": "motorbike",
    "car": "truck",
    "truck": "bus",
    "bus": "truck",
}


@dataclass(frozen=True, slots=True)
class Faults:
    """How bad the detector is. Noise is a share of the box's width or height; rates are a picture."""

    confidence: float = 0.82
    confidence_noise: float = 0.13
    slow_noise: float = 0.025
    fast_noise: float = 0.03
    miss: float = 0.03
    double: float = 0.02
    wrong_kind: float = 0.05
    phantom: float = 0.15


@dataclass(slots=True)
class _Mood:
    """What drifts slowly for one vehicle: its confidence and the error of its box, in deviations."""

    t_s: float
    drift: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(5))


def spoil(
    pictures: Sequence[tuple[float, Sequence[TrueBox]]], seed: int, faults: Faults | None = None
) -> Iterator[tuple[Detection, ...]]:
    """The detections of each picture `(t_s, boxes)`, most certain first."""
    detector = _Detector(faults or Faults(), np.random.default_rng(seed))
    for t_s, boxes in pictures:
        yield detector.look(t_s, boxes)


class _Detector:
    def __init__(self, faults: Faults, rng: np.random.Generator) -> None:
        self._faults, self._rng = faults, rng
        self._moods: dict[int, _Mood] = {}

    def look(self, t_s: float, boxes: Sequence[TrueBox]) -> tuple[Detection, ...]:
        found = [one for true in boxes for one in self._see(t_s, true)]
        if self._rng.random() < self._faults.phantom:
            found.append(self._phantom())
        found.sort(key=lambda one: -one.confidence)
        kept: list[Detection] = []
        for one in found:
            group = _GROUPS[one.kind]
            if all(_GROUPS[other.kind] != group or other.box.iou(one.box) < _SAME_IOU for other in kept):
                kept.append(one)
        return tuple(kept)

    def _see(self, t_s: float, true: TrueBox) -> Iterator[Detection]:
        drift = self._drift(t_s, true.id)
        hidden, small = 1 - true.visible, max(0.0, 1 - min(true.box.w, true.box.h) / 28)
        expected = self._faults.confidence - 0.75 * hidden**1.3 - 0.5 * small
        confidence = min(expected + self._faults.confidence_noise * float(drift[0]), 0.97)
        if confidence < _LEAST_CONFIDENCE or self._rng.random() < self._faults.miss:
            return
        box = self._shaken(true, drift[1:])
        slip = self._rng.random() < self._faults.wrong_kind
        yield Detection(box, _LIKE[true.kind] if slip else true.kind, confidence)
        if self._rng.random() < self._faults.double:
            yield Detection(_moved(box, self._rng.normal(0, 0.12, 4)), true.kind, 0.6 * confidence)

    def _drift(self, t_s: float, identity: int) -> npt.NDArray[np.float64]:
        mood = self._moods.get(identity)
        if mood is None:
            mood = self._moods[identity] = _Mood(t_s, self._rng.normal(0, 1, 5))
        keep = float(np.exp(-(t_s - mood.t_s) / _MEMORY_S))
        mood.drift = keep * mood.drift + np.sqrt(1 - keep**2) * self._rng.normal(0, 1, 5)
        mood.t_s = t_s
        return mood.drift

    def _shaken(self, true: TrueBox, drift: npt.NDArray[np.float64]) -> Box:
        """Partly hidden vehicles are boxed anywhere between what is left of them and the whole."""
        share = self._rng.uniform(0.2, 1.0)
        whole, left = true.box, true.left
        edges = [
            (1 - share) * a + share * b
            for a, b in zip(
                (whole.x, whole.y, whole.x2, whole.y2), (left.x, left.y, left.x2, left.y2), strict=True
            )
        ]
        box = Box(edges[0], edges[1], max(edges[2] - edges[0], 2.0), max(edges[3] - edges[1], 2.0))
        noise = self._faults.slow_noise * drift + self._faults.fast_noise * self._rng.normal(0, 1, 4)
        return _moved(box, noise).clipped(*SIZE_PX)

    def _phantom(self) -> Detection:
        side = float(self._rng.uniform(25, 90))
        x, y = self._rng.uniform(0, SIZE_PX[0] - side), self._rng.uniform(200, SIZE_PX[1] - side)
        kind: VehicleClass = "motorbike" if self._rng.random() < 0.5 else "car"
        return Detection(Box(float(x), float(y), side, side), kind, float(self._rng.uniform(0.1, 0.6)))


def _moved(box: Box, shares: npt.NDArray[np.float64]) -> Box:
    """Each edge (left, top, right, low) moved by a share of the side."""
    x, x2 = box.x + shares[0] * box.w, box.x2 + shares[2] * box.w
    y, y2 = box.y + shares[1] * box.h, box.y2 + shares[3] * box.h
    return Box(float(x), float(y), float(max(x2 - x, 2.0)), float(max(y2 - y, 2.0)))
