"""Outlines and boxes of vehicles in the picture."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from sample_videos.render.camera import Pinhole

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.uint8]
NEAR_M = 0.8


def silhouette(points: Array, triangles: npt.NDArray[np.int32], camera: Pinhole, shift: float = 1.0) -> Mask:
    """Return the filled silhouette of a mesh at ``shift`` times the picture's size."""
    px, depth = camera.project(points)
    size = (int(camera.height * shift), int(camera.width * shift))
    mask = np.zeros(size, np.uint8)
    keep = (depth[triangles] > NEAR_M).all(axis=1)
    tris = px[triangles[keep]] * shift
    a, b = tris[:, 1] - tris[:, 0], tris[:, 2] - tris[:, 0]
    area = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    inside = (tris[:, :, 0].max(1) > 0) & (tris[:, :, 0].min(1) < size[1])
    inside &= (tris[:, :, 1].max(1) > 0) & (tris[:, :, 1].min(1) < size[0])
    for tri in np.round(tris[inside & (area < 0)]).astype(np.int32):
        cv2.fillConvexPoly(mask, tri, (255,))
    return mask


def box_of(px: Array, width: int, height: int) -> tuple[list[float], float] | None:
    """Return the box [x, y, w, h] clipped to the picture and the share of it inside."""
    x0, y0 = px.min(axis=0)
    x1, y1 = px.max(axis=0)
    cx0, cy0 = max(0.0, float(x0)), max(0.0, float(y0))
    cx1, cy1 = min(float(width), float(x1)), min(float(height), float(y1))
    if cx1 - cx0 < 2 or cy1 - cy0 < 2:
        return None
    share = (cx1 - cx0) * (cy1 - cy0) / max(1e-9, float((x1 - x0) * (y1 - y0)))
    box = [round(v, 1) for v in (cx0, cy0, cx1 - cx0, cy1 - cy0)]
    return box, min(1.0, share)


def hidden_by_houses(points: Array, facade_x: float, corner_y: float) -> float:
    """Return the share of points behind the right row of houses, seen from the origin."""
    x, y = points[:, 0], points[:, 1]
    behind = (y > corner_y) & (x / np.maximum(y, 1e-6) > facade_x / corner_y)
    return float(np.mean(behind))
