"""What a camera saw lately, without pictures or plates: tracks, kept to try another camera file on."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from edge.analysis_plates import PlateDesk
from edge.capture import Frame
from edge.rules import SignalHistory, Withheld
from edge.tracking import Seen, Track
from edge.upkeep import PathSeen

_KEPT_S: Final = 3600.0
_KEPT_TRACKS: Final = 400
_POINTS: Final = 40


@dataclass(frozen=True, slots=True)
class Passed:
    """A vehicle that has left the stage, and what the heads showed meanwhile (shared, still growing)."""

    number: int
    track: Track
    heads: Mapping[str, SignalHistory]
    began_at: datetime | None


@dataclass(slots=True)
class RecentTracks:
    """An analyser's recorder. One thread fills it, another may ask at any time."""

    _passed: deque[Passed] = field(default_factory=lambda: deque(maxlen=_KEPT_TRACKS))
    _heads: Mapping[str, SignalHistory] = field(default_factory=dict)
    _began_at: datetime | None = None
    _count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def lights(self, heads: Mapping[str, SignalHistory]) -> None:
        """The stream began (anew): from now on the heads are told here."""
        self._heads, self._began_at = heads, None

    def picture(self, frame: Frame, seen: Sequence[Seen], signal: str | None) -> None:  # noqa: ARG002
        """One picture has been looked at."""
        if self._began_at is None and frame.captured_at is not None:
            self._began_at = frame.captured_at - timedelta(seconds=frame.t_s)

    def withheld(self, suspicion: Withheld) -> None:
        """A suspicion was kept back."""

    def track(self, track: Track, desk: PlateDesk) -> None:  # noqa: ARG002
        """A vehicle has left the stage."""
        with self._lock:
            self._count += 1
            self._passed.append(Passed(self._count, track, self._heads, self._began_at))

    def latest(self) -> tuple[Passed, ...]:
        """Those of the last hour, oldest first."""
        with self._lock:
            passed = tuple(self._passed)
        newest = [one for one in passed if one.heads is self._heads]
        last_s = newest[-1].track.last.t_s if newest else 0.0
        return tuple(
            one for one in passed if one.heads is not self._heads or last_s - one.track.last.t_s <= _KEPT_S
        )

    def paths(self, most: int = 120) -> tuple[PathSeen, ...]:
        """Where the newest vehicles' feet went, thinned out."""
        return tuple(_path(one) for one in self.latest()[-most:])


def _path(one: Passed) -> PathSeen:
    seen = one.track.observations
    step = max(1, -(-len(seen) // _POINTS))
    kept = [*seen[::step], *([seen[-1]] if (len(seen) - 1) % step else [])]
    points = tuple(
        (round(at.t_s, 2), round(at.box.bottom_centre[0], 1), round(at.box.bottom_centre[1], 1))
        for at in kept
    )
    return PathSeen(track=one.number, kind=one.track.kind, points=points)


def renumbered(one: Passed) -> Track:
    """The track under the number by which people are told of it."""
    return replace(one.track, id=one.number)
