"""Free paths on the road, for vehicles that turn, weave, back up or drive the wrong way (numpy only).

A path is a dense line of points in road metres; ``s`` is the length along it. What follows it is the rear
axle, as with real vehicles, so that bodies swing out as they turn.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sample_videos.render.kinematics import Motion, lateral
from sample_videos.render.people import Person
from sample_videos.render.plan import Pose

Array = npt.NDArray[np.float64]
STEP_M = 0.1
AXLE_SHARE = 0.78  # of the length, from the front


class Path:
    """A line on the road, extended straight beyond both ends."""

    def __init__(self, points: Sequence[tuple[float, float]] | Array) -> None:
        xy = np.asarray(points, dtype=np.float64)
        length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
        even = np.linspace(0.0, length[-1], max(2, int(length[-1] / STEP_M)))
        self.length_m = float(length[-1])
        self._s = even
        self._x, self._y = (np.interp(even, length, xy[:, k]) for k in (0, 1))
        turn = np.unwrap(np.arctan2(np.gradient(self._x), np.gradient(self._y)))
        calm = np.convolve(np.pad(turn, 6, mode="edge"), np.ones(13) / 13, mode="valid")
        self._yaw = calm

    def at(self, s: float) -> tuple[float, float, float]:
        """Return (x, y, yaw) at length ``s``; yaw clockwise from +y in radians."""
        inside = min(max(s, 0.0), self.length_m)
        x, y, yaw = (float(np.interp(inside, self._s, row)) for row in (self._x, self._y, self._yaw))
        beyond = s - inside
        return x + math.sin(yaw) * beyond, y + math.cos(yaw) * beyond, yaw


def along(knots: Sequence[tuple[float, float]], y0: float, y1: float) -> Path:
    """Return a path from y0 to y1 (either way) whose x follows the ``(y, x)`` knots smoothly."""
    ys = np.linspace(y0, y1, max(2, int(abs(y1 - y0) / STEP_M)))
    return Path([(lateral(knots, float(y)), float(y)) for y in ys])


def u_turn(
    x_from: float,
    y_turn: float,
    x_to: float,
    *,
    y0: float,
    y1: float,
    back: Sequence[tuple[float, float]] = (),
) -> Path:
    """Return a path up from y0, a half circle at ``y_turn`` over to ``x_to``, and back down to y1."""
    r = (x_from - x_to) / 2
    out = [(x_from, float(y)) for y in np.linspace(y0, y_turn, max(2, int(abs(y_turn - y0) / STEP_M)))]
    arc = [
        (x_from - r + r * math.cos(a), y_turn + abs(r) * math.sin(a)) for a in np.linspace(0, math.pi, 90)[1:]
    ]
    ys = np.linspace(y_turn, y1, max(2, int(abs(y_turn - y1) / STEP_M)))[1:]
    home = [(lateral(back, float(y)) if back else x_to, float(y)) for y in ys]
    return Path([*out, *arc, *home])


@dataclass(frozen=True, eq=False)
class Ride:
    """One vehicle on a free path; ``role`` says what part it plays, ``note`` why in words."""

    vid: str
    kind: str
    model: str
    colour: str
    plate: str
    length_m: float
    width_m: float
    motion: Motion
    path: Path
    people: tuple[Person, ...] = ()
    layout: str = "two_line"
    ground: str = "white"
    role: str = "innocent"
    parked: bool = False
    goods: bool = False

    @property
    def riders(self) -> int:
        """How many people sit on it, 0 where they cannot be seen."""
        return len(self.people)

    def pose(self, t: float) -> Pose | None:
        """Return the pose at ``t``, or None while the vehicle is not on the stage."""
        s, v = self.motion.state(t)
        if not 0.0 <= s <= self.path.length_m:
            return None
        later = abs(self.motion.state(t + 0.05)[1])
        braking = abs(v) < 0.05 or later < abs(v) - 0.01
        if self.parked and abs(v) < 0.05:
            braking = False
        x, y, yaw = self.path.at(s - AXLE_SHARE * self.length_m)
        front = _ahead((x, y), yaw, AXLE_SHARE * self.length_m)
        rear = _ahead((x, y), yaw, (AXLE_SHARE - 1) * self.length_m)
        return Pose(front, rear, yaw, abs(v) * 3.6, braking)


def _ahead(at: tuple[float, float], yaw: float, way: float) -> tuple[float, float]:
    return at[0] + math.sin(yaw) * way, at[1] + math.cos(yaw) * way
