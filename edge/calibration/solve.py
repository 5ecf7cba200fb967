"""Least squares that bend (Levenberg 1944, Marquardt 1963), with the covariance of what was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Misses = Callable[[Numbers], Numbers]
"""From the numbers sought to the misses, each in units of its standard error."""

_STEP: Final = 1e-6
_DONE: Final = 1e-10
_STIFFEST: Final = 1e10
_WORST: Final = 1e6


@dataclass(frozen=True, slots=True)
class Solution:
    """The numbers found, the misses left, and the covariance (of the free numbers; zero for the fixed)."""

    numbers: Numbers
    misses: Numbers
    covariance: Numbers
    freedom: int

    @property
    def cost(self) -> float:
        """Sum of the squared misses."""
        return float((self.misses**2).sum())

    @property
    def scatter(self) -> float:
        """Root mean square of the misses in units of their stated errors; 1 when those are right."""
        return float(np.sqrt(self.cost / self.freedom)) if self.freedom > 0 else 0.0


def solve(misses: Misses, start: Numbers, free: npt.NDArray[np.bool_], *, rounds: int = 60) -> Solution:
    """The numbers near `start` with the smallest misses; only those marked `free` move.

    The covariance is raised where the misses are larger than they should be, never lowered. It is infinite
    along what the misses do not fix.
    """
    now = np.array(start, dtype=np.float64)
    left = _tame(misses(now))
    stiff = 1e-3
    for _ in range(rounds):
        slope = _slope(misses, now, free, left)
        square, pull = slope.T @ slope, slope.T @ left
        while stiff < _STIFFEST:
            damped = square + stiff * np.diag(np.maximum(np.diag(square), 1e-12))
            tried = now.copy()
            tried[free] -= np.linalg.lstsq(damped, pull, rcond=None)[0]
            there = _tame(misses(tried))
            if (there**2).sum() < (left**2).sum():
                break
            stiff *= 10
        else:
            break
        gained = (left**2).sum() - (there**2).sum()
        now, left, stiff = tried, there, stiff / 10
        if gained < _DONE * (1 + (left**2).sum()):
            break
    freedom = len(left) - int(free.sum())
    covariance = _covariance(_slope(misses, now, free, left), free)
    excess = max(float((left**2).sum()) / freedom, 1.0) if freedom > 0 else 1.0
    return Solution(now, left, covariance * excess, freedom)


def _tame(misses: Numbers) -> Numbers:
    return np.clip(np.nan_to_num(misses, nan=_WORST, posinf=_WORST, neginf=-_WORST), -_WORST, _WORST)


def _slope(misses: Misses, now: Numbers, free: npt.NDArray[np.bool_], left: Numbers) -> Numbers:
    columns = []
    for index in np.flatnonzero(free):
        step = _STEP * max(abs(now[index]), 1.0)
        moved = now.copy()
        moved[index] += step
        columns.append((_tame(misses(moved)) - left) / step)
    return np.column_stack(columns)


def _covariance(slope: Numbers, free: npt.NDArray[np.bool_]) -> Numbers:
    _, size, rows = np.linalg.svd(slope, full_matrices=False)
    with np.errstate(divide="ignore"):
        spread = np.where(size > size.max() * 1e-9, 1 / size**2, np.inf)
    whole = np.zeros((len(free), len(free)))
    finite = np.where(np.isfinite(spread), spread, 1e12)
    whole[np.ix_(free, free)] = (rows.T * finite) @ rows
    return whole
