"""How unlikely it is that a detection is a vehicle that is already followed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.types import VehicleClass
from edge.tracking_filter import Ahead, Array

UNMATCHED: Final = 1.8
"""The cost of leaving a vehicle without a detection: nobody is pushed into a dearer pair."""
_EDGE_CAP: Final = 6.0
"""What one edge may cost at most, squared deviations: a vehicle that is partly hidden is cut at one edge."""
_EDGE_SCALE: Final = 13.0
_MATURE_HITS: Final = 4
_MATURE_IOU: Final = 0.1
_ROOM_PER_S: Final = 0.5
_MOST_ROOM: Final = 0.5
_OTHER_GROUP_IOU: Final = 0.6
_OTHER_KIND_COST: Final = 0.2
_OTHER_GROUP_COST: Final = 0.6
_UNSEEN_COST_PER_S: Final = 0.3
_WEAK_COST: Final = 0.3
_LOST_COST: Final = 0.4
_REACH: Final = 0.8
_REACH_PER_S: Final = 1.2
_MOST_REACH: Final = 2.5
"""How far from the prediction a lost vehicle may turn up, in sides of a square of the box's area."""
_SIZE_WEIGHT: Final = 0.5
_TWIN_IOU: Final = 0.65
_TWIN_INSIDE: Final = 0.85
_TWIN_SIZE: Final = 0.4
_NEARER: Final = 0.04
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
    lost: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sightings:
    """The detections of one picture, one a row; `measured` as the filters take them, `edges` px.

    `sure`: certain enough to begin a vehicle with.
    """

    measured: Array
    edges: Array
    kinds: npt.NDArray[np.intp]
    groups: npt.NDArray[np.intp]
    confidence: Array
    sure: npt.NDArray[np.bool_]


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


def covered(known: Known, found: Sightings) -> Array:
    """The share of each vehicle's predicted box that one nearer detection hides, at most."""
    lower = known.edges[:, 3] + _NEARER * (known.edges[:, 3] - known.edges[:, 1])
    nearer = (found.edges[None, :, 3] > lower[:, None]) & found.sure[None]
    hidden = np.where(nearer, shared(known.edges, found.edges), 0.0)
    return np.asarray(hidden.max(axis=1, initial=0.0) / np.maximum(areas(known.edges), 1.0))


def costs(known: Known, found: Sightings) -> Array:
    """The cost of each pair, vehicles in rows; infinite where it cannot be."""
    iou = overlap(known.edges, found.edges)
    misses = (found.edges[None] - known.edges[:, None]) ** 2 / _edge_variance(known)[:, None]
    far = np.minimum(misses, _EDGE_CAP).sum(axis=2) / _EDGE_SCALE
    same_group = known.groups[:, None] == found.groups[None]
    other = np.where(same_group, _OTHER_KIND_COST, _OTHER_GROUP_COST)
    other[known.kinds[:, None] == found.kinds[None]] = 0.0
    cost = far + (1 - iou) + other + (_UNSEEN_COST_PER_S * known.unseen_s)[:, None]
    cost += np.where(found.sure, 0.0, _WEAK_COST)[None]
    cost += np.where(known.lost, _LOST_COST, 0.0)[:, None]
    mature = (known.hits >= _MATURE_HITS)[:, None]
    impossible = ~same_group & (iou < _OTHER_GROUP_IOU)
    impossible |= np.where(mature, ~_near(known, found), misses.min(axis=2) > _EDGE_CAP)
    cost[impossible] = np.inf
    return np.asarray(cost, np.float64)


def reaches(known: Known, found: Sightings) -> Array:
    """For vehicles that turn up again: how far off each pair is, 1 being the farthest allowed."""
    log_sides = known.ahead.mean[:, None, 2:] + found.measured[None, :, 2:]
    size = np.exp(log_sides.sum(axis=2) / 4)
    off = found.measured[None] - known.ahead.mean[:, None]
    away = np.hypot(off[..., 0], off[..., 1]) / size + _SIZE_WEIGHT * np.abs(off[..., 3])
    reach = np.minimum(_REACH + _REACH_PER_S * known.unseen_s, _MOST_REACH)
    other = known.groups[:, None] != found.groups[None]
    return np.asarray(np.where(other, np.inf, away / reach[:, None]))


def twins(found: Sightings) -> npt.NDArray[np.bool_]:
    """Which detections may be two boxes on one vehicle: much the same, or one in the other."""
    both, area = shared(found.edges, found.edges), areas(found.edges)
    small, large = np.minimum(area[:, None], area[None]), np.maximum(area[:, None], area[None])
    inside = (both >= _TWIN_INSIDE * small) & (small >= _TWIN_SIZE * large)
    alike = overlap(found.edges, found.edges) >= _TWIN_IOU
    return np.asarray((inside | alike) & (found.groups[:, None] == found.groups[None]))


def _edge_variance(known: Known) -> Array:
    """Variance of the left, top, right and lower edge of a sighting of each vehicle, square px."""
    spread = known.ahead.spread()
    size = known.edges[:, 2:] - known.edges[:, :2]
    across = spread[:, 0] + size[:, 0] ** 2 / 4 * spread[:, 2]
    low = spread[:, 1] + size[:, 1] ** 2 * spread[:, 3]
    return np.column_stack([across, spread[:, 1], across, low])


def _near(known: Known, found: Sightings) -> npt.NDArray[np.bool_]:
    """Whether a box overlaps the prediction, which is the more roomy the longer the vehicle was not seen."""
    room = np.minimum(_ROOM_PER_S * known.unseen_s, _MOST_ROOM)[:, None]
    size = known.edges[:, 2:] - known.edges[:, :2]
    roomy = np.concatenate([known.edges[:, :2] - room * size, known.edges[:, 2:] + room * size], axis=1)
    return np.asarray(overlap(roomy, found.edges) >= _MATURE_IOU)
