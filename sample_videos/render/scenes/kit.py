"""Short words for the traffic plans: bikes, cars and lorries with their usual sizes."""

from __future__ import annotations

from sample_videos.render.kinematics import Motion, cruise
from sample_videos.render.paths import Path, Ride, along
from sample_videos.render.people import Person, party

SIZES_M = {
    "scooter": (1.86, 0.74),
    "sedan": (4.5, 1.78),
    "hatch": (3.8, 1.68),
    "suv": (4.6, 1.86),
    "family": (4.5, 1.8),
    "van": (4.4, 1.68),
    "minibus": (5.6, 2.0),
    "bus": (9.0, 2.4),
    "truck": (6.3, 2.15),
    "open": (6.0, 2.0),
}
KINDS = {"bus": "bus", "minibus": "bus", "truck": "truck", "open": "truck", "van": "truck"}
SOLO = party("half_helmet")
COUPLE = party("half_helmet", "open_helmet")


def away(x: float, y0: float = 2.0, y1: float = 70.0) -> Path:
    """Return a straight path away from the camera."""
    return along(((0.0, x),), y0, y1)


def towards(x: float, y0: float = 70.0, y1: float = -4.0) -> Path:
    """Return a straight path towards the camera."""
    return along(((0.0, x),), y0, y1)


def passing(path: Path, kmh: float, t: float, y: float = 20.0) -> Motion:
    """Constant speed along a path without turns; the front is at ``y`` at ``t`` seconds."""
    start = path.at(0.0)[1]
    return cruise(kmh, t, abs(y - start))


def bike(  # noqa: PLR0917 - in the order one tells it
    n: int,
    colour: str,
    plate: str,
    path: Path,
    motion: Motion,
    people: tuple[Person, ...] = SOLO,
    *,
    role: str = "innocent",
    goods: bool = False,
) -> Ride:
    """Return a motorbike."""
    size = SIZES_M["scooter"]
    return Ride(
        f"moto{n}",
        "motorbike",
        "scooter",
        colour,
        plate,
        *size,
        motion,
        path,
        people=people,
        role=role,
        goods=goods,
    )


def car(  # noqa: PLR0917
    n: int,
    model: str,
    colour: str,
    plate: str,
    path: Path,
    motion: Motion,
    *,
    role: str = "innocent",
    layout: str = "one_line",
    parked: bool = False,
) -> Ride:
    """Return a car, bus or truck; ``model`` tells which."""
    kind = KINDS.get(model, "car")
    return Ride(
        f"{kind}{n}",
        kind,
        model,
        colour,
        plate,
        *SIZES_M[model],
        motion,
        path,
        layout=layout,
        ground="yellow" if kind == "bus" else "white",
        role=role,
        parked=parked,
    )
