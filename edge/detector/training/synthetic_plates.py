"""Drawing number plates: clean plates with the place of every character, from fonts or strokes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as PilImage
from PIL import ImageDraw, ImageFont

from edge.detector.training.chance import happens
from edge.detector.training.plate_texts import PlateText
from edge.detector.training.plate_wear import dent, wear
from edge.detector.types import Image

_FONT_FILES: Final = (
    "DejaVuSans-Bold.ttf",
    "DejaVuSansCondensed-Bold.ttf",
    "DejaVuSansCondensed.ttf",
    "DejaVuSansMono-Bold.ttf",
)
_GROUNDS: Final = {
    "white": (236, 236, 232),
    "yellow": (240, 190, 30),
    "blue": (28, 72, 160),
    "red": (190, 24, 30),
}
_STROKE_FONTS: Final = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX)
_GLYPH_PX: Final = 96
_NARROW: Final = {"-": 0.45, ".": 0.3, " ": 0.35, "1": 0.75}

Mask = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class DrawnPlate:
    """A plate seen straight on, and `centres`: x, y px of each of its letters and digits."""

    image: Image
    centres: npt.NDArray[np.float32]
    plate: PlateText


@dataclass(frozen=True, slots=True)
class Face:
    """A way of drawing characters: a font file, or plain strokes of some thickness (px of a 96 px glyph)."""

    file: str = ""
    stroke: int = 0
    thickness: int = 0
    m_middle: float = 0.0
    """How far down the M's middle reaches, 0 to 1: about half on real plates, which makes it look like an H;
    0 takes the font's own M."""


def font_files(folder: Path | None = None) -> tuple[str, ...]:
    """The fonts to draw with: those of the system, and every font file in `folder`."""
    extra = sorted(folder.glob("*.woff2")) + sorted(folder.glob("*.ttf")) if folder else []
    return (*_FONT_FILES, *(str(path) for path in extra))


def random_face(fonts: Sequence[str], random: np.random.Generator) -> Face:
    """One of the fonts, or strokes: real plates are stamped with lines of even width."""
    m_middle = float(random.choice([0.0, 0.4, 0.5, 0.6, 0.75]))
    if happens(random, 0.25):
        stroke, thickness = int(random.integers(len(_STROKE_FONTS))), int(random.integers(8, 15))
        return Face(stroke=stroke, thickness=thickness, m_middle=m_middle)
    return Face(file=fonts[int(random.integers(len(fonts)))], m_middle=m_middle)


def draw_plate(
    plate: PlateText, face: Face, random: np.random.Generator, height_px: int = 120, *, worn: bool = True
) -> DrawnPlate:
    """Draw a plate `height_px` high, as the road has worn it or as new."""
    width = round(height_px * plate.aspect)
    ground = np.array(_GROUNDS[plate.colour]) + random.uniform(-14, 14, 3)
    ink = _ink(plate, random)
    canvas = np.empty((height_px, width, 3), np.float32)
    canvas[:] = ground
    margin = height_px * random.uniform(0.05, 0.1)
    rows = np.linspace(margin, height_px - margin, len(plate.lines) + 1)
    gap = height_px * random.uniform(0.02, 0.05) if len(plate.lines) > 1 else height_px * 0.06
    centres: list[tuple[float, float]] = []
    for line, top, bottom in zip(plate.lines, rows, rows[1:], strict=False):
        fill = _line_share(line, plate, random)
        band = (width * (1 - fill) / 2, float(top + gap), width * fill, float(bottom - top - 2 * gap))
        centres += _draw_line(canvas, line, face, band, ink)
    if happens(random, 0.7):
        _draw_frame(canvas, ink)
    if worn:
        wear(canvas, ground, random)
    image = np.ascontiguousarray(np.clip(canvas, 0, 255).astype(np.uint8)[..., ::-1])
    points = np.asarray(centres, np.float32).reshape(-1, 2)
    if worn and happens(random, 0.15):
        image, points = dent(image, points, random)
    return DrawnPlate(image, points, plate)


def _line_share(line: str, plate: PlateText, random: np.random.Generator) -> float:
    """How much of the plate's width a line fills."""
    if plate.layout == "one_line":
        return float(random.uniform(0.88, 0.96))
    return float(min(random.uniform(0.135, 0.185) * len(line), random.uniform(0.84, 0.95)))


