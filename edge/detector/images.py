"""Reading pictures from disk, checking arrays, cutting pieces out."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from edge.detector.errors import ImageError
from edge.detector.types import Box, Image

_CHANNELS = 3


def read_image(path: Path) -> Image:
    """Read a picture file as H x W x 3 bytes (blue, green, red).

    Raises:
        ImageError: the file is missing, unreadable or no picture.
    """
    try:
        data = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    except OSError as error:
        raise ImageError(
            f"cannot open picture ({error.strerror})",
            where=str(path),
            remedy="Check the path and its permissions.",
        ) from error
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if image is None:
        raise ImageError(
            "not a picture that can be decoded", where=str(path), remedy="Give a JPEG, PNG or WebP file."
        )
    return np.asarray(image, dtype=np.uint8)


def check_image(image: Image, where: str) -> None:
    """Raise `ImageError` unless `image` is a non-empty H x W x 3 array of bytes."""
    if image.ndim != _CHANNELS or image.shape[2] != _CHANNELS or image.dtype != np.uint8 or image.size == 0:
        raise ImageError(
            f"expected H x W x 3 bytes, got shape {image.shape} of {image.dtype}",
            where=where,
            remedy="Convert the picture to 8-bit BGR first.",
        )


def crop(image: Image, box: Box) -> tuple[Image, Box]:
    """Cut `box` (px) out of `image`, clipped to it and widened to whole pixels.

    Returns:
        The piece (a view) and the box it really covers, px; the piece is empty when the box lies outside.
    """
    height, width = image.shape[:2]
    inside = box.clipped(width, height)
    left, top = int(np.floor(inside.x)), int(np.floor(inside.y))
    right, bottom = int(np.ceil(inside.x2)), int(np.ceil(inside.y2))
    if inside.area <= 0:
        right, bottom = left, top
    return image[top:bottom, left:right], Box(left, top, right - left, bottom - top)
