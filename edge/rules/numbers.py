"""Figures in the sentences that people read, and as the report carries them."""

from __future__ import annotations

from typing import Protocol

from edge.report import Measure


class Speed(Protocol):
    """A speed with its 95 % interval."""

    @property
    def kmh(self) -> float: ...
    @property
    def lower_kmh(self) -> float: ...
    @property
    def upper_kmh(self) -> float: ...


def vi(value: float, digits: int = 1) -> str:
    """As Vietnamese writes it, with a decimal comma: 1.74 is "1,7"."""
    return f"{value:.{digits}f}".replace(".", ",")


def speed_measure(name: str, speed: Speed, limit_kmh: int) -> Measure:
    """A measured speed beside its limit."""
    return Measure(
        name=name,
        value=round(speed.kmh, 2),
        unit="km/h",
        lower_95=round(speed.lower_kmh, 2),
        upper_95=round(speed.upper_kmh, 2),
        limit=limit_kmh,
    )
