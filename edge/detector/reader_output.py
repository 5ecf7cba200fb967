"""From the plate reader's raw output to characters, lines, layout and colour."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from edge.detector.metadata import ModelCard
from edge.detector.plate_grammar import display_form
from edge.detector.types import GroundColour, PlateLayout

SLOTS: Final = 10
LAYOUTS: Final[tuple[PlateLayout, ...]] = ("one_line", "two_line")
COLOURS: Final[tuple[GroundColour, ...]] = ("white", "yellow", "blue", "red")
_COLOUR_FLOOR: Final = 0.6

Floats = npt.NDArray[np.float32]


class ReaderOutput(NamedTuple):
    """The network's four outputs, batch of one.

    `characters`: 1 x slots x classes, logits, class 0 meaning "no character here"; `rows`: 1 x slots, how far
    down the plate each slot looked, 0 to 1; `layout`: 1 x 2 and `colour`: 1 x 4, logits.
    """

    characters: Floats
    rows: Floats
    layout: Floats
    colour: Floats

    @classmethod
    def nothing(cls, classes: int) -> Self:
        """The output for a picture without any pixel."""
        characters = np.zeros((1, SLOTS, classes), np.float32)
        characters[..., 0] = 1.0
        zeros = np.zeros((1, SLOTS), np.float32)
        return cls(
            characters,
            zeros,
            np.zeros((1, len(LAYOUTS)), np.float32),
            np.zeros((1, len(COLOURS)), np.float32),
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader sees on one plate crop, confidences 0 to 1, one per character."""

    text: str
    display: str
    char_confidences: tuple[float, ...]
    layout: PlateLayout
    ground_colour: GroundColour
    lines: tuple[str, ...]


def interpret(output: ReaderOutput, card: ModelCard) -> Reading:
    """Turn logits into a reading, using the card's characters and its calibration temperature."""
    chances = softmax(output.characters[0] / card.temperature)
    labels = chances.argmax(axis=1)
    filled = [slot for slot, label in enumerate(labels) if label != 0]
    text = "".join(card.classes[labels[slot]] for slot in filled)
    layout = LAYOUTS[int(output.layout[0].argmax())]
    lines = split_lines(text, [float(output.rows[0, slot]) for slot in filled], layout)
    return Reading(
        text=text,
        display=display_form(text, lines),
        char_confidences=tuple(round(float(chances[slot, labels[slot]]), 4) for slot in filled),
        layout=layout,
        ground_colour=_colour(output.colour[0]),
        lines=lines,
    )


def split_lines(text: str, rows: list[float], layout: PlateLayout) -> tuple[str, ...]:
    """Cut `text` where its characters step down the most; `rows` says how far down each is, 0 to 1."""
    if not text:
        return ()
    if layout == "one_line" or len(text) == 1:
        return (text,)
    steps = [below - above for above, below in pairwise(rows)]
    cut = int(np.argmax(steps)) + 1
    return text[:cut], text[cut:]


def softmax(logits: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Chances along the last axis."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float64)


def _colour(logits: Floats) -> GroundColour:
    chances = softmax(logits)
    best = int(chances.argmax())
    return COLOURS[best] if chances[best] >= _COLOUR_FLOOR else "unknown"
