"""When the foot of a vehicle crossed a gate on the road: interpolated between pictures, never beyond them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from edge.rules.motion_fit import fit_motion, student_95
from edge.rules.trajectory import broken, trajectory
from edge.scene import Scene
from edge.tracking import Track

_ABOUT_M: Final = 12.0
_FEWEST_EACH_SIDE: Final = 2
_FEWEST: Final = 5
_SLOWEST_MPS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Crossing:
    """Stream time of a crossing and its standard error, seconds."""

    t_s: float
    error_s: float


def gate_crossing(track: Track, scene: Scene) -> Crossing | None:
    """When this vehicle crossed the camera's [section_gate] the watched way.

    None without a gate, when it was not seen clearly on both sides of it, stood about it, or its track is
    broken there. The error takes in the scatter of the sightings, the marking of the gate's place and a foot
    that may be seen above the road (which moves every crossing one way).
    """
    gate = scene.file.section_gate
    if gate is None:
        return None
    path = trajectory(track, scene)
    if len(path) == 0:
        return None
    start, end = scene.plane.road(np.asarray(gate.line_px, dtype=np.float64))
    past_m, across = np.linalg.solve(np.column_stack([scene.direction, end - start]), (path.road_m - start).T)
    near = (np.abs(past_m) <= _ABOUT_M) & (across >= 0) & (across <= 1)
    path, past_m = path.cut(near), past_m[near]
    if len(path) < _FEWEST or min((past_m < 0).sum(), (past_m >= 0).sum()) < _FEWEST_EACH_SIDE:
        return None
    if broken(path) is not None:
        return None
    fit = fit_motion(path.t_s, past_m, path.sigma_m)
    if fit.speed < _SLOWEST_MPS:
        return None
    t, s, sigma = path.t_s[fit.keep], past_m[fit.keep], path.sigma_m[fit.keep]
    weight = 1 / sigma**2
    moments = t - s / fit.speed
    # About the gate a change of speed hardly matters; far sightings count less, by their place.
    weight = weight * np.exp(-np.abs(s) / (_ABOUT_M / 2))
    moment = float(np.average(moments, weights=weight))
    scatter2 = float(np.average((moments - moment) ** 2, weights=weight))
    few = float(weight.sum() ** 2 / (weight**2).sum())
    own_s = np.sqrt(scatter2 / max(few - 1, 1)) * student_95(len(t) - 2) / 1.96
    place_m = np.hypot(
        scene.plane.place_error_m(tuple((start + end) / 2)), _high_foot_m(scene, (start + end) / 2)
    )
    return Crossing(moment, float(np.hypot(own_s, place_m / fit.speed)))


def _high_foot_m(scene: Scene, gate_m: np.ndarray) -> float:
    """How far a foot seen above the road reads off at the gate, standard error, metres."""
    if not scene.pose.known or scene.speed is None:
        return 0.0
    away_m = float(np.hypot(*(gate_m - np.array(scene.pose.foot_m))))
    return float(away_m * scene.speed.contact_height_m / scene.pose.height_m / np.sqrt(3))
