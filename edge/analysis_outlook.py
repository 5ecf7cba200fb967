"""Where in a picture to look for vehicles: where they are expected, and where something moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from edge.analysis_gate import MotionGate
from edge.capture import Frame
from edge.detector.types import Box, Detection, Image

WHOLE_EVERY_S: Final = 4.0
VAIN_S: Final = 0.4
"""So long nobody looks again for news after news that were none."""

_GROWN: Final = 0.05
_EXACT: Final = 0.025
_AROUND: Final = 0.06
_TWICE: Final = 0.02
_NEWS_PX: Final = 40
_GLOW: Final = 0.5
_CLOSE: Final = 0.25


class VehicleEyes(Protocol):
    """Anything that finds road users in a picture."""

    def detect(self, image: Image) -> list[Detection]:
        """Boxes in the picture's pixels."""


@runtime_checkable
class PartEyes(Protocol):
    """Eyes that can look at a part of a picture, given at the size they see it at."""

    def small_size_px(self, size_px: tuple[int, int]) -> tuple[int, int]:
        """The size at which a picture of `size_px` is looked at."""

    def detect_small(
        self, small: Image, size_px: tuple[int, int], area: Box | None = None
    ) -> list[Detection]:
        """What is in `area` (None: everywhere); area and boxes in the full picture's pixels."""


class Outlook:
    """Watches for motion in every picture, and looks with the eyes where that is worth it."""

    def __init__(self, eyes: VehicleEyes, lamps: Sequence[Box] = ()) -> None:
        """`lamps`: where signals are (px): what changes there is no vehicle."""
        self._eyes = eyes
        self._gate = MotionGate([box.expanded(_GLOW) for box in lamps])
        self._whole_s = float("-inf")
        self._vain_s = float("-inf")
        self._expected: Sequence[Box] = ()
        self._news: list[Box] = []

    @property
    def any_motion(self) -> bool:
        """Whether anything moved since the last look."""
        return self._gate.any_motion

    @property
    def any_news(self) -> bool:
        """Whether something of a vehicle's size moves where none is expected, or is too new to be sure of."""
        return bool(self._news)

    def watch(self, frame: Frame, expected: Sequence[Box], new: Sequence[Box]) -> None:
        """Take in a picture. `expected`: where vehicles should be, px; `new`: those seen too seldom."""
        self._gate.look(frame.picture.luma())
        self._expected = expected
        self._news = list(new)
        if frame.t_s - self._vain_s >= VAIN_S:
            self._news += [box for box in self._gate.peek().boxes if self._is_news(box)]

    def _is_news(self, box: Box) -> bool:
        return min(box.w, box.h) >= _NEWS_PX and not any(_close(box, one) for one in self._expected)

    def detect(self, frame: Frame) -> list[Detection]:
        """The road users anywhere in a picture."""
        return self._eyes.detect(frame.image)

    def look_at(self, frame: Frame, suspects: Sequence[Box], new: Sequence[Box]) -> list[Detection]:
        """The road users where suspects and news are, with whoever is expected so close as to hide one.

        Of the `new` (px), whose speed nobody knows yet, where something moved counts as well.
        """
        unsure = [*new, *self._news]
        wanted = [*suspects, *unsure]
        moved = [box for box in self._gate.peek().boxes if any(_close(box, one) for one in unsure)]
        close = [box for box in self._expected if any(_close(box, one) for one in wanted)]
        found = self._within(frame, [*wanted, *close, *moved], exact=True)
        if not any(_close(one.box, box) for one in found for box in self._news):
            self._vain_s = frame.t_s
        return found

    def look(self, frame: Frame, expected: Sequence[Box]) -> list[Detection]:
        """The road users where they are expected (px) or something moved; every few seconds, everywhere."""
        motion = self._gate.take()
        if not isinstance(self._eyes, PartEyes):
            return self.detect(frame)
        if motion.all_new or frame.t_s - self._whole_s >= WHOLE_EVERY_S:
            self._whole_s = frame.t_s
            size_px = frame.picture.size_px
            return self._eyes.detect_small(self._small(frame, self._eyes), size_px)
        return self._within(frame, [*expected, *motion.boxes])

    def _within(self, frame: Frame, boxes: Sequence[Box], *, exact: bool = False) -> list[Detection]:
        """`exact`: with more of what is around each, which the places of the boxes depend on a little."""
        if not isinstance(self._eyes, PartEyes):
            return self.detect(frame)
        if not boxes:
            return []
        size_px = frame.picture.size_px
        small = self._small(frame, self._eyes)
        more_px = _EXACT * size_px[0] if exact else 0.0
        areas = joined([_grown(box, more_px).clipped(*size_px) for box in boxes], size_px)
        return [one for area in areas for one in self._eyes.detect_small(small, size_px, area)]

    @staticmethod
    def _small(frame: Frame, eyes: PartEyes) -> Image:
        return frame.picture.scaled(*eyes.small_size_px(frame.picture.size_px))


def joined(boxes: Sequence[Box], size_px: tuple[int, int]) -> list[Box]:
    """A few areas that hold all boxes whole, and together are about as small as they can be.

    Two are made one where that costs less than looking twice at what is around each.
    """
    around_px, extra_px2 = _AROUND * size_px[0], _TWICE * size_px[0] * size_px[1]
    areas = np.array([[box.x, box.y, box.x2, box.y2] for box in boxes])
    while len(areas) > 1:
        both = np.concatenate(
            [
                np.minimum(areas[:, None, :2], areas[None, :, :2]),
                np.maximum(areas[:, None, 2:], areas[None, :, 2:]),
            ],
            axis=2,
        )
        alone = _cost(areas, around_px)
        gain = alone[:, None] + alone[None] + extra_px2 - _cost(both, around_px)
        np.fill_diagonal(gain, -np.inf)
        first, second = np.unravel_index(int(gain.argmax()), gain.shape)
        if gain[first, second] < 0:
            break
        areas[first] = both[first, second]
        areas = np.delete(areas, second, axis=0)
    return [Box(x, y, x2 - x, y2 - y) for x, y, x2, y2 in areas.tolist()]


def _cost(areas: npt.NDArray[np.float64], around_px: float) -> npt.NDArray[np.float64]:
    """Square pixels to look at for areas of x, y, x2, y2 along the last axis."""
    sides = areas[..., 2:] - areas[..., :2] + 2 * around_px
    return np.asarray(sides[..., 0] * sides[..., 1])


def _grown(box: Box, more_px: float) -> Box:
    grown = box.expanded(_GROWN)
    return Box(grown.x - more_px, grown.y - more_px, grown.w + 2 * more_px, grown.h + 2 * more_px)


def _close(box: Box, suspect: Box) -> bool:
    return box.intersection(suspect.expanded(_CLOSE)) > 0
