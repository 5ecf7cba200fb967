"""Failures as pictures: a contact sheet of crops, what is there in green, what was found in red."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import cv2
import numpy as np

from benchmarks.failure_cases import Case
from edge.detector.types import Box, Image

MOST_BYTES: Final = 250_000
MOST_TILES: Final = 36
_ACROSS: Final = 6
_TILE_PX: Final = (216, 162)
_CAPTION_PX: Final = 38
_TITLE_PX: Final = 36
_GAP_PX: Final = 4
_CONTEXT: Final = 2.4
_LEAST_PX: Final = {"vehicles": 72.0, "riders": 44.0, "signals": 56.0, "plates": 64.0}
_GREEN, _RED, _INK, _PAPER = (80, 220, 60), (60, 60, 255), (20, 20, 20), (245, 245, 245)
_QUALITIES: Final = range(88, 20, -4)


def sheet(title: str, cases: Sequence[Case], images: Mapping[str, Image]) -> Image:
    """One picture of all cases in their order; `images` holds each case's picture by name."""
    width, height = _TILE_PX[0] + _GAP_PX, _TILE_PX[1] + _CAPTION_PX + _GAP_PX
    rows = -(-len(cases) // _ACROSS)
    paper = np.full((_TITLE_PX + rows * height, _ACROSS * width + _GAP_PX, 3), _PAPER, np.uint8)
    _write(paper, title, (8, 24), 0.6)
    for number, case in enumerate(cases):
        x, y = _GAP_PX + number % _ACROSS * width, _TITLE_PX + number // _ACROSS * height
        paper[y : y + _TILE_PX[1], x : x + _TILE_PX[0]] = tile(case, images[case.picture])
        for place, line in enumerate(caption(case)):
            _write(paper, line, (x + 2, y + _TILE_PX[1] + 14 + 16 * place), 0.42)
    return paper


def as_jpeg(picture: Image, most_bytes: int = MOST_BYTES) -> bytes:
    """The picture as JPEG, as good as fits into so many bytes (the least quality may be more)."""
    data = b""
    for quality in _QUALITIES:
        data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
        if len(data) <= most_bytes:
            break
    return data


def caption(case: Case) -> tuple[str, str]:
    """Two lines under a tile: what went wrong; condition, size and picture. ASCII, as the font is."""
    how, truth, claim = case.verdict
    true = truth.kind if truth else ""
    if case.detail not in {"", true}:
        true = f"{true} ({case.detail})" if case.subject == "vehicles" else case.detail
    said = f"{claim.kind or '-'} {claim.score:.2f}" if claim else ""
    if case.subject == "plates" and claim:
        said = claim.kind or "-"
    first = {
        "missed": f"missed {true}",
        "loose box": f"loose box: {said}",
        "wrong": f"{true}: said {said}",
        "wrong and accepted": f"{true}: ACCEPTED {said}",
        "unknown": f"{true}: left unknown",
        "nothing there": f"nothing there: {said}",
        "double": f"{true} twice: {said}",
        "right": f"{true} {said}",
    }[how]
    box = case.boxes[0]
    note = f", {case.note}" if case.note else ""
    lines = first, f"{case.condition}, {box.w:.0f}x{box.h:.0f}{note}, {_short(case.picture)}"
    one, other = (line.encode("ascii", "replace").decode() for line in lines)
    return one, other


def tile(case: Case, image: Image) -> Image:
    """The case's boxes with what is round them, enlarged to the size of a tile."""
    view = _view(case, image)
    x, y, w, h = (round(side) for side in (view.x, view.y, view.w, view.h))
    piece = np.ascontiguousarray(image[y : y + h, x : x + w])
    enlarged = cv2.resize(piece, _TILE_PX, interpolation=cv2.INTER_CUBIC)
    across, down = _TILE_PX[0] / piece.shape[1], _TILE_PX[1] / piece.shape[0]
    for one, colour in ((case.verdict.truth, _GREEN), (case.verdict.claim, _RED)):
        if one is not None:
            left, top = round((one.box.x - x) * across), round((one.box.y - y) * down)
            right, bottom = round((one.box.x2 - x) * across), round((one.box.y2 - y) * down)
            cv2.rectangle(enlarged, (left, top), (right, bottom), colour, 1, cv2.LINE_AA)
    return np.asarray(enlarged, np.uint8)


def _view(case: Case, image: Image) -> Box:
    """What a tile shows of the picture: of the tile's shape, inside the picture, px."""
    height, width = image.shape[:2]
    boxes = case.boxes
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x2 for box in boxes), max(box.y2 for box in boxes)
    shape = _TILE_PX[0] / _TILE_PX[1]
    tall = max((bottom - top) * _CONTEXT, (right - left) * _CONTEXT / shape, _LEAST_PX[case.subject])
    tall = min(tall, height, width / shape)
    wide = tall * shape
    x = min(max((left + right - wide) / 2, 0.0), width - wide)
    y = min(max((top + bottom - tall) / 2, 0.0), height - tall)
    return Box(x, y, wide, tall)


def _write(paper: Image, text: str, at: tuple[int, int], size: float) -> None:
    cv2.putText(paper, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, _INK, 1, cv2.LINE_AA)


def _short(picture: str) -> str:
    """`00007` of `.../s9001_00007.jpg`, `f70` of `.../clip.mp4 frame 70`."""
    name = picture.rsplit("/", 1)[-1]
    return f"f{name.rsplit(' ', 1)[-1]}" if " frame " in name else name.split(".")[0].rsplit("_", 1)[-1]


def chosen(cases: Sequence[Case], most: int = MOST_TILES, of_each: int = 4) -> list[Case]:
    """So many cases at most, in the order given (worst first): a few of each sort, then what is worst."""
    sorts: dict[tuple[str, str, str], int] = {}
    first: list[int] = []
    rest: list[int] = []
    for number, case in enumerate(cases):
        sort = (case.verdict.how, case.kind if case.subject != "plates" else "", case.condition)
        sorts[sort] = sorts.get(sort, 0) + 1
        (first if sorts[sort] <= of_each else rest).append(number)
    kept = sorted([*first[:most], *rest[: max(most - len(first), 0)]])
    return [cases[number] for number in kept]
