"""Timing networks in turns."""

import time
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from benchmarks.detector_speed import timed_in_turns

Floats = npt.NDArray[np.float32]


class Sleeper:
    """Takes a known time and notes what it was shown."""

    metadata: Mapping[str, str] = {}
    input_shape = (1, 3, None, None)

    def __init__(self, time_s: float) -> None:
        self.time_s = time_s
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, batch: Floats) -> list[Floats]:
        self.shapes.append(batch.shape)
        time.sleep(self.time_s)
        return []


def test_each_looks_as_often_and_at_the_same() -> None:
    quick, slow = Sleeper(0.0), Sleeper(0.004)
    first, second = timed_in_turns([quick, slow], (32, 64), rounds=5)
    assert quick.shapes == slow.shapes == [(1, 3, 32, 64)] * 6
    assert second.least_ms >= 4.0
    assert first.least_ms <= first.median_ms
    assert second.least_ms <= second.median_ms
