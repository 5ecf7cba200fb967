"""What light a vehicle takes from the ground: its sun shadow, and the dark under it (no Blender)."""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from sample_videos.render.camera import Pinhole
from sample_videos.render.cast import Member
from sample_videos.render.plan import Pose

Array = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Rect = tuple[int, int, int, int]
Bgr = tuple[float, float, float]
SUNLESS_BGR: Bgr = (0.42, 0.34, 0.28)  # what the sky alone leaves of sunlit asphalt, as displayed
NEAR_M = 1.5
CELL_M = 0.025
MARGIN_M = 0.6
SUN_BLUR_M = 0.02
UNDER_Z_M, UNDER_BLUR_M, UNDER_DARK = 0.5, 0.16, 0.72
YAW_STEP_RAD = 0.05


class Shadow:
    """The shadow of one vehicle as a map seen from above, in the vehicle's own frame."""

    def __init__(self, member: Member, sun: tuple[float, float, float] | None) -> None:
        self._member, self._sun = member, sun
        self._maps: dict[int, tuple[Floats, tuple[float, float]]] = {}
        self._under = self._underneath()

    def _raster(self, flat: Array, triangles: npt.NDArray[np.int32]) -> tuple[Floats, tuple[float, float]]:
        low = flat.min(axis=0) - MARGIN_M
        size = np.ceil((flat.max(axis=0) + MARGIN_M - low) / CELL_M).astype(int)
        mask = np.zeros((int(size[1]), int(size[0])), np.uint8)
        cells = np.round((flat - low) / CELL_M).astype(np.int32)
        for tri in cells[triangles]:
            cv2.fillConvexPoly(mask, tri, (255,))
        return mask.astype(np.float32) / 255.0, (float(low[0]), float(low[1]))

    def _underneath(self) -> tuple[Floats, tuple[float, float]]:
        v = self._member.rig.vertices
        low = v[v[:, 2] < UNDER_Z_M][:, :2]
        hull = cv2.convexHull(low.astype(np.float32))[:, 0].astype(np.float64)
        fan = np.array([(0, k, k + 1) for k in range(1, len(hull) - 1)], dtype=np.int32)
        mask, at = self._raster(hull, fan)
        return cv2.GaussianBlur(mask, (0, 0), UNDER_BLUR_M / CELL_M) * UNDER_DARK, at

    def _cast(self, yaw: float) -> tuple[Floats, tuple[float, float]]:
        step = round(yaw / YAW_STEP_RAD)
        if step not in self._maps and self._sun is not None:
            c, s = math.cos(step * YAW_STEP_RAD), math.sin(step * YAW_STEP_RAD)
            sx, sy, sz = self._sun
            local = np.array([c * sx - s * sy, s * sx + c * sy])
            v = self._member.rig.vertices
            flat = v[:, :2] + (v[:, 2:3] / -sz) * local
            mask, at = self._raster(flat, self._member.rig.triangles)
            self._maps[step] = cv2.GaussianBlur(mask, (0, 0), SUN_BLUR_M / CELL_M), at
        return self._maps[step]

    def masks(self, pose: Pose, camera: Pinhole) -> Iterator[tuple[Rect, Floats, Bgr]]:
        """Yield what darkens the ground: where, how much (h, w) 0..1, and what is left there."""
        if self._sun is not None:
            yield from self._seen(*self._cast(pose.yaw), pose, camera, SUNLESS_BGR)
        yield from self._seen(*self._under, pose, camera, (0.0, 0.0, 0.0))

    @staticmethod
    def _seen(
        mask: Floats, at: tuple[float, float], pose: Pose, camera: Pinhole, left: Bgr
    ) -> Iterator[tuple[Rect, Floats, Bgr]]:
        c, s = math.cos(pose.yaw), math.sin(pose.yaw)
        to_road = np.array([[c, s, pose.front[0]], [-s, c, pose.front[1]], [0, 0, 1.0]])
        to_local = np.array([[CELL_M, 0, at[0]], [0, CELL_M, at[1]], [0, 0, 1.0]])
        rows, columns = mask.shape
        corners = np.array([[0, 0, 1], [columns, 0, 1], [columns, rows, 1], [0, rows, 1.0]]).T
        road = to_road @ to_local @ corners
        px, depth = camera.project(np.column_stack([road[0], road[1], np.zeros(4)]))
        if depth.max() < NEAR_M:
            return
        x0, y0, x1, y1 = 0, 0, camera.width, camera.height
        if depth.min() < NEAR_M:
            mask = mask * _beyond_lens(to_road @ to_local, camera, mask.shape)
        else:
            ends = (px.min(axis=0), px.max(axis=0) + 1)
            (x0, y0), (x1, y1) = (np.clip(end, 0, (x1, y1)).astype(int) for end in ends)
        if x1 - x0 < 2 or y1 - y0 < 2:
            return
        shift = np.array([[1, 0, -x0], [0, 1, -y0], [0, 0, 1.0]])
        h = shift @ camera.road_to_image() @ to_road @ to_local
        seen = cv2.warpPerspective(mask, h, (int(x1 - x0), int(y1 - y0)), flags=cv2.INTER_LINEAR)
        yield (int(x0), int(y0), int(x1 - x0), int(y1 - y0)), np.asarray(seen, dtype=np.float32), left


def _beyond_lens(to_road: Array, camera: Pinhole, shape: tuple[int, ...]) -> Floats:
    """Return 1 where a cell of a map lies before the camera, 0 where behind: those would be mirrored."""
    v, u = np.mgrid[0 : shape[0], 0 : shape[1]]
    road = np.stack([u, v, np.ones_like(u)], axis=-1).reshape(-1, 3) @ to_road.T
    depth = camera.project(np.column_stack([road[:, 0], road[:, 1], np.zeros(len(road))]))[1]
    return np.asarray((depth > NEAR_M).reshape(shape[:2]), dtype=np.float32)
