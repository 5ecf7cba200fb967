"""New plates out of photographed ones: the upper line of one over the lower line of another."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from edge.detector.training.real_plates import RealPlate, cut_plate
from edge.detector.types import Image

_CLEAR: Final = 0.45
_SLOTS: Final = 10


def regrouped(upper: RealPlate, lower: RealPlate, margin: float) -> tuple[Image, RealPlate] | None:
    """The upper line of one plate over the lower line of the other, with its text.

    Returns:
        None when a plate has one line, or no clear gap between its two, as when it hangs aslant.
    """
    text = upper.text[: upper.upper] + lower.text[lower.upper :]
    if not upper.upper or not lower.upper or len(text) > _SLOTS:
        return None
    above, below = cut_plate(upper, margin), cut_plate(lower, margin)
    top, bottom = _gap(above), _gap(below)
    if top is None or bottom is None:
        return None
    head, tail = above[:top], below[bottom:]
    width = max(head.shape[1], tail.shape[1])
    head, tail = (
        np.asarray(cv2.resize(part, (width, max(round(part.shape[0] * width / part.shape[1]), 4))), np.uint8)
        for part in (head, tail)
    )
    tail_light = tail.astype(np.float32) * (head.mean() + 1) / (tail.mean() + 1)
    joined = np.vstack([head, np.clip(tail_light, 0, 255).astype(np.uint8)])
    return np.ascontiguousarray(joined), replace(upper, text=text)


def _gap(image: Image) -> int | None:
    """The row between the lines: where the least changes along it; None when none stands out."""
    height = image.shape[0]
    inner = image[:, image.shape[1] // 8 : -image.shape[1] // 8].astype(np.float32).mean(axis=2)
    changes = np.abs(np.diff(inner, axis=1)).mean(axis=1)
    first, last = int(height * 0.36), int(height * 0.62)
    if last - first < 2:  # noqa: PLR2004 - a picture too low to have a gap
        return None
    row = first + int(changes[first:last].argmin())
    usual = float(np.median(changes[int(height * 0.15) : int(height * 0.85)]))
    return row if changes[row] < _CLEAR * usual else None
