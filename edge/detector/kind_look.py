"""A second look at single vehicles, cut from the full-resolution frame: which kind each is.

The first network finds vehicles well and boxes them exactly, but takes bicycles for motorbikes and minibuses
for cars. This one sees a vehicle alone, larger, and says which of the kinds of its group it is; where the
vehicle stands is left as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.errors import ModelError
from edge.detector.metadata import card_of
from edge.detector.runtime import Engine, open_network
from edge.detector.types import Box, Detection, Image, VehicleClass
from edge.detector.window import each_mirrored_too, square_window, windows_blob

KIND_CLASSES: Final[tuple[VehicleClass, ...]] = ("motorbike", "car", "bus", "truck", "bicycle")
"""The network's outputs, in their order."""

GROUPS: Final[tuple[frozenset[VehicleClass], ...]] = (
    frozenset({"motorbike", "bicycle"}),
    frozenset({"car", "bus", "truck"}),
)
"""Kinds are told apart within a group only: that something has two wheels or four, the first network sees."""

WINDOW_PX: Final = 128
_CONTEXT: Final = 0.15
_BATCH: Final = 16
_SMALLEST_PX: Final = 12.0
_WORD: Final = 20.0

Odds = Mapping[VehicleClass, float]
"""The chance, 0 to 1, of each kind of one group; together 1."""


class KindLook:
    """Says of single vehicles which kind they are."""

    def __init__(self, path: Path, *, threads: int = 1, engine: Engine = "auto") -> None:
        """Load the network at `path`.

        Raises:
            ModelError: the file is missing, damaged or another model.
        """
        self._network = open_network(path, threads=threads, engine=engine)
        self.card = card_of(self._network.metadata, kind="kinds", path=path)
        if self.card.classes != KIND_CLASSES:
            raise ModelError(
                f"its classes are {self.card.classes}, not {KIND_CLASSES}",
                where=str(path),
                remedy="Export it again with the recipe `kinds`.",
            )
        self.word = self.card.thresholds.get("word", _WORD)

    def judged(self, image: Image, found: Sequence[Detection]) -> list[Detection]:
        """The detections (box px of `image`), each with the kind that it most likely is.

        The first network's word counts as well: its kind is taken to be `word` times as likely beforehand as
        any other. What is under 12 px wide or high keeps its kind.
        """
        asked = [place for place, one in enumerate(found) if _is_worth_it(one)]
        odds = self.odds(image, [found[place] for place in asked])
        said = dict(zip(asked, odds, strict=True))
        return [
            replace(one, kind=likeliest(weighed(said[place], one.kind, self.word))) if place in said else one
            for place, one in enumerate(found)
        ]

    def odds(self, image: Image, found: Sequence[Detection]) -> list[Odds]:
        """For each vehicle (box px) the chances of the kinds of its group; looked at twice, once mirrored."""
        windows = [kind_window(image, one.box) for one in found]
        logits = [self._logits(windows[start : start + _BATCH]) for start in range(0, len(windows), _BATCH)]
        rows = np.concatenate(logits) if logits else np.empty((0, len(KIND_CLASSES)))
        return [chances(row, one.kind) for row, one in zip(rows, found, strict=True)]

    def _logits(self, windows: Sequence[Image]) -> npt.NDArray[np.float64]:
        """N x 5, the mean of both ways of looking, softened by the card's temperature."""
        output = self._network(windows_blob(each_mirrored_too(windows)))[0].astype(np.float64)
        return np.asarray(output.reshape(len(windows), 2, -1).mean(axis=1) / self.card.temperature)


def kind_window(image: Image, vehicle: Box) -> Image:
    """The square that the network sees: the vehicle (px) and a little around it, 128 x 128 px BGR."""
    return square_window(image, vehicle, WINDOW_PX, _CONTEXT)


def group_of(kind: VehicleClass) -> frozenset[VehicleClass] | None:
    """The kinds that `kind` may be taken for; None for what is no vehicle."""
    return next((group for group in GROUPS if kind in group), None)


def chances(logits: npt.NDArray[np.float64], kind: VehicleClass) -> Odds:
    """The chances of the kinds in `kind`'s group, from the five logits of one vehicle."""
    group = [place for place, name in enumerate(KIND_CLASSES) if name in (group_of(kind) or ())]
    powers = np.exp(logits[group] - logits[group].max())
    return {KIND_CLASSES[place]: float(one) for place, one in zip(group, powers / powers.sum(), strict=True)}


def weighed(odds: Odds, kind: VehicleClass, word: float) -> Odds:
    """The chances when `kind` was `word` times as likely beforehand as each other."""
    raised = {name: chance * (word if name == kind else 1.0) for name, chance in odds.items()}
    total = sum(raised.values())
    return {name: chance / total for name, chance in raised.items()}


def likeliest(odds: Odds) -> VehicleClass:
    """The kind with the greatest chance."""
    return max(odds, key=lambda name: odds[name])


def _is_worth_it(one: Detection) -> bool:
    return group_of(one.kind) is not None and min(one.box.w, one.box.h) >= _SMALLEST_PX
