"""The average speed over a section of road, with all that two clocks and one tape may be off by. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

_KMH: Final = 3.6
_Z95: Final = 1.96


@dataclass(frozen=True, slots=True)
class Moment:
    """When a vehicle passed a gate.

    `at`: wall clock, aware. `error_s`: standard error of the crossing itself, interpolated between pictures.
    `clock_s`: how far this camera's clock may be from true time at most, either way (NTP's own bound).
    """

    at: datetime
    error_s: float
    clock_s: float


@dataclass(frozen=True, slots=True)
class Distance:
    """The shortest way a vehicle can take from gate to gate, metres, and its standard error."""

    metres: float
    error_m: float


@dataclass(frozen=True, slots=True)
class AverageSpeed:
    """km/h, with its 95 % interval; `seconds` between the gates."""

    kmh: float
    lower_kmh: float
    upper_kmh: float
    seconds: float


def average_speed(entry: Moment, exit_: Moment, distance: Distance) -> AverageSpeed | None:
    """The mean speed from gate to gate; None when the times do not tell which gate was first.

    The errors of both crossings and of the tape are independent and add as squares. What the clocks may be
    off by is no scatter but a bound: the whole of both is given away at either end.
    """
    seconds = (exit_.at - entry.at).total_seconds()
    clocks_s = entry.clock_s + exit_.clock_s
    scatter_s = (entry.error_s**2 + exit_.error_s**2) ** 0.5
    if seconds - clocks_s - _Z95 * scatter_s <= 0:
        return None
    slowest, middle, fastest = (
        _KMH * distance.metres / (seconds + off_s) for off_s in (clocks_s, 0.0, -clocks_s)
    )
    share = ((scatter_s / (seconds - clocks_s)) ** 2 + (distance.error_m / distance.metres) ** 2) ** 0.5
    return AverageSpeed(
        kmh=middle,
        lower_kmh=max(slowest * (1 - _Z95 * share), 0.0),
        upper_kmh=fastest * (1 + _Z95 * share),
        seconds=seconds,
    )
