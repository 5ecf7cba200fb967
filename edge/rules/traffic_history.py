"""Where everybody was in the last minutes, twice a second: who stood before whom, and did traffic move."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.types import VEHICLE_CLASSES, VehicleClass

_EVERY_S: Final = 0.5
_KEEP_S: Final = 3900.0
_LATEST_S: Final = 0.4
_SPAN_S: Final = 1.5
_STAYS_WITHIN_M: Final = 2.0
_FORGET_S: Final = 10.0
_KINDS: Final = {kind: number for number, kind in enumerate(VEHICLE_CLASSES)}

Place = tuple[int, VehicleClass, float, float]
"""Id of the track, kind, and the metres of its contact point on the road."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Rows of who was where, in the order of time; `times_s` are the moments looked at, also the empty ones.

    `moment` is the row's index in `times_s`; `mps` its speed (nan: just come); `stays_s` for how long it has
    been within two metres of one place.
    """

    times_s: npt.NDArray[np.float64]
    moment: npt.NDArray[np.int64]
    track: npt.NDArray[np.int64]
    kind: npt.NDArray[np.int64]
    place_m: npt.NDArray[np.float64]
    mps: npt.NDArray[np.float64]
    stays_s: npt.NDArray[np.float64]

    def of_kind(self, kinds: Iterable[VehicleClass]) -> npt.NDArray[np.bool_]:
        """Which rows are of these kinds."""
        return np.isin(self.kind, [_KINDS[kind] for kind in kinds])


@dataclass(slots=True)
class _Known:
    """One vehicle's last places, and where it has been staying since when."""

    recent: deque[tuple[float, float, float]]
    anchor: tuple[float, float]
    since_s: float


class TrafficHistory:
    """Add every picture's vehicles in the order of time, then ask. Keeps a little over an hour."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()
        self._rows: deque[npt.NDArray[np.float64]] = deque()
        self._known: dict[int, _Known] = {}

    def add(self, t_s: float, places: Iterable[Place]) -> None:
        """Take in where vehicles are at `t_s`; pictures within half a second of the last are passed over."""
        if self._times and t_s - self._times[-1] < _EVERY_S:
            return
        rows = [self._row(t_s, *place) for place in places]
        self._times.append(t_s)
        self._rows.append(np.array(rows, dtype=np.float64).reshape(-1, 6))
        while t_s - self._times[0] > _KEEP_S:
            self._times.popleft()
            self._rows.popleft()
        for track in [one for one, known in self._known.items() if t_s - known.recent[-1][0] > _FORGET_S]:
            del self._known[track]

    def between(self, from_s: float, until_s: float) -> Traffic:
        """What is known of the moments from `from_s` to `until_s`."""
        times = np.array(self._times)
        first, last = (int(one) for one in np.searchsorted(times, [from_s - 1e-6, until_s + 1e-6]))
        rows = [self._rows[index] for index in range(first, last)]
        table = np.concatenate(rows) if rows else np.empty((0, 6))
        return Traffic(
            times_s=times[first:last],
            moment=np.repeat(np.arange(len(rows)), [len(one) for one in rows]).astype(np.int64),
            track=table[:, 0].astype(np.int64),
            kind=table[:, 1].astype(np.int64),
            place_m=table[:, 2:4],
            mps=table[:, 4],
            stays_s=table[:, 5],
        )

    def _row(self, t_s: float, track: int, kind: VehicleClass, x_m: float, y_m: float) -> tuple[float, ...]:
        known = self._known.get(track)
        if known is None:
            known = self._known[track] = _Known(deque(), (x_m, y_m), t_s)
        while len(known.recent) > 1 and t_s - known.recent[1][0] >= _SPAN_S:
            known.recent.popleft()
        mps = float("nan")
        if known.recent and t_s - known.recent[0][0] >= _LATEST_S:
            then_s, then_x, then_y = known.recent[0]
            mps = float(np.hypot(x_m - then_x, y_m - then_y)) / (t_s - then_s)
        known.recent.append((t_s, x_m, y_m))
        if np.hypot(x_m - known.anchor[0], y_m - known.anchor[1]) > _STAYS_WITHIN_M:
            known.anchor, known.since_s = (x_m, y_m), t_s
        return track, _KINDS[kind], x_m, y_m, mps, t_s - known.since_s
