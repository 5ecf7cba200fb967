"""Pictures of vehicles put by, to have their plates read should it come to that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from edge.capture.picture import Picture, paint
from edge.detector.types import Box, Image

_AROUND: Final = 0.2
_MOST_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Crop:
    """A vehicle as it was seen: its `box` in the picture, and the BGR piece that lay at `place` (px)."""

    frame: int
    t_s: float
    box: Box
    piece: Image
    place: Box

    def in_full(self, size_px: tuple[int, int]) -> Image:
        """A picture of full size with the piece where it was; black elsewhere."""
        full = np.zeros((size_px[1], size_px[0], 3), np.uint8)
        paint(full, self.piece, self.place)
        return full


@dataclass(slots=True)
class CropShelf:
    """The crops of all vehicles on stage, bounded in bytes: the smallest of whoever has most go first."""

    most_bytes: int = _MOST_BYTES
    _crops: dict[int, list[Crop]] = field(default_factory=dict)
    _bytes: int = 0

    @property
    def size_bytes(self) -> int:
        """What the crops weigh."""
        return self._bytes

    def put(self, track: int, frame: int, t_s: float, picture: Picture, box: Box) -> None:
        """Keep a vehicle's picture."""
        piece, place = picture.crop(box.expanded(_AROUND))
        self._crops.setdefault(track, []).append(Crop(frame, t_s, box, np.array(piece), place))
        self._bytes += piece.nbytes
        while self._bytes > self.most_bytes:
            most = max(self._crops.values(), key=len)
            smallest = min(most, key=lambda crop: crop.box.h)
            most.remove(smallest)
            self._bytes -= smallest.piece.nbytes

    def take(self, track: int) -> list[Crop]:
        """The crops of a vehicle, oldest first; they are kept no longer."""
        crops = self._crops.pop(track, [])
        self._bytes -= sum(crop.piece.nbytes for crop in crops)
        return crops
