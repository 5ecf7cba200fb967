"""Where in a picture to look for vehicles: where they are expected, and where something moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol, runtime_checkable

from edge.analysis_gate import MotionGate
from edge.capture import Frame
from edge.detector.types import Box, Detection, Image

WHOLE_EVERY_S: Final = 4.0
_GROWN: Final = 0.12
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

    @property
    def any_motion(self) -> bool:
        """Whether anything moved since the last look."""
        return self._gate.any_motion

    def watch(self, frame: Frame) -> None:
        """Take in a picture."""
        self._gate.look(frame.picture.luma())

    def detect(self, frame: Frame) -> list[Detection]:
        """The road users anywhere in a picture."""
        return self._eyes.detect(frame.image)

    def look_at(self, frame: Frame, suspects: Sequence[Box], expected: Sequence[Box]) -> list[Detection]:
        """The road users where the suspects are, and whoever is expected (px) so close that he may hide one."""
        close = [box for box in expected if any(_close(box, one) for one in suspects)]
        return self._within(frame, _around([box.expanded(_GROWN) for box in (*suspects, *close)]))

    def look(self, frame: Frame, expected: Sequence[Box]) -> list[Detection]:
        """The road users where they are expected (px) or something moved; every few seconds, everywhere."""
        motion = self._gate.take()
        whole = motion.all_new or frame.t_s - self._whole_s >= WHOLE_EVERY_S
        if whole:
            self._whole_s = frame.t_s
        if whole:
            return self._within(frame, None)
        area = _around([box.expanded(_GROWN) for box in expected] + list(motion.boxes))
        return [] if area is None else self._within(frame, area)

    def _within(self, frame: Frame, area: Box | None) -> list[Detection]:
        if not isinstance(self._eyes, PartEyes):
            return self.detect(frame)
        size_px = frame.picture.size_px
        small = frame.picture.scaled(*self._eyes.small_size_px(size_px))
        return self._eyes.detect_small(small, size_px, area)


def _close(box: Box, suspect: Box) -> bool:
    return box.intersection(suspect.expanded(_CLOSE)) > 0


def _around(boxes: Sequence[Box]) -> Box | None:
    if not boxes:
        return None
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(x, y, max(box.x2 for box in boxes) - x, max(box.y2 for box in boxes) - y)
