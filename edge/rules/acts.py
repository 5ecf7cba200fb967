"""From what was measured to the name of the act in the catalogue. The amounts are no business of the edge."""

from __future__ import annotations

from typing import Final

from edge.detector.types import PLATED, VehicleClass
from edge.scene_file import ZoneKind

RED_LIGHT: Final = "red_light"
NO_HELMET_RIDER: Final = "no_helmet_rider"
"""Decree 168/2024 Art. 7.2.h."""
NO_HELMET_PASSENGER: Final = "no_helmet_passenger_by_rider"
"""Decree 168/2024 Art. 7.2.i."""
SLOWEST_ACT_KMH: Final = 5.0
"""Decree 168/2024 knows no act below 5 km/h over the limit."""


def is_plated(kind: VehicleClass) -> bool:
    """Whether vehicles of this kind carry a plate, so that a camera can find their owner."""
    return kind in PLATED


def speed_act(kind: VehicleClass, over_kmh: float) -> str | None:
    """The act of driving `over_kmh` too fast; None below 5 km/h.

    Decree 168/2024: Art. 6 for cars, buses and trucks (3.a: 5 to under 10, 5.đ: 10 to 20, 6.a: over 20 to 35,
    7.a: over 35); Art. 7 for motorbikes (2.b, 4.a, 8.a: over 20).
    """
    if over_kmh < SLOWEST_ACT_KMH:
        return None
    if over_kmh < 10:  # noqa: PLR2004 - the steps of the decree, named in the docstring
        return "speed_5_10"
    if over_kmh <= 20:  # noqa: PLR2004
        return "speed_10_20"
    if kind == "motorbike":
        return "speed_over_20"
    return "speed_20_35" if over_kmh <= 35 else "speed_over_35"  # noqa: PLR2004


def stop_act(kind: VehicleClass) -> str:
    """Stopping where a sign forbids it. Decree 168/2024 Art. 6.2.đ; motorbikes Art. 7.2.e."""
    return "stop_park_prohibited" if kind == "motorbike" else "stop_prohibited"


def park_act(kind: VehicleClass) -> str:
    """Parking where a sign forbids it. Decree 168/2024 Art. 6.3.e; motorbikes Art. 7.2.e."""
    return "stop_park_prohibited" if kind == "motorbike" else "park_prohibited"


def block_act(kind: VehicleClass, zone: ZoneKind) -> str:
    """Standing on a crosswalk (Decree 168/2024 Art. 6.2.đ), in a junction (6.3.đ); motorbikes Art. 7.2.e."""
    if kind == "motorbike":
        return "stop_park_prohibited"
    return "stop_junction" if zone == "junction" else "stop_prohibited"


def passengers_act(people: int) -> str:
    """The act of three people or more (rider included) on a motorbike. Decree 168/2024 Art. 7.2.g, 7.3.b."""
    return "two_passengers" if people == 3 else "three_passengers"  # noqa: PLR2004 - as the act says
