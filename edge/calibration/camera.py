"""A camera over a flat road: seven numbers and a lens, and how it shows the road."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.scene_geometry import Points, RoadMap
from edge.scene_lens import Lens

Numbers = npt.NDArray[np.float64]

NAMES: Final = ("log_focal", "tilt", "roll", "pan", "x", "y", "log_height", "k1")
"""The order of a camera's numbers when they are fitted."""
_NO_LENS: Final = 1e-12


@dataclass(frozen=True, slots=True)
class RoadCamera:
    """A camera with square pixels and its axis through the picture's middle.

    Road metres: x to the right, y ahead, z up. `tilt_rad` is how far it looks down, `pan_rad` how far to the
    right of the y axis, `roll_rad` how far the picture is turned clockwise. It hangs at (x_m, y_m, height_m).
    `k1` is of the `division` model in half diagonals.
    """

    size_px: tuple[int, int]
    focal_px: float
    tilt_rad: float
    roll_rad: float
    pan_rad: float
    height_m: float
    x_m: float = 0.0
    y_m: float = 0.0
    k1: float = 0.0

    @property
    def centre_px(self) -> tuple[float, float]:
        """The middle of the picture."""
        return (self.size_px[0] - 1) / 2, (self.size_px[1] - 1) / 2

    @property
    def lens(self) -> Lens | None:
        """The lens; None where it is straight."""
        if abs(self.k1) < _NO_LENS:
            return None
        return Lens(self.centre_px, float(np.hypot(*self.size_px)) / 2, self.k1, model="division")

    @property
    def map(self) -> RoadMap:
        """The map between picture and road surface."""
        to_picture = self._projection()[:, [0, 1, 3]]
        to_road = np.asarray(np.linalg.inv(to_picture), dtype=np.float64)
        return RoadMap(to_road, to_picture, self.lens)

    def picture(self, road_m: Points) -> Points:
        """Picture px of road points, n x 2 (on the surface) or n x 3 (above it)."""
        points = np.asarray(road_m, dtype=np.float64)
        if points.shape[1] == 2:  # noqa: PLR2004
            points = np.column_stack([points, np.zeros(len(points))])
        seen = np.column_stack([points, np.ones(len(points))]) @ self._projection().T
        with np.errstate(divide="ignore", invalid="ignore"):
            straight = np.where(seen[:, 2:3] > 0, seen[:, :2] / seen[:, 2:3], np.nan)
        return straight if self.lens is None else self.lens.shown(straight)

    def road(self, picture_px: Points, above_m: float = 0.0) -> Points:
        """Where the rays of picture points (n x 2) meet the level `above_m` over the road, metres.

        The reference-height correction: for a point at height z the ground is read h / (h - z) times as far
        from the camera's foot as the point stands.
        """
        ground = self.map.road(picture_px)
        foot = np.array([self.x_m, self.y_m])
        return np.asarray(foot + (ground - foot) * (1 - above_m / self.height_m), dtype=np.float64)

    def numbers(self) -> Numbers:
        """Its numbers in the order of NAMES."""
        return np.array(
            [
                np.log(self.focal_px),
                self.tilt_rad,
                self.roll_rad,
                self.pan_rad,
                self.x_m,
                self.y_m,
                np.log(self.height_m),
                self.k1,
            ]
        )

    def _projection(self) -> Numbers:
        """3 x 4: from homogeneous road metres to homogeneous straight px."""
        cos_p, sin_p = np.cos(self.pan_rad), np.sin(self.pan_rad)
        cos_t, sin_t = np.cos(self.tilt_rad), np.sin(self.tilt_rad)
        cos_r, sin_r = np.cos(self.roll_rad), np.sin(self.roll_rad)
        turn = np.array([[cos_p, -sin_p, 0], [sin_p, cos_p, 0], [0, 0, 1]])
        look = np.array([[1, 0, 0], [0, -sin_t, -cos_t], [0, cos_t, -sin_t]])
        lean = np.array([[cos_r, -sin_r, 0], [sin_r, cos_r, 0], [0, 0, 1]])
        inner = np.array(
            [[self.focal_px, 0, self.centre_px[0]], [0, self.focal_px, self.centre_px[1]], [0, 0, 1]]
        )
        rotation = lean @ look @ turn
        at = np.array([self.x_m, self.y_m, self.height_m])
        return np.asarray(inner @ np.column_stack([rotation, -rotation @ at]), dtype=np.float64)


def camera_from(numbers: Numbers, size_px: tuple[int, int]) -> RoadCamera:
    """Inverse of `RoadCamera.numbers`."""
    log_focal, tilt, roll, pan, x, y, log_height, k1 = (float(one) for one in numbers)
    return RoadCamera(
        size_px=size_px,
        focal_px=float(np.exp(np.clip(log_focal, 3, 12))),
        tilt_rad=tilt,
        roll_rad=roll,
        pan_rad=pan,
        height_m=float(np.exp(np.clip(log_height, -2, 6))),
        x_m=x,
        y_m=y,
        k1=k1,
    )
