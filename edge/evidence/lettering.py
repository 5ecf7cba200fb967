"""Vietnamese and English in pictures. OpenCV's own font confuses some letters, so one lies beside."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from typing import Any, Final

import cv2

from edge.detector.types import Image

Colour = tuple[int, int, int]
"""Blue, green, red."""

_LINE_HEIGHT: Final = 1.32


@cache
def _face(*, bold: bool) -> Any:
    name = "DejaVuSans-Bold-vi.ttf" if bold else "DejaVuSans-vi.ttf"
    with as_file(files("edge.evidence") / "fonts" / name) as path:
        return cv2.FontFace(str(path))


def width_px(text: str, size_px: int, *, bold: bool = False) -> int:
    """How wide a line of text comes out."""
    return int(cv2.getTextSize((1, 1), text, (0, 0), _face(bold=bold), size_px)[2])


def write(
    image: Image,
    text: str,
    at: tuple[int, int],
    size_px: int,
    colour: Colour,
    *,
    bold: bool = False,
    wide_px: int | None = None,
) -> int:
    """Write text with its first line's top left at `at`; broken into lines of `wide_px`. The y below it."""
    x, y = at
    for line in _lines(text, size_px, wide_px, bold=bold):
        cv2.putText(image, line, (x, y + size_px), colour, _face(bold=bold), size_px)
        y += round(size_px * _LINE_HEIGHT)
    return y


def cut_to(text: str, size_px: int, wide_px: int) -> str:
    """The text, shortened with … until it fits."""
    short = text
    while short and width_px(short, size_px) > wide_px:
        short = short.rstrip("…")[:-1].rstrip() + "…"
    return short


def _lines(text: str, size_px: int, wide_px: int | None, *, bold: bool) -> list[str]:
    if wide_px is None:
        return [text]
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_px(longer, size_px, bold=bold) <= wide_px:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
