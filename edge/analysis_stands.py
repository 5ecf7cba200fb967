"""What the rules about standing need to be told: where everybody was, and who was accused of standing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from edge.detector.types import Box
from edge.report import RuleName
from edge.rules import Violation
from edge.rules.traffic_history import TrafficHistory
from edge.scene import Scene
from edge.tracking import Seen, Track

STANDING: Final[frozenset[RuleName]] = frozenset({"stopping", "parking", "blocking"})
_FREE_S: Final = 60.0
_HERE: Final = 0.3
_LEFT: Final = 0.6


@dataclass(slots=True)
class _Accused:
    """A vehicle that was accused of standing at `box`, which somebody was last seen to take at `taken_s`."""

    track: int
    box: Box
    taken_s: float


class StandDesk:
    """Follows traffic for the rules about standing, and keeps them from accusing one vehicle twice.

    A vehicle that the tracker loses while it stands comes back as a new track. So a place stays accused until
    its vehicle was seen to leave, or nobody was seen there for a minute; reconnections change nothing.
    """

    def __init__(self, scene: Scene) -> None:
        self.traffic = TrafficHistory()
        self._scene = scene
        self._armed = bool(STANDING & set(scene.file.rules))
        self._accused: list[_Accused] = []

    def look(self, t_s: float, seen: Sequence[Seen]) -> None:
        """Take in where everybody is in this picture."""
        if not self._armed:
            return
        feet = np.array([one.box.bottom_centre for one in seen]).reshape(-1, 2)
        places = self._scene.plane.road(feet) if len(feet) else feet
        self.traffic.add(
            t_s,
            [
                (one.id, one.kind, float(x_m), float(y_m))
                for one, (x_m, y_m) in zip(seen, places, strict=True)
                if np.isfinite([x_m, y_m]).all()
            ],
        )
        self._accused = [one for one in self._accused if self._stays(one, t_s, seen)]

    def note(self, violation: Violation, track: Track, now_s: float) -> None:
        """A vehicle has been accused."""
        if violation.rule in STANDING:
            self._accused.append(_Accused(track.id, track.last.box, now_s))

    def accused(self, track: int) -> tuple[Box, ...]:
        """Where others than this track were accused of standing and have not been seen to leave."""
        return tuple(one.box for one in self._accused if one.track != track)

    @staticmethod
    def _stays(one: _Accused, t_s: float, seen: Sequence[Seen]) -> bool:
        for other in seen:
            off = _apart(one.box, other.box)
            if other.id == one.track and not other.coasting and off > _LEFT:
                return False
            if off <= _HERE:
                one.taken_s = t_s
        return t_s - one.taken_s <= _FREE_S


def _apart(one: Box, other: Box) -> float:
    """How far the feet of two boxes are apart, in heights of the larger."""
    off_px = np.hypot(*np.subtract(one.bottom_centre, other.bottom_centre))
    return float(off_px / max(one.h, other.h, 1.0))