def _draw_line(
    canvas: npt.NDArray[np.float32],
    line: str,
    face: Face,
    band: tuple[float, float, float, float],
    ink: npt.NDArray[np.float64],
) -> list[tuple[float, float]]:
    """Paint a line into `band` (x, y, w, h px); returns the centres of its letters and digits."""
    x, y, width, height = band
    shares = np.array([_NARROW.get(character, 1.0) for character in line])
    edges = x + width * np.concatenate([[0.0], np.cumsum(shares)]) / shares.sum()
    centres = []
    for character, left, right in zip(line, edges, edges[1:], strict=False):
        space = 0.06 * (right - left)
        box = (round(left + space), round(y), max(round(right - left - 2 * space), 2), max(round(height), 3))
        _paint(canvas, glyph(character, face), box, ink)
        if character.isalnum():
            centres.append((float(left + right) / 2, y + height / 2))
    return centres


def _paint(
    canvas: npt.NDArray[np.float32], mask: Mask, box: tuple[int, int, int, int], ink: npt.NDArray[np.float64]
) -> None:
    x, y, width, height = box
    region = canvas[y : y + height, x : x + width]
    alpha = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)[
        : region.shape[0], : region.shape[1], None
    ]
    region += (ink - region) * (alpha.astype(np.float32) / 255)


@lru_cache(maxsize=4096)
def glyph(character: str, face: Face) -> Mask:
    """The character's shape, cut to its edges; a dash and a dot keep their place in the line."""
    if character == " ":
        return np.zeros((_GLYPH_PX, 8), np.uint8)
    if character in "-.":
        return _mark(character)
    drawn = _drawn(character, face)
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    cut = drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if character == "1":
        cut = np.pad(cut, ((0, 0), (cut.shape[1] // 5,) * 2))
    return np.asarray(cut, np.uint8)


def _mark(character: str) -> Mask:
    mask = np.zeros((_GLYPH_PX, 24), np.uint8)
    if character == "-":
        mask[44:54, 1:23] = 255
    else:
        mask[78:94, 5:19] = 255
    return mask


def _drawn(character: str, face: Face) -> Mask:
    if character == "M" and face.m_middle:
        return _short_m(face.thickness or 15, face.m_middle)
    if character == "Đ":
        return _barred(_drawn("D", face))
    return _stroked(character, face) if face.thickness else _typed(character, face.file)


def _short_m(thickness: int, middle: float) -> Mask:
    mask = np.zeros((160, 160), np.uint8)
    foot = round(30 + 95 * middle)
    bars = [[(45, 30), (45, 125)], [(45, 30), (80, foot), (115, 30)], [(115, 30), (115, 125)]]
    for points in bars:
        cv2.polylines(mask, [np.array(points, np.int32)], False, 255, thickness, cv2.LINE_AA)  # noqa: FBT003
    return mask


def _barred(mask: Mask) -> Mask:
    """A D with a stroke through its stem."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    middle, left = int(rows.mean()), int(columns[0])
    reach = len(columns) // 5
    out = np.pad(mask, ((0, 0), (reach, 0)))
    half = max(len(rows) // 18, 2)
    out[middle - half : middle + half, left : left + 3 * reach] = 255
    return out


def _stroked(character: str, face: Face) -> Mask:
    mask = np.zeros((160, 160), np.uint8)
    cv2.putText(mask, character, (25, 125), _STROKE_FONTS[face.stroke], 3.6, 255, face.thickness, cv2.LINE_AA)
    return mask


def _typed(character: str, file: str) -> Mask:
    picture = PilImage.new("L", (200, 200), 0)
    ImageDraw.Draw(picture).text((40, 20), character, font=ImageFont.truetype(file, 120), fill=255)
    return np.asarray(picture, np.uint8)


def _ink(plate: PlateText, random: np.random.Generator) -> npt.NDArray[np.float64]:
    if plate.colour in {"blue", "red"}:
        return random.uniform(205, 250) + np.zeros(3)
    if plate.red_letters and happens(random, 0.8):
        return np.array([190.0, 25.0, 30.0])
    return random.uniform(5, 75) + random.uniform(-8, 8, 3)


def _draw_frame(canvas: npt.NDArray[np.float32], ink: npt.NDArray[np.float64]) -> None:
    height, width = canvas.shape[:2]
    cv2.rectangle(canvas, (3, 3), (width - 4, height - 4), ink.tolist(), max(height // 60, 1), cv2.LINE_AA)
