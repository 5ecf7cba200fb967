"""What several looks at one motorbike say together. A pure function of the looks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from edge.detector.rider_look import RiderLook, RiderVerdict

AGREEING_LOOKS: Final = 3
_AGREEING_SHARE: Final = 0.8

SaidT = TypeVar("SaidT")


@dataclass(frozen=True, slots=True)
class RiderConsensus:
    """What a track's looks agree on.

    `people` is None and `helmet` `unknown` where they do not agree; `agreeing` counts the looks that say
    `helmet`, of `looks` that judged; `best_look` is the index of the clearest agreeing one (-1: none).
    """

    people: int | None
    helmet: RiderVerdict
    agreeing: int
    looks: int
    best_look: int
    reason: str


def vote(looks: Sequence[RiderLook]) -> RiderConsensus:
    """Combine the looks of one track, in any order.

    A verdict stands when at least three looks give it and four in five of those that judged agree; so does
    the number of people. Looks that know nothing do not count, either way.
    """
    judged = [look for look in looks if look.helmet != "unknown"]
    people = _agreed([look.people for look in looks if look.people is not None])
    if not judged:
        return RiderConsensus(people, "unknown", 0, 0, -1, "no look could judge")
    helmet = _agreed([look.helmet for look in judged])
    if helmet is None:
        most = max(Counter(look.helmet for look in judged).values())
        reason = f"{most} of {len(judged)} looks agree; {AGREEING_LOOKS} and four in five are needed"
        return RiderConsensus(people, "unknown", most, len(judged), -1, reason)
    agreeing = [index for index, look in enumerate(looks) if look.helmet == helmet]
    best = max(agreeing, key=lambda index: _clearness(looks[index]))
    return RiderConsensus(people, helmet, len(agreeing), len(judged), best, "")


def _agreed(said: Sequence[SaidT]) -> SaidT | None:
    """What enough of them say, or None."""
    if not said:
        return None
    value, count = Counter(said).most_common(1)[0]
    return value if count >= AGREEING_LOOKS and count >= _AGREEING_SHARE * len(said) else None


def _clearness(look: RiderLook) -> float:
    """How well a look shows what it says: its surest deciding head, weighed by that head's size."""
    deciding = "bare" if look.helmet == "some_bare" else "helmet"
    return max(
        (head.confidence * head.box.area for head in look.heads if head.helmet == deciding), default=0.0
    )
