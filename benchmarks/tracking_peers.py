"""The trackers that are compared, behind one call: detections in, an id for each (or none) out."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import numpy as np

from edge.detector.types import VEHICLE_CLASSES, Detection
from edge.tracking import Tracker

OURS: Final = "ours"
BYTETRACK: Final = "ByteTrack (Ultralytics)"
_ULTRALYTICS: Final = {
    BYTETRACK: "bytetrack",
    "BoT-SORT (Ultralytics)": "botsort",
    "OC-SORT (Ultralytics)": "ocsort",
    "TrackTrack (Ultralytics)": "tracktrack",
    "FastTracker (Ultralytics)": "fasttrack",
}


class Follower(Protocol):
    """A tracker of one clip."""

    def step(self, t_s: float, frame: int, found: Sequence[Detection]) -> list[int | None]:
        """The id of each detection of the next picture; None where the tracker does not follow it."""


Maker = Callable[[tuple[int, int], float], Follower]
"""Picture size (px) and pictures a second to a fresh tracker."""


def makers() -> dict[str, Maker]:
    """Every tracker that can be run here, ours first; what is not installed is left out."""
    found: dict[str, Maker] = {OURS: lambda size_px, _rate: _Ours(size_px)}
    if importlib.util.find_spec("ultralytics"):
        found |= {name: _ultralytics_maker(kind) for name, kind in _ULTRALYTICS.items()}
    if importlib.util.find_spec("norfair"):
        found["norfair"] = lambda _size_px, _rate: _Norfair()
    return found


def versions() -> dict[str, str]:
    """The installed versions of the packages compared with."""
    names = ("ultralytics", "lap", "norfair")
    return {
        name: importlib.metadata.version(name) for name in names if importlib.util.find_spec(name) is not None
    }


class _Ours:
    def __init__(self, size_px: tuple[int, int]) -> None:
        self._tracker = Tracker(size_px)

    def step(self, t_s: float, frame: int, found: Sequence[Detection]) -> list[int | None]:
        seen = self._tracker.update(t_s, frame, found).seen
        ids = {id(one.box): one.id for one in seen if not one.coasting}
        return [ids.get(id(one.box)) for one in found]


class _Rows:
    """Detections as Ultralytics' trackers take them."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows
        self.xyxy, self.conf, self.cls = rows[:, :4], rows[:, 4], rows[:, 5]
        sides = rows[:, 2:4] - rows[:, :2]
        self.xywh = np.column_stack([rows[:, :2] + sides / 2, sides])

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: Any) -> _Rows:
        return _Rows(self._rows[index])


class _Ultralytics:
    def __init__(self, kind: str) -> None:
        from ultralytics.trackers.track import TRACKER_MAP  # noqa: PLC0415 - optional
        from ultralytics.utils import YAML, IterableSimpleNamespace  # noqa: PLC0415
        from ultralytics.utils.checks import check_yaml  # noqa: PLC0415

        settings = IterableSimpleNamespace(**YAML.load(check_yaml(f"{kind}.yaml")), device="cpu")
        self._tracker = TRACKER_MAP[kind](args=settings)

    def step(self, t_s: float, frame: int, found: Sequence[Detection]) -> list[int | None]:
        del t_s, frame  # it counts pictures
        rows = np.array(
            [
                (box.x, box.y, box.x2, box.y2, one.confidence, VEHICLE_CLASSES.index(one.kind))
                for one in found
                for box in (one.box,)
            ],
            dtype=np.float32,
        ).reshape(-1, 6)
        ids: list[int | None] = [None] * len(found)
        for row in self._tracker.update(_Rows(rows), None):
            ids[int(row[7])] = int(row[4])
        return ids


def _ultralytics_maker(kind: str) -> Maker:
    return lambda _size_px, _rate: _Ultralytics(kind)


class _Norfair:
    def __init__(self) -> None:
        import norfair  # noqa: PLC0415 - optional

        self._norfair = norfair
        self._tracker = norfair.Tracker(distance_function="iou", distance_threshold=0.7)

    def step(self, t_s: float, frame: int, found: Sequence[Detection]) -> list[int | None]:
        del t_s, frame
        ids: list[int | None] = [None] * len(found)
        detections = [
            self._norfair.Detection(
                np.array([(one.box.x, one.box.y), (one.box.x2, one.box.y2)]),
                scores=np.array([one.confidence] * 2),
                data=index,
            )
            for index, one in enumerate(found)
            if one.confidence >= 0.25
        ]
        for tracked in self._tracker.update(detections):
            last = tracked.last_detection
            if last in detections and tracked.id is not None:
                ids[last.data] = tracked.id
        return ids
