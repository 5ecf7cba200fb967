"""What several looks at one signal head say together: lamps flicker, amber flashes, a lorry passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from edge.detector.signal_heads import HeadReading
from edge.detector.signals import LAMPS
from edge.detector.types import SignalState

_DARK_LOOKS: Final = 3
_DARK_SHARE: Final = 0.6
_LEAD: Final = 4.0
_SETTLED: Final = 3
_FLASHES: Final = 2


@dataclass(frozen=True, slots=True)
class HeadVote:
    """The state of a head over some looks; `flashing` when its amber lamp goes on and off."""

    state: SignalState
    confidence: float
    flashing: bool


def vote(looks: Sequence[HeadReading]) -> HeadVote:
    """Join looks at one head, oldest first, taken within a second or two.

    A colour counts although it is dark in between: lamps of diodes flicker against the shutter. Dark is said
    only when several looks see nothing glow and none sees a colour. After a change the last looks decide.
    """
    seen: list[SignalState] = [look.state for look in looks if look.state != "unknown"]
    coloured = [look for look in looks if look.state in LAMPS]
    if not coloured:
        sure = len(seen) >= _DARK_LOOKS and len(seen) >= _DARK_SHARE * len(looks)
        return HeadVote(
            "dark" if sure else "unknown", len(seen) / len(looks) if sure else 0.0, flashing=False
        )
    weights = {lamp: sum(look.confidence for look in coloured if look.state == lamp) for lamp in LAMPS}
    best = max(weights, key=lambda lamp: weights[lamp])
    rest = sum(weights.values()) - weights[best]
    last = [look.state for look in coloured[-_SETTLED:]]
    if rest * _LEAD > weights[best]:
        if len(last) < _SETTLED or len(set(last)) > 1:
            return HeadVote("unknown", 0.0, flashing=False)
        best = next(lamp for lamp in LAMPS if lamp == last[0])
    of_best = [look.confidence for look in coloured if look.state == best]
    return HeadVote(best, sum(of_best) / len(of_best), flashing=best == "amber" and _goes_on_and_off(seen))


def _goes_on_and_off(seen: Sequence[SignalState]) -> bool:
    changes = sum({before, after} == {"amber", "dark"} for before, after in pairwise(seen))
    return changes > _FLASHES
