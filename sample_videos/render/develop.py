"""Turns put-together frames into what the camera sends: by day as they are, at night with lamps and rain."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from sample_videos.render import effects, fleet, sprites, street
from sample_videos.render.camera import Pinhole
from sample_videos.render.cast import Member
from sample_videos.render.plan import Pose
from sample_videos.render.spec import Junction
from sample_videos.render.studio import Picture, Studio

Array = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
STREAK = 220.0
MIRROR = 0.5
BEAM_GAIN, MOST_LIT, BEAM_BGR = 1.9, 75.0, (0.86, 0.96, 1.0)
TAIL_BGR, HEAD_BGR = (0.05, 0.06, 0.62), (0.82, 0.95, 1.0)
SIGNAL_BGR = {"red": (0.02, 0.03, 0.5), "amber": (0.0, 0.2, 0.5), "green": (0.2, 0.5, 0.02)}


@dataclass(frozen=True)
class Road:
    """The ground seen by each pixel (h, w): x, y in metres, and 1 where there is ground."""

    x: Floats
    y: Floats
    on: Floats


@cache
def road_of(camera: Pinhole) -> Road:
    """Return what ground each pixel shows."""
    back = np.linalg.inv(camera.road_to_image())
    v, u = np.mgrid[0 : camera.height, 0 : camera.width].astype(np.float64)
    road = np.stack([u, v, np.ones_like(u)], axis=-1) @ back.T
    x, y = (road[..., k] / road[..., 2] for k in (0, 1))
    on = (y > camera.position_m[1]) & (y < camera.position_m[1] + 90)
    return Road(*(np.asarray(a, dtype=np.float32) for a in (np.where(on, x, 0), np.where(on, y, 0), on)))


def beams(picture: Picture, road: Road, placed: list[tuple[Member, Pose]]) -> Picture:
    """Light the wet road ahead of each vehicle with its headlamps."""
    light = np.zeros(picture.shape[:2], np.float32)
    for member, pose in placed:
        s, c = math.sin(pose.yaw), math.cos(pose.yaw)
        power = 0.6 if len(member.beams_at) == 1 else 0.5
        for at in fleet.to_road(np.array(member.beams_at), pose):
            dx, dy = road.x - at[0], road.y - at[1]
            ahead, aside = dx * s + dy * c, dx * c - dy * s
            wide = 0.55 + 0.17 * np.maximum(ahead, 0)
            near = np.clip((ahead - 0.8) / 3.0, 0, 1)
            light += power * near * np.exp(-((aside / wide) ** 2) - np.maximum(ahead, 0) / 11.0)
    lit = picture.astype(np.float32)
    grey = cv2.GaussianBlur(lit, (0, 0), 2.0) * 0.35 + lit * 0.65
    gain = (light * road.on)[..., None] * np.array(BEAM_BGR, np.float32)
    return np.clip(lit + gain * (BEAM_GAIN * np.minimum(grey, MOST_LIT) + 34.0), 0, 255).astype(np.uint8)


def mirrored(studio: Studio, picture: Picture, k: int, placed: list[tuple[sprites.Reel, Pose]]) -> Picture:
    """Lay the reflection of each vehicle on the wet road: itself upside down, dim and smeared downwards."""
    out, camera = picture.astype(np.float32), studio.plan.camera
    for reel, pose in placed:
        sprite = reel.sprites[reel.around(k)[0]]
        found = sprites.mirror(reel, sprite, pose, camera)
        if found is None:
            continue
        (x, y, w, h), top = found
        fading = np.linspace(1.0, 0.0, h, dtype=np.float32)[:, None, None] ** 0.7
        soft = cv2.blur(top * fading, (5, 23), borderType=cv2.BORDER_CONSTANT)
        out[y : y + h, x : x + w] += MIRROR * soft[..., :3]
    return np.clip(out, 0, 255).astype(np.uint8)


def streaks(studio: Studio, picture: Picture, placed: list[tuple[Member, Pose]]) -> Picture:
    """Draw the long red reflection of each tail lamp on the wet road."""
    out, camera = picture.astype(np.float32), studio.plan.camera
    for member, pose in placed:
        bright = STREAK * (1.0 if pose.braking else 0.5)
        for x, y, z in fleet.to_road(member.tails(), pose):
            px, depth = camera.project(np.array([[x, y, -z]]))
            if depth[0] < 3.0:
                continue
            m = camera.focal_px / float(depth[0])
            wide, tall = 0.09 * m, 0.42 * m
            columns = slice(max(0, int(px[0, 0] - 3 * wide)), max(0, int(px[0, 0] + 3 * wide) + 1))
            rows = slice(max(0, int(px[0, 1] - 3 * tall)), max(0, int(px[0, 1] + 3 * tall) + 1))
            v, u = np.mgrid[rows, columns].astype(np.float32)
            part = out[rows, columns]
            if part.size:
                shape = np.exp(-(((u - px[0, 0]) / wide) ** 2) - ((v - px[0, 1]) / tall) ** 2)
                part += (
                    bright * shape[: part.shape[0], : part.shape[1], None] * np.array(TAIL_BGR, np.float32)
                )
    return np.clip(out, 0, 255).astype(np.uint8)


def _glow(
    camera: Pinhole, at: Array, size_m: float, facing: float, bgr: tuple[float, float, float]
) -> effects.Glare | None:
    px, depth = camera.project(at[None])
    u, v = px[0]
    if depth[0] < 2.0 or facing <= 0.1 or not (-40 < u < camera.width + 40 and -40 < v < camera.height + 40):
        return None
    radius = effects.radius_px(size_m, float(depth[0]), camera.focal_px, facing)
    return effects.Glare(float(u), float(v), radius, bgr)


def glares(studio: Studio, placed: list[tuple[Member, Pose]], state: str) -> list[effects.Glare]:
    """Return the glow of head lamps, tail lamps and the signal as the lens sees them."""
    camera, found = studio.plan.camera, []
    for member, pose in placed:
        ahead = np.array([math.sin(pose.yaw), math.cos(pose.yaw), 0.0])
        way = np.array(camera.position_m) - np.array([*pose.front, 0.7])
        facing = float(ahead @ way) / float(np.linalg.norm(way))
        heads = fleet.to_road(np.array(member.beams_at), pose)
        found += [_glow(camera, at, 0.09, facing, HEAD_BGR) for at in heads]
        bright = 1.0 if pose.braking else 0.45
        colour = (TAIL_BGR[0] * bright, TAIL_BGR[1] * bright, TAIL_BGR[2] * bright)
        tails = fleet.to_road(member.tails(), pose)
        found += [_glow(camera, at, 0.05, -facing, colour) for at in tails]
    if isinstance(studio.plan.street, Junction):
        lamp = np.array(street.lamp_centre(state, studio.plan.street.head_m))
        found.append(_glow(camera, lamp, 0.10, 0.8, SIGNAL_BGR[state]))
    return [one for one in found if one is not None]


def frame(studio: Studio, k: int) -> Picture:
    """Return frame ``k`` as the camera sends it."""
    t, plan = k / studio.plan.fps, studio.plan
    rng = np.random.default_rng(plan.seed * 1000 + k)
    if not studio.dark:
        return effects.develop(studio.frame(k), plan.air, (), plan.camera, rng)
    road = road_of(plan.camera)
    seen = studio.seen(k)
    placed = [(reel.member, pose) for reel, pose in seen]

    def wet(picture: Picture) -> Picture:
        lit = beams(picture, road, placed)
        return streaks(studio, mirrored(studio, lit, k, seen), placed)

    picture = studio.frame(k, wet)
    return effects.develop(picture, plan.air, glares(studio, placed, plan.signal_state(t)), plan.camera, rng)
