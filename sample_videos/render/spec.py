"""What a rendered scene is: camera, road, light, traffic, and what it accuses whom of (pure data).

Road metres: x to the right, y away from the camera, z up. One module of ``scenes`` holds one scene.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from sample_videos.render import layout as lo
from sample_videos.render.camera import Pinhole
from sample_videos.render.effects import Air
from sample_videos.render.paths import Ride
from sample_videos.render.plan import PlannedVehicle

Point = tuple[float, float]
Weather = Literal["day", "night_rain"]
SUN_TRAVEL = (0.16, 0.62, -0.77)


@dataclass(frozen=True)
class Line:
    """A painted line along the road at ``x`` from y0 to y1, metres."""

    x: float
    y0: float
    y1: float
    dashed: bool = False
    yellow: bool = False


@dataclass(frozen=True)
class Sign:
    """A sign on a post; ``art`` names its drawing in ``signs``. Its face looks towards -y."""

    art: str
    at: Point
    z: float = 2.2
    radius_m: float = 0.35


@dataclass(frozen=True)
class Boulevard:
    """A straight street: kerbs, islands in the middle, paint and signs.

    ``islands`` are (x0, x1, y0, y1) of raised medians, ``arrows`` (x, y, away from the camera), ``symbols``
    (art, x, y) painted on the asphalt, ``zebras`` (y0, y1) across the whole street.
    """

    kerbs_m: tuple[float, float]
    islands: tuple[tuple[float, float, float, float], ...] = ()
    lines: tuple[Line, ...] = ()
    arrows: tuple[tuple[float, float, bool], ...] = ()
    symbols: tuple[tuple[str, float, float], ...] = ()
    signs: tuple[Sign, ...] = ()
    zebras: tuple[tuple[float, float], ...] = ()
    trees: tuple[Point, ...] = ()
    shelter: Point | None = None
    name: str = ""
    pavement_m: float = 4.5


@dataclass(frozen=True)
class Junction:
    """The crossroads of the first clip (``layout``); ``head_m`` is the middle of its signal head."""

    head_m: tuple[float, float, float] = lo.HEAD_POSITION_M


@dataclass(frozen=True)
class Zone:
    """A named part of the road: its polygon in metres, and what holds there.

    ``facts["section"]`` says where it stands in the camera file: speed, lane, zone, solid_line or turn; the
    other facts are that section's fields.
    """

    name: str
    polygon_m: tuple[Point, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def holds(self, at: Point) -> bool:
        """Whether a point lies inside."""
        x, y = at
        inside = False
        ring = self.polygon_m
        for (x0, y0), (x1, y1) in zip(ring, (*ring[1:], ring[0]), strict=True):
            if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
                inside = not inside
        return inside


@dataclass(frozen=True)
class Claim:
    """That a ride breaks a rule, for ``events`` to measure; ``where`` names the zone or line meant."""

    vid: str
    rule: str
    act: str
    where: str = ""


@dataclass(frozen=True)
class NearMiss:
    """A ride that looks like a violation and is none, and why."""

    vid: str
    kind: str
    why_en: str
    why_vi: str
    rule: str


@dataclass(frozen=True)
class Scene:
    """One clip. ``phases`` are (state, start, end) of the signal, seconds; ``marks`` the surveyed points.

    ``first_clip`` marks the one whose plan and truth are older than this description (``plan``, ``truth``).
    """

    name: str
    camera_id: str
    title: str
    location: str
    seed: int
    frames: int
    camera: Pinhole
    street: Boulevard | Junction
    rides: tuple[Ride | PlannedVehicle, ...]
    claims: tuple[Claim, ...]
    near_misses: tuple[NearMiss, ...]
    marks: tuple[Point, ...]
    poster_s: float
    fps: float = 12.5
    limit_kmh: int | None = None
    phases: tuple[tuple[str, float, float], ...] = ()
    stop_line: tuple[Point, Point] | None = None
    zones: tuple[Zone, ...] = ()
    weather: Weather = "day"
    sun: tuple[float, float, float] = SUN_TRAVEL
    air: Air = field(default_factory=Air)
    direction_m: Point = (0.0, 1.0)
    crf: int = 20
    rules: tuple[str, ...] = ()
    stop_after_s: float | None = None
    first_clip: bool = False

    @property
    def duration_s(self) -> float:
        """How long the clip is, seconds."""
        return self.frames / self.fps

    def ride(self, vid: str) -> Ride:
        """Return a ride by its name."""
        return next(r for r in self.rides if r.vid == vid and isinstance(r, Ride))

    def zone(self, name: str) -> Zone:
        """Return a zone by its name."""
        return next(z for z in self.zones if z.name == name)

    def camera_sees(self, at: Point) -> bool:
        """Whether a point of the road lies in the picture."""
        px, depth = self.camera.project(np.array([[*at, 0.0]]))
        u, v = px[0]
        return bool(depth[0] > 1.0 and 0 <= u < self.camera.width and 0 <= v < self.camera.height)

    def signal_state(self, t: float) -> str:
        """Return red, amber or green at ``t`` seconds; green where there is no signal."""
        for state, start, end in self.phases:
            if start <= t < end:
                return state
        return self.phases[-1][0] if self.phases else "green"
