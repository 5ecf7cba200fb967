"""One list of boxes from several looks at the same picture: larger, smaller, mirrored.

Weighted boxes fusion (Solovyev, Wang and Gabruseva, Image and Vision Computing 107, 2021): what one look sees
and the others do not is believed less.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from edge.detector.decode import RawBox
from edge.detector.types import Box

_SAME: Final = 0.6


class Seen(Protocol):
    """What one look shows at one place: a box px, and a score over 0."""

    @property
    def box(self) -> Box:
        """Where it is."""

    @property
    def score(self) -> float:
        """How surely it is there."""


SeenT = TypeVar("SeenT", bound=Seen)


@dataclass(slots=True)
class Thing(Generic[SeenT]):
    """What several looks show at one place, surest first, one of each look."""

    group: int
    members: list[SeenT] = field(default_factory=list)
    looks: set[int] = field(default_factory=set)

    @property
    def total(self) -> float:
        """The sum of the scores."""
        return sum(one.score for one in self.members)

    @property
    def box(self) -> Box:
        """The mean of the boxes, weighed by score, px."""
        sides = np.array([(one.box.x, one.box.y, one.box.w, one.box.h) for one in self.members])
        scores = np.array([one.score for one in self.members])
        return Box(*(float(side) for side in scores @ sides / scores.sum()))


def things(
    looks: Sequence[Sequence[SeenT]], groups: Sequence[Sequence[int]] | None = None, same: float = _SAME
) -> list[Thing[SeenT]]:
    """What the looks show, each thing once.

    Boxes of one group that overlap by `same` (intersection over union) are one thing. A look counts once for
    a thing; what else it has there is a double and left out.

    Args:
        looks: for each look what it shows, boxes in px of the one picture.
        groups: for each of these the number of its group (default: all are of one group).
        same: from which overlap on, 0 to 1, two boxes are one thing.
    """
    ranked = sorted(
        (
            (one, number, groups[number][place] if groups else 0)
            for number, look in enumerate(looks)
            for place, one in enumerate(look)
        ),
        key=lambda row: -row[0].score,
    )
    found: list[Thing[SeenT]] = []
    corners = np.empty((len(ranked), 4))
    for one, number, group in ranked:
        place = _at(one.box, corners[: len(found)], [thing.group == group for thing in found], same)
        if place is None:
            place = len(found)
            found.append(Thing(group))
        elif number in found[place].looks:
            continue
        thing = found[place]
        thing.members.append(one)
        thing.looks.add(number)
        box = thing.box
        corners[place] = box.x, box.y, box.x2, box.y2
    return found


def fused(
    looks: Sequence[Sequence[RawBox]], groups: Sequence[int], longest: Sequence[float] | None = None
) -> list[RawBox]:
    """What the looks say together, best score first.

    The box of a thing is the mean of its boxes, weighed by score; its class is the one that the scores
    together speak for, its score their sum over the number of looks that are asked about things of its size.

    Args:
        looks: for each look its boxes (px of the one picture, scores over 0).
        groups: per class, the number of the group in which overlapping boxes are one thing.
        longest: for each look the longest box, px, that it is asked about (default: any); it is not listened
            to about longer ones.
    """
    limits = longest or [math.inf] * len(looks)
    heard = [
        [one for one in look if _length(one.box) <= limit] for look, limit in zip(looks, limits, strict=True)
    ]
    joined = []
    for thing in things(heard, [[groups[one.label] for one in look] for look in heard]):
        asked = sum(_length(thing.box) <= limit for limit in limits)
        joined.append(RawBox(thing.box, _label(thing), thing.total / max(asked, len(thing.members))))
    return sorted(joined, key=lambda one: -one.score)


def _length(box: Box) -> float:
    return max(box.w, box.h)


def _label(thing: Thing[RawBox]) -> int:
    labels = {one.label for one in thing.members}
    return max(labels, key=lambda label: sum(one.score for one in thing.members if one.label == label))


def _at(box: Box, corners: npt.NDArray[np.float64], asked: Sequence[bool], same: float) -> int | None:
    """Which of the boxes asked for (rows of left, top, right, bottom) `box` overlaps most, and enough."""
    if not asked:
        return None
    low = np.maximum(corners[:, :2], (box.x, box.y))
    high = np.minimum(corners[:, 2:], (box.x2, box.y2))
    shared = np.clip(high - low, 0, None).prod(axis=1)
    union = box.area + (corners[:, 2:] - corners[:, :2]).prod(axis=1) - shared
    overlaps = np.where(asked, shared / np.maximum(union, 1e-9), 0)
    best = int(overlaps.argmax())
    return best if overlaps[best] >= same else None
