"""What a lit lamp shows: a full disc, an arrow and where it points, or the digits of a countdown."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, Literal

import cv2
import numpy as np
import numpy.typing as npt

from edge.detector.images import crop
from edge.detector.types import Box, Image

Arrow = Literal["none", "left", "right", "straight", "u_turn", "unknown"]

SMALLEST_ARROW_PX: Final = 14
SMALLEST_DIGIT_PX: Final = 9
_SIDE: Final = 32
_LIKE: Final = 0.58
_LIKE_A_DISC: Final = 0.8
_LEAD: Final = 0.06
_REACH: Final = (0.45, 1.3)
_UNEVEN: Final = 0.25
_GAP: Final = 0.6
_TWO_DIGITS: Final = 0.75
_SEGMENT_ON: Final = 0.5
_DIGITS: Final = {
    "1111110": 0,
    "0110000": 1,
    "1101101": 2,
    "1111001": 3,
    "0110011": 4,
    "1011011": 5,
    "1011111": 6,
    "1110000": 7,
    "1110010": 7,
    "1111111": 8,
    "1111011": 9,
}
# the middles of the segments a to g in a digit's box, across and down
_SEGMENTS: Final = (
    (0.5, 0.09),
    (0.86, 0.28),
    (0.86, 0.72),
    (0.5, 0.91),
    (0.14, 0.72),
    (0.14, 0.28),
    (0.5, 0.5),
)

_Mask = npt.NDArray[np.bool_]


def arrow_of(image: Image, lamp: Box, diameter_px: float) -> Arrow:
    """What the lit spot at `lamp` (px) shows: `none` for a disc, `unknown` when it is too small to tell.

    Args:
        image: the whole frame.
        lamp: the lit spot.
        diameter_px: how wide a lamp of its head is.
    """
    if diameter_px < SMALLEST_ARROW_PX:
        return "unknown"
    side = max(lamp.w, lamp.h, diameter_px) * 1.1
    piece, _ = crop(image, Box(lamp.cx - side / 2, lamp.cy - side / 2, side, side))
    mask = _lit(piece, _light, soften=0.05)
    if mask is None:
        return "unknown"
    shape = _framed(mask)
    likeness = [(_overlap(shape, _framed(template)), name) for name, template in _templates()]
    best, name = max(likeness)
    other = max(score for score, rival in likeness if rival != name)
    if name == "none":
        return name if best > _LIKE_A_DISC else "unknown"
    return name if best > _LIKE and best - other > _LEAD else "unknown"


def countdown_of(image: Image, head: Box) -> tuple[int, Box] | None:
    """The number that digits in or beside the head at `head` (px) show, and their place in picture px.

    None when there are none, or none that can be read: under `SMALLEST_DIGIT_PX`, blurred or dazzling.
    """
    length, width = max(head.w, head.h), min(head.w, head.h)
    if width * 0.8 < SMALLEST_DIGIT_PX:
        return None
    along, across = _REACH[0] * length, _REACH[1] * width
    dx, dy = (along, across) if head.w > head.h else (across, along)
    piece, covered = crop(image, Box(head.x - dx, head.y - dy, head.w + 2 * dx, head.h + 2 * dy))
    if piece.size == 0:
        return None
    for line in _lines(_glowing(piece, width)):
        for part in (line, line[1:], line[:-1]):
            place = _cover(part)
            number = _number(piece[int(place.y) : int(place.y2), int(place.x) : int(place.x2)])
            if number is not None:
                return number, Box(place.x + covered.x, place.y + covered.y, place.w, place.h)
    return None


def _glowing(piece: Image, width_px: float) -> list[Box]:
    """Coloured glowing groups about as tall as a lamp, in the piece's px."""
    light = _colourful(piece)
    lit = (light > max(0.25, float(np.percentile(light, 99)) * 0.5)).astype(np.uint8)
    reach = max(round(width_px * 0.08), 1)
    joined = cv2.morphologyEx(lit, cv2.MORPH_CLOSE, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = [Box(*(float(side) for side in stats[number][:4])) for number in range(1, count)]
    return [
        box
        for box in boxes
        if max(0.4 * width_px, SMALLEST_DIGIT_PX) <= box.h <= 1.6 * width_px
        and box.w <= 1.8 * box.h
        and box.x > 0
        and box.y > 0
        and box.x2 < piece.shape[1]
        and box.y2 < piece.shape[0]
    ]


def _lines(boxes: list[Box]) -> list[list[Box]]:
    """Boxes that stand close together on one line, as the digits of a number do, from the left."""
    lines: list[list[Box]] = []
    for box in sorted(boxes, key=lambda one: one.x):
        for line in lines:
            last = line[-1]
            level = max(abs(last.y - box.y), abs(last.y2 - box.y2)) < _UNEVEN * box.h
            if level and box.x - last.x2 < _GAP * box.h:
                line.append(box)
                break
        else:
            lines.append([box])
    return lines


def _cover(boxes: list[Box]) -> Box:
    if not boxes:
        return Box(0, 0, 0, 0)
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(x, y, max(box.x2 for box in boxes) - x, max(box.y2 for box in boxes) - y)


def _number(piece: Image) -> int | None:
    """The number that seven-segment digits show in a tight picture of them; None when they are none."""
    mask = _lit(piece, _colourful)
    if mask is None:
        return None
    columns = np.flatnonzero(mask.any(axis=0))
    groups = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    cells = [mask[:, group[0] : group[-1] + 1] for group in groups if len(group) > 1]
    if len(cells) == 1 and cells[0].shape[1] > _TWO_DIGITS * cells[0].shape[0]:
        middle = cells[0].shape[1] // 2
        cells = [cells[0][:, :middle], cells[0][:, middle:]]
    digits = [_digit(cell) for cell in cells]
    if not digits or len(digits) > 3 or None in digits or digits == [1]:  # noqa: PLR2004
        return None
    return int("".join(str(digit) for digit in digits))


def _digit(cell: _Mask) -> int | None:
    rows = np.flatnonzero(cell.any(axis=1))
    tight = cell[rows[0] : rows[-1] + 1]
    height, width = tight.shape
    if width < 0.4 * height:
        return 1 if height > 0.7 * cell.shape[0] and tight.mean() > 0.6 else None  # noqa: PLR2004
    if width > 0.95 * height:
        return None
    picture = cv2.resize(tight.astype(np.float32), (20, 32), interpolation=cv2.INTER_AREA)
    lit = ""
    for x, y in _SEGMENTS:
        row, column = round(y * 31), round(x * 19)
        patch = picture[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3]
        lit += "1" if float(patch.mean()) > _SEGMENT_ON else "0"
    holes = [picture[7:11, 8:12].mean(), picture[21:25, 8:12].mean()]
    return _DIGITS.get(lit) if max(holes) < _SEGMENT_ON else None


def _light(piece: Image) -> npt.NDArray[np.float32]:
    """How bright the brightest colour of each pixel is, 0 to 1."""
    brightest = cv2.max(cv2.max(piece[..., 0], piece[..., 1]), piece[..., 2])
    return np.asarray(brightest, np.float32) / np.float32(255)


def _colourful(piece: Image) -> npt.NDArray[np.float32]:
    """How far the brightest colour of each pixel stands above its faintest, 0 to 1."""
    faintest = cv2.min(cv2.min(piece[..., 0], piece[..., 1]), piece[..., 2])
    return _light(piece) - np.asarray(faintest, np.float32) / np.float32(255)


def _lit(
    piece: Image, glow: Callable[[Image], npt.NDArray[np.float32]], *, soften: float = 0.0
) -> _Mask | None:
    """The glowing part of a piece, enlarged to at least 64 px; None when nothing stands out."""
    if piece.size == 0 or min(piece.shape[:2]) < 4:  # noqa: PLR2004
        return None
    scale = max(64 / max(piece.shape[:2]), 1.0)
    large = cv2.resize(piece, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    light = glow(np.asarray(large, np.uint8))
    if soften:
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), soften * max(large.shape[:2])), np.float32)
    low, high = (float(part) for part in np.percentile(light, (5, 98)))
    if high - low < 0.12:  # noqa: PLR2004
        return None
    return np.asarray(light > (low + high) / 2, np.bool_)


