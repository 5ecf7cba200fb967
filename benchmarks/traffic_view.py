"""The made-up crossing as a camera on a pole sees it: a box and a visible share for everybody. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from benchmarks.tracking_data import SIZE_PX, TrueBox
from benchmarks.traffic import Standing
from edge.detector.types import Box

_HEIGHT_M: Final = 7.0
_PITCH: Final = np.radians(13.0)
_FOCAL_PX: Final = 1350.0
_LEAST_DEPTH_M: Final = 4.0
_CELL_PX: Final = 4
_SLIM: Final = 0.06
"""A silhouette fills its box but for about this share at each side."""

_BITS: Final = [[corner >> axis & 1 for corner in range(8)] for axis in range(3)]


def view(moment: Sequence[Standing]) -> list[TrueBox]:
    """Everybody whose box is at least partly in the picture, nearest first."""
    order = sorted(moment, key=_depth_m)
    boxes = [(one.id, one.kind, box) for one, box in zip(order, _boxes(order), strict=True)]
    return shaded([(identity, kind, box) for identity, kind, box in boxes if box is not None])


def shaded(nearest_first: Sequence[tuple[int, str, Box]]) -> list[TrueBox]:
    """What is left of each box when nearer ones hide it."""
    width, height = SIZE_PX[0] // _CELL_PX, SIZE_PX[1] // _CELL_PX
    hidden: npt.NDArray[np.bool_] = np.zeros((height, width), dtype=bool)
    seen = []
    for identity, kind, box in nearest_first:
        inside = box.clipped(*SIZE_PX)
        slim = box.expanded(-_SLIM)
        x, y = max(int(slim.x / _CELL_PX), 0), max(int(slim.y / _CELL_PX), 0)
        x2 = min(max(round(slim.x2 / _CELL_PX), x + 1), width)
        y2 = min(max(round(slim.y2 / _CELL_PX), y + 1), height)
        patch = hidden[y:y2, x:x2]
        share = float(1 - patch.mean()) if patch.size else 0.0
        left = _left(patch, x, y, inside) if 0 < share < 1 else inside
        seen.append(TrueBox(identity, kind, inside, min(share * inside.area / box.area, 1.0), left))  # type: ignore[arg-type]
        hidden[y:y2, x:x2] = True
    return [one for one in seen if one.box.area > 0]


def _left(patch: npt.NDArray[np.bool_], x: int, y: int, inside: Box) -> Box:
    """The smallest box round the cells that are not hidden."""
    rows, columns = np.flatnonzero(~patch.all(axis=1)), np.flatnonzero(~patch.all(axis=0))
    bare_left, bare_right = columns[0] > 0, columns[-1] < patch.shape[1] - 1
    bare_top, bare_low = rows[0] > 0, rows[-1] < patch.shape[0] - 1
    left = (x + columns[0]) * _CELL_PX if bare_left else inside.x
    right = (x + columns[-1] + 1) * _CELL_PX if bare_right else inside.x2
    top = (y + rows[0]) * _CELL_PX if bare_top else inside.y
    low = (y + rows[-1] + 1) * _CELL_PX if bare_low else inside.y2
    return Box(float(left), float(top), float(max(right - left, 1)), float(max(low - top, 1)))


def _depth_m(one: Standing) -> float:
    x = min(max(0.0, one.left_m), one.right_m)
    return float(np.hypot(x, one.near_m))


def _boxes(moment: Sequence[Standing]) -> list[Box | None]:
    """The upright box round each vehicle, px; None when it is not before the camera or not in the picture."""
    if not moment:
        return []
    sides = np.array([(m.left_m, m.right_m, m.near_m, m.far_m, 0.0, m.height_m) for m in moment])
    x, y, z = (sides[:, [2 * axis + bit for bit in _BITS[axis]]] for axis in range(3))
    above = z - _HEIGHT_M
    depth = y * np.cos(_PITCH) - above * np.sin(_PITCH)
    down = -y * np.sin(_PITCH) - above * np.cos(_PITCH)
    safe = np.maximum(depth, _LEAST_DEPTH_M)
    px = x / safe * _FOCAL_PX + SIZE_PX[0] / 2
    py = down / safe * _FOCAL_PX + SIZE_PX[1] / 2
    edges = np.column_stack([px.min(axis=1), py.min(axis=1), np.ptp(px, axis=1), np.ptp(py, axis=1)])
    boxes = [Box(*map(float, one)) for one in edges]
    return [
        box if near >= _LEAST_DEPTH_M and box.clipped(*SIZE_PX).area > 0 else None
        for box, near in zip(boxes, depth.min(axis=1), strict=True)
    ]
