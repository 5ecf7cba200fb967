"""What light, weather and cameras do to a small crop: glare, night, rain, interlacing, enlargement."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.training.chance import happens
from edge.detector.types import Image

Work = npt.NDArray[np.float32]


def glare(work: Work, random: np.random.Generator) -> Work:
    """Spots of a lamp or the sun on the sheet: soft white blots that swallow part of a character."""
    height, width = work.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    for _ in range(int(random.integers(1, 4))):
        across, down = random.uniform(0, width), random.uniform(0, height)
        wide, tall = width * random.uniform(0.02, 0.12), height * random.uniform(0.04, 0.16)
        spot = np.exp(-(((x - across) / wide) ** 2) - ((y - down) / tall) ** 2) * random.uniform(60, 220)
        work = work + spot[..., None]
    return work


def night(work: Work, random: np.random.Generator) -> Work:
    """Headlights that burn the plate out, brake lights that redden it, or hardly any light."""
    kind = random.random()
    if kind < 0.4:  # noqa: PLR2004
        lit = work * random.uniform(1.2, 1.9)
        bloom = cv2.GaussianBlur(np.maximum(lit - 200, 0), (0, 0), max(work.shape[1] * 0.03, 0.6))
        return np.asarray(lit + bloom * random.uniform(0.5, 2.0), np.float32)
    if kind < 0.7:  # noqa: PLR2004
        red = np.linspace(random.uniform(0, 1), random.uniform(0, 1), work.shape[0], dtype=np.float32)
        tint = np.array([-0.35, -0.35, 0.25], np.float32) * random.uniform(0.3, 1)
        return np.asarray(work * (1 + red[:, None, None] * tint), np.float32)
    dark = work * random.uniform(0.12, 0.4) + random.uniform(0, 25)
    return dark + random.normal(0, random.uniform(1, 6), work.shape).astype(np.float32)


def rain(work: Work, random: np.random.Generator) -> Work:
    """Drops on the lens: small rounds in which the picture is smeared and brighter."""
    height, width = work.shape[:2]
    smeared = cv2.GaussianBlur(work, (0, 0), max(width * 0.03, 0.8)) + random.uniform(-10, 25)
    mask = np.zeros((height, width), np.float32)
    for _ in range(int(random.integers(1, 6))):
        place = (int(random.integers(width)), int(random.integers(height)))
        cv2.circle(mask, place, int(max(random.uniform(0.02, 0.08) * width, 1)), 1.0, -1, cv2.LINE_AA)
    return work + (smeared - work) * (mask * random.uniform(0.5, 1))[..., None]


def interlace(work: Work, random: np.random.Generator) -> Work:
    """Every second row from a moment later: shifted sideways."""
    out = work.copy()
    out[1::2] = np.roll(work[1::2], int(random.choice([-2, -1, 1, 2])), axis=1)
    return out


def enlarge(image: Image, random: np.random.Generator) -> Image:
    """A tiny crop that somebody has enlarged and compressed again."""
    scale = random.uniform(1.5, 3.5)
    method = int(random.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_NEAREST]))
    bigger = cv2.resize(image, None, fx=scale, fy=scale, interpolation=method)
    return (
        compressed(np.asarray(bigger, np.uint8), random)
        if happens(random, 0.5)
        else np.asarray(bigger, np.uint8)
    )


def compressed(image: Image, random: np.random.Generator) -> Image:
    """Through JPEG and back."""
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(18, 92))])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
