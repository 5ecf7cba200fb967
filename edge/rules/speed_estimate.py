"""The speed of a vehicle through the measurement zone, with its 95 % interval and what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from edge.detector.types import TWO_WHEELED, VehicleClass
from edge.rules.motion_fit import (
    FEWEST,
    GateSpeed,
    MotionFit,
    between_gates,
    fit_motion,
    largest_step,
)
from edge.rules.trajectory import Trajectory, broken, trajectory
from edge.scene import Scene
from edge.tracking import Track

KMH: Final = 3.6
_Z95: Final = 1.96
_FEWEST_POINTS: Final = 6
_SHORTEST_S: Final = 0.35
_SHORTEST_M: Final = 6.0
_LEAST_OF_ZONE: Final = 0.6
_MOST_DROPPED: Final = 0.25
_WORST_RMS_M: Final = 0.2
_WORST_SCATTER: Final = 4.0
_WILD_RMS_M: Final = 1.2
_LARGEST_STEP: Final = 5.0
_WIDEST_SHARE: Final = 0.12
_WIDEST_KMH: Final = 4.0
_ROOF_ERROR_PX: Final = 1.5
_LEAST_SHARE: Final = 0.5
_ROOF_AHEAD_M: Final[Mapping[VehicleClass, tuple[float, float]]] = MappingProxyType(
    {"motorbike": (0.4, 1.0), "car": (1.5, 1.0)}
)
"""How far before (seen from the camera: behind) the foot the roof's far edge lies, and how unsure that is."""


@dataclass(frozen=True, slots=True)
class SpeedEstimate:
    """A speed with its 95 % interval, km/h, and what it rests on. `doubt` says why it must not be used.

    `kmh` is the mean over the way seen in the zone. `gates_kmh`: the same by the second method, two virtual
    gates, with its own half width; None where too few sightings lie about them. `roof_kmh`: by the upper edge
    of the box instead of the lower, at the height it shows; coarse, None where it cannot be told.
    """

    kmh: float
    lower_kmh: float
    upper_kmh: float
    gates_kmh: float | None
    gates_half_kmh: float | None
    roof_kmh: float | None
    roof_half_kmh: float | None
    points: int
    span_s: float
    span_m: float
    rms_m: float
    doubt: str | None
    t_start_s: float
    t_end_s: float
    frames: tuple[int, int, int]

    @property
    def t_middle_s(self) -> float:
        """The middle of the measurement."""
        return (self.t_start_s + self.t_end_s) / 2


def estimate(track: Track, scene: Scene, *, from_kmh: float = 0.0) -> SpeedEstimate | None:
    """The speed of a vehicle through the measurement zone, in the direction of travel.

    None when fewer than four clear sightings lie in the zone, it did not move the watched way, or it was
    slower than `from_kmh`: then the dear part, how sure the speed is, is not worked out.
    """
    settings = scene.speed
    if settings is None:
        return None
    whole = trajectory(track, scene, foot_error_px=settings.box_error_px)
    path = whole.cut(scene.in_speed_zone(whole.foot_px))
    if len(path) < FEWEST or path.t_s[-1] <= path.t_s[0]:
        return None
    fit = fit_motion(path.t_s, path.along_m, path.sigma_m)
    if fit.speed <= 0 or KMH * fit.speed < from_kmh:
        return None
    return _told(track, path, fit, scene)


def _told(track: Track, path: Trajectory, fit: MotionFit, scene: Scene) -> SpeedEstimate:
    """The speed of a fit, how sure it is, and what speaks against it."""
    kept = path.cut(fit.keep)
    gates = between_gates(kept.t_s, kept.along_m, kept.sigma_m)
    roof = _roof_speed(kept, track.kind, scene)
    half = _half_width(kept, fit, scene)
    high = _lifted_speed(fit, scene)
    low = _margin_speed(kept, fit, scene) if track.kind in TWO_WHEELED else 0.0
    middle = int(np.argmin(np.abs(path.t_s - (path.t_s[0] + path.t_s[-1]) / 2)))
    return SpeedEstimate(
        kmh=KMH * fit.speed,
        lower_kmh=KMH * max(fit.speed - high - half, 0.0),
        upper_kmh=KMH * (fit.speed + low + half),
        gates_kmh=None if gates is None else KMH * gates.speed,
        gates_half_kmh=None if gates is None else KMH * gates.half_width_95,
        roof_kmh=None if roof is None else KMH * roof[0],
        roof_half_kmh=None if roof is None else KMH * roof[1],
        points=fit.kept,
        span_s=float(path.t_s[-1] - path.t_s[0]),
        span_m=float(path.along_m[-1] - path.along_m[0]),
        rms_m=fit.rms,
        doubt=_doubt(kept, fit, half, scene) or _second_doubt(fit, gates, roof),
        t_start_s=float(path.t_s[0]),
        t_end_s=float(path.t_s[-1]),
        frames=(int(path.frame[0]), int(path.frame[middle]), int(path.frame[-1])),
    )


