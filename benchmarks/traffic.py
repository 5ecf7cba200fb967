"""A made-up crossing in metres, for testing trackers: who drives where, second by second. Pure and seeded.

Two carriageways along y and two across, a signal, queues, buses, and swarms of motorbikes that weave and
filter forward between waiting cars. Positions are those of the middle of the front, x to the right, y ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.types import VehicleClass

_Vector = npt.NDArray[np.float64]

STEP_S: Final = 0.04
_MAX_VEHICLES: Final = 90
_CYCLE_S: Final = 26.0
_GREEN_S: Final = (0.0, 10.0)
_CROSS_GREEN_S: Final = (13.5, 22.5)
_BRAKE: Final = 3.5
_PULL: Final = 2.2
_LOOK_M: Final = 10.0
_SIDE_ROOM_M: Final = 0.15
_FREE_M: Final = 1e3
SIZES_M: Final[dict[VehicleClass, tuple[float, float, float]]] = {
    "motorbike": (0.8, 1.65, 1.9),
    "bicycle": (0.7, 1.6, 1.8),
    "car": (1.8, 1.5, 4.4),
    "truck": (2.3, 2.9, 7.5),
    "bus": (2.5, 3.1, 11.0),
}
"""Width, height, length."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One direction of travel along a straight carriageway from `left_m` to `right_m` across it.

    `along_y`: whether it runs along y; `sign`: +1 towards larger values. `enter_m`, `leave_m`, `stop_m` lie
    along it, `stop_m` being the stop line.
    """

    along_y: bool
    sign: int
    left_m: float
    right_m: float
    lanes_m: tuple[float, ...]
    enter_m: float
    leave_m: float
    stop_m: float
    per_s: float

    def is_green(self, t_s: float) -> bool:
        """Whether this flow may cross its stop line."""
        start, end = _GREEN_S if self.along_y else _CROSS_GREEN_S
        return start <= t_s % _CYCLE_S < end


FLOWS: Final = (
    Flow(
        along_y=True,
        sign=1,
        left_m=0.4,
        right_m=8.6,
        lanes_m=(2.0, 5.3),
        enter_m=6,
        leave_m=95,
        stop_m=24,
        per_s=0.7,
    ),
    Flow(
        along_y=True,
        sign=-1,
        left_m=-8.6,
        right_m=-0.4,
        lanes_m=(-2.0, -5.3),
        enter_m=100,
        leave_m=4,
        stop_m=44,
        per_s=0.5,
    ),
    Flow(
        along_y=False,
        sign=1,
        left_m=26.5,
        right_m=33.5,
        lanes_m=(28.2, 31.6),
        enter_m=-42,
        leave_m=42,
        stop_m=-11,
        per_s=0.42,
    ),
    Flow(
        along_y=False,
        sign=-1,
        left_m=34.5,
        right_m=41.5,
        lanes_m=(36.2, 39.6),
        enter_m=42,
        leave_m=-42,
        stop_m=11,
        per_s=0.35,
    ),
)
_KINDS: Final[tuple[VehicleClass, ...]] = ("motorbike", "bicycle", "car", "truck", "bus")
_SHARES: Final = (0.66, 0.04, 0.2, 0.04, 0.06)
_SPEEDS: Final = {
    "motorbike": (7.0, 13.0),
    "bicycle": (3.5, 5.0),
    "car": (7.0, 13.0),
    "truck": (6.0, 10.0),
    "bus": (5.5, 9.0),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One vehicle at one moment: the ground rectangle it covers and its height, metres."""

    id: int
    kind: VehicleClass
    left_m: float
    right_m: float
    near_m: float
    far_m: float
    height_m: float


@dataclass(slots=True)
class _Vehicle:
    id: int
    kind: VehicleClass
    flow: int
    along_m: float
    across_m: float
    wish_m: float
    speed: float
    cruise: float
    width_m: float
    length_m: float

    @property
    def narrow(self) -> bool:
        return self.kind in {"motorbike", "bicycle"}


def drive(seconds: float, seed: int) -> list[list[Standing]]:
    """Everybody on stage at every `STEP_S` of `seconds`, after half a minute that fills the streets."""
    town = _Town(np.random.default_rng(seed))
    begin = round(30 / STEP_S)
    steps = round(seconds / STEP_S)
    moments = []
    for step in range(begin + steps):
        town.step(step * STEP_S)
        if step >= begin:
            moments.append([_standing(one) for one in town.vehicles])
    return moments


