"""What lens, air and sensor add to a rendered picture: glare, haze, rain, drops, blur, noise (no Blender).

Everything is drawn from the generator given, so a seed gives the same picture again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from sample_videos.render.camera import Pinhole

Picture = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
FAR_M = 140.0


@dataclass(frozen=True)
class Glare:
    """A bright lamp in the picture: where and how wide (px), and its colour (b, g, r, 0..1)."""

    x: float
    y: float
    radius_px: float
    bgr: tuple[float, float, float]


@dataclass(frozen=True)
class Air:
    """Weather and camera of a picture; all zero leaves it as rendered.

    ``haze_per_m`` is the share of light lost a metre, ``haze_bgr`` its colour 0..255, ``rain`` and
    ``drops`` are 0..1, ``noise`` is a standard deviation in grey levels, ``blur_px`` a sigma.
    """

    haze_per_m: float = 0.0
    haze_bgr: tuple[float, float, float] = (190.0, 190.0, 185.0)
    rain: float = 0.0
    drops: float = 0.0
    noise: float = 0.0
    blur_px: float = 0.0
    gamma: float = 1.0
    tint_bgr: tuple[float, float, float] = (1.0, 1.0, 1.0)


def develop(
    picture: Picture, air: Air, glares: Sequence[Glare], camera: Pinhole, rng: np.random.Generator
) -> Picture:
    """Return the picture (h, w, 3 BGR) as a camera in that weather would have written it."""
    image = np.asarray(picture, dtype=np.float32)
    if air.haze_per_m:
        image = haze(image, air, ground_distance_m(camera))
    image = image + glow(image.shape[:2], glares)
    if air.rain:
        image = streaks(image, air.rain, rng)
    if air.drops:
        image = lens_drops(image, air.drops, rng)
    if air.blur_px:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), air.blur_px), dtype=np.float32)
    image = image * np.array(air.tint_bgr, np.float32)
    image = np.asarray(255.0 * (np.clip(image, 0, 255) / 255.0) ** air.gamma, dtype=np.float32)
    if air.noise:
        image = grain(image, air.noise, rng)
    return np.asarray(np.clip(np.round(image), 0, 255), dtype=np.uint8)


def ground_distance_m(camera: Pinhole) -> Floats:
    """Return (h, w) how far the ground is along each pixel's ray, metres; FAR_M where there is none."""
    v, u = np.mgrid[0 : camera.height, 0 : camera.width].astype(np.float64)
    rays = np.stack([(u - camera.width / 2), (v - camera.height / 2), np.full_like(u, camera.focal_px)], -1)
    rays = rays / np.linalg.norm(rays, axis=-1, keepdims=True) @ camera.axes()
    down = np.maximum(-rays[..., 2], 1e-6)
    return np.asarray(np.minimum(camera.position_m[2] / down, FAR_M), dtype=np.float32)


def haze(image: Floats, air: Air, distance_m: Floats) -> Floats:
    """Mix in the air's own light, more of it the farther away."""
    kept = np.exp(-air.haze_per_m * distance_m)[..., None]
    return np.asarray(image * kept + np.array(air.haze_bgr, np.float32) * (1 - kept), dtype=np.float32)


def glow(size: tuple[int, int], glares: Sequence[Glare]) -> Floats:
    """Return the light (h, w, 3) that bright lamps scatter in the lens: core, halo and a faint streak."""
    layer = np.zeros((*size, 3), np.float32)
    v, u = np.mgrid[0 : size[0], 0 : size[1]].astype(np.float32)
    for g in glares:
        reach = int(g.radius_px * 7) + 2
        rows = slice(max(0, int(g.y) - reach), max(0, int(g.y) + reach))
        columns = slice(max(0, int(g.x) - reach), max(0, int(g.x) + reach))
        dx, dy = u[rows, columns] - g.x, v[rows, columns] - g.y
        square = (dx**2 + dy**2) / g.radius_px**2
        light = 260 * np.exp(-square) + 46 * np.exp(-square / 7) + 14 * np.exp(-square / 14)
        light += 34 * np.exp(-((dy / (0.3 * g.radius_px)) ** 2) - np.abs(dx) / (1.8 * g.radius_px))
        layer[rows, columns] += light[..., None] * np.array(g.bgr, np.float32)
    return layer


def streaks(image: Floats, amount: float, rng: np.random.Generator) -> Floats:
    """Draw falling rain: thin, slightly slanted, blurred lines of two depths."""
    height, width = image.shape[:2]
    layer = np.zeros((height, width), np.float32)
    slant = rng.normal(0.0, 0.12)
    for _ in range(int(amount * 420)):
        x, y = rng.uniform(-20, width + 20), rng.uniform(-30, height)
        long = rng.uniform(8, 42) * (0.6 + 0.8 * amount)
        end = (round(x + slant * long), round(y + long))
        cv2.line(layer, (round(x), round(y)), end, float(rng.uniform(12, 60)), 1, cv2.LINE_AA)
    soft = cv2.GaussianBlur(layer, (0, 0), 0.8)
    local = cv2.GaussianBlur(image.mean(axis=2), (0, 0), 9) / 128.0 + 0.25
    return np.asarray(image + (soft * np.clip(local, 0.25, 1.2))[..., None], dtype=np.float32)


def lens_drops(image: Floats, amount: float, rng: np.random.Generator) -> Floats:
    """Lay drops on the lens: each shows the scene upside down, small and soft."""
    height, width = image.shape[:2]
    out, soft = image.copy(), cv2.GaussianBlur(image, (0, 0), 3)
    for _ in range(1 + int(amount * 13)):
        x, y, r = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(5, 24)
        squeeze = rng.uniform(0.8, 1.2)
        rows = slice(max(0, int(y - 1.3 * r)), min(height, int(y + 1.3 * r) + 1))
        columns = slice(max(0, int(x - 1.3 * r)), min(width, int(x + 1.3 * r) + 1))
        v, u = np.mgrid[rows, columns].astype(np.float32)
        if not v.size:
            continue
        square = ((u - x) * squeeze) ** 2 + (v - y) ** 2
        inside = np.clip(1.35 - square / r**2, 0, 1)[..., None] * rng.uniform(0.45, 0.9)
        seen = cv2.remap(
            soft,
            np.asarray(x - (u - x) * 3.0, np.float32),
            np.asarray(y - (v - y) * 3.0, np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT_101,
        )
        out[rows, columns] = out[rows, columns] * (1 - inside) + (seen * 0.95 + 8) * inside
    return np.asarray(out, dtype=np.float32)


def grain(image: Floats, sigma: float, rng: np.random.Generator) -> Floats:
    """Add sensor noise, more of it in the shadows, smeared a little as cameras do."""
    fine = rng.normal(0, sigma, image.shape[:2])[..., None]
    colour = rng.normal(0, 0.6 * sigma, image.shape)
    noise = cv2.GaussianBlur(np.asarray(fine + colour, np.float32), (0, 0), 0.7) * 1.6
    return np.asarray(image + noise * (1.25 - image.mean(axis=2, keepdims=True) / 255.0), dtype=np.float32)


def radius_px(size_m: float, distance_m: float, focal_px: float, facing: float) -> float:
    """Return how wide a lamp's glow is: its size seen, wider the more it faces the lens (0..1)."""
    return max(0.8, size_m * focal_px / max(1.0, distance_m)) * (0.5 + 1.5 * math.pow(max(0.0, facing), 3))
