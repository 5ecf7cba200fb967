"""Ways to show one picture to a network: larger or smaller, as it is or mirrored."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from edge.detector.types import Box, Image


class View(NamedTuple):
    """How long the picture's long side is to the network, px, and whether left and right change places.

    `longest_px` is the longest thing, as shown, that is looked for: what is larger than nearly all that the
    network was trained on is left to smaller views.
    """

    long_side_px: int
    mirrored: bool = False
    longest_px: float = math.inf

    def of(self, image: Image) -> Image:
        """The picture as it is shown, not yet scaled."""
        return np.ascontiguousarray(image[:, ::-1]) if self.mirrored else image

    def longest_in(self, image: Image) -> float:
        """The longest thing that is looked for, in the pixels of the picture as it is."""
        return self.longest_px * float(max(image.shape[:2])) / self.long_side_px

    def back(self, box: Box, width_px: int) -> Box:
        """A box of the picture shown, `width_px` wide, in the picture as it is."""
        return replace(box, x=width_px - box.x2) if self.mirrored else box


def both_ways(*long_sides_px: int, longest_px: float = math.inf) -> tuple[View, ...]:
    """Each size as it is and mirrored."""
    return tuple(
        View(side_px, mirrored, longest_px) for side_px in long_sides_px for mirrored in (False, True)
    )
