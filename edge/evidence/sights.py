"""Who was where in the last pictures: what the analyser saw, kept for the masking of evidence."""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Final

from edge.detector.types import TWO_WHEELED, Box, Detection
from edge.tracking import Seen

_KEPT_S: Final = 45.0
_SAME_IOU: Final = 0.45
_BRIDGED_S: Final = 0.5
_RIDER_FOOT: Final = 0.2
_RIDER_SIDE: Final = 0.35


@dataclass(frozen=True, slots=True)
class Sight:
    """One picture that was looked at: the followed vehicles, and everybody else who was found in it."""

    frame: int
    t_s: float
    seen: tuple[Seen, ...]
    strangers: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Scenery:
    """One picture from one vehicle's point of view: its own box (None: hidden or gone), and all others'."""

    own: Box | None
    others: tuple[Box, ...]


class Sights:
    """A camera's last sights by stream time. One thread notes; any thread may look."""

    def __init__(self, seconds: float = _KEPT_S) -> None:
        self._seconds = seconds
        self._kept: deque[Sight] = deque()
        self._lock = threading.Lock()

    def note(self, frame: int, t_s: float, seen: Sequence[Seen], found: Iterable[Detection]) -> None:
        """Keep what was seen in a picture: `found` are all detections, weak ones and people too."""
        strangers = tuple(
            one.box
            for one in found
            if not any(one.box.iou(known.box) > _SAME_IOU for known in seen) and not _rides(one, seen)
        )
        with self._lock:
            self._kept.append(Sight(frame, t_s, tuple(seen), strangers))
            while self._kept[0].t_s < t_s - self._seconds:
                self._kept.popleft()

    def reach(self, t_s: float) -> bool:
        """Whether somebody has looked at this moment or later, so that nothing more will be known of it."""
        with self._lock:
            return bool(self._kept) and self._kept[-1].t_s >= t_s

    def is_settled(self, track: int, t_s: float) -> bool:
        """Whether no later look can change what is known of this moment around this vehicle."""
        with self._lock:
            if self._kept and self._kept[-1].t_s >= t_s + _BRIDGED_S:
                return True
            later = takewhile(lambda one: one.t_s >= t_s, reversed(self._kept))
            return any(seen.id == track and not seen.coasting for one in later for seen in one.seen)

    def around(self, track: int, from_s: float, to_s: float) -> Witness:
        """The sights of a span, as they concern one vehicle; whatever has been seen by now."""
        with self._lock:
            kept = [one for one in self._kept if from_s - _BRIDGED_S <= one.t_s <= to_s + _BRIDGED_S]
        return Witness(track, tuple(kept))


@dataclass(frozen=True, slots=True)
class Witness:
    """What was seen around one vehicle, to be asked for any moment of its clip."""

    track: int
    sights: tuple[Sight, ...]
    _of_own: tuple[Sight, ...] = field(init=False)

    def __post_init__(self) -> None:
        found = tuple(one for one in self.sights if self._own(one) is not None)
        object.__setattr__(self, "_of_own", found)

    def at(self, t_s: float) -> Scenery | None:
        """The scenery at a stream time; between two looks, everybody is where he was in either, and between.

        A look at suspects only tells nothing of the others: the vehicle's own last and next sighting count,
        if they lie close together. None when nobody looked near this moment: then nothing is known of who is
        in the picture.
        """
        near = self._looks(self.sights, t_s)
        if near is None:
            return None
        own = self._looks(self._of_own, t_s)
        first, second = own or near
        others = [
            box
            for one in self.sights
            if min(first.t_s, near[0].t_s) <= one.t_s <= max(second.t_s, near[1].t_s)
            for box in self._others(one)
        ]
        return Scenery(self._own_between(own, t_s), (*self._ways(first, second), *dict.fromkeys(others)))

    @staticmethod
    def _looks(sights: Sequence[Sight], t_s: float) -> tuple[Sight, Sight] | None:
        """The last sight not after and the first not before this time, unless they lie too far apart."""
        times = [one.t_s for one in sights]
        before, after = bisect_right(times, t_s) - 1, bisect_left(times, t_s)
        if before < 0 or after >= len(times) or times[after] - times[before] > _BRIDGED_S:
            return None
        return sights[before], sights[after]

    def _own(self, sight: Sight) -> Box | None:
        return next((one.box for one in sight.seen if one.id == self.track and not one.coasting), None)

    def _own_between(self, looks: tuple[Sight, Sight] | None, t_s: float) -> Box | None:
        first, second = looks or (None, None)
        one, other = (self._own(sight) if sight else None for sight in (first, second))
        if first is None or second is None or one is None or other is None:
            return None
        return one if first is second else _moved(one, other, (t_s - first.t_s) / (second.t_s - first.t_s))

    def _others(self, sight: Sight) -> tuple[Box, ...]:
        return (*(one.box for one in sight.seen if one.id != self.track), *sight.strangers)

    def _ways(self, first: Sight, second: Sight) -> tuple[Box, ...]:
        """What the followed others may have gone over between two sights."""
        if first is second:
            return ()
        later = {seen.id: seen.box for seen in second.seen if seen.id != self.track}
        return tuple(_hull(seen.box, later[seen.id]) for seen in first.seen if seen.id in later)


def _rides(found: Detection, seen: Sequence[Seen]) -> bool:
    """Whether this person is the rider of a followed two-wheeler: upright over its middle, at its foot."""
    if found.kind != "person":
        return False
    return any(
        known.kind in TWO_WHEELED
        and abs(found.box.cx - known.box.cx) < _RIDER_SIDE * known.box.w
        and abs(found.box.y2 - known.box.y2) < _RIDER_FOOT * known.box.h
        for known in seen
    )


def _hull(one: Box, other: Box) -> Box:
    x, y = min(one.x, other.x), min(one.y, other.y)
    return Box(x, y, max(one.x2, other.x2) - x, max(one.y2, other.y2) - y)


def _moved(one: Box, other: Box, share: float) -> Box:
    def middle(first: float, second: float) -> float:
        return first + share * (second - first)

    return Box(middle(one.x, other.x), middle(one.y, other.y), middle(one.w, other.w), middle(one.h, other.h))
