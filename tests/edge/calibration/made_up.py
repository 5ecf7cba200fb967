"""Made-up cameras and what a technician would mark in their pictures."""

from __future__ import annotations

import numpy as np

from edge.calibration.camera import RoadCamera
from edge.calibration.facts import Facts, Length, Straight, Surveyed

SIZE_PX = (1920, 1080)


def a_camera(rng: np.random.Generator, k1: float = 0.0) -> RoadCamera:
    """Over a road, looking along it as road cameras do."""
    return RoadCamera(
        size_px=SIZE_PX,
        focal_px=float(rng.uniform(1400, 3200)),
        tilt_rad=float(np.radians(rng.uniform(9, 22))),
        roll_rad=float(np.radians(rng.normal(0, 1.5))),
        pan_rad=float(np.radians(rng.uniform(-8, 8))),
        height_m=float(rng.uniform(4.5, 10)),
        k1=k1,
    )


def visible(camera: RoadCamera) -> tuple[float, float, float, float]:
    """A stretch the camera sees whole: left, right, near, far, metres."""
    low = camera.road(np.array([[SIZE_PX[0] / 2, SIZE_PX[1] - 40.0]]))[0]
    far = min(low[1] * 3, low[1] + 40)
    middle = camera.road(np.array([[SIZE_PX[0] / 2, SIZE_PX[1] / 2]]))[0, 0]
    return middle - 1.8, middle + 1.8, float(low[1]), float(far)


def seen(camera: RoadCamera, places_m: list[tuple[float, float]], rng: np.random.Generator, noise_px: float):
    shown = camera.picture(np.array(places_m)) + rng.normal(0, noise_px, (len(places_m), 2))
    return [(float(x), float(y)) for x, y in shown]


def taped(
    camera: RoadCamera, rng: np.random.Generator, *, noise_px: float = 0.0, error_m: float = 0.0
) -> Facts:
    """Two lengths along, two across, and two lane edges."""
    left, right, near, far = visible(camera)
    pairs = [
        ((left, near), (left, far), "along"),
        ((right, near), (right, (near + far) / 2), "along"),
        ((left, near), (right, near), "across"),
        ((left, far), (right, far), "across"),
    ]
    lengths = []
    for start, end, way in pairs:
        ends = seen(camera, [start, end], rng, noise_px)
        metres = float(np.hypot(end[0] - start[0], end[1] - start[1]) + rng.normal(0, error_m))
        lengths.append(
            Length((ends[0], ends[1]), way, metres, error_m=max(error_m, 1e-3), px_error=max(noise_px, 0.05))
        )
    edges = [
        Straight(
            tuple(seen(camera, [(x, y) for y in np.linspace(near, far, 12)], rng, noise_px)),
            "along",
            max(noise_px, 0.05),
        )
        for x in (left, right)
    ]
    return Facts(SIZE_PX, tuple(lengths), tuple(edges))


def surveyed(camera: RoadCamera, rng: np.random.Generator, *, noise_px: float = 0.0) -> Facts:
    """A grid of points, in road metres that begin somewhere else and are turned."""
    left, right, near, far = visible(camera)
    places = [(x, y) for x in np.linspace(left, right, 3) for y in np.linspace(near, far, 4)]
    shown = seen(camera, places, rng, noise_px)
    turn = np.radians(rng.uniform(-180, 180))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    road = np.array(places) @ rotation.T + rng.uniform(-50, 50, 2)
    points = [
        Surveyed(px, (float(x), float(y)), max(noise_px, 0.05), 1e-3)
        for px, (x, y) in zip(shown, road, strict=True)
    ]
    return Facts(SIZE_PX, points=tuple(points))


def length_off(found: RoadCamera, true: RoadCamera) -> float:
    """How much too long (+) the fitted camera finds the stretch, relative."""
    left, right, near, far = visible(true)
    middle = (left + right) / 2
    ends = found.map.road(true.picture(np.array([[middle, near], [middle, far]])))
    return float(np.hypot(*(ends[1] - ends[0])) / (far - near) - 1)
