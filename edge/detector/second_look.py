"""A second look at single heads, cut from the full-resolution frame: helmet or bare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.metadata import card_of
from edge.detector.runtime import Engine, open_network
from edge.detector.seats import Candidate
from edge.detector.types import Box, Image
from edge.detector.window import each_mirrored_too, square_window, windows_blob

HELMET_SIZE_PX: Final = 64
_CONTEXT: Final = 0.35
_WEIGHT: Final = 0.7
_SURE: Final = 1e-3


class SecondLook:
    """Says how likely each head is bare, from the head alone."""

    def __init__(self, path: Path, *, threads: int = 1, engine: Engine = "auto") -> None:
        """Load the network at `path`.

        Raises:
            ModelError: the file is missing, damaged or another model.
        """
        self._network = open_network(path, threads=threads, engine=engine)
        self.card = card_of(self._network.metadata, kind="helmets", path=path)
        self._weight = self.card.thresholds.get("weight", _WEIGHT)

    def judged(self, image: Image, heads: Sequence[Candidate]) -> list[Candidate]:
        """The heads, each chance of being bare averaged with what the second look says (as log odds)."""
        seen = self.chances_bare(image, [one.box for one in heads])
        return [
            replace(one, chance_bare=_averaged(one.chance_bare, second, self._weight))
            for one, second in zip(heads, seen, strict=True)
        ]

    def chances_bare(self, image: Image, heads: Sequence[Box]) -> list[float]:
        """The chance, 0 to 1, that each head (box px of `image`) is bare; seen twice, once mirrored."""
        if not heads:
            return []
        views = [head_window(image, box) for box in heads]
        batch = windows_blob(each_mirrored_too(views))
        chances = self._network(batch)[0].reshape(len(views), 2)
        return [float(value) for value in _calibrated(chances, self.card.temperature)]


def head_window(image: Image, head: Box) -> Image:
    """The square that the second look sees: the head (px) and a third of it around, 64 x 64 px BGR."""
    return square_window(image, head, HELMET_SIZE_PX, _CONTEXT)


def _averaged(first: float, second: float, weight: float) -> float:
    """Two chances averaged as log odds; `weight` is the second's."""
    return chance((1 - weight) * log_odds(first) + weight * log_odds(second))


def log_odds(likely: float) -> float:
    """The logarithm of the odds of a chance, 0 to 1, kept finite."""
    kept = min(max(likely, _SURE), 1 - _SURE)
    return float(np.log(kept / (1 - kept)))


def chance(odds: float) -> float:
    """The chance, 0 to 1, whose log odds these are."""
    return float(1 / (1 + np.exp(-odds)))


def _calibrated(chances: npt.NDArray[np.float32], temperature: float) -> npt.NDArray[np.float64]:
    """The mirrored pairs averaged as log odds and softened by the temperature."""
    kept = np.clip(chances.astype(np.float64), _SURE, 1 - _SURE)
    odds = np.log(kept / (1 - kept)).mean(axis=1) / temperature
    return np.asarray(1 / (1 + np.exp(-odds)))