def _framed(mask: _Mask) -> _Mask:
    """The largest part of a mask, scaled to fill a square of `_SIDE` px and centred in it."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    if count < 2:  # noqa: PLR2004
        return np.zeros((_SIDE, _SIDE), np.bool_)
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    x, y, w, h = (int(side) for side in stats[largest][:4])
    part = (labels[y : y + h, x : x + w] == largest).astype(np.float32)
    scale = _SIDE / max(w, h)
    size = max(round(w * scale), 1), max(round(h * scale), 1)
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR) > 0.5  # noqa: PLR2004
    framed = np.zeros((_SIDE, _SIDE), np.bool_)
    top, left = (_SIDE - size[1]) // 2, (_SIDE - size[0]) // 2
    framed[top : top + size[1], left : left + size[0]] = small
    return framed


def _overlap(one: _Mask, other: _Mask) -> float:
    either = float((one | other).sum())
    return float((one & other).sum()) / either if either else 0.0


@lru_cache(maxsize=1)
def _templates() -> tuple[tuple[Arrow, _Mask], ...]:
    """Discs (whole, and with their upper part behind a visor) and arrows in the forms that are in use."""
    disc = np.zeros((64, 64), np.uint8)
    cv2.circle(disc, (32, 32), 29, 1, -1)
    low_disc = disc.copy()
    low_disc[:22] = 0
    wide_low_disc = disc.copy()
    wide_low_disc[:14] = 0
    forms: list[tuple[Arrow, npt.NDArray[np.uint8]]] = [
        ("none", disc),
        ("none", low_disc),
        ("none", wide_low_disc),
    ]
    for stem, head in ((0.18, 0.62), (0.26, 0.7), (0.12, 0.5), (0.2, 0.9)):
        up = _outline(
            [(0, -1), (head, -0.2), (stem, -0.2), (stem, 1), (-stem, 1), (-stem, -0.2), (-head, -0.2)]
        )
        forms += [("straight", up), ("right", np.rot90(up, 3)), ("left", np.rot90(up))]
    for stem in (0.14, 0.22):
        bent = _outline(
            [(-0.8, 1), (-0.8, -0.35 - stem), (0.2, -0.35 - stem), (0.2, -0.95), (1, -0.35), (0.2, 0.25),
             (0.2, -0.35 + stem), (-0.8 + 2 * stem, -0.35 + stem), (-0.8 + 2 * stem, 1)]
        )  # fmt: skip
        back = _outline(
            [(-0.5, 1), (-0.05, 0.3), (-0.5 + stem, 0.3), (-0.5 + stem, -0.45), (0.5 - stem, -0.45),
             (0.5 - stem, 1), (0.5 + stem, 1), (0.5 + stem, -0.85), (-0.5 - stem, -0.85),
             (-0.5 - stem, 0.3), (-0.95, 0.3)]
        )  # fmt: skip
        forms += [("right", bent), ("left", np.fliplr(bent)), ("u_turn", back)]
    return tuple((name, form.astype(np.bool_)) for name, form in forms)


def _outline(points: list[tuple[float, float]]) -> npt.NDArray[np.uint8]:
    canvas = np.zeros((64, 64), np.uint8)
    cv2.fillPoly(canvas, [np.asarray(np.round(np.asarray(points) * 29 + 32), np.int32)], 1)
    return canvas
