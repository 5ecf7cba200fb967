"""Lens distortion: from the pixel a camera shows to the pixel a lens without faults would show, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
LensModel = Literal["brown", "division"]

_STEPS: Final = 30
_DONE_PX: Final = 1e-9
_SOLVED_PX: Final = 1e-6
_LEAST_SLOPE: Final = 0.2
_SAMPLES: Final = 64


@dataclass(frozen=True, slots=True)
class Lens:
    """A radial lens. Radii count from `centre_px` in units of `unit_px`.

    `brown` (Brown 1966, Conrady 1919; OpenCV's k1 and k2 with `unit_px` = focal length):
    shown = straight * (1 + k1 r^2 + k2 r^4), r of the straight point. `division` (Fitzgibbon 2001):
    straight = shown / (1 + k1 r^2 + k2 r^4), r of the shown point. A barrel has k1 < 0 in both.
    """

    centre_px: tuple[float, float]
    unit_px: float
    k1: float
    k2: float = 0.0
    model: LensModel = "brown"

    def straight(self, shown_px: Points) -> Points:
        """The pixels (n x 2) a faultless lens would show; what cannot be undone is not a number."""
        way = (np.asarray(shown_px, dtype=np.float64) - self.centre_px) / self.unit_px
        radius = np.hypot(way[:, 0], way[:, 1])
        if self.model == "division":
            return self._placed(way / self._stretch(radius)[:, None])
        return self._placed(way * _ratio(self._unstretched(radius), radius)[:, None])

    def shown(self, straight_px: Points) -> Points:
        """The pixels (n x 2) the camera shows: the inverse of `straight`."""
        way = (np.asarray(straight_px, dtype=np.float64) - self.centre_px) / self.unit_px
        radius = np.hypot(way[:, 0], way[:, 1])
        if self.model == "brown":
            return self._placed(way * self._stretch(radius)[:, None])
        return self._placed(way * _ratio(self._undivided(radius), radius)[:, None])

    def jacobian(self, shown_px: Points) -> npt.NDArray[np.float64]:
        """d(straight) / d(shown) at each point: n x 2 x 2."""
        step = 1e-3
        columns = [
            (self.straight(shown_px + offset) - self.straight(shown_px - offset)) / (2 * step)
            for offset in (np.array([step, 0.0]), np.array([0.0, step]))
        ]
        return np.asarray(np.stack(columns, axis=2), dtype=np.float64)

    def folds_within(self, width_px: int, height_px: int) -> bool:
        """Whether the lens would show one place of the picture twice: then its numbers are wrong."""
        corners = np.array([(0, 0), (width_px, 0), (0, height_px), (width_px, height_px)], dtype=np.float64)
        farthest = float(np.hypot(*(corners - self.centre_px).T).max()) / self.unit_px
        radius = np.linspace(0, farthest, _SAMPLES)
        if self.model == "brown":
            return not bool(np.isfinite(self._unstretched(radius)).all())
        stretch = self._stretch(radius)
        slope = (stretch - radius * self._stretch_slope(radius)) / stretch**2
        return bool((stretch < _LEAST_SLOPE).any() or (slope < _LEAST_SLOPE).any())

    def _stretch(self, radius: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(1 + self.k1 * radius**2 + self.k2 * radius**4, dtype=np.float64)

    def _stretch_slope(self, radius: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(2 * self.k1 * radius + 4 * self.k2 * radius**3, dtype=np.float64)

    def _unstretched(self, shown: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Newton on r * stretch(r) = shown, on the branch through zero; not a number beyond its turn."""
        radius = shown.copy()
        with np.errstate(all="ignore"):
            for _ in range(_STEPS):
                slope = self._stretch(radius) + radius * self._stretch_slope(radius)
                step = (radius * self._stretch(radius) - shown) / slope
                radius = radius - step
                if np.nanmax(np.abs(step), initial=0.0) * self.unit_px < _DONE_PX:
                    break
            slope = self._stretch(radius) + radius * self._stretch_slope(radius)
            off = np.abs(radius * self._stretch(radius) - shown) * self.unit_px
            return np.where((off < _SOLVED_PX) & (slope > _LEAST_SLOPE) & (radius >= 0), radius, np.nan)

    def _undivided(self, straight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Newton on r / stretch(r) = straight, from the bounded start r = straight."""
        radius = straight / (1 + np.maximum(-self.k1, 0) * straight**2)
        with np.errstate(all="ignore"):
            for _ in range(_STEPS):
                stretch = self._stretch(radius)
                slope = (stretch - radius * self._stretch_slope(radius)) / stretch**2
                step = (radius / stretch - straight) / slope
                radius = radius - step
                if np.nanmax(np.abs(step), initial=0.0) * self.unit_px < _DONE_PX:
                    break
            off = np.abs(radius / self._stretch(radius) - straight) * self.unit_px
            return np.where((off < _SOLVED_PX) & (self._stretch(radius) > 0) & (radius >= 0), radius, np.nan)

    def _placed(self, way: Points) -> Points:
        return np.asarray(way * self.unit_px + self.centre_px, dtype=np.float64)


def _ratio(radius: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.divide(radius, other, out=np.ones_like(radius), where=other > 0)
