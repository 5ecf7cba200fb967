"""Picture masks of vehicles and the blending of fresh rectangles over the still background."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from sample_videos.render.camera import Pinhole

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.uint8]
Rect = tuple[int, int, int, int]
NEAR_M = 0.8
PAD_PX = 12
FEATHER_PX = 8


def hull_mask(points: Array, camera: Pinhole, sun: tuple[float, float, float]) -> Mask:
    """Return a mask (0/255) covering a body and its shadow on the ground."""
    drop = points[:, 2:3] / -sun[2]
    shadow = points + drop * np.array(sun)
    px, depth = camera.project(np.concatenate([points, shadow]))
    px = px[depth > NEAR_M]
    mask = np.zeros((camera.height, camera.width), np.uint8)
    if len(px) >= 3:
        limit = np.clip(px, -4000, 8000).astype(np.float32)
        cv2.fillConvexPoly(mask, cv2.convexHull(limit).astype(np.int32), (255,))
    return mask


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


def grow(mask: Mask, pixels: int) -> Mask:
    """Dilate a mask by ``pixels``."""
    kernel = np.ones((2 * pixels + 1, 2 * pixels + 1), np.uint8)
    return np.asarray(cv2.dilate(mask, kernel), dtype=np.uint8)


def feather(mask: Mask) -> npt.NDArray[np.float32]:
    """Return soft weights 0..1 with the mask itself kept at full weight."""
    wide = grow(mask, FEATHER_PX // 2 + 2)
    k = FEATHER_PX * 2 + 1
    return np.asarray(cv2.GaussianBlur(wide, (k, k), 0), dtype=np.float32) / 255.0


def rectangles(mask: Mask, fixed_cost_px: int = 45_000) -> list[Rect]:
    """Return few rectangles covering the mask; merge when that costs less than a render."""
    wide = grow(mask, PAD_PX)
    count, _, stats, _ = cv2.connectedComponentsWithStats(wide)
    rects = [(int(s[0]), int(s[1]), int(s[2]), int(s[3])) for s in stats[1:count]]
    return _merge(rects, fixed_cost_px)


def _union(a: Rect, b: Rect) -> Rect:
    x, y = min(a[0], b[0]), min(a[1], b[1])
    right, low = max(a[0] + a[2], b[0] + b[2]), max(a[1] + a[3], b[1] + b[3])
    return x, y, right - x, low - y


def _merge(rects: list[Rect], fixed: int) -> list[Rect]:
    merged = True
    while merged and len(rects) > 1:
        merged = False
        best: tuple[int, int, int] | None = None
        for i in range(len(rects)):
            for j in range(i + 1, len(rects)):
                u = _union(rects[i], rects[j])
                gain = fixed + rects[i][2] * rects[i][3] + rects[j][2] * rects[j][3] - u[2] * u[3]
                if gain > 0 and (best is None or gain > best[0]):
                    best = (gain, i, j)
        if best is not None:
            _, i, j = best
            u = _union(rects[i], rects[j])
            rects = [r for k, r in enumerate(rects) if k not in (i, j)] + [u]
            merged = True
    return rects


def blend(
    base: npt.NDArray[np.uint8], top: npt.NDArray[np.uint8], weight: npt.NDArray[np.float32]
) -> npt.NDArray[np.uint8]:
    """Blend two pictures by soft weights."""
    w = weight[..., None]
    return np.asarray(np.round(base * (1 - w) + top * w), dtype=np.uint8)


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
