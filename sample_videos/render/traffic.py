"""Where cameras, road users and signal heads of a training picture stand (no Blender)."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from sample_videos.render.camera import Pinhole
from sample_videos.render.plan import Pose

SIZE_PX = (960, 540)
HEAD_M = 0.30
FORWARD_Y_M, BACK_Y_M = (-14.0, 20.0), (74.0, 92.0)
STREET_Y_M = (-10.0, 92.0)
LANE_M = 3.9
GAP_M = {"motorbike": (0.02, 0.10), "bicycle": (0.05, 0.15)}
WIDE_GAP_M = (0.15, 0.35)


class Sized(Protocol):
    """What the placing needs to know of a road user; lengths in metres."""

    kind: str
    length_m: float
    width_m: float


Body = TypeVar("Body", bound=Sized)


@dataclass(frozen=True)
class View:
    """A camera, where it looks on the road (metres) and whether it looks back along the street."""

    camera: Pinhole
    aim: tuple[float, float]
    back: bool

    def shows(self, x: float, y: float, z: float = 0.8, margin_px: float = -10.0) -> bool:
        """Whether a point in metres lies in the picture, ``margin_px`` from its edge."""
        px, depth = self.camera.project(np.array([[x, y, z]]))
        u, v = px[0]
        inside = (
            margin_px < u < self.camera.width - margin_px and margin_px < v < self.camera.height - margin_px
        )
        return bool(depth[0] > 3.0 and inside)


def random_view(rng: random.Random, head_px: tuple[float, float] = (6.0, 22.0)) -> View:
    """Return a roadside or gantry camera; a head where it looks is about ``head_px`` tall."""
    width, height = SIZE_PX
    back = rng.random() < 0.4
    y = rng.uniform(*(BACK_Y_M if back else FORWARD_Y_M))
    x, z = rng.uniform(-4.4, 4.4), rng.uniform(3.0, 7.5)
    distance = rng.uniform(9.0, 36.0)
    aim = (rng.uniform(-2.0, 2.0), y - distance if back else y + distance)
    focal = min(2600.0, max(620.0, rng.uniform(*head_px) * distance / HEAD_M))
    pitch = math.degrees(math.atan2(z - 1.0, distance)) + rng.gauss(0, 1.0)
    yaw = math.degrees(math.atan2(aim[0] - x, aim[1] - y)) + rng.gauss(0, 2.0)
    return View(Pinhole((x, y, z), pitch, yaw, focal, width, height), aim, back)


def _spot(rng: random.Random, kind: str, aim_y: float, spread: float) -> tuple[float, float, float]:
    """Return (x, y, yaw) for the middle of a road user."""
    y = min(STREET_Y_M[1], max(STREET_Y_M[0], rng.gauss(aim_y, spread)))
    if kind == "person":
        return rng.choice((-1, 1)) * rng.uniform(4.9, 7.2), y, rng.uniform(-3.1, 3.1)
    if rng.random() < 0.08:
        return rng.uniform(-12, 12), rng.uniform(35.5, 43.5), rng.choice((-1, 1)) * math.pi / 2
    yaw = (0.0 if rng.random() < 0.62 else math.pi) + rng.gauss(0, 0.06)
    if kind in ("motorbike", "bicycle"):
        return rng.uniform(-LANE_M, LANE_M), y, yaw + rng.gauss(0, 0.08)
    return rng.choice((-1.75, 1.75)) + rng.gauss(0, 0.2), y, yaw


def scatter(rng: random.Random, pool: Sequence[Body], view: View) -> list[tuple[Body, Pose]]:
    """Choose road users of the pool and places without collision, most of them in the picture.

    One picture in three is a swarm: many motorbikes, close together.
    """
    swarm = rng.random() < 0.35
    count = rng.randint(16, 30) if swarm else rng.randint(7, 18)
    spread = rng.uniform(5.0, 9.0) if swarm else rng.uniform(9.0, 18.0)
    order = rng.sample(list(pool), len(pool))
    if swarm:
        order.sort(key=lambda body: body.kind != "motorbike" and rng.random() < 0.75)
    placed: list[tuple[Body, Pose]] = []
    taken: list[tuple[float, float, float, float]] = []
    for body in order:
        for _ in range(14 if len(placed) < count else 0):
            x, y, yaw = _spot(rng, body.kind, view.aim[1], spread)
            half = _room(body, yaw)
            free = all(abs(x - a) >= half[0] + p or abs(y - b) >= half[1] + q for a, b, p, q in taken)
            if free and not _in_the_way(x, y, body.length_m, view) and view.shows(x, y):
                placed.append((body, _pose(x, y, yaw, body.length_m, braking=rng.random() < 0.4)))
                taken.append((x, y, *half))
                break
    return placed


def _room(body: Sized, yaw: float) -> tuple[float, float]:
    """Return half the space a body takes across and along the road, metres."""
    c, s = abs(math.cos(yaw)), abs(math.sin(yaw))
    across, along = GAP_M.get(body.kind, WIDE_GAP_M)
    return (
        (s * body.length_m + c * body.width_m) / 2 + across,
        (c * body.length_m + s * body.width_m) / 2 + along,
    )


def _in_the_way(x: float, y: float, length: float, view: View) -> bool:
    """Whether a body would stand right in front of the lens."""
    cx, cy, cz = view.camera.position_m
    return math.hypot(x - cx, y - cy) < 4.0 + length / 2 and cz < 6.0


def _pose(x: float, y: float, yaw: float, length: float, *, braking: bool) -> Pose:
    dx, dy = math.sin(yaw) * length / 2, math.cos(yaw) * length / 2
    return Pose((x + dx, y + dy), (x - dx, y - dy), yaw, 0.0, braking)


def head_spots(
    rng: random.Random, view: View, reaches_m: Sequence[float], heights_m: Sequence[float]
) -> list[tuple[float, float, float] | None]:
    """Return (x, y, yaw) for each signal head, None where it finds no place in the picture.

    ``reaches_m`` is how far to the right a head's mast stands, ``heights_m`` how high it hangs.
    """
    found: list[tuple[float, float, float] | None] = []
    for reach, z in zip(reaches_m, heights_m, strict=True):
        found.append(None)
        for _ in range(30):
            far = rng.uniform(10.0, 55.0)
            y = view.camera.position_m[1] + (-far if view.back else far)
            right = reach * (-1 if view.back else 1)
            side = rng.choice((-1, 1)) if not right else math.copysign(1, right)
            x = side * (rng.uniform(4.7, 5.6) if not right else max(2.2, 5.2 - abs(reach)))
            if view.shows(x, y, z, 12.0) and all(s is None or math.dist(s[:2], (x, y)) > 1.2 for s in found):
                found[-1] = (x, y, (math.pi if view.back else 0.0) + rng.gauss(0, 0.12))
                break
    return found
