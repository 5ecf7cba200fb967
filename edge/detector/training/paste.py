"""Setting vehicles cut from one camera's pictures into others, so that the rare kinds turn up everywhere.

After "Simple Copy-Paste" (Ghiasi et al., 2021), with boxes instead of outlines and soft edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from edge.detector.images import crop, read_image
from edge.detector.training.augment import Boxes
from edge.detector.training.chance import happens
from edge.detector.training.manifest import Sample
from edge.detector.types import Box, Image

_SMALLEST_PX: Final = 48.0
_ALONE: Final = 0.04
_MOST_PIECES: Final = 3
_LEAST_HEIGHT_PX: Final = 28.0
_MOST_HEIGHT_SHARE: Final = 0.6
_MOST_ENLARGED: Final = 1.5
_HIDDEN: Final = 0.6


@dataclass(frozen=True, slots=True)
class Cutout:
    """A vehicle that no other labelled one overlaps: the picture, its box (px) and class number."""

    image: Path
    box: Box
    label: int


class Paster:
    """Sets vehicles into pictures; every class in `labels` comes equally often."""

    def __init__(self, samples: Sequence[Sample], labels: Sequence[int]) -> None:
        self._by_label = [found for label in labels if (found := _cutouts(samples, label))]

    def paste(self, image: Image, boxes: Boxes, random: np.random.Generator) -> tuple[Image, Boxes]:
        """Up to three vehicles more in an H x W x 3 picture; none where it would hide a labelled one."""
        if not self._by_label:
            return image, boxes
        out = image.copy()
        for _ in range(int(random.integers(1, _MOST_PIECES + 1))):
            kind = self._by_label[int(random.integers(len(self._by_label)))]
            boxes = _set_in(out, boxes, kind[int(random.integers(len(kind)))], random)
        return out, boxes


def _cutouts(samples: Sequence[Sample], label: int) -> list[Cutout]:
    return [
        Cutout(sample.image, one.box, label)
        for sample in samples
        for one in sample.objects
        if one.label == label
        and min(one.box.w, one.box.h) >= _SMALLEST_PX
        and all(
            one is other or one.box.intersection(other.box) < _ALONE * one.box.area
            for other in sample.objects
        )
    ]


def _set_in(image: Image, boxes: Boxes, cutout: Cutout, random: np.random.Generator) -> Boxes:
    """Set one vehicle into `image` in place, if it hides nobody; returns the boxes with its own added."""
    height_px, width_px = image.shape[:2]
    piece, _ = crop(read_image(cutout.image), cutout.box)
    most = min(_MOST_HEIGHT_SHARE * height_px, _MOST_ENLARGED * piece.shape[0])
    tall = float(np.exp(random.uniform(np.log(_LEAST_HEIGHT_PX), np.log(max(most, _LEAST_HEIGHT_PX + 1)))))
    scale = tall / piece.shape[0]
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    piece = np.asarray(cv2.resize(piece, None, fx=scale, fy=scale, interpolation=smooth), np.uint8)
    if happens(random, 0.5):
        piece = piece[:, ::-1]
    h, w = piece.shape[:2]
    if w >= width_px or h >= height_px:
        return boxes
    x, y = int(random.integers(width_px - w)), int(random.uniform(0.15, 1.0) * (height_px - h))
    if any(_hides(Box(x, y, w, h), row[1:]) for row in boxes):
        return boxes
    place = image[y : y + h, x : x + w]
    place[:] = _blended(place, piece, random)
    return np.asarray([*boxes, [cutout.label, x, y, x + w, y + h]], np.float32).reshape(-1, 5)


def _blended(ground: Image, piece: Image, random: np.random.Generator) -> Image:
    """The piece with soft edges, its light moved halfway to that of the place."""
    light = (ground.mean() + 20) / (piece.mean() + 20)
    gain = np.clip(light ** random.uniform(0.0, 0.7), 0.6, 1.5)
    soft = np.zeros(piece.shape[:2], np.float32)
    rim = max(1, round(0.03 * min(piece.shape[:2])))
    soft[rim:-rim, rim:-rim] = 1
    share = np.asarray(cv2.GaussianBlur(soft, (0, 0), rim), np.float32)[..., None]
    mixed = ground * (1 - share) + piece * gain * share
    return np.asarray(np.clip(mixed, 0, 255), np.uint8)


def _hides(cover: Box, row: np.ndarray) -> bool:
    x1, y1, x2, y2 = (float(side) for side in row)
    below = Box(x1, y1, x2 - x1, y2 - y1)
    return below.intersection(cover) > _HIDDEN * below.area
