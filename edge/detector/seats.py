"""Which heads in the crop of a motorbike belong to its riders, by geometry alone. All lengths are px."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from edge.detector.types import Box

_LOWEST_SHARE: Final = 0.68
_SIDE_SHARE: Final = 0.04
_TOP_SHARE: Final = 0.08
_SIZE_RATIO: Final = 2.1
_RISE_HEADS: Final = 2.4
_REACH_HEADS: Final = 6.0
_OFF_CENTRE: Final = 0.5
_SAME_HEAD: Final = 0.45


@dataclass(frozen=True, slots=True)
class Candidate:
    """A head the network saw: box px, how surely it is a head, and how likely it is bare, both 0 to 1."""

    box: Box
    score: float
    chance_bare: float


def on_board(heads: Sequence[Candidate], motorbike: Box) -> list[Candidate]:
    """The heads that sit on the motorbike at `motorbike` (riders included), most certain first.

    Someone on it has his head within the upper part of the box, is as near to the camera as the driver (so
    his head is about as large), and sits no further from him than the seat is long.
    """
    within = [one for one in heads if _within(one.box, motorbike)]
    if not within:
        return []
    driver = max(within, key=lambda one: _prominence(one, motorbike))
    return sorted(
        (one for one in within if one is driver or _beside(one.box, driver.box)), key=lambda one: -one.score
    )


def count_people(riders: Sequence[Candidate], counted: float, smallest_px: float) -> int | None:
    """How many ride, surest head first; None when nobody is seen or one more may or may not be there.

    One head alone counts whatever its score, because somebody rides; a further one that scores under
    `counted`, or any head under `smallest_px`, is too doubtful to count by.
    """
    small = any(min(one.box.w, one.box.h) < smallest_px for one in riders)
    doubtful = any(one.score < counted for one in riders[1:])
    return None if small or doubtful or not riders else len(riders)


def _within(head: Box, motorbike: Box) -> bool:
    side = motorbike.w * _SIDE_SHARE
    return (
        motorbike.x + side <= head.cx <= motorbike.x2 - side
        and motorbike.y - motorbike.h * _TOP_SHARE <= head.cy <= motorbike.y + motorbike.h * _LOWEST_SHARE
    )


def _prominence(one: Candidate, motorbike: Box) -> float:
    """How much a head looks like the driver's: sure, large, near the middle line."""
    off_centre = min(abs(one.box.cx - motorbike.cx) / (motorbike.w / 2), 1.0)
    return one.score * one.box.h * (1 - _OFF_CENTRE * off_centre)


def _beside(head: Box, driver: Box) -> bool:
    ratio = head.h / driver.h if driver.h > 0 else 0.0
    return (
        1 / _SIZE_RATIO <= ratio <= _SIZE_RATIO
        and abs(head.cy - driver.cy) <= _RISE_HEADS * driver.h
        and abs(head.cx - driver.cx) <= _REACH_HEADS * driver.h
    )


def share_out(claims: Sequence[Sequence[Candidate]], motorbikes: Sequence[Box]) -> list[list[Candidate]]:
    """Give each head that several motorbikes claim to the one it fits best, and leave the others theirs.

    `claims[i]` are the heads found for `motorbikes[i]`. A head fits where it is near the middle of the upper
    edge, which is where the tallest rider's head is.
    """
    return [
        [
            one
            for one in mine
            if not any(
                _fits(one.box, motorbikes[other]) < _fits(one.box, motorbikes[index])
                for other, theirs in enumerate(claims)
                if other != index and any(one.box.iou(their.box) >= _SAME_HEAD for their in theirs)
            )
        ]
        for index, mine in enumerate(claims)
    ]


def _fits(head: Box, motorbike: Box) -> float:
    """How far a head is from where a rider's head should be, in shares of the motorbike's box."""
    across = (head.cx - motorbike.cx) / motorbike.w
    down = (head.y - motorbike.y) / motorbike.h
    return across * across + 4 * down * down
