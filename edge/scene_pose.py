"""Where the camera stands and looks, from the road plane alone: needed for whatever rises above the road.

A homography of a plane fixes the camera when pixels are square and the optical axis meets the middle of the
picture (Zhang 2000, section 3; Liebowitz and Zisserman 1998).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.scene_geometry import Points, RoadPlane
from edge.scene_lens import Lens

Numbers = npt.NDArray[np.float64]

_TINY: Final = 1e-12
_HEIGHT_MISS: Final = 0.3


@dataclass(frozen=True, slots=True)
class Pose:
    """From points over the road (x, y on the road, z up, m) to the picture.

    `known`: the camera was found; without it points are drawn as if they lay on the road. `foot_m`: the point
    of the road right below the camera, `height_m` how high it hangs; not a number when not known.
    """

    matrix: Numbers
    lens: Lens | None
    known: bool
    foot_m: tuple[float, float]
    height_m: float

    def picture(self, points_m: Numbers) -> Points:
        """Picture px of points, any shape that ends in 3; the same shape that ends in 2."""
        flat = np.asarray(points_m, dtype=np.float64).reshape(-1, 3)
        seen = np.column_stack([flat, np.ones(len(flat))]) @ self.matrix.T
        with np.errstate(divide="ignore", invalid="ignore"):
            straight = seen[:, :2] / seen[:, 2:3]
        shown = straight if self.lens is None else self.lens.shown(straight)
        return np.asarray(shown.reshape(*points_m.shape[:-1], 2), dtype=np.float64)


def pose_of(
    plane: RoadPlane, picture_size_px: tuple[int, int], *, seen_px: Points, height_m: float | None = None
) -> Pose:
    """The pose that fits a road plane; `seen_px` are picture points known to lie on the road.

    A pose whose height is far from the `height_m` that was measured is not believed.
    """
    lens = plane.map.lens
    middle = np.asarray(lens.centre_px if lens else np.array(picture_size_px) / 2, dtype=np.float64)
    shift = np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, 1.0]])
    columns = shift @ plane.map.to_picture
    columns *= np.sign(columns[2] @ np.array([*plane.road(seen_px).mean(axis=0), 1.0]))
    focal_px = _focal(columns)
    flat = Pose(
        np.insert(plane.map.to_picture, 2, 0.0, axis=1),
        lens,
        known=False,
        foot_m=(np.nan,) * 2,
        height_m=np.nan,
    )
    if focal_px is None:
        return flat
    bare = columns / np.array([[focal_px], [focal_px], [1.0]])
    bare /= (np.hypot.reduce(bare[:, 0]) + np.hypot.reduce(bare[:, 1])) / 2
    up = np.cross(bare[:, 0], bare[:, 1])
    place = -np.linalg.solve(np.column_stack([bare[:, :2], up]), bare[:, 2])
    if place[2] < 0:
        up, place = -up, place * [1, 1, -1]
    if height_m is not None and abs(place[2] / height_m - 1) > _HEIGHT_MISS:
        return flat
    inner = np.array([[focal_px, 0, middle[0]], [0, focal_px, middle[1]], [0, 0, 1.0]])
    matrix = inner @ np.column_stack([bare[:, :2], up, bare[:, 2]])
    return Pose(matrix, lens, known=True, foot_m=(float(place[0]), float(place[1])), height_m=float(place[2]))


def _focal(columns: Numbers) -> float | None:
    """Focal length, px, from the two conditions that the road's axes are square to each other and as long."""
    (a1, a2, _), (b1, b2, _), (c1, c2, _) = columns
    square = np.array([a1 * a2 + b1 * b2, c1 * c2])
    long = np.array([a1**2 + b1**2 - a2**2 - b2**2, c1**2 - c2**2])
    power = square[0] ** 2 + long[0] ** 2
    if power < _TINY:
        return None
    inverse2 = -(square[0] * square[1] + long[0] * long[1]) / power
    return float(inverse2**-0.5) if inverse2 > 0 else None
