"""What one look at the riders of a motorbike says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from edge.detector.types import Box

Helmet = Literal["helmet", "bare", "unknown"]
RiderVerdict = Literal["all", "some_bare", "unknown"]


@dataclass(frozen=True, slots=True)
class Head:
    """One head: box in frame px, what it wears, and how sure that is, 0 to 1.

    `chance_bare` is the network's own balance of the two, 0 (helmet) to 1 (bare), for `unknown` heads too.
    """

    box: Box
    helmet: Helmet
    confidence: float
    chance_bare: float


@dataclass(frozen=True, slots=True)
class RiderLook:
    """One look at one motorbike.

    `people` is None when the heads cannot be counted; `helmet` is `all` when every rider surely wears one,
    `some_bare` when at least one surely does not; `reason` says why something is not known ('' when all is).
    `further` is the score, 0 to 1, of the likeliest head on this machine that is not in `heads`: a weak one
    is the only trace of somebody who is nearly hidden.
    """

    people: int | None
    heads: tuple[Head, ...]
    helmet: RiderVerdict
    reason: str
    further: float = 0.0

    @property
    def chance_bare(self) -> float | None:
        """The highest `chance_bare` among the heads, 0 to 1; None without heads."""
        return max((head.chance_bare for head in self.heads), default=None)
