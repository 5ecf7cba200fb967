"""Random views of labelled pictures for the detectors: zoom, crop, flip, light, blur, compression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.training.chance import happens
from edge.detector.types import Box, Image

_GREY = 114
_VISIBLE = 0.35
_SMALLEST_PX = 4.0


@dataclass(frozen=True, slots=True)
class View:
    """Size of the training picture (px) and how far the zoom goes, relative to showing the whole picture."""

    width_px: int
    height_px: int
    zoom_least: float
    zoom_most: float


Boxes = npt.NDArray[np.float32]
"""N x 5: class, x1, y1, x2, y2, px."""


def random_view(picture: Image, boxes: Boxes, view: View, random: np.random.Generator) -> tuple[Image, Boxes]:
    """Cut a random window of the view's size, keeping boxes of which enough still shows."""
    height, width = picture.shape[:2]
    fitting = min(view.width_px / width, view.height_px / height)
    scale = fitting * float(np.exp(random.uniform(np.log(view.zoom_least), np.log(view.zoom_most))))
    stretch = random.uniform(0.92, 1.08)
    move = np.array([[scale * stretch, 0, 0], [0, scale / stretch, 0]], dtype=np.float32)
    move[0, 2] = _offset(view.width_px, width * move[0, 0], random)
    move[1, 2] = _offset(view.height_px, height * move[1, 1], random)
    if happens(random, 0.5):
        move[0] = [-move[0, 0], 0, view.width_px - move[0, 2]]
    smooth = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR  # noqa: PLR2004
    image = cv2.warpAffine(
        picture, move, (view.width_px, view.height_px), flags=smooth, borderValue=(_GREY, _GREY, _GREY)
    )
    return np.asarray(image, np.uint8), _moved(boxes, move, view)


def mosaic(
    view: View, seen: Callable[[int, View], tuple[Image, Boxes]], random: np.random.Generator
) -> tuple[Image, Boxes]:
    """Four views around a random point of one picture; `seen(number, view)` gives number 0 to 3."""
    across = int(view.width_px * random.uniform(0.35, 0.65))
    down = int(view.height_px * random.uniform(0.35, 0.65))
    canvas = np.zeros((view.height_px, view.width_px, 3), np.uint8)
    found = []
    for number, (x, y, width, height) in enumerate(
        (
            (0, 0, across, down),
            (across, 0, view.width_px - across, down),
            (0, down, across, view.height_px - down),
            (across, down, view.width_px - across, view.height_px - down),
        )
    ):
        nearer = min(view.width_px / width, view.height_px / height)
        piece = View(width, height, view.zoom_least * nearer, view.zoom_most * nearer)
        image, boxes = seen(number, piece)
        canvas[y : y + height, x : x + width] = image
        boxes[:, [1, 3]] += x
        boxes[:, [2, 4]] += y
        found.append(boxes)
    return canvas, np.concatenate(found)


def random_light(image: Image, random: np.random.Generator) -> Image:
    """Change colour, light, sharpness and compression as cameras and weather do."""
    levels = np.arange(256, dtype=np.float32)
    hue = (levels + random.uniform(-4, 4)) % 180
    saturation = levels * random.uniform(0.5, 1.4)
    value = 255 * (levels / 255) ** random.uniform(0.65, 1.6) * random.uniform(0.7, 1.25)
    table = np.clip(np.stack([hue, saturation, value], axis=1), 0, 255).astype(np.uint8)
    hsv = cv2.LUT(cv2.cvtColor(image, cv2.COLOR_BGR2HSV), table[None])
    out = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)
    if happens(random, 0.15):
        out = cv2.GaussianBlur(out, (0, 0), float(random.uniform(0.4, 1.4)))
    if happens(random, 0.2):
        strength = np.float32(random.uniform(2, 10))
        noise = strength * random.standard_normal(out.shape, dtype=np.float32)
        out = np.clip(out + noise, 0, 255).astype(np.uint8)
    if happens(random, 0.25):
        out = _compressed(np.asarray(out, np.uint8), int(random.integers(25, 80)))
    return np.asarray(out, dtype=np.uint8)


def coarser(view: Image, side_px: int) -> Image:
    """The view as it would be had it been taken with `side_px` px a side."""
    small = cv2.resize(view, (side_px, side_px), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, view.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def turned(view: Image, angle_deg: float) -> Image:
    """The view turned about its middle; what comes in repeats its edge."""
    side = view.shape[0]
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), angle_deg, 1.0)
    return np.asarray(cv2.warpAffine(view, turn, (side, side), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def boxes_of(objects: list[tuple[int, Box]]) -> Boxes:
    """Pack labelled boxes into one array."""
    rows = [[label, box.x, box.y, box.x2, box.y2] for label, box in objects]
    return np.asarray(rows, dtype=np.float32).reshape(-1, 5)


def _offset(window_px: float, picture_px: float, random: np.random.Generator) -> float:
    slack = window_px - picture_px
    return float(random.uniform(min(slack, 0), max(slack, 0)))


def _moved(boxes: Boxes, move: npt.NDArray[np.float32], view: View) -> Boxes:
    x = np.sort(boxes[:, [1, 3]] * move[0, 0] + move[0, 2], axis=1)
    y = np.sort(boxes[:, [2, 4]] * move[1, 1] + move[1, 2], axis=1)
    whole = (x[:, 1] - x[:, 0]) * (y[:, 1] - y[:, 0])
    x, y = x.clip(0, view.width_px), y.clip(0, view.height_px)
    width, height = x[:, 1] - x[:, 0], y[:, 1] - y[:, 0]
    keep = (width * height >= _VISIBLE * whole) & (np.minimum(width, height) >= _SMALLEST_PX)
    moved = np.stack([boxes[:, 0], x[:, 0], y[:, 0], x[:, 1], y[:, 1]], axis=1)[keep]
    return np.asarray(moved, np.float32)


def _compressed(image: Image, quality: int) -> Image:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
