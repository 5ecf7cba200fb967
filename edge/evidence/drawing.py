"""What was measured, drawn on a sheet of its own beside the pictures: never over an original.

The sheet shows the road from above in metres, the masked picture with line and path, the lamps enlarged, and
the reasons in words. It says of itself in both languages that it is a drawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from edge.detector.types import Box, Image
from edge.evidence.lettering import Colour, cut_to, width_px, write
from edge.evidence.plan import draw_plan
from edge.evidence.view import View
from edge.report import FrameMark, Measure, Reason, TrackPoint

WIDTH_PX, HEIGHT_PX = 1600, 1000
_PLAN_PX: Final = 520
_HEAD_PX: Final = 84
_GAP_PX: Final = 20
_INK: Final[Colour] = (40, 34, 28)
_QUIET: Final[Colour] = (120, 112, 104)
_RED: Final[Colour] = (38, 38, 210)
_WHITE: Final[Colour] = (255, 255, 255)
_LAMP_PX: Final = 120
_MOST_HEADS: Final = 2
_STILL_APART_PX: Final = 340
_TITLE_PX: Final = 820
_TITLES: Final = ("trước / before", "lúc đó / at", "sau / after")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything on the drawing. `stills`: the originals before, at and after; `shown`: the masked one."""

    title: str
    subtitle: str
    view: View | None
    shown: Image
    stills: tuple[Image, Image, Image]
    marks: tuple[FrameMark, FrameMark, FrameMark]
    box: Box
    track: Sequence[TrackPoint]
    t_event_s: float
    measures: Sequence[Measure]
    reasons: Sequence[Reason]


def draw(sheet: Sheet) -> Image:
    """The drawing as a picture of 1600 x 1000 px, BGR."""
    image = np.full((HEIGHT_PX, WIDTH_PX, 3), 255, dtype=np.uint8)
    _head(image, sheet)
    top = _HEAD_PX + _GAP_PX
    draw_plan(
        image[top : HEIGHT_PX - _GAP_PX, _GAP_PX : _GAP_PX + _PLAN_PX],
        sheet.view,
        sheet.track,
        sheet.t_event_s,
        zone=any(one.name == "speed" for one in sheet.measures),
    )
    left = _PLAN_PX + 2 * _GAP_PX
    below = _picture(image, sheet, left, top)
    if sheet.view is not None and sheet.view.heads:
        below = _lamps(image, sheet.view, sheet, left, below + _GAP_PX)
    _words(image, sheet, left, below + _GAP_PX)
    return image


def _head(image: Image, sheet: Sheet) -> None:
    image[:_HEAD_PX] = _INK
    write(image, "BẢN VẼ TỪ SỐ ĐO – KHÔNG PHẢI ẢNH CHỤP", (_GAP_PX, 10), 26, _WHITE, bold=True)
    write(image, "A drawing made from measurements, not a photograph", (_GAP_PX, 50), 17, (200, 200, 200))
    for text, y, size in ((sheet.title, 12, 18), (sheet.subtitle, 50, 15)):
        short = cut_to(text, size, _TITLE_PX)
        write(image, short, (WIDTH_PX - _GAP_PX - width_px(short, size), y), size, _WHITE)


def _picture(image: Image, sheet: Sheet, left: int, top: int) -> int:
    """The masked still with line, path and box; the y below it."""
    height, width = sheet.shown.shape[:2]
    scale = min((WIDTH_PX - left - _GAP_PX) / width, 500 / height)
    small = cv2.resize(sheet.shown, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if sheet.view is not None and sheet.view.line_px is not None:
        start, end = (_whole(x * scale, y * scale) for x, y in sheet.view.line_px)
        cv2.line(small, start, end, _RED, 2, cv2.LINE_AA)
    feet = [_whole(*(side * scale for side in _foot(point))) for point in sheet.track]
    for foot in feet:
        cv2.circle(small, foot, 2, (230, 160, 0), -1, cv2.LINE_AA)
    box = sheet.box
    cv2.rectangle(
        small, _whole(box.x * scale, box.y * scale), _whole(box.x2 * scale, box.y2 * scale), _RED, 2
    )
    image[top : top + small.shape[0], left : left + small.shape[1]] = small
    return top + int(small.shape[0])


def _lamps(image: Image, view: View, sheet: Sheet, left: int, top: int) -> int:
    """The signal heads as each of the three stills shows them, enlarged; the y below them."""
    for place, (still, mark, title) in enumerate(zip(sheet.stills, sheet.marks, _TITLES, strict=True)):
        at = left + place * _STILL_APART_PX
        for head in view.heads[:_MOST_HEADS]:
            piece = _cut(still, head.expanded(0.2))
            scale = _LAMP_PX / max(piece.shape[:2])
            large = cv2.resize(piece, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
            image[top : top + large.shape[0], at : at + large.shape[1]] = large
            at += int(large.shape[1]) + 8
        write(image, title, (at + 4, top + 8), 17, _INK, bold=True)
        write(image, f"ảnh số / frame {mark[0]}", (at + 4, top + 36), 15, _QUIET)
        write(image, f"t = {mark[1]:.3f} s", (at + 4, top + 60), 15, _QUIET)
    return top + _LAMP_PX


def _words(image: Image, sheet: Sheet, left: int, top: int) -> None:
    """The measured values and the reasons, as many as there is room for."""
    wide, y = WIDTH_PX - left - _GAP_PX, top
    for one in sheet.measures:
        name = one.name.replace("_", " ")
        text = f"{name} = {one.value:.2f} {one.unit}  (95 %: {one.lower_95:.2f} – {one.upper_95:.2f})"
        if one.limit:
            text += f"  |  {one.limit:g} {one.unit}"
        if y > HEIGHT_PX - _GAP_PX - 24:
            return
        y = write(image, text, (left, y), 16, _INK, bold=True, wide_px=wide)
    for reason in sheet.reasons:
        for text, colour in ((reason.vi, _INK), (reason.en, _QUIET)):
            if y > HEIGHT_PX - _GAP_PX - 24:
                return
            y = write(image, text, (left, y + 3), 16, colour, wide_px=wide)


def _cut(image: Image, box: Box) -> Image:
    inside = box.clipped(image.shape[1], image.shape[0])
    x, y = int(inside.x), int(inside.y)
    return image[y : max(int(np.ceil(inside.y2)), y + 1), x : max(int(np.ceil(inside.x2)), x + 1)]


def _foot(point: TrackPoint) -> tuple[float, float]:
    x, y, w, h = point.box_px
    return x + w / 2, y + h


def _whole(x: float, y: float) -> tuple[int, int]:
    return round(x), round(y)
