"""What the numbers and times of a clip's pictures tell: which are missing, and where it stands still."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import Final

_GAP: Final = 2.5
"""So many times the usual pause between two pictures is a gap, though their numbers follow one another."""

Mark = tuple[int, float]
"""A picture's number in the camera's own count, and its stream time in seconds."""


def follow(marks: Sequence[Mark]) -> bool:
    """Whether numbers and times go up from picture to picture."""
    return all(one[0] < later[0] and one[1] < later[1] for one, later in pairwise(marks))


def missing(marks: Sequence[Mark]) -> tuple[int, ...]:
    """Numbers between the first and the last that no picture has."""
    present = {number for number, _ in marks}
    return tuple(number for number in range(marks[0][0], marks[-1][0] + 1) if number not in present)


def gaps_s(marks: Sequence[Mark]) -> tuple[tuple[float, float], ...]:
    """Where no picture is though one should be: from one to the next, seconds from the first."""
    steps = list(pairwise(marks))
    usual_s = median(later[1] - one[1] for one, later in steps)
    begun_s = marks[0][1]
    return tuple(
        (round(one[1] - begun_s, 3), round(later[1] - begun_s, 3))
        for one, later in steps
        if later[0] - one[0] > 1 or later[1] - one[1] > _GAP * usual_s
    )
