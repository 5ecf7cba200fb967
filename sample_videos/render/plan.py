"""The scripted traffic of the sample clip: who drives where and when (pure Python).

Times in seconds from the first frame, lengths in metres, speeds in km/h where named so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from sample_videos.render.kinematics import Motion, cruise, lateral, stop_and_go
from sample_videos.render.layout import EXIT_S_M, LANE_CENTRES_M, STOP_LINE_S_M, street_heading, street_point

SEED = 61
FPS = 12.5
FRAMES = 350
SPEED_LIMIT_KMH = 50
LINE = STOP_LINE_S_M
PHASES: tuple[tuple[str, float, float], ...] = (
    ("green", 0.0, 8.0),
    ("amber", 8.0, 11.0),
    ("red", 11.0, 21.0),
    ("green", 21.0, 28.0),
)


@dataclass(frozen=True)
class Pose:
    """Where a vehicle stands at one instant; ``yaw`` clockwise from +y in radians."""

    front: tuple[float, float]
    rear: tuple[float, float]
    yaw: float
    speed_kmh: float
    braking: bool


class Vehicle(Protocol):
    """What a rig needs to know of a vehicle; lengths in metres."""

    @property
    def vid(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def plate(self) -> str: ...
    @property
    def layout(self) -> str: ...
    @property
    def ground(self) -> str: ...
    @property
    def length_m(self) -> float: ...
    @property
    def width_m(self) -> float: ...
    def pose(self, t: float) -> Pose | None:
        """Return the pose at ``t`` seconds, None while off the stage."""


@dataclass(frozen=True)
class PlannedVehicle:
    """One vehicle: look, plate and motion. ``street`` is ``main`` or ``cross_left/right``."""

    vid: str
    kind: str
    model: str
    colour: str
    plate: str
    length_m: float
    width_m: float
    motion: Motion
    path: tuple[tuple[float, float], ...]
    riders: int = 0
    layout: str = "two_line"
    ground: str = "white"
    street: str = "main"
    role: str = "innocent"

    def pose(self, t: float) -> Pose | None:
        """Return the pose at ``t``, or None while the vehicle is not on the stage."""
        s, v = self.motion.state(t)
        braking = v < 0.05 or self.motion.state(t + 0.05)[1] < v - 0.01
        if self.street != "main":
            return self._cross_pose(s, v, braking=braking)
        if s > EXIT_S_M or s < -6.0:
            return None
        x = lateral(self.path, s)
        slope = (lateral(self.path, s + 0.2) - lateral(self.path, s - 0.2)) / 0.4
        yaw = street_heading(s) + math.atan(slope)
        front = street_point(s, x)
        return Pose(front, _back(front, yaw, self.length_m), yaw, v * 3.6, braking)

    def _cross_pose(self, s: float, v: float, *, braking: bool) -> Pose | None:
        if abs(s) > 45.0:
            return None
        sign = 1.0 if self.street == "cross_right" else -1.0
        yaw = sign * math.pi / 2
        front = (sign * s, self.path[0][1])
        return Pose(front, _back(front, yaw, self.length_m), yaw, v * 3.6, braking)


def _back(front: tuple[float, float], yaw: float, length: float) -> tuple[float, float]:
    return front[0] - math.sin(yaw) * length, front[1] - math.cos(yaw) * length


def signal_state(t: float) -> str:
    """Return ``green``, ``amber`` or ``red`` at time ``t`` seconds."""
    for state, start, end in PHASES:
        if start <= t < end:
            return state
    return PHASES[-1][0]


def _at(x: float) -> tuple[tuple[float, float], ...]:
    return ((0.0, x),)


def _car(
    n: int,
    look: tuple[str, str],
    plate: str,
    motion: Motion,
    x: float,
    *,
    layout: str = "two_line",
    role: str = "innocent",
) -> PlannedVehicle:
    model, colour = look
    size = {"sedan": (4.5, 1.78), "hatch": (3.8, 1.68), "suv": (4.6, 1.86)}[model]
    return PlannedVehicle(
        f"car{n}",
        "car",
        model,
        colour,
        plate,
        *size,
        motion,
        _at(x),
        layout=layout,
        role=role,
    )


def _bike(
    n: int,
    colour: str,
    plate: str,
    motion: Motion,
    riders: int,
    *,
    path: tuple[tuple[float, float], ...],
    role: str = "innocent",
) -> PlannedVehicle:
    return PlannedVehicle(
        f"moto{n}",
        "motorbike",
        "scooter",
        colour,
        plate,
        1.86,
        0.74,
        motion,
        path,
        riders=riders,
        role=role,
    )


def _heavy(kind: str, colour: str, plate: str, motion: Motion, x: float) -> PlannedVehicle:
    size = {"bus": (9.0, 2.4), "truck": (6.3, 2.15)}[kind]
    layout = "one_line" if kind == "bus" else "two_line"
    return PlannedVehicle(
        f"{kind}1",
        kind,
        kind,
        colour,
        plate,
        *size,
        motion,
        _at(x),
        layout=layout,
        ground="yellow",
    )


def _first_green() -> list[PlannedVehicle]:
    left, right = LANE_CENTRES_M
    return [
        _car(1, ("sedan", "silver"), "61A72814", cruise(42, 0.5, LINE), right, layout="one_line"),
        _bike(1, "red", "61B138295", cruise(37, 1.7, LINE), 1, path=((10, 3.0), (60, 2.2))),
        _car(2, ("suv", "white"), "61K40967", cruise(52, 2.2, LINE), left, role="slightly_over_limit"),
        _bike(2, "blue", "61C264730", cruise(36, 2.9, LINE), 2, path=((12, 2.7), (60, 2.0))),
        _bike(
            3, "black", "61X190583", cruise(67, 4.3, LINE), 1, path=((0, 0.05), (70, -0.3)), role="speeding"
        ),
        _heavy("bus", "green", "61B05172", cruise(40, 5.4, LINE), right),
        _car(3, ("sedan", "crimson"), "61H85346", cruise(74, 6.6, LINE), left, role="speeding"),
        _car(4, ("hatch", "yellow"), "61E31608", cruise(45, 9.3, LINE), right, role="crossed_on_amber"),
        _bike(4, "white", "61DK52471", cruise(39, 7.9, LINE), 1, path=((10, -3.4), (60, -2.6))),
    ]


def _at_the_line() -> list[PlannedVehicle]:
    """Those who reach the stop line first on red: two runners, one over the line, two behind it."""
    left, right = LANE_CENTRES_M
    truck = stop_and_go(36, 25.1, 13.2, 2.6, t_go=21.9, acc=1.1)
    couple = stop_and_go(33, 25.2, 14.2, 2.4, t_go=21.3, acc=1.9)
    over = stop_and_go(38, 27.15, 16.0, 2.6, t_go=21.6, acc=1.8)
    edge, middle = ((5.0, -3.3), (24.0, -3.45), (60.0, -3.4)), ((8.0, 0.1), (60.0, 0.0))
    return [
        _car(5, ("sedan", "navy"), "61L29754", cruise(47, 12.7, LINE), left, role="red_light"),
        _heavy("truck", "orange", "61N67390", truck, right),
        _bike(5, "teal", "61V316842", couple, 2, path=edge),
        _car(6, ("suv", "grey"), "61G93025", over, left, role="stopped_past_line"),
        _bike(6, "crimson", "61S275106", cruise(33, 17.2, LINE), 1, path=middle, role="red_light"),
    ]


def _queue() -> list[PlannedVehicle]:
    """Those who queue behind, and a couple that arrives with the second green."""
    left, right = LANE_CENTRES_M
    hatch = stop_and_go(34, 17.3, 16.6, 2.2, t_go=23.0, acc=1.3)
    sedan = stop_and_go(32, 20.9, 19.2, 2.2, t_go=22.6, acc=1.5)
    late = stop_and_go(34, 24.6, 20.0, 2.4, t_go=21.5, acc=2.0)
    kerb = stop_and_go(32, 24.9, 18.0, 2.2, t_go=21.4, acc=1.9)
    right_edge = ((5.0, 3.5), (24.0, 3.7), (60.0, 3.2))
    return [
        _car(7, ("hatch", "sky"), "61M18463", hatch, right),
        _bike(7, "orange", "61Y450927", late, 1, path=((8, 0.1), (40, 0.0))),
        _car(8, ("sedan", "white"), "61T50791", sedan, left, layout="one_line"),
        _bike(8, "silver", "61AF83614", kerb, 1, path=right_edge),
        _bike(9, "blue", "61P629058", cruise(31, 26.2, LINE), 2, path=((8, 0.0), (40, -0.1))),
    ]


def _cross(vid: str, street: str, y: float, t: float, kmh: float, **look: object) -> PlannedVehicle:
    bike = vid.startswith("moto")
    size = (1.86, 0.74) if bike else (4.5, 1.78)
    return PlannedVehicle(
        vid,
        "motorbike" if bike else "car",
        "scooter" if bike else "sedan",
        str(look["colour"]),
        str(look["plate"]),
        *size,
        cruise(kmh, t, 0.0),
        ((0.0, y),),
        riders=1 if bike else 0,
        street=street,
    )


def vehicles() -> list[PlannedVehicle]:
    """Return every vehicle of the clip in a fixed order."""
    cross = [
        _cross("moto10", "cross_left", 42.6, 15.2, 29, colour="red", plate="61F947215"),
        _cross("car9", "cross_right", 36.6, 15.9, 30, colour="teal", plate="61D40682"),
        _cross("moto11", "cross_right", 36.2, 20.0, 28, colour="white", plate="61U731849"),
    ]
    return _first_green() + _at_the_line() + _queue() + cross
