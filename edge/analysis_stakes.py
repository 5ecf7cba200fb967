"""Whether somebody may be breaking a rule just now, so that every picture counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from edge.scene import Scene
from edge.scene_geometry import Points
from edge.tracking import Track

_BEFORE_LINE_M: Final = 6.0
_BEFORE_LINE_S: Final = 1.0
_BEYOND_M: Final = 3.0
_MOVING_MPS: Final = 0.7
_SPEED_OVER_S: Final = 0.6
_LEAST_S: Final = 0.2
_NEW_S: Final = 0.35
_FAST_SHARE: Final = 1.0
_SIGHTINGS: Final = 30
_KMH: Final = 3.6


@dataclass(frozen=True, slots=True)
class Stakes:
    """Why every picture of a vehicle counts.

    `new`: too new to tell, and nearest where traffic moves away. `near_line`: moving, about to pass the stop
    line or just past it. `fast`: in the speed zone, over the limit.
    """

    new: bool = False
    near_line: bool = False
    fast: bool = False


def stakes_of(track: Track, scene: Scene) -> Stakes:
    """What the newest sightings of a track put at stake."""
    newest_s = track.last.t_s
    if newest_s - track.observations[0].t_s < _NEW_S:
        return Stakes(new=True)
    clear = [
        one
        for one in track.observations[-_SIGHTINGS:]
        if one.contact_clear and newest_s - one.t_s <= _SPEED_OVER_S
    ]
    if not clear or (took_s := clear[-1].t_s - clear[0].t_s) < _LEAST_S:
        return Stakes()
    early, last = clear[0], clear[-1]
    feet = np.array([early.box.bottom_centre, last.box.bottom_centre], dtype=np.float64)
    road_m = scene.plane.road(feet)
    if not np.isfinite(road_m).all():
        return Stakes()
    speed_mps = float(np.hypot(*(road_m[1] - road_m[0]))) / took_s
    return Stakes(near_line=_is_near_line(road_m, speed_mps, scene), fast=_is_fast(feet, speed_mps, scene))


def _is_near_line(road_m: Points, speed_mps: float, scene: Scene) -> bool:
    if scene.line_m is None or speed_mps < _MOVING_MPS:
        return False
    past_m = float(scene.to_line(road_m[1:]).past_m[0])
    before_m = _BEFORE_LINE_M + _BEFORE_LINE_S * speed_mps
    return -before_m < past_m < scene.red_light.clear_past_line_m + _BEYOND_M


def _is_fast(feet: Points, speed_mps: float, scene: Scene) -> bool:
    if scene.speed is None or speed_mps * _KMH < _FAST_SHARE * scene.speed.limit_kmh:
        return False
    return bool(scene.in_speed_zone(feet[1:])[0])
