"""What every signal head of a scene shows, picture by picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import cv2

from edge.capture.picture import Picture
from edge.detector.signals import read_signal
from edge.detector.types import Box, Image, SignalState
from edge.rules import SignalHistory
from edge.scene_signals import Signal

_UNCHANGED: Final = 0.6
"""Mean difference to the picture a reading was made from, under which it still holds; levels of 255."""


@dataclass(frozen=True, slots=True)
class _Seen:
    piece: Image
    state: SignalState


class SignalWatch:
    """Reads the heads at the places of the camera file and remembers what each showed.

    `heads`: the history of each, by name; `main`: that of the first, empty where there is none.
    """

    def __init__(self, signals: Sequence[Signal]) -> None:
        self._signals = tuple(signals)
        self.heads: Mapping[str, SignalHistory] = {one.name: SignalHistory() for one in self._signals}
        self._areas = {one.name: _area(one) for one in self._signals}
        self._seen: dict[str, _Seen] = {}
        self.main = next(iter(self.heads.values()), SignalHistory())

    @property
    def shown(self) -> str | None:
        """What the first head shows now; None for a scene without one."""
        return self.main.state if self._signals else None

    @property
    def any_red(self) -> bool:
        """Whether any head is red now."""
        return any(one.state == "red" for one in self.heads.values())

    def look(self, t_s: float, picture: Picture) -> None:
        """Read every head in the picture taken at `t_s`. Lamps that look as before show what they did."""
        for one in self._signals:
            piece, _ = picture.crop(self._areas[one.name])
            seen = self._seen.get(one.name)
            if seen is None or _apart(seen.piece, piece) >= _UNCHANGED:
                image = picture.window(self._areas[one.name])
                state = read_signal(image, one.lamps(), horizontal=one.horizontal).state
                seen = self._seen[one.name] = _Seen(piece, state)
            self.heads[one.name].add(t_s, seen.state)


def _area(signal: Signal) -> Box:
    """Around all lamps of a head."""
    boxes = signal.lamps().values()
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(x, y, max(box.x2 for box in boxes) - x, max(box.y2 for box in boxes) - y).expanded(0.05)


def _apart(one: Image, other: Image) -> float:
    """Mean difference, levels of 255."""
    if one.shape != other.shape or not one.size:
        return 255.0
    return float(cv2.norm(one, other, cv2.NORM_L1)) / one.size
