"""From the plate reader's raw output to characters, lines, layout and colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Final, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from edge.detector.metadata import ModelCard
from edge.detector.plate_grammar import display_form, is_legal, spelled
from edge.detector.types import GroundColour, PlateLayout

SLOTS: Final = 10
LAYOUTS: Final[tuple[PlateLayout, ...]] = ("one_line", "two_line")
COLOURS: Final[tuple[GroundColour, ...]] = ("white", "yellow", "blue", "red")
_COLOUR_FLOOR: Final = 0.6

_THOUGHT_OF: Final = 0.005
_THOUGHTS: Final = 5
_DOUBTED: Final = 0.9
_CANDIDATE: Final = 0.08
_MOST_DOUBTED: Final = 5
_CANDIDATES: Final = 3

Floats = npt.NDArray[np.float32]
SlotChances = tuple[tuple[tuple[str, float], ...], ...]


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
    chances: SlotChances = ()


def average(outputs: Sequence[ReaderOutput]) -> ReaderOutput:
    """Several looks at one crop as one: the mean of their logits."""
    parts = zip(*outputs, strict=True)
    return ReaderOutput(*(np.asarray(np.mean(part, axis=0), np.float32) for part in parts))


def interpret(output: ReaderOutput, card: ModelCard) -> Reading:
    """Turn logits into a reading, using the card's characters and its calibration temperature.

    Where the likeliest characters make no legal plate, a legal text of characters that the network thought
    nearly as likely is taken; its confidence stays what the network gave those characters.
    """
    chances = softmax(output.characters[0] / card.temperature)
    labels = _legal_labels(chances, card.classes)
    filled = [slot for slot, label in enumerate(labels) if label != 0]
    text = spelled("".join(card.classes[labels[slot]] for slot in filled))
    layout = LAYOUTS[int(output.layout[0].argmax())]
    lines = split_lines(text, [float(output.rows[0, slot]) for slot in filled], layout)
    return Reading(
        text=text,
        display=display_form(text, lines),
        char_confidences=tuple(round(float(chances[slot, labels[slot]]), 4) for slot in filled),
        layout=layout,
        ground_colour=_colour(output.colour[0]),
        lines=lines,
        chances=tuple(_thoughts(slot, card.classes) for slot in chances),
    )


def _thoughts(chances: npt.NDArray[np.float64], classes: Sequence[str]) -> tuple[tuple[str, float], ...]:
    order = np.argsort(-chances)[:_THOUGHTS]
    return tuple((classes[i], float(chances[i])) for i in order if chances[i] >= _THOUGHT_OF)


def _legal_labels(chances: npt.NDArray[np.float64], classes: Sequence[str]) -> list[int]:
    """The likeliest class of each slot, or the likeliest ones that make a legal text where those do not."""
    likeliest = [int(label) for label in chances.argmax(axis=1)]
    if is_legal("".join(classes[label] for label in likeliest)):
        return likeliest
    doubted = [slot for slot in np.argsort(chances.max(axis=1)) if chances[slot].max() < _DOUBTED]
    open_slots = set(doubted[:_MOST_DOUBTED])
    choices = [_candidates(row) if slot in open_slots else [best]
               for slot, (row, best) in enumerate(zip(chances, likeliest, strict=True))]  # fmt: skip
    legal = [one for one in product(*choices) if is_legal("".join(classes[label] for label in one))]
    slots = np.arange(len(chances))
    return list(max(legal, key=lambda one: float(np.log(chances[slots, one]).sum()), default=likeliest))


def _candidates(chances: npt.NDArray[np.float64]) -> list[int]:
    order = [int(i) for i in np.argsort(-chances)[:_CANDIDATES]]
    return [order[0], *(i for i in order[1:] if chances[i] >= _CANDIDATE)]


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
