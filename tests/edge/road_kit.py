"""A made-up road and camera with known truth: vehicles as boxes, seen from a pole 6 m high."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from edge.detector.types import Box, Detection, VehicleClass
from edge.rules import SignalHistory
from edge.scene import Scene, scene_of
from edge.scene_file import CameraFile
from edge.tracking import Observation, Track

HEIGHT_M = 6.0
PITCH = np.radians(12.0)
_COS, _SIN = float(np.cos(PITCH)), float(np.sin(PITCH))
FOCAL_PX = 1400.0
SIZE_PX = (1920, 1080)
LINE_M = 25.0
SIZES_M: dict[VehicleClass, tuple[float, float, float]] = {
    "motorbike": (0.8, 1.6, 1.9),
    "car": (1.8, 1.5, 4.4),
    "bus": (2.5, 3.0, 11.0),
    "truck": (2.3, 2.8, 7.0),
    "bicycle": (0.7, 1.6, 1.8),
    "person": (0.6, 1.7, 0.4),
}
"""Width, height, length."""


def picture(points_m: Sequence[tuple[float, float, float]] | np.ndarray) -> np.ndarray:
    """Picture px of points (x right, y ahead, z up) in metres from the foot of the pole."""
    x, y, z = np.asarray(points_m, dtype=float).T
    z = z - HEIGHT_M
    depth = y * _COS - z * _SIN
    px = np.empty((len(x), 2))
    px[:, 0] = x / depth * FOCAL_PX + SIZE_PX[0] / 2
    px[:, 1] = (-y * _SIN - z * _COS) / depth * FOCAL_PX + SIZE_PX[1] / 2
    return px


def pixel(x_m: float, y_m: float, z_m: float) -> tuple[float, float]:
    """As `picture`, of one point: hypothesis asks for millions of them."""
    z_m -= HEIGHT_M
    depth = y_m * _COS - z_m * _SIN
    return (
        x_m / depth * FOCAL_PX + SIZE_PX[0] / 2,
        (-y_m * _SIN - z_m * _COS) / depth * FOCAL_PX + SIZE_PX[1] / 2,
    )


def ground(x_m: float, y_m: float) -> tuple[float, float]:
    """Picture px of a point on the road."""
    return pixel(x_m, y_m, 0.0)


def camera_file(**changes: object) -> CameraFile:
    """A full camera file of this road: red light and speeding at 50 km/h between 15 and 45 m."""
    places = [(x, y) for y in (14.0, 20.0, 25.0, 35.0, 50.0) for x in (-3.5, 0.0, 3.5)]
    content: dict[str, object] = {
        "schema": "phatnguoi.camera/1",
        "id": "test-01",
        "name": "Đường thử / Test road",
        "location": "Nowhere",
        "picture_size_px": SIZE_PX,
        "rules": ["red_light", "speeding"],
        "calibration": {
            "quality": "surveyed",
            "camera_height_m": HEIGHT_M,
            "point_error_px": 0.5,
            "points": [{"picture_px": ground(*place), "road_m": place} for place in places],
        },
        "road": {"direction_m": (0, 1)},
        "stop_line": {"ends_px": (ground(-4, LINE_M), ground(4, LINE_M))},
        "signal": {"red": (100, 100, 20, 20), "green": (100, 160, 20, 20)},
        "speed": {
            "limit_kmh": 50,
            "zone_px": (ground(-4.5, 15), ground(4.5, 15), ground(4.5, 45), ground(-4.5, 45)),
        },
    }
    return CameraFile.model_validate(content | changes)


_SCENES: dict[str, Scene] = {}


def road(**changes: object) -> Scene:
    """The scene of this camera file; made once, for its errors are found by many trials."""
    file = camera_file(**changes)
    written = file.model_dump_json()
    if written not in _SCENES:
        _SCENES[written] = scene_of(file)
    return _SCENES[written]


def box_at(x_m: float, rear_m: float, kind: VehicleClass = "car") -> Box:
    """The exact box of a vehicle seen from behind whose rear wheels stand at `rear_m`."""
    width_m, height_m, _ = SIZES_M[kind]
    half_m = width_m / 2
    left, right = pixel(x_m - half_m, rear_m, 0.0), pixel(x_m + half_m, rear_m, 0.0)
    top = pixel(x_m, rear_m, height_m)
    return Box(left[0], top[1], right[0] - left[0], left[1] - top[1])


Motion = Callable[[float], float]
"""Seconds to the metres of the rear wheels from the pole."""


def cruise(kmh: float, at_line_s: float) -> Motion:
    """Constant speed; the rear passes the stop line at `at_line_s`."""
    return lambda t: LINE_M + kmh / 3.6 * (t - at_line_s)


def through(*points: tuple[float, float]) -> Motion:
    """Straight between (seconds, metres of the rear) points."""
    times, places = zip(*points, strict=True)
    return lambda t: float(np.interp(t, times, places))


def shaken(box: Box, rng: np.random.Generator, noise_px: float) -> Box:
    x, y, x2, y2 = np.add(rng.normal(0, noise_px, 4), [box.x, box.y, box.x2, box.y2]).tolist()
    return Box(x, y, max(x2 - x, 2), max(y2 - y, 2))


def sighted(
    motion: Motion,
    times_s: Sequence[float],
    *,
    x_m: float | Callable[[float], float] = 0.0,
    kind: VehicleClass = "car",
    noise_px: float = 0.0,
    rng: np.random.Generator | None = None,
    track: int = 1,
    stamps_s: Sequence[float] | None = None,
) -> Track:
    """The track of a vehicle while its foot is in the picture. `stamps_s`: times as told, if not true."""
    rng = rng or np.random.default_rng(0)
    seen = []
    for index, t_s in enumerate(times_s):
        rear_m = motion(t_s)
        if not 12.5 < rear_m < 90:
            continue
        across = x_m(t_s) if callable(x_m) else x_m
        box = shaken(box_at(across, rear_m, kind), rng, noise_px)
        told_s = t_s if stamps_s is None else stamps_s[index]
        seen.append(Observation(float(told_s), index, box, kind, 0.9, contact_clear=box.y2 < SIZE_PX[1] - 2))
    return Track(track, kind, 1.0, tuple(seen), ended=True)


def light(*phases: tuple[str, float, float], fps: float = 12.5) -> SignalHistory:
    """Readings of a head at `fps` through (state, from, to) phases."""
    history = SignalHistory()
    for index in range(round(phases[-1][2] * fps)):
        t_s = index / fps
        state = next((state for state, start, end in phases if start <= t_s < end), None)
        if state is not None:
            history.add(t_s, state)  # type: ignore[arg-type]
    return history


def seen_in_order(tracks: Sequence[Track]) -> list[tuple[float, int, list[Detection]]]:
    """The sightings of several vehicles as pictures of detections, in the order of time."""
    pictures: dict[tuple[float, int], list[Detection]] = {}
    for track in tracks:
        for one in track.observations:
            pictures.setdefault((one.t_s, one.frame), []).append(Detection(one.box, one.kind, one.confidence))
    return [(t_s, frame, found) for (t_s, frame), found in sorted(pictures.items())]


def frames(seconds: float, fps: float, start_s: float = 0.0) -> list[float]:
    return [start_s + index / fps for index in range(round(seconds * fps))]


REPOSITORY = Path(__file__).resolve().parents[2]
