"""How far a picture is shifted against the reference, by what does not move: tile by tile, then by vote.

Each tile of the reference's edges is looked for around its own place (normalised cross-correlation). Tiles
that traffic covers find nothing or vote at random and are outvoted; a camera that has moved shifts all alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from edge.health.look import Structure

REACH_PX: Final = 12
"""The farthest shift that is measured, px of a look."""
_SMALLEST_PX: Final = 6 * REACH_PX
_COLUMNS, _ROWS = 6, 4
_LEAST_SPREAD: Final = 0.012
_LEAST_MATCH: Final = 0.45
_AGREE_PX: Final = 0.7
_LEAST_VOTES: Final = 3
_VOTE_SHARE: Final = 0.3
_HOME_VOTES: Final = 2

Shifts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shift:
    """Where the picture lies against the reference, px of a look; `votes` tiles of `asked` say so."""

    x_px: float
    y_px: float
    votes: int
    asked: int

    @property
    def length_px(self) -> float:
        """How far."""
        return float(np.hypot(self.x_px, self.y_px))


def shift_between(reference: Structure, now: Structure) -> Shift | None:
    """The shift that the tiles agree on; None when they do not, or when there is too little to see."""
    if reference.shape != now.shape or min(now.shape) < _SMALLEST_PX:
        return None
    asked, found = 0, []
    for tile in _tiles(*reference.shape):
        before = reference[tile]
        if float(before.std()) < _LEAST_SPREAD:
            continue
        asked += 1
        place = _find(before, now[_around(tile)])
        if place is not None:
            found.append(place)
    if asked < _LEAST_VOTES or not found:
        return None
    return _vote(np.asarray(found, np.float64), asked)


def _find(before: Structure, around: Structure) -> tuple[float, float] | None:
    """Where a tile lies now, px from its own place; None where nothing looks like it."""
    match = np.asarray(cv2.matchTemplate(around, before, cv2.TM_CCOEFF_NORMED), np.float32)
    _, best, _, (x, y) = cv2.minMaxLoc(match)
    if best < _LEAST_MATCH:
        return None
    return x - REACH_PX + _peak(match[y, :], x), y - REACH_PX + _peak(match[:, x], y)


def _peak(line: Structure, at: int) -> float:
    """How far the top of the parabola through three neighbours lies from the middle one."""
    if at in {0, len(line) - 1}:
        return 0.0
    left, middle, right = (float(value) for value in line[at - 1 : at + 2])
    bend = left - 2 * middle + right
    return 0.5 * (left - right) / bend if bend < 0 else 0.0


def _vote(shifts: Shifts, asked: int) -> Shift | None:
    """The largest group of tiles that agree, where it is large enough to mean anything.

    Tiles that stayed win unless twice as many agree on something else: writing that the camera puts into the
    picture stays when the camera moves, and a passing bus leaves only a few tiles where they were.
    """
    apart = np.hypot(*(shifts[:, None, :] - shifts[None, :, :]).transpose(2, 0, 1))
    groups = apart <= _AGREE_PX
    best = groups[int(groups.sum(axis=1).argmax())]
    home = np.hypot(shifts[:, 0], shifts[:, 1]) <= _AGREE_PX
    stayed = int(home.sum())
    if stayed >= max(_HOME_VOTES, asked // 8) and best.sum() < 2 * stayed:
        best = home
    elif best.sum() < max(_LEAST_VOTES, _VOTE_SHARE * asked):
        return None
    x, y = shifts[best].mean(axis=0)
    return Shift(float(x), float(y), int(best.sum()), asked)


@lru_cache(maxsize=8)
def _tiles(height: int, width: int) -> tuple[tuple[slice, slice], ...]:
    rows = np.linspace(REACH_PX, height - REACH_PX, _ROWS + 1).astype(int)
    columns = np.linspace(REACH_PX, width - REACH_PX, _COLUMNS + 1).astype(int)
    return tuple(
        (slice(int(top), int(bottom)), slice(int(left), int(right)))
        for top, bottom in pairwise(rows)
        for left, right in pairwise(columns)
    )


def _around(tile: tuple[slice, slice]) -> tuple[slice, slice]:
    down, across = tile
    return (
        slice(down.start - REACH_PX, down.stop + REACH_PX),
        slice(across.start - REACH_PX, across.stop + REACH_PX),
    )
