"""Whether somebody may be breaking a rule just now, so that every picture counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from edge.scene import Scene
from edge.tracking import Track

_BEFORE_LINE_M: Final = 6.0
_BEFORE_LINE_S: Final = 1.0
_BEYOND_M: Final = 3.0
_MOVING_MPS: Final = 0.7
_SPEED_OVER_S: Final = 0.6
_LEAST_S: Final = 0.25
_FAST_SHARE: Final = 0.9
_KMH: Final = 3.6


@dataclass(frozen=True, slots=True)
class Stakes:
    """Why every picture of a vehicle counts.

    `near_line`: moving, about to pass the stop line or just past it.
    `fast`: in the speed zone, near the limit, over it, or too new to tell.
    """

    near_line: bool = False
    fast: bool = False


def stakes_of(track: Track, scene: Scene) -> Stakes:
    """What the newest sightings of a track put at stake."""
    last = track.last
    early = next(one for one in track.observations[-30:] if last.t_s - one.t_s <= _SPEED_OVER_S)
    feet = np.array([early.box.bottom_centre, last.box.bottom_centre], dtype=np.float64)
    road_m = scene.plane.road(feet)
    if not np.isfinite(road_m).all():
        return Stakes()
    took_s = last.t_s - early.t_s
    speed_mps = float(np.hypot(*(road_m[1] - road_m[0]))) / took_s if took_s >= _LEAST_S else None
    return Stakes(_is_near_line(road_m, speed_mps, scene), _is_fast(feet, speed_mps, scene))


def _is_near_line(road_m: np.ndarray, speed_mps: float | None, scene: Scene) -> bool:
    if scene.line_m is None or (speed_mps is not None and speed_mps < _MOVING_MPS):
        return False
    past_m = float(scene.to_line(road_m[1:]).past_m[0])
    before_m = _BEFORE_LINE_M + _BEFORE_LINE_S * (speed_mps or 0.0)
    return -before_m < past_m < scene.red_light.clear_past_line_m + _BEYOND_M


def _is_fast(feet: np.ndarray, speed_mps: float | None, scene: Scene) -> bool:
    if scene.speed is None or not bool(scene.in_speed_zone(feet[1:])[0]):
        return False
    return speed_mps is None or speed_mps * _KMH > _FAST_SHARE * scene.speed.limit_kmh
