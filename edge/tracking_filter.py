"""A Kalman filter on a box: foot point and log size, in seconds.

A vehicle at constant speed on a road does not move at constant speed in the picture: going away it shrinks
and slows as 1 / (1 + r t), r being how fast it shrinks now. The prediction follows that, without a horizon.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.types import Box

GATE: Final = 13.28
"""99 % of the chi-square distribution with four degrees of freedom."""

_Vector = npt.NDArray[np.float64]

# A vehicle's box is about 1.6 m high, so box heights a second are a scale-free measure of speed.
_ACCELERATION_HEIGHTS: Final = 5.0
_FIRST_SPEED_HEIGHTS: Final = 9.0
_SIZE_ACCELERATION: Final = 1.5
_FIRST_SIZE_SPEED: Final = 1.0
_POSITION_NOISE_HEIGHTS: Final = 0.05
_SIZE_NOISE: Final = 0.08
_EDGE_NOISE_PX: Final = 1.5
_LARGEST_SIZE_SPEED: Final = 2.5
_LEAST_STRETCH: Final = 0.65
_MOST_STRETCH: Final = 2.5


class BoxFilter:
    """Believes in one vehicle's foot (x, y), log width, log height and their speeds."""

    def __init__(self, t_s: float, box: Box) -> None:
        self._t_s = t_s
        self._mean = _measured(box)
        self._speed: _Vector = np.zeros(4)
        noise = _noise(box.w, box.h)
        first = np.array([_FIRST_SPEED_HEIGHTS * box.h] * 2 + [_FIRST_SIZE_SPEED] * 2)
        self._pp: _Vector = noise**2
        self._pv: _Vector = np.zeros(4)
        self._vv: _Vector = first**2

    def predicted(self, t_s: float) -> Box:
        """Where the vehicle should be at `t_s`, px."""
        mean, _, _, _, _ = self._ahead(t_s)
        w, h = np.exp(mean[2:])
        return Box(float(mean[0] - w / 2), float(mean[1] - h), float(w), float(h))

    def distance2(self, t_s: float, boxes: Sequence[Box]) -> _Vector:
        """Squared Mahalanobis distance of each box from the prediction."""
        mean, _, pp, _, _ = self._ahead(t_s)
        spread = pp + _noise(*np.exp(mean[2:])) ** 2
        seen = np.array([_measured(box) for box in boxes])
        return np.asarray((((seen - mean) ** 2) / spread).sum(axis=1), dtype=np.float64)

    def correct(self, t_s: float, box: Box) -> None:
        """Take in a sighting at `t_s`."""
        mean, speed, pp, pv, vv = self._ahead(t_s)
        spread = pp + _noise(box.w, box.h) ** 2
        gain, speed_gain = pp / spread, pv / spread
        miss = _measured(box) - mean
        self._t_s = t_s
        self._mean = mean + gain * miss
        self._speed = speed + speed_gain * miss
        self._speed[2:] = np.clip(self._speed[2:], -_LARGEST_SIZE_SPEED, _LARGEST_SIZE_SPEED)
        self._pp, self._pv, self._vv = (1 - gain) * pp, (1 - gain) * pv, vv - speed_gain * pv

    def _ahead(self, t_s: float) -> tuple[_Vector, _Vector, _Vector, _Vector, _Vector]:
        """Mean, speed and the three parts of the covariance at `t_s`."""
        dt = t_s - self._t_s
        height = float(np.exp(self._mean[3]))
        push = np.array([_ACCELERATION_HEIGHTS * height] * 2 + [_SIZE_ACCELERATION] * 2) ** 2
        shrinking = -float(self._speed[2:].mean())
        stretch = float(np.clip(1 + shrinking * dt, _LEAST_STRETCH, _MOST_STRETCH))
        mean = np.concatenate(
            [self._mean[:2] + self._speed[:2] * dt / stretch, self._mean[2:] - np.log(stretch)]
        )
        speed = np.concatenate([self._speed[:2] / stretch**2, self._speed[2:] / stretch])
        return (
            mean,
            speed,
            self._pp + 2 * dt * self._pv + dt**2 * self._vv + push * dt**4 / 4,
            self._pv + dt * self._vv + push * dt**3 / 2,
            self._vv + push * dt**2,
        )


def _measured(box: Box) -> _Vector:
    return np.array([box.cx, box.y2, np.log(max(box.w, 1.0)), np.log(max(box.h, 1.0))])


def _noise(width_px: float, height_px: float) -> _Vector:
    position_px = max(_POSITION_NOISE_HEIGHTS * height_px, _EDGE_NOISE_PX)
    sizes = [max(_SIZE_NOISE, _EDGE_NOISE_PX / max(side_px, 1.0)) for side_px in (width_px, height_px)]
    return np.array([position_px, position_px, *sizes])
