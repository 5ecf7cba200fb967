"""Training examples for the plate reader: drawn plates, real crops, and crops that say nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch.utils.data import Dataset

from edge.detector.plate_views import reader_blob
from edge.detector.reader_output import COLOURS, LAYOUTS, SLOTS
from edge.detector.training.chance import happens
from edge.detector.training.plate_texts import random_text
from edge.detector.training.reader_net import (
    CHARACTERS,
    GRID_COLUMNS,
    GRID_ROWS,
    INPUT_HEIGHT_PX,
    INPUT_WIDTH_PX,
)
from edge.detector.training.real_plates import RealPlate, cut_plate
from edge.detector.training.regroup import regrouped
from edge.detector.training.spoil import Hardship, nothing_legible, view_plate
from edge.detector.training.synthetic_plates import draw_plate, random_face
from edge.detector.types import GroundColour, Image, PlateLayout

SIZE_PX: Final = (INPUT_WIDTH_PX, INPUT_HEIGHT_PX)
UNKNOWN: Final = -1
_GLANCE_CELLS: Final = 0.8
_CUT_OFF: Final = 0.02
_RARE: Final = frozenset("MVYNUZDE")


class Example(NamedTuple):
    """3 x 64 x 128 RGB; a class number for each slot; slots x cells; two class numbers, -1 where unknown."""

    image: torch.Tensor
    characters: torch.Tensor
    glance: torch.Tensor
    layout: torch.Tensor
    colour: torch.Tensor


class PlateExamples(Dataset[Example]):
    """An endless mixture made reproducible: example number i of a seed is always the same."""

    def __init__(
        self, real: Sequence[RealPlate], fonts: Sequence[str], seed: int, count: int, real_share: float
    ) -> None:
        self._real, self._fonts, self._seed, self._count, self._share = real, fonts, seed, count, real_share
        self._hardship = Hardship()
        self._real_hardship = Hardship(tilt_deg=7, skew=0.055, margin_least=-0.03, margin_most=0.08)
        self._gentle = replace(self._real_hardship, narrowest_px=50, narrowest_long_px=70, spoiled=False)
        weights = np.array([_weight(plate) for plate in real])
        self._chances = weights / weights.sum() if len(real) else weights

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> Example:
        """Example `index`."""
        random = np.random.default_rng([self._seed, index])
        draw = random.random()
        if draw < self._share and self._real:
            return self._photographed(random)
        if draw > 0.98:  # noqa: PLR2004
            size = (int(random.integers(24, 120)), int(random.integers(14, 60)))
            return _example(nothing_legible(size, random), "", None, None, None)
        return self._drawn(random)

    def _drawn(self, random: np.random.Generator) -> Example:
        drawn = draw_plate(random_text(random), random_face(self._fonts, random), random)
        points, image = drawn.centres, drawn.image
        if happens(random, 0.03):
            image, points = _cut_piece(image, points, random)
        seen = view_plate(image, points, self._hardship, random)
        cut = bool(((seen.points < _CUT_OFF) | (seen.points > 1 - _CUT_OFF)).any())
        text = "" if cut else drawn.plate.text
        return _example(
            seen.image, text, None if cut else seen.points, drawn.plate.layout, drawn.plate.colour
        )

    def _photographed(self, random: np.random.Generator) -> Example:
        plate, image = self._photograph(random)
        none = np.empty((0, 2), np.float32)
        hardship = self._gentle if happens(random, 0.4) else self._real_hardship
        seen = view_plate(image, none, hardship, random)
        colour = None if plate.colour == "unknown" else plate.colour
        return _example(seen.image, plate.text, None, plate.layout, colour)

    def _photograph(self, random: np.random.Generator) -> tuple[RealPlate, Image]:
        first, second = (self._real[int(i)] for i in random.choice(len(self._real), 2, p=self._chances))
        margin = random.uniform(0.0, 0.14)
        mixed = regrouped(first, second, random.uniform(0.0, 0.06)) if happens(random, 0.35) else None
        return (mixed[1], mixed[0]) if mixed else (first, cut_plate(first, margin))


def _weight(plate: RealPlate) -> float:
    """How often a photograph is shown: long plates and rare letters are few, so more often."""
    return (3.0 if plate.layout == "one_line" else 1.0) * (2.0 if _RARE & set(plate.text) else 1.0)


def _example(
    image: Image,
    text: str,
    points: npt.NDArray[np.float32] | None,
    layout: PlateLayout | None,
    colour: GroundColour | None,
) -> Example:
    blob = reader_blob(image, SIZE_PX)[0]
    labels = [CHARACTERS.index(character) for character in text] + [0] * (SLOTS - len(text))
    return Example(
        torch.from_numpy(blob),
        torch.tensor(labels),
        torch.from_numpy(_glances(points)),
        torch.tensor(UNKNOWN if layout is None else LAYOUTS.index(layout)),
        torch.tensor(UNKNOWN if colour is None else COLOURS.index(colour)),
    )


def _glances(points: npt.NDArray[np.float32] | None) -> npt.NDArray[np.float32]:
    """Where each slot should look: slots x cells, a blot around each character; zero where nobody knows."""
    out = np.zeros((SLOTS, GRID_ROWS * GRID_COLUMNS), np.float32)
    if points is None:
        return out
    y, x = np.mgrid[0:GRID_ROWS, 0:GRID_COLUMNS] + 0.5
    for slot, (across, down) in enumerate(points):
        off = (x - across * GRID_COLUMNS) ** 2 / 2 + (y - down * GRID_ROWS) ** 2
        blot = np.exp(-off / (2 * _GLANCE_CELLS**2)) + 1e-9
        out[slot] = (blot / blot.sum()).reshape(-1)
    return out


def _cut_piece(
    image: Image, points: npt.NDArray[np.float32], random: np.random.Generator
) -> tuple[Image, npt.NDArray[np.float32]]:
    """The plate with a side cut away: such a crop must be read as nothing, not as a shorter plate."""
    width = image.shape[1]
    start = int(width * random.uniform(0.12, 0.4))
    if happens(random, 0.5):
        return np.ascontiguousarray(image[:, start:]), points - np.array([start, 0], np.float32)
    return np.ascontiguousarray(image[:, : width - start]), points
