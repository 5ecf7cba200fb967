"""The road from above, in metres: stop line, speed zone, and where the vehicle's foot point was when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import cv2
import numpy as np

from edge.detector.types import Image
from edge.evidence.lettering import Colour, width_px, write
from edge.evidence.view import PointM, View
from edge.report import TrackPoint

_ROAD: Final[Colour] = (244, 242, 240)
_GRID: Final[Colour] = (220, 216, 212)
_INK: Final[Colour] = (40, 34, 28)
_QUIET: Final[Colour] = (120, 112, 104)
_RED: Final[Colour] = (38, 38, 210)
_PATH: Final[Colour] = (200, 120, 0)
_ZONE: Final[Colour] = (240, 214, 170)
_MARGIN_M: Final = 3.0
_LEAST_WIDE_M: Final = 12.0
_MOST_LONG_M: Final = 120.0
_LABEL_GAP_PX: Final = 26

Place = Callable[[float, float], tuple[int, int]]


def draw_plan(
    image: Image, view: View | None, track: Sequence[TrackPoint], t_event_s: float, *, zone: bool
) -> None:
    """Draw onto `image` in place; `zone`: the speed zone too.

    The way of traffic is up; 0 m is the stop line, or the first point.
    """
    image[:] = _ROAD
    write(image, "Nhìn từ trên xuống, đơn vị mét", (12, 8), 17, _INK, bold=True)
    write(image, "Seen from above, in metres", (12, 32), 15, _QUIET)
    if not track:
        return
    direction = view.direction if view else (0.0, 1.0)
    line = [_turned(point, direction) for point in view.line_m] if view and view.line_m else []
    path = [_turned((point.x_m, point.y_m), direction) for point in track]
    zero_m = (line[0][1] + line[1][1]) / 2 if line else path[0][1]
    place, low_m, high_m = _scale(image, path + line)
    _grid(image, place, low_m, high_m, zero_m)
    if zone and view and view.zone_m:
        corners = [place(*_turned(point, direction)) for point in view.zone_m]
        cv2.polylines(image, [np.array(corners, dtype=np.int32)], isClosed=True, color=_ZONE, thickness=3)
    if line:
        cv2.line(image, place(*line[0]), place(*line[1]), _RED, 4, cv2.LINE_AA)
        words, wide = "vạch dừng / stop line", image.shape[1]
        on_the_left = np.mean([place(*one)[0] for one in path]) > wide / 2
        x = 52 if on_the_left else wide - width_px(words, 14) - 8
        write(image, words, (x, place(*line[1])[1] + 6), 14, _RED)
    _path(image, [place(*one) for one in path], track, t_event_s)


def _turned(point: PointM, direction: PointM) -> PointM:
    """Road metres as (to the right, along the direction of travel)."""
    x, y = point
    ahead_x, ahead_y = direction
    return x * ahead_y - y * ahead_x, x * ahead_x + y * ahead_y


def _scale(image: Image, points: Sequence[PointM]) -> tuple[Place, float, float]:
    """Where metres come to lie, and the metres along the road at the lower and upper edge."""
    height, width = image.shape[:2]
    free_px = 56
    right, along = np.array(points).T
    middle = (float(right.min()) + float(right.max())) / 2
    low, high = float(along.min()) - _MARGIN_M, min(float(along.max()), float(along.min()) + _MOST_LONG_M)
    high += _MARGIN_M
    wide = max(float(np.ptp(right)) + 2 * _MARGIN_M, _LEAST_WIDE_M)
    scale = min((height - free_px) / (high - low), (width - 60) / wide)

    def place(to_right_m: float, along_m: float) -> tuple[int, int]:
        return round(width / 2 + (to_right_m - middle) * scale), round(height - (along_m - low) * scale)

    return place, low, low + (height - free_px) / scale


def _grid(image: Image, place: Place, low_m: float, high_m: float, zero_m: float) -> None:
    step = next((one for one in (1, 2, 5, 10, 20) if (high_m - low_m) / one <= 14), 50)  # noqa: PLR2004
    for number in range(int(np.ceil((low_m - zero_m) / step)), int((high_m - zero_m) // step) + 1):
        y = place(0, zero_m + number * step)[1]
        cv2.line(image, (44, y), (image.shape[1] - 8, y), _GRID, 1)
        write(image, f"{number * step:+d}" if number else "0", (8, y - 9), 14, _QUIET)


def _path(
    image: Image, places: Sequence[tuple[int, int]], track: Sequence[TrackPoint], t_event_s: float
) -> None:
    nearest = min(range(len(track)), key=lambda index: abs(track[index].t_s - t_event_s))
    labelled_y = 10_000
    for index, (at, point) in enumerate(zip(places, track, strict=True)):
        cv2.circle(image, at, 3, _PATH, -1, cv2.LINE_AA)
        if abs(at[1] - labelled_y) >= _LABEL_GAP_PX or index == nearest:
            labelled_y = at[1]
            bold, colour = (True, _RED) if index == nearest else (False, _QUIET)
            text = f"{point.t_s:.2f} s"
            write(image, text, (min(at[0] + 12, image.shape[1] - 80), at[1] - 9), 13, colour, bold=bold)
    cv2.circle(image, places[nearest], 8, _RED, 2, cv2.LINE_AA)
