"""The report picture of a calibration: metres drawn on the road, and what every mark misses by."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from edge.calibration.facts import Facts
from edge.detector.types import Image
from edge.scene_geometry import Points, RoadMap

_GRID: Final = (255, 220, 0)
_MARK: Final = (80, 255, 80)
_MISS: Final = (40, 40, 255)
_ARROW_TIMES: Final = 20.0
_STEPS: Final = 40
_WORTH_AN_ARROW_PX: Final = 0.05


def draw(
    image: Image,
    road_map: RoadMap,
    stretch_m: tuple[tuple[float, float], tuple[float, float]],
    facts: Facts,
    misses: tuple[tuple[float, ...], tuple[tuple[float, float], ...]],
) -> Image:
    """A copy of the picture with a grid of metres, the marks, and arrows of residuals twenty times as long.

    `stretch_m`: the corners (x, y) of what was marked. `misses`: of the lengths (m) and of the points (px).
    """
    drawn = np.array(image)
    pen = _Pen(drawn)
    _grid(pen, road_map, stretch_m)
    for line in facts.straight:
        pen.line(np.array(line.points_px), _MARK)
    for one, miss_m in zip(facts.lengths, misses[0], strict=True):
        ends = np.array(one.ends_px)
        pen.line(ends, _MARK)
        pen.text(f"{(one.metres or 0.0) + miss_m:.2f} m ({100 * miss_m:+.0f} cm)", ends.mean(axis=0), _MARK)
    for point, miss in zip(facts.points, misses[1], strict=True):
        at = np.array(point.picture_px)
        pen.dot(at, _MARK)
        if np.hypot(*miss) > _WORTH_AN_ARROW_PX:
            pen.arrow(at, at + _ARROW_TIMES * np.array(miss), _MISS)
        pen.text(f"{np.hypot(*miss):.1f} px", at, _MISS)
    return drawn


def _grid(pen: _Pen, road_map: RoadMap, stretch_m: tuple[tuple[float, float], tuple[float, float]]) -> None:
    (left, near), (right, far) = stretch_m
    every = 5.0 if far - near > 12 else 1.0  # noqa: PLR2004 - metres between the lines across
    for y in np.arange(np.ceil(near / every) * every, far + 1e-6, every):
        row = np.column_stack([np.linspace(left, right, _STEPS), np.full(_STEPS, y)])
        pen.line(road_map.picture(row), _GRID)
        pen.text(f"{y:g} m", road_map.picture(row)[-1], _GRID)
    for x in np.arange(np.ceil(left), right + 1e-6, 1.0):
        column = np.column_stack([np.full(_STEPS, x), np.linspace(near, far, _STEPS)])
        pen.line(road_map.picture(column), _GRID)


class _Pen:
    """Draws with strokes that suit the picture's size; what is no number is left out."""

    def __init__(self, image: Image) -> None:
        self._image = image
        self._unit: float = max(image.shape[1] / 1280, 0.5)

    def line(self, points: Points, colour: tuple[int, int, int]) -> None:
        kept = points[np.isfinite(points).all(axis=1)]
        chain = np.clip(kept, -32_000, 32_000).round().astype(np.int32)[:, None]
        cv2.polylines(
            self._image,
            [chain],
            isClosed=False,
            color=colour,
            thickness=self._width(1.2),
            lineType=cv2.LINE_AA,
        )

    def dot(self, at: Points, colour: tuple[int, int, int]) -> None:
        cv2.circle(self._image, self._place(at), self._width(4), colour, -1, cv2.LINE_AA)

    def arrow(self, start: Points, end: Points, colour: tuple[int, int, int]) -> None:
        cv2.arrowedLine(
            self._image, self._place(start), self._place(end), colour, self._width(2), cv2.LINE_AA
        )

    def text(self, words: str, at: Points, colour: tuple[int, int, int]) -> None:
        if not np.isfinite(at).all():
            return
        x, y = self._place(at)
        where = (x + self._width(6), y - self._width(4))
        size = 0.45 * self._unit
        for shade, strokes in (((0, 0, 0), 3.0), (colour, 1.0)):
            width = self._width(strokes)
            cv2.putText(self._image, words, where, cv2.FONT_HERSHEY_SIMPLEX, size, shade, width, cv2.LINE_AA)

    def _place(self, at: Points) -> tuple[int, int]:
        return round(float(at[0])), round(float(at[1]))

    def _width(self, strokes: float) -> int:
        return max(int(strokes * self._unit + 0.5), 1)