def _lifted_speed(fit: MotionFit, scene: Scene) -> float:
    """By how much a foot seen above the road may read too fast, m/s; never too slow, so all is given away."""
    assert scene.speed is not None
    return fit.speed * scene.speed.contact_height_m / (scene.file.calibration.camera_height_m or np.inf)


def _half_width(kept: Trajectory, fit: MotionFit, scene: Scene) -> float:
    """95 % half width of the speed, m/s: scatter, the road plane, and boxes that are off alike.

    Each is carried through the fit as it was made: by how much it moves every place, times what that place
    counts for the speed.
    """
    assert scene.speed is not None
    off_m = kept.m_per_px * scene.speed.box_bias * kept.height_px
    share = (kept.along_m - kept.along_m[0]) / (kept.along_m[-1] - kept.along_m[0])
    bias = np.hypot(fit.pull @ (off_m * (1 - share)), fit.pull @ (off_m * share))
    trials = scene.plane.trial_roads(kept.foot_px) @ scene.direction
    plane = np.sqrt(np.mean((trials @ fit.pull - kept.along_m @ fit.pull) ** 2))
    scale = fit.speed * scene.file.calibration.scale_error
    return float(np.hypot(fit.half_width_95, _Z95 * np.sqrt(bias**2 + plane**2 + scale**2)))


def _margin_speed(kept: Trajectory, fit: MotionFit, scene: Scene) -> float:
    """By how much a box that reaches below the tyres all along may read too slow, m/s.

    Networks draw boxes a little outside of what they find, by about as many of their own pixels near as far:
    and a pixel is worth more metres far away. Of a car the same edge is hidden by the bumper or lies in the
    shadow under it, so that nothing of the kind is seen.
    """
    assert scene.speed is not None
    margin_px = scene.speed.box_margin * max(scene.picture_size_px)
    return float(abs(fit.pull @ kept.m_per_px) * margin_px)


def _doubt(kept: Trajectory, fit: MotionFit, half: float, scene: Scene) -> str | None:
    span_s, span_m = kept.t_s[-1] - kept.t_s[0], kept.along_m[-1] - kept.along_m[0]
    if fit.kept < _FEWEST_POINTS or span_s < _SHORTEST_S:
        return "too_few_points"
    if (why := broken(kept)) is not None:
        return why
    if span_m < max(_SHORTEST_M, _LEAST_OF_ZONE * scene.speed_zone_m):
        return "too_short_way"
    loose = fit.rms > _WORST_RMS_M and fit.scatter > _WORST_SCATTER
    if loose or fit.dropped_share > _MOST_DROPPED or fit.rms > _WILD_RMS_M:
        return "scattered"
    step = largest_step(kept.t_s, kept.along_m, kept.sigma_m)
    if step.errors > _LARGEST_STEP and abs(step.speed) > half:
        return "edge_jumps"
    return "too_uncertain" if half > max(_WIDEST_KMH / KMH, _WIDEST_SHARE * fit.speed) else None


def _second_doubt(fit: MotionFit, gates: GateSpeed | None, roof: tuple[float, float] | None) -> str | None:
    """Two measurements that differ by more than both may be off together are none."""
    if gates is None:
        return "no_second_speed"
    if abs(fit.speed - gates.speed) > np.hypot(fit.half_width_95, gates.half_width_95):
        return "gates_disagree"
    if roof is not None and abs(fit.speed - roof[0]) > np.hypot(fit.half_width_95, roof[1]):
        return "roof_disagrees"
    return None


def _roof_speed(path: Trajectory, kind: VehicleClass, scene: Scene) -> tuple[float, float] | None:
    """The speed of the upper edge of the box, and its 95 % half width, m/s.

    A point at height z over the road is read h / (h - z) times as far from the camera's foot as it stands.
    How high the edge stands follows from where it is seen above the foot, once for the whole way; so a foot
    that slides off the wheels changes the one speed and hardly the other. The roof's far edge lies some way
    ahead of the foot, by kind of vehicle.
    """
    if not scene.pose.known or kind not in _ROOF_AHEAD_M:
        return None
    foot_m = scene.along_m(np.array([scene.pose.foot_m]))[0]
    away = np.sign(float(np.median(path.along_m)) - foot_m)
    with np.errstate(divide="ignore", invalid="ignore"):
        low_m = away * (path.along_m - foot_m)
        high_m = away * (scene.along_m(scene.plane.road(path.top_px)) - foot_m)
        share = float(np.median(low_m / high_m))
    if not (np.isfinite(high_m).all() and (high_m > 0).all() and _LEAST_SHARE < share < 1):
        return None
    slope = np.einsum("i,nij->nj", scene.direction, scene.plane.jacobian(path.top_px))
    sigma_m = share * np.hypot(slope[:, 0], slope[:, 1]) * _ROOF_ERROR_PX
    fit = fit_motion(path.t_s, share * away * high_m, sigma_m)
    ahead_m, ahead_error_m = _ROOF_AHEAD_M[kind]
    distance_m = float(np.median(low_m))
    speed = fit.speed * (1 + ahead_m / distance_m)
    return speed, float(np.hypot(fit.half_width_95, _Z95 * abs(speed) * ahead_error_m / distance_m))
