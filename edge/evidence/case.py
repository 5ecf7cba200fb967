"""What the evidence of one event is made from."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from edge.detector.types import Image
from edge.evidence.sights import Sights
from edge.evidence.view import View
from edge.report import Measure, Model, Plate, Reason, RuleName, TrackPoint, Vehicle

_NAMESPACE = uuid.UUID("5d0f3a0e-6c0b-5f0e-9c55-2f1c1a0e7a11")
_ROUND_S = 0.5
_POINT_S = 1e-4
"""Points of the path have their times to this."""


@dataclass(frozen=True, slots=True)
class Case:
    """An event that a rule has found, ready to be proven. Stream times in seconds from the first frame.

    `still_frames` are the frames (by index) that show it before, at and after the event; `plate_crop` is the
    picture (BGR) the plate was read from and must be there when `plate` is. Boxes are x, y of the top
    left corner, width, height, in px. `view` and `sights` are for the masked copies and the drawing; without
    `sights` nobody knows who else is in a picture, and the copies show no vehicle at all.
    """

    rule: RuleName
    act: str
    vehicle: Vehicle
    plate: Plate | None
    plate_crop: Image | None
    t_start_s: float
    t_event_s: float
    t_end_s: float
    still_frames: tuple[int, int, int]
    measures: tuple[Measure, ...]
    reasons: tuple[Reason, ...]
    track: tuple[TrackPoint, ...]
    models: tuple[Model, ...]
    view: View | None = None
    sights: Sights | None = None

    def rests_on(self, index: int, t_s: float) -> bool:
        """Whether the accusation rests on this frame: a still, a plate look, or a point of the path."""
        looked = self.plate is not None and any(look.frame == index for look in self.plate.looks)
        measured = self.t_start_s <= t_s <= self.t_end_s and any(
            abs(point.t_s - t_s) <= _POINT_S for point in self.track
        )
        return index in self.still_frames or looked or measured


def report_id_of(device_id: str, camera_id: str, rule: str, event_at: datetime, track: int) -> str:
    """The id of a report: the same event of the same pass gets the same id again after a restart."""
    slot = round(event_at.timestamp() / _ROUND_S)
    return str(uuid.uuid5(_NAMESPACE, f"{device_id}|{camera_id}|{rule}|{slot}|{track}"))
