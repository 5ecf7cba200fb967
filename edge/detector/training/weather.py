"""Dusk, night, rain and haze drawn over pictures taken by day, so that a network has met them all."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.training.chance import happens
from edge.detector.types import Image

Floats = npt.NDArray[np.float32]

_DUSK_TINTS: Final = ((1.15, 0.95, 0.85), (0.8, 0.95, 1.15), (1.0, 1.0, 1.0), (0.7, 0.95, 1.2))
"""Gains of blue, green, red: after sunset, at sunset, under clouds, under sodium lamps."""


def random_weather(image: Image, random: np.random.Generator) -> Image:
    """An H x W x 3 BGR picture with less light, lamps that glare, rain and haze, each by chance."""
    out = image.astype(np.float32)
    dark = happens(random, 0.75)
    if dark:
        out = _dusk(out, random)
    if happens(random, 0.5):
        out = _haze(out, random)
    if dark and happens(random, 0.6):
        out = _glare(out, random)
    if happens(random, 0.6):
        out = _rain(out, random)
    if happens(random, 0.35):
        out = np.asarray(cv2.GaussianBlur(out, (0, 0), float(random.uniform(0.5, 1.5))), np.float32)
    if dark:
        out += np.float32(random.uniform(1, 9)) * random.standard_normal(out.shape, dtype=np.float32)
    return np.clip(out, 0, 255).astype(np.uint8)


def _dusk(picture: Floats, random: np.random.Generator) -> Floats:
    tint = np.array(_DUSK_TINTS[int(random.integers(len(_DUSK_TINTS)))], np.float32)
    gamma, gain = random.uniform(1.0, 1.7), random.uniform(0.55, 1.0)
    grey = picture.mean(axis=2, keepdims=True)
    faded = cv2.pow((grey + (picture - grey) * np.float32(random.uniform(0.3, 0.9))) / 255, gamma)
    return np.asarray(faded * (np.float32(255 * gain) * tint), np.float32)


def _haze(picture: Floats, random: np.random.Generator) -> Floats:
    """Air light that grows towards the top of the picture, where the road is far."""
    height = picture.shape[0]
    far = np.linspace(1, 0, height, dtype=np.float32)[:, None, None] ** random.uniform(0.7, 2)
    thick = far * random.uniform(0.1, 0.55)
    air = float(np.percentile(picture, 90)) * random.uniform(0.7, 1.0)
    return np.asarray(picture * (1 - thick) + air * thick, np.float32)


def _glare(picture: Floats, random: np.random.Generator) -> Floats:
    """Head lamps and tail lamps, with the streaks that they throw on a wet road."""
    height, width = picture.shape[:2]
    light = np.zeros_like(picture)
    for _ in range(int(random.integers(1, 9))):
        place = (int(random.integers(width)), int(random.uniform(0.2, 1.0) * height))
        colour = (210, 240, 255) if happens(random, 0.6) else (60, 60, 255)
        size = int(random.integers(2, 9))
        cv2.circle(light, place, size, colour, -1, cv2.LINE_AA)
        if happens(random, 0.6):
            foot = (place[0], min(place[1] + int(random.integers(10, 90)), height - 1))
            cv2.line(light, place, foot, tuple(side * 0.4 for side in colour), size, cv2.LINE_AA)
    halo = cv2.GaussianBlur(light, (0, 0), float(random.uniform(4, 14)))
    return np.asarray(
        picture + light * random.uniform(0.3, 0.9) + halo * random.uniform(1.0, 3.0), np.float32
    )


def _rain(picture: Floats, random: np.random.Generator) -> Floats:
    """Slanting streaks, and drops on the glass that smear what is behind them."""
    height, width = picture.shape[:2]
    streaks = (random.random((height, width)) > 1 - random.uniform(0.001, 0.008)).astype(np.float32)
    length = int(random.integers(7, 25))
    kernel = np.zeros((length, length), np.float32)
    lean = int(random.integers(-length // 3, length // 3 + 1))
    middle = length // 2
    cv2.line(kernel, (middle - lean, 0), (middle + lean, length - 1), 1.0, 1, cv2.LINE_AA)
    streaks = np.asarray(cv2.filter2D(streaks, -1, kernel / kernel.sum() * length * 0.35), np.float32)
    out = picture + streaks[..., None] * random.uniform(20, 90)
    if happens(random, 0.4):
        drops = np.zeros((height, width), np.float32)
        for _ in range(int(random.integers(3, 25))):
            centre = (int(random.integers(width)), int(random.integers(height)))
            cv2.circle(drops, centre, int(random.integers(2, 12)), 1.0, -1, cv2.LINE_AA)
        smear = cv2.GaussianBlur(out, (0, 0), float(random.uniform(3, 7)))
        soft = cv2.GaussianBlur(drops, (0, 0), 1.5)[..., None]
        out = out * (1 - soft) + (smear * random.uniform(0.9, 1.2)) * soft
    return np.asarray(out, np.float32)
