"""A decoded picture that is turned into blue, green and red only where somebody looks.

Converting a whole 1080p picture costs a third of decoding it, and most pictures are never looked at whole.
"""

from __future__ import annotations

from typing import Any, Final, Protocol, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.images import crop
from edge.detector.types import Box, Image

Plane: TypeAlias = npt.NDArray[np.uint8]
"""H x W bytes, one channel."""

_PLANAR: Final = frozenset({"yuv420p", "yuvj420p"})
_FULL_RANGE: Final = 2
_BT709: Final = 1
_LUMA_WEIGHTS: Final = {True: (0.2126, 0.0722), False: (0.299, 0.114)}
"""Red and blue in luma, by BT.709 and BT.601; an untold stream is taken for BT.601, as ffmpeg does."""


class Picture(Protocol):
    """One picture, however it is kept."""

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height."""

    def bgr(self) -> Image:
        """The whole picture, H x W x 3. Dear: ask for a piece where a piece will do."""

    def luma(self) -> Plane:
        """Brightness, H x W; a view that must not be written to."""

    def crop(self, box: Box) -> tuple[Image, Box]:
        """The piece in `box` (px) as BGR, and the whole pixels it really covers; empty when outside."""

    def window(self, *boxes: Box) -> Image:
        """A picture of full size, BGR, that need be right only inside these boxes (px); not to be kept."""

    def scaled(self, width_px: int, height_px: int) -> Image:
        """The whole picture at another size, BGR."""


class Pixels:
    """A picture that is in memory as BGR already."""

    def __init__(self, image: Image) -> None:
        self._image = image
        self._luma: Plane | None = None

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height."""
        return self._image.shape[1], self._image.shape[0]

    def bgr(self) -> Image:
        """The picture itself."""
        return self._image

    def luma(self) -> Plane:
        """Brightness, H x W."""
        if self._luma is None:
            self._luma = np.asarray(cv2.cvtColor(self._image, cv2.COLOR_BGR2GRAY), np.uint8)
        return self._luma

    def crop(self, box: Box) -> tuple[Image, Box]:
        """A view of the piece in `box`, and what it covers."""
        return crop(self._image, box)

    def window(self, *boxes: Box) -> Image:  # noqa: ARG002 - all of it is there
        """The picture itself."""
        return self._image

    def scaled(self, width_px: int, height_px: int) -> Image:
        """The picture at another size."""
        return np.asarray(cv2.resize(self._image, (width_px, height_px)), np.uint8)


class Decoded:
    """A picture as the decoder left it: planes of brightness and colour."""

    def __init__(self, frame: Any) -> None:
        """`frame`: an `av.VideoFrame`, kept as long as this lives."""
        self._frame = frame
        self._bgr: Image | None = None
        self._window: Image | None = None
        planar = frame.format.name in _PLANAR and not (frame.width % 2 or frame.height % 2)
        self._planes = tuple(_plane(plane) for plane in frame.planes) if planar else None
        self._to_bgr = _matrix(frame)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height."""
        return int(self._frame.width), int(self._frame.height)

    def bgr(self) -> Image:
        """The whole picture, converted once."""
        if self._bgr is None:
            self._bgr = np.asarray(self._frame.to_ndarray(format="bgr24"), np.uint8)
        return self._bgr

    def luma(self) -> Plane:
        """The decoder's own plane of brightness."""
        return self._planes[0] if self._planes else Pixels(self.bgr()).luma()

    def crop(self, box: Box) -> tuple[Image, Box]:
        """The piece in `box`; only it is converted."""
        if self._planes is None or self._bgr is not None:
            return crop(self.bgr(), box)
        width, height = self.size_px
        inside = box.clipped(width, height)
        left, top = int(np.floor(inside.x)), int(np.floor(inside.y))
        right, bottom = int(np.ceil(inside.x2)), int(np.ceil(inside.y2))
        if inside.area <= 0:
            return np.zeros((0, 0, 3), np.uint8), Box(left, top, 0, 0)
        even_left, even_top = left // 2 * 2, top // 2 * 2
        y = self._planes[0][even_top:bottom, even_left:right]
        half = np.s_[even_top // 2 : (bottom + 1) // 2, even_left // 2 : (right + 1) // 2]
        colours = [_doubled(plane[half], y.shape) for plane in self._planes[1:]]
        piece = self._bgr_of([y, *colours])[top - even_top :, left - even_left :]
        return piece, Box(left, top, right - left, bottom - top)

    def window(self, *boxes: Box) -> Image:
        """Only the boxes are converted: memory that nobody writes to costs nothing either."""
        if self._planes is None or self._bgr is not None:
            return self.bgr()
        if self._window is None:
            width, height = self.size_px
            self._window = np.zeros((height, width, 3), np.uint8)
        for box in boxes:
            paint(self._window, *self.crop(box))
        return self._window

    def scaled(self, width_px: int, height_px: int) -> Image:
        """The whole picture at another size: the planes are shrunk first, then what is left is converted."""
        if self._planes is None:
            return Pixels(self.bgr()).scaled(width_px, height_px)
        size = (width_px, height_px)
        return self._bgr_of([np.asarray(cv2.resize(plane, size), np.uint8) for plane in self._planes])

    def _bgr_of(self, planes: list[Plane]) -> Image:
        return np.asarray(cv2.transform(cv2.merge(planes), self._to_bgr), np.uint8)


def paint(image: Image, piece: Image, place: Box) -> None:
    """Put a piece that was cut out of a picture into one of the same size; `place`: whole px."""
    top, left = int(place.y), int(place.x)
    image[top : top + piece.shape[0], left : left + piece.shape[1]] = piece


def _plane(plane: Any) -> Plane:
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


def _doubled(plane: Plane, shape: tuple[int, ...]) -> Plane:
    """A colour plane at the size of the brightness: every value stands for two by two pixels."""
    return np.repeat(np.repeat(plane, 2, axis=0), 2, axis=1)[: shape[0], : shape[1]]


def _matrix(frame: Any) -> npt.NDArray[np.float32]:
    """3 x 4: blue, green, red from luma, blue difference, red difference, by the colours the stream tells."""
    red, blue = _LUMA_WEIGHTS[int(frame.colorspace) == _BT709]
    green = 1 - red - blue
    full = int(frame.color_range) == _FULL_RANGE or frame.format.name == "yuvj420p"
    luma, colour, floor = (1.0, 1.0, 0.0) if full else (255 / 219, 255 / 224, 16.0)
    rows = np.array(
        [
            [luma, 2 * (1 - blue) * colour, 0.0],
            [luma, -2 * (1 - blue) * blue / green * colour, -2 * (1 - red) * red / green * colour],
            [luma, 0.0, 2 * (1 - red) * colour],
        ]
    )
    return np.column_stack([rows, -rows @ np.array([floor, 128.0, 128.0])]).astype(np.float32)