class _Town:
    def __init__(self, rng: np.random.Generator) -> None:
        self.vehicles: list[_Vehicle] = []
        self._rng = rng
        self._last_id = 0

    def step(self, t_s: float) -> None:
        for index, flow in enumerate(FLOWS):
            self._enter(index, flow)
            own = [one for one in self.vehicles if one.flow == index]
            if own:
                self._move(own, flow, t_s)
        self.vehicles = [
            one for one in self.vehicles if one.along_m - one.length_m < _distance(FLOWS[one.flow])
        ]

    def _enter(self, index: int, flow: Flow) -> None:
        if self._rng.random() >= flow.per_s * STEP_S or len(self.vehicles) >= _MAX_VEHICLES:
            return
        kind = _KINDS[int(self._rng.choice(len(_KINDS), p=_SHARES))]
        for _ in range(1 if kind != "motorbike" else 1 + int(self._rng.integers(0, 4))):
            self._add(index, flow, kind)

    def _add(self, index: int, flow: Flow, kind: VehicleClass) -> None:
        width_m, _, length_m = SIZES_M[kind]
        if kind in {"motorbike", "bicycle"}:
            across_m = float(self._rng.uniform(flow.left_m + 0.5, flow.right_m - 0.5))
        else:
            across_m = float(self._rng.choice(flow.lanes_m) + self._rng.normal(0, 0.2))
        along_m = float(self._rng.uniform(-3, 0))
        blocked = any(
            one.flow == index
            and abs(one.across_m - across_m) < (one.width_m + width_m) / 2 + 0.2
            and one.along_m - one.length_m - 1.5 < along_m
            and along_m - length_m - 1.5 < one.along_m
            for one in self.vehicles
        )
        if blocked:
            return
        cruise = float(self._rng.uniform(*_SPEEDS[kind]))
        self._last_id += 1
        self.vehicles.append(
            _Vehicle(
                self._last_id,
                kind,
                index,
                along_m,
                across_m,
                across_m,
                0.8 * cruise,
                cruise,
                width_m,
                length_m,
            )
        )

    def _move(self, own: list[_Vehicle], flow: Flow, t_s: float) -> None:
        along, across, speed, width, length = (
            np.array([getattr(one, name) for one in own])
            for name in ("along_m", "across_m", "speed", "width_m", "length_m")
        )
        left, right = _side_room(along, across, length, width)
        gap = along[None, :] - length[None, :] - along[:, None]
        beside = np.abs(across[None, :] - across[:, None]) < (width[None, :] + width[:, None]) / 2 + 0.15
        ahead = along[None, :] > along[:, None]
        room = np.where(beside & ahead, np.maximum(gap, 0.0), _FREE_M)
        leader = room.argmin(axis=1)
        for index, one in enumerate(own):
            space, pace = float(room[index, leader[index]]), float(speed[leader[index]])
            self._steer(one, flow, own[leader[index]] if space < _LOOK_M else None)
            to_line = abs(flow.stop_m - flow.enter_m) - one.along_m
            if not flow.is_green(t_s) and max(0.0, one.speed**2 / (2 * _BRAKE) - 1.0) < to_line < space:
                space, pace = to_line, 0.0
            one.speed = _next_speed(one, space, pace)
            one.along_m += one.speed * STEP_S
            across_m = one.across_m + min(max(_drift(one), -float(left[index])), float(right[index]))
            one.across_m = min(max(across_m, flow.left_m + one.width_m / 2), flow.right_m - one.width_m / 2)

    def _steer(self, one: _Vehicle, flow: Flow, leader: _Vehicle | None) -> None:
        if not one.narrow:
            return
        if leader is not None and leader is not one and leader.speed < 0.8 * one.cruise:
            apart = (leader.width_m + one.width_m) / 2 + 0.3
            if abs(one.wish_m - leader.across_m) < apart - 0.05:
                side = 1.0 if self._rng.random() < 0.5 else -1.0
                one.wish_m = leader.across_m + side * apart
        elif self._rng.random() < STEP_S / 2.5:
            one.wish_m = one.across_m + float(self._rng.normal(0, 1.0))
        one.wish_m = min(max(one.wish_m, flow.left_m + 0.5), flow.right_m - 0.5)


def _next_speed(one: _Vehicle, space_m: float, pace: float) -> float:
    """The intelligent-driver model, kept from running backwards."""
    least_m = 0.6 if one.narrow else 1.6
    headway_s = 0.5 if one.narrow else 1.0
    wanted = least_m + max(
        0.0, one.speed * headway_s + one.speed * (one.speed - pace) / (2 * (_PULL * _BRAKE) ** 0.5)
    )
    push = _PULL * (1 - (one.speed / one.cruise) ** 4 - (wanted / max(space_m, 0.1)) ** 2)
    return max(one.speed + max(push, -8.0) * STEP_S, 0.0)


def _drift(one: _Vehicle) -> float:
    """Metres to the side in this step: as steeply as a quarter of the way ahead, at most 1.5 m/s."""
    fastest = min(1.5, 0.25 * one.speed + 0.1) * STEP_S
    return min(max(one.wish_m - one.across_m, -fastest), fastest)


def _side_room(along: _Vector, across: _Vector, length: _Vector, width: _Vector) -> tuple[_Vector, _Vector]:
    """How far each vehicle may move to the left and to the right before it touches one alongside."""
    rear = along - length
    alongside = (along[None] > rear[:, None] - 0.3) & (rear[None] - 0.3 < along[:, None])
    np.fill_diagonal(alongside, val=False)
    apart = across[None] - across[:, None]
    free = np.maximum(np.abs(apart) - (width[None] + width[:, None]) / 2 - _SIDE_ROOM_M, 0.0)
    left = np.where(alongside & (apart < 0), free, _FREE_M).min(axis=1)
    right = np.where(alongside & (apart >= 0), free, _FREE_M).min(axis=1)
    return left, right


def _distance(flow: Flow) -> float:
    return abs(flow.leave_m - flow.enter_m)


def _standing(one: _Vehicle) -> Standing:
    flow = FLOWS[one.flow]
    front = flow.enter_m + flow.sign * one.along_m
    rear = front - flow.sign * one.length_m
    low, high = min(front, rear), max(front, rear)
    side = one.across_m - one.width_m / 2, one.across_m + one.width_m / 2
    x, y = (side, (low, high)) if flow.along_y else ((low, high), side)
    return Standing(one.id, one.kind, *x, *y, SIZES_M[one.kind][1])
