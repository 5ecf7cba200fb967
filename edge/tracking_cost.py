"""How unlikely it is that a detection is a vehicle that is already followed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.types import VehicleClass
from edge.tracking_filter import GATE, Ahead, Array

UNMATCHED: Final = 1.8
"""The cost of leaving a vehicle without a detection: nobody is pushed into a dearer pair."""
_MIN_IOU: Final = 0.3
_MATURE_HITS: Final = 4
_MATURE_IOU: Final = 0.1
_ROOM_PER_S: Final = 0.5
_MOST_ROOM: Final = 0.5
_OTHER_GROUP_IOU: Final = 0.6
_OTHER_KIND_COST: Final = 0.2
_OTHER_GROUP_COST: Final = 0.6
_UNSEEN_COST_PER_S: Final = 0.3
GROUPS: Final[dict[VehicleClass, int]] = {
    "motorbike": 0,
    "bicycle": 0,
    "car": 1,
    "bus": 1,
    "truck": 1,
    "person": 2,
}
_KIND_NUMBER: Final = {kind: number for number, kind in enumerate(GROUPS)}


@dataclass(frozen=True, slots=True)
class Known:
    """The vehicles followed so far, one a row. `unseen_s`: since the last sighting; `hits`: sightings."""

    ahead: Ahead
    edges: Array
    kinds: npt.NDArray[np.intp]
    groups: npt.NDArray[np.intp]
    unseen_s: Array
    hits: npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Sightings:
    """The detections of one picture, one a row; `measured` as the filters take them, `edges` px."""

    measured: Array
    edges: Array
    kinds: npt.NDArray[np.intp]
    groups: npt.NDArray[np.intp]
    confidence: Array


def numbers(kinds: list[VehicleClass]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Kinds and their groups (two wheels, four, none) as numbers."""
    return (
        np.array([_KIND_NUMBER[kind] for kind in kinds], dtype=np.intp),
        np.array([GROUPS[kind] for kind in kinds], dtype=np.intp),
    )


def areas(edges: Array) -> Array:
    """Area of each box, square px."""
    return np.asarray(np.prod(np.maximum(edges[:, 2:] - edges[:, :2], 0.0), axis=1))


def shared(first: Array, second: Array) -> Array:
    """Area shared by each of `first` (rows) with each of `second` (columns), square px."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    return np.asarray(np.prod(np.maximum(high - low, 0.0), axis=2))


def overlap(first: Array, second: Array) -> Array:
    """Intersection over union of each of `first` (rows) with each of `second` (columns), 0 to 1."""
    both = shared(first, second)
    union = areas(first)[:, None] + areas(second)[None] - both
    return np.asarray(both / np.maximum(union, 1e-9))


def costs(known: Known, found: Sightings) -> Array:
    """The cost of each pair, vehicles in rows; infinite where it cannot be."""
    iou = overlap(known.edges, found.edges)
    spread = known.ahead.spread()
    miss = found.measured[None] - known.ahead.mean[:, None]
    distance2 = (miss**2 / spread[:, None]).sum(axis=2)
    same_group = known.groups[:, None] == found.groups[None]
    other = np.where(same_group, _OTHER_KIND_COST, _OTHER_GROUP_COST)
    other[known.kinds[:, None] == found.kinds[None]] = 0.0
    far = distance2 / GATE
    far = np.where(iou < _MIN_IOU, far, np.minimum(far, 1.0))
    cost = far + (1 - iou) + other + (_UNSEEN_COST_PER_S * known.unseen_s)[:, None]
    impossible = (distance2 > GATE) & (iou < _MIN_IOU)
    impossible |= ~same_group & (iou < _OTHER_GROUP_IOU)
    impossible |= (known.hits >= _MATURE_HITS)[:, None] & ~_near(known, found)
    cost[impossible] = np.inf
    return cost


def _near(known: Known, found: Sightings) -> npt.NDArray[np.bool_]:
    """Whether a box overlaps the prediction, which is the more roomy the longer the vehicle was not seen."""
    room = np.minimum(_ROOM_PER_S * known.unseen_s, _MOST_ROOM)[:, None]
    size = known.edges[:, 2:] - known.edges[:, :2]
    roomy = np.concatenate([known.edges[:, :2] - room * size, known.edges[:, 2:] + room * size], axis=1)
    return np.asarray(overlap(roomy, found.edges) >= _MATURE_IOU)
