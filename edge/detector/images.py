"""Reading pictures from disk, checking arrays, cutting pieces out."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.errors import ImageError
from edge.detector.picture_files import Looks, look_at
from edge.detector.types import Box, Image

_CHANNELS = 3
_SMALLEST_PX = 8
_LARGEST_PX = 200_000_000
_DARKEST_DEEP = 16


def read_image(path: Path) -> Image:
    """Read a picture file as H x W x 3 bytes (blue, green, red), turned the way up that it says it is.

    CMYK becomes blue, green, red; 16 bits a channel become the upper 8; transparent parts are laid on white,
    as a viewer shows them.

    Raises:
        ImageError: the file is missing, empty, cut off, damaged, no picture, too large or too small to show
            anything, or so dark a picture of 16 bits that its upper 8 are black.
    """
    data = _bytes_of(path)
    looks = look_at(data)
    _check_file(looks, str(path))
    image = _decode(data, cv2.IMREAD_COLOR)
    if image is None or image.ndim != _CHANNELS:
        raise ImageError(
            "not a picture that can be decoded", where=str(path), remedy="Give a JPEG, PNG or WebP file."
        )
    _check_content(image, looks, str(path))
    if looks.alpha and not looks.turned:
        image = _on_white(image, _decode(data, cv2.IMREAD_UNCHANGED))
    return np.asarray(image, dtype=np.uint8)


def _check_file(looks: Looks, where: str) -> None:
    if looks.trouble:
        raise ImageError(looks.trouble, where=where, remedy="Take or copy the picture again.")
    width_px, height_px = looks.size_px or (0, 0)
    if width_px * height_px > _LARGEST_PX:
        raise ImageError(
            f"{width_px} x {height_px} px is more than {_LARGEST_PX // 10**6} megapixels",
            where=where,
            remedy="Give it at the size the camera took it.",
        )


def _check_content(image: npt.NDArray[np.generic], looks: Looks, where: str) -> None:
    height_px, width_px = image.shape[:2]
    if min(height_px, width_px) < _SMALLEST_PX:
        raise ImageError(
            f"{width_px} x {height_px} px is too small to show anything",
            where=where,
            remedy=f"Give a picture of at least {_SMALLEST_PX} px each way.",
        )
    if looks.deep and int(image.max()) < _DARKEST_DEEP:
        raise ImageError(
            "a 16-bit picture whose values all lie in the lowest sixteenth, black as 8 bits",
            where=where,
            remedy="Save it with 8 bits, or scaled to the full 16.",
        )


def _bytes_of(path: Path) -> bytes:
    if path.is_dir():
        raise ImageError("a folder, not a picture", where=str(path), remedy="Name the pictures in it.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise ImageError(
            f"cannot open picture ({error.strerror})",
            where=str(path),
            remedy="Check the path and its permissions.",
        ) from error


def _decode(data: bytes, how: int) -> npt.NDArray[np.generic] | None:
    """Decode quietly: what is wrong is said once, by us, and not by OpenCV's log as well."""
    before = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        decoded: npt.NDArray[np.generic] | None = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), how)
    except cv2.error:
        return None
    finally:
        cv2.utils.logging.setLogLevel(before)
    return decoded


def _on_white(
    colour: npt.NDArray[np.generic], whole: npt.NDArray[np.generic] | None
) -> npt.NDArray[np.generic]:
    if whole is None or whole.ndim != _CHANNELS or whole.shape[2] != _CHANNELS + 1:
        return colour
    share = whole[..., 3:].astype(np.float32) / (255 if whole.dtype == np.uint8 else 65_535)
    return np.asarray(np.rint(colour.astype(np.float32) * share + 255 * (1 - share)), np.uint8)


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
