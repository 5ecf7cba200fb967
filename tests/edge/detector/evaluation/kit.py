"""Pictures and eyes for tests of the yardsticks: no network is needed to test a ruler."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from edge.detector.evaluation.plate_scores import PlateGuess
from edge.detector.evaluation.scores import Found, RiderAnswer
from edge.detector.evaluation.sets import Picture
from edge.detector.registry import ModelFile
from edge.detector.types import Box, Image


def blank(height: int = 100, width: int = 200) -> Picture:
    """A black picture, told apart by its height."""
    return Picture(f"blank {height}", lambda: np.zeros((height, width, 3), np.uint8))


def store(path: Path, shade: int = 100, size: tuple[int, int] = (100, 200)) -> Path:
    """A grey picture file; `size`: height and width, px."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((*size, 3), shade, np.uint8))
    return path


class FakeEyes:
    """Eyes that say what they are told, by the picture's shade."""

    def __init__(self, said: dict[int, object]) -> None:
        self._said = said

    def finder(self, kinds: Sequence[str]) -> Callable[[Image], list[Found]]:
        return lambda image: [one for one in self._of(image, []) if one.kind in kinds]

    def plates(self, image: Image) -> list[PlateGuess]:
        return self._of(image, [])

    def signal(self, image: Image, head: Box | None) -> str:
        return self._of(image, "unknown")

    def rider(self, image: Image) -> RiderAnswer:
        return self._of(image, RiderAnswer("undecided", "unknown"))

    def models(self) -> list[ModelFile]:
        return []

    def _of(self, image: Image, default: object):
        return self._said.get(int(image[0, 0, 0]), default)
