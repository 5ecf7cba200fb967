"""What is known of a road in a picture: lengths, straight lines, surveyed points. Pure values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Px = tuple[float, float]
Way = Literal["along", "across", "any"]
"""Which way a stretch lies on the road: along it, square across it, or not known."""


@dataclass(frozen=True, slots=True)
class Length:
    """A stretch between two picture points on the road.

    `metres` None: not known, but the same for all of one `group` (the dashes of one line). `error_m` is how
    far it may be off, `px_error` how exactly its ends were marked.
    """

    ends_px: tuple[Px, Px]
    way: Way
    metres: float | None = None
    group: str = ""
    error_m: float = 0.02
    px_error: float = 1.0


@dataclass(frozen=True, slots=True)
class Straight:
    """Picture points along one straight line on the road: a lane's edge, a stop line, a vehicle's way."""

    points_px: tuple[Px, ...]
    way: Literal["along", "across"] = "along"
    px_error: float = 1.0


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One point known in the picture and on the road."""

    picture_px: Px
    road_m: tuple[float, float]
    px_error: float = 1.0
    error_m: float = 0.02


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known. `height_m`: the camera's, where measured; `level`: hung with a spirit level.

    `focal_px`: the focal length by the camera's data sheet, taken to be right within some per cent.
    """

    size_px: tuple[int, int]
    lengths: tuple[Length, ...] = ()
    straight: tuple[Straight, ...] = ()
    points: tuple[Surveyed, ...] = ()
    height_m: float | None = None
    level: bool = False
    focal_px: float | None = None

    def count(self) -> int:
        """How many numbers these facts can fix at most."""
        told = sum(1 + (one.way != "any") for one in self.lengths)
        told += sum(len(one.points_px) - 1 for one in self.straight)
        return told + 2 * len(self.points) + self.level + (self.focal_px is not None)


def dashes(
    ends_px: Sequence[Px],
    *,
    dash_m: float | None,
    gap_m: float | None,
    name: str,
    begins_with: Literal["dash", "gap"] = "dash",
    error_m: float = 0.03,
    px_error: float = 1.0,
) -> list[Length]:
    """Lengths of a broken lane line whose dash ends were marked one after the other.

    Where a length is not given, the dashes (or gaps) are only taken to be equally long.
    """
    kinds = ("dash", "gap") if begins_with == "dash" else ("gap", "dash")
    metres = {"dash": dash_m, "gap": gap_m}
    return [
        Length(
            (start, end),
            "along",
            metres[kinds[index % 2]],
            group=f"{name} {kinds[index % 2]}",
            error_m=error_m,
            px_error=px_error,
        )
        for index, (start, end) in enumerate(pairwise(ends_px))
    ]
