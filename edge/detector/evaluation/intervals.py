"""Figures with the 95 % interval of a bootstrap: whole groups are drawn again, members of one stay together.

A bootstrap sees only what it was given: of 15 plates all read right, every draw is all right, and the
interval says 1 to 1. The count beside it is what tells 15 from 1500.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Draws = npt.NDArray[np.int64]

DRAWS: Final = 2000
_TAILS: Final = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value, its interval and the number `n` of things it was measured on; None without any."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    def to_json(self) -> dict[str, Any]:
        """The four fields, rounded to four places."""
        return {
            "value": _rounded(self.value),
            "low": _rounded(self.low),
            "high": _rounded(self.high),
            "n": self.n,
        }

    def __str__(self) -> str:
        """`0.950 (0.92 to 0.97, n 300)`."""
        if self.value is None or self.low is None or self.high is None:
            return f"- (n {self.n})"
        return f"{self.value:.3f} ({self.low:.2f} to {self.high:.2f}, n {self.n})"


def draw_groups(groups: int, draws: int = DRAWS, seed: int = 0) -> Draws:
    """How often each group comes up in each draw: draws x groups, each row adds up to `groups`."""
    random = np.random.default_rng(seed)
    if groups == 0:
        return np.zeros((draws, 0), np.int64)
    return random.multinomial(groups, np.full(groups, 1 / groups), size=draws)


def resampled(
    rows: Sequence[Sequence[float]],
    groups: Sequence[Hashable],
    statistic: Callable[[Floats], Floats],
    n: int,
) -> Figure:
    """A figure made of sums over rows.

    Args:
        rows: numbers to add up, the same number of columns each.
        groups: which group each row belongs to.
        statistic: from draws x columns of sums to one value a draw; nan where it cannot be told.
        n: what to give as the count.
    """
    if not rows:
        return Figure(None, None, None, n)
    table = np.asarray(rows, np.float64)
    names = {name: place for place, name in enumerate(dict.fromkeys(groups))}
    sums = np.zeros((len(names), table.shape[1]))
    np.add.at(sums, [names[group] for group in groups], table)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(statistic(sums.sum(axis=0, keepdims=True))[0])
        drawn = statistic(draw_groups(len(names)) @ sums)
    return figure(value, drawn, n)


def share(hits: Sequence[bool], groups: Sequence[Hashable]) -> Figure:
    """The share of successes; groups are drawn together."""
    rows = [(float(hit), 1.0) for hit in hits]
    return resampled(rows, groups, lambda sums: sums[:, 0] / sums[:, 1], len(rows))


def figure(value: float, drawn: Floats, n: int) -> Figure:
    """A value with the interval of its redrawn values; those that are nan are left out."""
    told = drawn[~np.isnan(drawn)]
    if np.isnan(value) or told.size == 0:
        return Figure(None, None, None, n)
    low, high = (float(one) for one in np.quantile(told, _TAILS))
    return Figure(value, low, high, n)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
