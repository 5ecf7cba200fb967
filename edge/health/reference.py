"""What the camera saw when all was well: one reference picture for each kind of light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from edge.health.look import Look, Luma, Structure, structure_of
from edge.health.registration import Shift, shift_between

_MOST_REFERENCES: Final = 6
_OTHER_LIGHT: Final = 0.5
"""Twice the brightness is 1: from half of that on, the same street has other edges."""
_LEARN_S: Final = 20.0
_LEARN_LOOKS: Final = 30
_MEDIAN_OF: Final = 41
_DETAIL_SHARE: Final = 95.0


@dataclass(frozen=True, slots=True)
class Reference:
    """The street without its traffic, in one light. `sharpness`: as looks have it."""

    luma: Luma
    structure: Structure
    detail: float
    sharpness: float

    @property
    def light(self) -> float:
        """Brightness on a scale where one more is twice as bright."""
        return light_of(self.luma)


def reference_of(luma: Luma, sharpness: float) -> Reference:
    """A reference from the picture of a street without its traffic."""
    structure = structure_of(luma)
    return Reference(luma, structure, detail_of(structure), sharpness)


def light_of(luma: Luma) -> float:
    """Brightness on a scale where one more is twice as bright."""
    return float(np.log2(float(luma.mean()) + 4.0))


def detail_of(structure: Structure) -> float:
    """How strong the stronger edges are."""
    return float(np.percentile(structure, _DETAIL_SHARE))


@dataclass(slots=True)
class References:
    """The references of one camera, at most six, and what is being learnt for the next one."""

    known: list[Reference] = field(default_factory=list)
    version: int = 0
    _looks: list[Look] = field(default_factory=list)
    _since_s: float = 0.0

    def nearest(self, luma: Luma) -> Reference | None:
        """The one in the most similar light."""
        light = light_of(luma)
        return min(self._fitting(luma), key=lambda one: abs(one.light - light), default=None)

    def _fitting(self, luma: Luma) -> list[Reference]:
        """Those of pictures of this shape: a camera may be set to send others."""
        return [one for one in self.known if one.luma.shape == luma.shape]

    def place(self, luma: Luma, structure: Structure, *, still_px: float) -> Shift | None:
        """Where the picture lies: the reference nearest in light speaks, any may vouch for it."""
        light = light_of(luma)
        first: Shift | None = None
        for one in sorted(self._fitting(luma), key=lambda one: abs(one.light - light)):
            found = shift_between(one.structure, structure)
            if found is not None and found.length_px <= still_px:
                return found
            first = first or found
        return first

    def learn(self, look: Look, now_s: float, *, in_place: bool) -> None:
        """Take a healthy look into account; a new kind of light becomes a reference after 20 s of it.

        `in_place`: a known reference vouches that the camera has not moved. The first one needs none.
        """
        nearest = self.nearest(look.luma)
        known = nearest is not None and abs(nearest.light - light_of(look.luma)) < _OTHER_LIGHT
        if known or len(self.known) >= _MOST_REFERENCES or not (in_place or nearest is None):
            self._looks.clear()
            return
        if not self._looks:
            self._since_s = now_s
        self._looks.append(look)
        if now_s - self._since_s >= _LEARN_S and len(self._looks) >= _LEARN_LOOKS:
            self.known.append(_median(self._looks))
            self.version += 1
            self._looks.clear()

    def forget_unfinished(self) -> None:
        """What was being learnt was no healthy camera."""
        self._looks.clear()


def _median(looks: Sequence[Look]) -> Reference:
    chosen = [
        looks[place] for place in np.linspace(0, len(looks) - 1, min(_MEDIAN_OF, len(looks))).astype(int)
    ]
    luma = np.median(np.stack([one.luma for one in chosen]), axis=0).astype(np.uint8)
    return reference_of(luma, float(np.median([one.sharpness for one in looks])))
