"""What a rule may know besides the track it judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from edge.detector.types import Box
from edge.rules.signal_history import SignalHistory
from edge.rules.traffic_history import TrafficHistory
from edge.rules.types import RiderSighting
from edge.scene import Scene
from edge.tracking import Track


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may know besides the track.

    `on` is the legal day (Asia/Ho_Chi_Minh), None when unknown; `began_at` the wall clock of stream second 0,
    aware, None when unknown. `others` are the vehicles that are on stage now, this one left out. `riders` are
    the looks at who rides this vehicle, oldest first. `now_s` is the stream time of the newest picture.
    `signals` is what the first signal head showed, `heads` what each did, by name.
    `traffic` is where everybody was in the last hour; `accused` the boxes (px) of others that were accused of
    standing there and were not seen to leave.
    """

    scene: Scene
    signals: SignalHistory
    on: date | None
    began_at: datetime | None = None
    now_s: float = 0.0
    others: tuple[Track, ...] = ()
    riders: tuple[RiderSighting, ...] = ()
    heads: Mapping[str, SignalHistory] = field(default_factory=dict)
    traffic: TrafficHistory = field(default_factory=TrafficHistory)
    accused: tuple[Box, ...] = ()

    def clock(self, t_s: float) -> datetime | None:
        """The wall clock at a stream time, aware; None when nobody knows it."""
        return None if self.began_at is None else self.began_at + timedelta(seconds=t_s)
