"""Piecewise motion along a straight line: constant acceleration pieces, smooth side steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

KMH = 1.0 / 3.6


@dataclass(frozen=True)
class Motion:
    """Position of a vehicle's front: start ``(t0, s0, v0)``, then ``(duration, acceleration)``.

    Seconds, metres, metres per second. Before ``t0`` and after the last piece the speed is
    constant.
    """

    t0: float
    s0: float
    v0: float
    pieces: tuple[tuple[float, float], ...] = ()

    def state(self, t: float) -> tuple[float, float]:
        """Return ``(s, v)`` in metres and metres per second at time ``t``."""
        left, s, v = t - self.t0, self.s0, self.v0
        if left <= 0:
            return s + v * left, v
        for duration, acc in self.pieces:
            dt = min(left, duration)
            s += v * dt + 0.5 * acc * dt * dt
            v += acc * dt
            left -= dt
            if left <= 0:
                return s, v
        return s + v * left, v


def cruise(kmh: float, t_at: float, s_at: float) -> Motion:
    """Constant speed; the front passes ``s_at`` at ``t_at``."""
    return Motion(t_at, s_at, kmh * KMH)


def stop_and_go(kmh: float, s_stop: float, t_stop: float, brake: float, *, t_go: float, acc: float) -> Motion:
    """Cruise, brake at ``brake`` m/s2 to rest at ``s_stop``, start again at ``t_go``."""
    v = kmh * KMH
    t_brake = v / brake
    start = s_stop - v * t_brake / 2
    pieces = ((t_brake, -brake), (t_go - t_stop, 0.0), (v / acc, acc))
    return Motion(t_stop - t_brake, start, v, pieces)


def lateral(points: Sequence[tuple[float, float]], s: float) -> float:
    """Return the offset x at arc length ``s`` from ``(s, x)`` knots, smoothstep between."""
    if s <= points[0][0]:
        return points[0][1]
    for (s0, x0), (s1, x1) in pairwise(points):
        if s <= s1:
            u = (s - s0) / (s1 - s0)
            return x0 + (x1 - x0) * u * u * (3 - 2 * u)
    return points[-1][1]
