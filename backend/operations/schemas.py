"""What operators see."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from pydantic import BaseModel

from backend.cameras.conditions import Condition
from backend.intake.schemas import DeviceView


class CameraView(BaseModel):
    """`silent`: no heartbeat for longer than the limit, whatever the last one said."""

    camera_id: str
    name: str
    location: str | None
    device_id: str
    condition: Condition
    detail: str
    fps: float
    signal_state: str | None
    frames_total: int
    vehicles_total: int
    violations_total: int
    withheld_total: int
    last_frame_at: datetime | None
    heartbeat_at: datetime
    clock_skew_s: float
    has_thumbnail: bool
    outbox_waiting: int = 0
    clock_offset_s: float | None = None
    clock_synchronised: bool | None = None
    calibrated_on: date | None = None
    version: int | None = None
    refused: bool = False


class DayCount(BaseModel):
    """Violations of one Vietnamese day by rule, and what became of them."""

    day: date
    rules: dict[str, int]
    confirmed: int
    rejected: int
    open: int

    @property
    def total(self) -> int:
        return self.confirmed + self.rejected + self.open


class QueueHealth(BaseModel):
    waiting: int
    held: int
    overdue: int
    oldest_received_at: datetime | None


class JobHealth(BaseModel):
    waiting: int
    late: int
    running: int
    failed: int


class BoxView(DeviceView):
    outbox_waiting: int


class Overview(BaseModel):
    at: datetime
    cameras: list[CameraView]
    devices: list[BoxView]
    days: list[DayCount]
    review: QueueHealth
    jobs: JobHealth
    lookups_for_a_person: int
    audit_entries: int
    alerts_open: int = 0

    @property
    def rules_seen(self) -> list[str]:
        """The rules broken on one of these days, the most frequent first."""
        counts = Counter[str]()
        for day in self.days:
            counts.update(day.rules)
        return [rule for rule, _ in counts.most_common()]


class Readiness(BaseModel):
    """`checks` says for each part "ok" or what is wrong."""

    ready: bool
    checks: dict[str, str]
