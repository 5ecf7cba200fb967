"""Pinhole camera of the scene: the same numbers drive Blender and the truth (numpy only)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Pinhole:
    """Ideal camera. Position in road metres, angles in degrees, picture in pixels."""

    position_m: tuple[float, float, float]
    pitch_down_deg: float
    yaw_right_deg: float
    focal_px: float
    width: int
    height: int

    def axes(self) -> Array:
        """Return rows right, down, forward of the camera in road coordinates."""
        p, y = math.radians(self.pitch_down_deg), math.radians(self.yaw_right_deg)
        fwd = np.array([math.sin(y) * math.cos(p), math.cos(y) * math.cos(p), -math.sin(p)])
        right = np.array([math.cos(y), -math.sin(y), 0.0])
        return np.stack([right, np.cross(fwd, right), fwd])

    def project(self, points: Array) -> tuple[Array, Array]:
        """Project road points (n, 3) in metres; return pixels (n, 2) and depths (n,)."""
        cam = (points - np.array(self.position_m)) @ self.axes().T
        depth = cam[:, 2]
        safe = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
        centre = np.array([self.width / 2, self.height / 2])
        return cam[:, :2] / safe[:, None] * self.focal_px + centre, depth

    def road_to_image(self) -> Array:
        """Return the 3x3 homography from ground metres (x, y, 1) to pixels."""
        rot = self.axes()
        shift = -rot @ np.array(self.position_m)
        k = np.array(
            [
                [self.focal_px, 0.0, self.width / 2],
                [0.0, self.focal_px, self.height / 2],
                [0.0, 0.0, 1.0],
            ]
        )
        h = k @ np.column_stack([rot[:, 0], rot[:, 1], shift])
        return np.asarray(h / h[2, 2], dtype=np.float64)


def clip_camera(width: int = 1920, height: int = 1080) -> Pinhole:
    """Return the enforcement camera of the sample clip for a picture size in pixels."""
    return Pinhole((0.0, 0.0, 5.3), 9.7, 0.6, 2840.0 * height / 1080.0, width, height)
