"""What a rule says about a track: a violation, a suspicion it keeps to itself, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from edge.detector.rider_look import RiderLook
from edge.detector.types import VehicleClass
from edge.report import Measure, Reason, RuleName


@dataclass(frozen=True, slots=True)
class Violation:
    """A proven act. Times are stream seconds, `t_start_s <= t_event_s <= t_end_s`.

    `act` is a name of the catalogue of acts for `kind`. `frame_before`, `frame_at` and `frame_after` are the
    frames that show it best.
    """

    rule: RuleName
    act: str
    track: int
    kind: VehicleClass
    t_start_s: float
    t_event_s: float
    t_end_s: float
    frame_before: int
    frame_at: int
    frame_after: int
    measures: tuple[Measure, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Withheld:
    """A suspicion that is not certain enough to accuse anybody; `code` says why, for the counters."""

    rule: RuleName
    code: str
    track: int
    kind: VehicleClass
    t_event_s: float
    measures: tuple[Measure, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class RiderSighting:
    """One look at the riders of a motorbike, and the picture it was taken in."""

    frame: int
    t_s: float
    look: RiderLook


Verdict: TypeAlias = Violation | Withheld | None
"""None: nothing to say (yet)."""
