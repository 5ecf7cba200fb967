"""Hours in which nobody is disturbed. Legal deliveries are entered in a box and may ignore them by rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_SPREAD_S = 1800.0


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` until `end`, local time, over midnight where `start` is the later; equal: never quiet."""

    start: time
    end: time

    def quiet(self, now: datetime) -> bool:
        local = now.astimezone(VIETNAM).time()
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end

    def next_allowed(self, now: datetime, *, chance: float) -> datetime:
        """`now` where it may be said now; else a moment by `chance` in the half hour after the quiet ends."""
        if not self.quiet(now):
            return now
        local = now.astimezone(VIETNAM)
        ends = datetime.combine(local.date(), self.end, VIETNAM)
        if ends <= local:
            ends += timedelta(days=1)
        return ends + timedelta(seconds=_SPREAD_S * chance)


def parse(text: str) -> QuietHours:
    """`21:00-07:00`. Raises ValueError."""
    start, _, end = text.partition("-")
    try:
        return QuietHours(time.fromisoformat(start.strip()), time.fromisoformat(end.strip()))
    except ValueError:
        raise ValueError("quiet hours: expected two times such as 21:00-07:00") from None
