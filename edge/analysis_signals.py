"""What every signal head of a scene shows, picture by picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from edge.detector.signals import read_signal
from edge.detector.types import Image
from edge.rules import SignalHistory
from edge.scene_signals import Signal


class SignalWatch:
    """Reads the heads at the places of the camera file and remembers what each showed.

    `heads`: the history of each, by name; `main`: that of the first, empty where there is none.
    """

    def __init__(self, signals: Sequence[Signal]) -> None:
        self._signals = tuple(signals)
        self.heads: Mapping[str, SignalHistory] = {one.name: SignalHistory() for one in self._signals}
        self.main = next(iter(self.heads.values()), SignalHistory())

    @property
    def shown(self) -> str | None:
        """What the first head shows now; None for a scene without one."""
        return self.main.state if self._signals else None

    @property
    def any_red(self) -> bool:
        """Whether any head is red now."""
        return any(one.state == "red" for one in self.heads.values())

    def look(self, t_s: float, image: Image) -> None:
        """Read every head in the picture taken at `t_s`, H x W x 3 BGR."""
        for one in self._signals:
            reading = read_signal(image, one.lamps(), horizontal=one.horizontal)
            self.heads[one.name].add(t_s, reading.state)
