"""Joining the people on a machine with the machine they ride."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from edge.detector.types import TWO_WHEELED, Box, Detection

_INSIDE: Final = 0.7
_LIKELY_ENOUGH: Final = 0.2
_SEAT_OVERLAP: Final = 0.2


def drop_riders(detections: Sequence[Detection]) -> list[Detection]:
    """Remove each person who lies within a two-wheeler's box: he is part of that machine, not on foot.

    A machine that is hardly believed in takes nobody along: where doubtful boxes are wanted as well, there is
    always one.
    """
    machines = [
        found.box for found in detections if found.kind in TWO_WHEELED and found.confidence >= _LIKELY_ENOUGH
    ]
    return [
        found
        for found in detections
        if found.kind != "person"
        or not any(_share_inside(found.box, machine) >= _INSIDE for machine in machines)
    ]


def merge_riders(detections: Sequence[Detection]) -> list[Detection]:
    """Grow each two-wheeler over the people sitting on it, and drop those people.

    For networks that, like those trained on COCO, box the bare machine and its riders apart. Each person
    goes to the machine he overlaps most, if he sits above it and near enough.
    """
    people = [found for found in detections if found.kind == "person"]
    machines = [found for found in detections if found.kind in TWO_WHEELED]
    riders: dict[int, list[Box]] = {}
    walking: list[Detection] = []
    for person in people:
        seats = [(_seat_score(person.box, machine.box), index) for index, machine in enumerate(machines)]
        score, index = max(seats, default=(0.0, -1))
        if score >= _SEAT_OVERLAP:
            riders.setdefault(index, []).append(person.box)
        else:
            walking.append(person)
    merged = [
        Detection(_cover([machine.box, *riders.get(index, [])]), machine.kind, machine.confidence)
        for index, machine in enumerate(machines)
    ]
    others = [found for found in detections if found.kind != "person" and found.kind not in TWO_WHEELED]
    return [*merged, *others, *walking]


def _share_inside(inner: Box, outer: Box) -> float:
    return inner.intersection(outer) / inner.area if inner.area > 0 else 0.0


def _seat_score(person: Box, machine: Box) -> float:
    """How far a person's lower part covers the machine, 0 to 1; 0 when he cannot be sitting on it."""
    if abs(person.cx - machine.cx) > (person.w + machine.w) / 2 * 0.6 or person.y > machine.cy:
        return 0.0
    lower = Box(person.x, person.cy, person.w, person.h / 2)
    return _share_inside(lower, machine.expanded(0.1))


def _cover(boxes: Sequence[Box]) -> Box:
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(x, y, max(box.x2 for box in boxes) - x, max(box.y2 for box in boxes) - y)
