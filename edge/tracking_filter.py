"""Kalman filters on boxes, many at once: middle of the upper edge and log size, in seconds.

The upper edge, because nearer vehicles and the picture's end hide the foot first.

A vehicle at constant speed on a road does not move at constant speed in the picture: going away it shrinks
and slows as 1 / (1 + r t), r being how fast it shrinks now. The prediction follows that, without a horizon.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.types import Box

Array = npt.NDArray[np.float64]

# A vehicle's box is about 1.6 m high, so box heights a second are a scale-free measure of speed.
_FIRST_SPEED_HEIGHTS: Final = 6.0
_FIRST_SIZE_SPEED: Final = 1.0
_JERKINESS_HEIGHTS: Final = 1.2
"""Deviation of the speed after a second of unknown pushes, heights a second."""
_SIZE_JERKINESS: Final = 0.3
_POSITION_NOISE_HEIGHTS: Final = 0.05
_SIZE_NOISE: Final = 0.08
_EDGE_NOISE_PX: Final = 1.5
_LARGEST_SIZE_SPEED: Final = 2.5
_SURPRISE: Final = 6.0
"""Squared deviations beyond which a sighting counts less: a vehicle half hidden does not jump aside."""
_LEAST_STRETCH: Final = 0.65
_MOST_STRETCH: Final = 2.5


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is believed of each vehicle at one moment: rows of middle x, top y, log width, log height.

    `mean` px and log px, `speed` of them a second, and the parts of the covariance, each row by itself.
    """

    mean: Array
    speed: Array
    pp: Array
    pv: Array
    vv: Array

    def edges(self) -> Array:
        """Left, top, right and lower edge of each box, px."""
        return edges_of(self.mean)

    def box(self, row: int) -> Box:
        """The box of one vehicle, px."""
        x, y, log_w, log_h = self.mean[row].tolist()
        w, h = exp(log_w), exp(log_h)
        return Box(x - w / 2, y, w, h)

    def spread(self) -> Array:
        """Variance of a sighting of each vehicle."""
        return self.pp + _noise(self.mean) ** 2


class BoxFilters:
    """Believes in the place, the log size and their speeds of any number of vehicles: one row each."""

    def __init__(self) -> None:
        self._t_s: Array = np.zeros(0)
        self._state: Array = np.zeros((5, 0, 4))

    def __len__(self) -> int:
        return len(self._t_s)

    def ahead(self, t_s: float) -> Ahead:
        """Where everybody should be at `t_s`."""
        mean, speed, pp, pv, vv = self._state
        dt = (t_s - self._t_s)[:, None]
        push = np.empty_like(mean)
        push[:, :2] = (_JERKINESS_HEIGHTS * np.exp(mean[:, 3:])) ** 2
        push[:, 2:] = _SIZE_JERKINESS**2
        stretch = np.clip(1 - speed[:, 2:].mean(axis=1, keepdims=True) * dt, _LEAST_STRETCH, _MOST_STRETCH)
        moved, faster = mean.copy(), speed / stretch
        moved[:, :2] += speed[:, :2] * dt / stretch
        moved[:, 2:] -= np.log(stretch)
        faster[:, :2] /= stretch
        return Ahead(
            moved,
            faster,
            pp + 2 * dt * pv + dt**2 * vv + push * dt**3 / 3,
            pv + dt * vv + push * dt**2 / 2,
            vv + push * dt,
        )

    def correct(self, t_s: float, ahead: Ahead, rows: Sequence[int], measured: Array) -> None:
        """Take in the sightings `measured` (rows of `measures`) of the vehicles `rows` at `t_s`."""
        at = np.asarray(rows, dtype=np.intp)
        pp, pv = ahead.pp[at], ahead.pv[at]
        noise2 = _noise(measured) ** 2
        miss = measured - ahead.mean[at]
        spread = pp + noise2 * np.maximum(miss**2 / (pp + noise2) / _SURPRISE, 1.0)
        gain, speed_gain = pp / spread, pv / spread
        speed = ahead.speed[at] + speed_gain * miss
        speed[:, 2:] = np.clip(speed[:, 2:], -_LARGEST_SIZE_SPEED, _LARGEST_SIZE_SPEED)
        self._t_s[at] = t_s
        self._state[:, at] = (
            ahead.mean[at] + gain * miss,
            speed,
            (1 - gain) * pp,
            (1 - gain) * pv,
            ahead.vv[at] - speed_gain * pv,
        )

    def add(self, t_s: float, measured: Array) -> None:
        """One more vehicle, seen for the first time at `t_s` (one row of `measures`)."""
        height = np.exp(measured[3])
        first = np.array([_FIRST_SPEED_HEIGHTS * height] * 2 + [_FIRST_SIZE_SPEED] * 2)
        zero = np.zeros(4)
        row = np.array([measured, zero, _noise(measured[None])[0] ** 2, zero, first**2])
        self._t_s = np.append(self._t_s, t_s)
        self._state = np.concatenate([self._state, row[:, None]], axis=1)

    def keep(self, rows: Sequence[int]) -> None:
        """Forget all but these rows."""
        at = np.asarray(rows, dtype=np.intp)
        self._t_s, self._state = self._t_s[at], self._state[:, at]


def measures(boxes: Sequence[Box]) -> Array:
    """Middle x, top y (px), log width and log height of each box."""
    sides = np.array([(one.x, one.y, one.w, one.h) for one in boxes], dtype=np.float64).reshape(-1, 4)
    log_size = np.log(np.maximum(sides[:, 2:], 1.0))
    return np.column_stack([sides[:, 0] + sides[:, 2] / 2, sides[:, 1], log_size])


def edges_of(mean: Array) -> Array:
    """Left, top, right and lower edge (px) of each row of `measures`."""
    size = np.exp(mean[:, 2:])
    left, top = mean[:, 0] - size[:, 0] / 2, mean[:, 1]
    return np.column_stack([left, top, left + size[:, 0], top + size[:, 1]])


def _noise(mean: Array) -> Array:
    """Deviation of a sighting of boxes of this size."""
    size = np.exp(mean[:, 2:])
    noise = np.empty_like(mean)
    noise[:, :2] = np.maximum(_POSITION_NOISE_HEIGHTS * size[:, 1:], _EDGE_NOISE_PX)
    noise[:, 2:] = np.maximum(_SIZE_NOISE, _EDGE_NOISE_PX / np.maximum(size, 1.0))
    return noise
