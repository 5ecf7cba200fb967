"""The violations of the rendered clips that the edge missed, as pictures: a row a vehicle, three moments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from edge.capture import open_source
from edge.detector.types import Box, Image

MOMENTS: Final = 3
_TILE_PX: Final = 240
_NOTE_PX: Final = 500
_GAP_PX: Final = 4
_CONTEXT: Final = 0.12
_LEAST_SEEN: Final = 0.6
_INK, _PAPER = (20, 20, 20), (245, 245, 245)
_LINE_PX: Final = 22
_LETTERS: Final = 56


def moments(path: Sequence[Mapping[str, Any]], t_event_s: float) -> list[Mapping[str, Any]]:
    """Return the rows of a path to show: where it fills the picture most, at the event, and between them."""
    seen = [row for row in path if row["box_px"] and row["visible_fraction"] >= _LEAST_SEEN]
    if not seen:
        return []
    largest = max(range(len(seen)), key=lambda at: seen[at]["box_px"][2] * seen[at]["box_px"][3])
    event = min(range(len(seen)), key=lambda at: abs(seen[at]["t_s"] - t_event_s))
    if event == largest:
        event = min(largest + len(seen) // 3, len(seen) - 1)
    return [seen[at] for at in sorted({largest, (largest + event) // 2, event})]


def crops(video: Path, fps: float, rows: Sequence[Mapping[str, Any]]) -> list[Image]:
    """Cut each row's vehicle out of its frame, square tiles (BGR). Raises SourceError."""
    wanted = {round(row["t_s"] * fps): Box(*row["box_px"]) for row in rows}
    return [
        _tile(np.asarray(frame.image), wanted[frame.index])
        for frame in open_source(str(video))
        if frame.index in wanted
    ]


def _tile(image: Image, box: Box) -> Image:
    height, width = image.shape[:2]
    side = min(max(box.w, box.h) * (1 + 2 * _CONTEXT), height, width)
    x = round(min(max(box.cx - side / 2, 0), width - side))
    y = round(min(max(box.cy - side / 2, 0), height - side))
    piece = image[y : y + round(side), x : x + round(side)]
    return np.asarray(cv2.resize(piece, (_TILE_PX, _TILE_PX), interpolation=cv2.INTER_AREA), np.uint8)


def sheet(rows: Sequence[tuple[Sequence[Image], Sequence[str]]]) -> Image:
    """One picture (BGR): tiles to the left, lines of ASCII text to the right of them."""
    tall, wide = _TILE_PX + _GAP_PX, MOMENTS * (_TILE_PX + _GAP_PX)
    paper = np.full((len(rows) * tall + _GAP_PX, wide + _NOTE_PX, 3), _PAPER, np.uint8)
    for number, (tiles, lines) in enumerate(rows):
        top = _GAP_PX + number * tall
        for place, tile in enumerate(tiles):
            left = _GAP_PX + place * (_TILE_PX + _GAP_PX)
            paper[top : top + _TILE_PX, left : left + _TILE_PX] = tile
        for place, line in enumerate(part for one in lines for part in _wrapped(one)):
            at = wide + 8, top + (1 + place) * _LINE_PX
            cv2.putText(paper, line, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, _INK, 1, cv2.LINE_AA)
    return paper


def _wrapped(line: str) -> list[str]:
    """The line in pieces that fit beside the tiles."""
    pieces = [""]
    for word in line.encode("ascii", "replace").decode().split():
        if len(pieces[-1]) + len(word) > _LETTERS:
            pieces.append("")
        pieces[-1] = f"{pieces[-1]} {word}".strip()
    return pieces
