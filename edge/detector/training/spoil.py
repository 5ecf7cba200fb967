"""Making a plate crop look as cameras see it: from aside, small, blurred, shaded, noisy, compressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.training.camera_faults import compressed, enlarge, glare, interlace, night, rain
from edge.detector.training.chance import happens
from edge.detector.types import Image

_LEAN: Final = 0.4
"""A long plate leans by more of its height than a short one: by so much of its width."""

_LONG: Final = 3.0

Points = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Hardship:
    """How bad it gets: crop widths (px), tilt in degrees, share a corner may move, share of nights."""

    narrowest_px: float = 26
    narrowest_long_px: float = 46
    widest_px: float = 150
    tilt_deg: float = 9
    skew: float = 0.07
    margin_least: float = -0.045
    margin_most: float = 0.14
    spoiled: bool = True
    night: float = 0.12


@dataclass(frozen=True, slots=True)
class Seen:
    """A crop as the camera gives it; `points` are the given points within it, 0 to 1 across and down."""

    image: Image
    points: Points


def view_plate(image: Image, points: Points, hardship: Hardship, random: np.random.Generator) -> Seen:
    """Turn a straight plate (px `points` on it) into a small crop of a photograph."""
    height, width = image.shape[:2]
    least = hardship.narrowest_long_px if width > _LONG * height else hardship.narrowest_px
    small_width = float(np.exp(random.uniform(np.log(least), np.log(hardship.widest_px))))
    shape = (small_width, max(small_width * height / width * random.uniform(0.85, 1.2), 9.0))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    target, size = _target(shape, hardship, random)
    matrix = cv2.getPerspectiveTransform(corners, target)
    softness = 0.45 * width / shape[0]
    soft = cv2.GaussianBlur(image, (0, 0), softness) if softness > 0.7 else image  # noqa: PLR2004
    ground = _background(size, image, random)
    seen = cv2.warpPerspective(soft, matrix, size, dst=ground, borderMode=cv2.BORDER_TRANSPARENT)
    moved = cv2.perspectiveTransform(points[None], matrix)[0] if len(points) else points
    crop = np.asarray(seen, np.uint8)
    at = np.asarray(moved / np.array(size), np.float32)
    return Seen(spoil(crop, random, hardship.night) if hardship.spoiled else shaded(crop, random), at)


def spoil(image: Image, random: np.random.Generator, dark: float = 0.12) -> Image:
    """Light, shadow, weather, blur, noise and compression; `dark`: how often it is night, 0 to 1."""
    work = image.astype(np.float32)
    for share, fault in ((0.3, _shadow), (0.14, glare), (0.05, rain)):
        if happens(random, share):
            work = fault(work, random)
    if happens(random, dark):
        work = night(work, random)
    else:
        work = (work - 128) * random.uniform(0.45, 1.2) + 128 + random.uniform(-65, 45)
    work *= random.uniform(0.85, 1.15, 3).astype(np.float32)
    if happens(random, 0.5):
        softness = float(random.uniform(0.3, 0.009 * image.shape[1] + 0.65))
        work = np.asarray(cv2.GaussianBlur(work, (0, 0), softness), np.float32)
    if happens(random, 0.25):
        work = _motion_blur(work, random)
    if happens(random, 0.03):
        work = interlace(work, random)
    if happens(random, 0.6):
        work += random.normal(0, random.uniform(1, 12), work.shape)
    out = np.clip(work, 0, 255).astype(np.uint8)
    if happens(random, 0.6):
        out = compressed(out, random)
    return enlarge(out, random) if happens(random, 0.2) else out


def shaded(image: Image, random: np.random.Generator) -> Image:
    """The picture hardly touched: a little more or less light."""
    work = image.astype(np.float32) * random.uniform(0.75, 1.2) + random.uniform(-20, 20)
    return np.asarray(np.clip(work, 0, 255), np.uint8)


def nothing_legible(size_px: tuple[int, int], random: np.random.Generator) -> Image:
    """A crop (width, height) with stripes, blocks and gradients but no characters."""
    width, height = size_px
    canvas = _background((width, height), np.full((4, 4, 3), random.integers(0, 255), np.uint8), random)
    for _ in range(int(random.integers(0, 7))):
        first = (int(random.integers(width)), int(random.integers(height)))
        second = (int(random.integers(width)), int(random.integers(height)))
        shade = random.integers(0, 255, 3).tolist()
        if happens(random, 0.5):
            cv2.rectangle(canvas, first, second, shade, int(random.choice([-1, 1, 2])))
        else:
            cv2.line(canvas, first, second, shade, int(random.integers(1, 5)), cv2.LINE_AA)
    return spoil(canvas, random)


def _target(
    shape: tuple[float, float], hardship: Hardship, random: np.random.Generator
) -> tuple[Points, tuple[int, int]]:
    """Where the plate's corners land, and the size of the crop around them (width, height px)."""
    width, height = shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    reach = hardship.skew * np.array([width, max(height, _LEAN * width)])
    corners += (random.uniform(-1, 1, (4, 2)) * reach).astype(np.float32)
    tilt = np.deg2rad(random.normal(0, hardship.tilt_deg / 2))
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]], np.float32)
    corners = (corners - corners.mean(axis=0)) @ turn.T
    least, most = corners.min(axis=0), corners.max(axis=0)
    span = most - least
    before, after = (random.uniform(hardship.margin_least, hardship.margin_most, 2) * span for _ in range(2))
    size = np.maximum(np.ceil(span + before + after), 8).astype(int)
    return (corners - least + before).astype(np.float32), (int(size[0]), int(size[1]))


def _background(size: tuple[int, int], image: Image, random: np.random.Generator) -> Image:
    """A blotchy ground, darker or lighter than the plate."""
    blotches = random.integers(0, 255, (3, 4, 3)) * random.uniform(0.2, 1)
    tint = image.reshape(-1, 3).mean(axis=0) * random.uniform(0.1, 1.1)
    mixed = np.clip(0.4 * blotches + 0.6 * tint, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(cv2.resize(mixed, size, interpolation=cv2.INTER_CUBIC))


def _shadow(work: npt.NDArray[np.float32], random: np.random.Generator) -> npt.NDArray[np.float32]:
    """A straight edge of shadow or glare across the crop."""
    height, width = work.shape[:2]
    angle = random.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    along = (x / width - random.uniform(0.2, 0.8)) * np.cos(angle) + (
        y / height - random.uniform(0.2, 0.8)
    ) * np.sin(angle)
    edge = 1 / (1 + np.exp(-along * random.uniform(6, 60)))
    strength = random.uniform(0.35, 0.9) if happens(random, 0.7) else random.uniform(1.1, 1.6)
    return np.asarray(work * (1 + (strength - 1) * edge[..., None]), np.float32)


def _motion_blur(work: npt.NDArray[np.float32], random: np.random.Generator) -> npt.NDArray[np.float32]:
    length = int(random.integers(2, max(3, work.shape[1] // 16) + 1))
    kernel = np.zeros((length, length), np.float32)
    cv2.line(kernel, (0, int(random.integers(length))), (length - 1, int(random.integers(length))), 1.0)
    return np.asarray(cv2.filter2D(work, -1, kernel / max(kernel.sum(), 1)), np.float32)
