"""Open data, counted once in ten minutes however often it is asked for: anybody may ask, without a name."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from threading import Lock

from sqlalchemy.orm import Session

from backend.errors import not_found
from backend.figures import service
from backend.figures.period import Period, month
from backend.figures.tables import Figure
from penalty.calendar import vietnam_date

KEPT_FOR = timedelta(minutes=10)
FIRST_MONTH = date(2024, 1, 1)


def months(today: date) -> list[str]:
    """Every month that may be asked for, as `2026-10`, the newest first."""
    first, last = (FIRST_MONTH.year * 12 + FIRST_MONTH.month - 1, today.year * 12 + today.month - 1)
    return [f"{one // 12}-{one % 12 + 1:02d}" for one in range(last, first - 1, -1)]


class OpenData:
    """The public tables of a month, kept for a while. One for a process; safe between threads."""

    def __init__(self) -> None:
        self._kept: dict[date, tuple[datetime, list[Figure]]] = {}
        self._lock = Lock()

    def month(self, session: Session, asked: str, now: datetime) -> tuple[Period, list[Figure]]:
        """A month's tables. Raises Problem 422 for what is no month, 404 for one there is nothing of."""
        period, today = month(asked), vietnam_date(now)
        if not FIRST_MONTH <= period.first <= today:
            raise not_found("Không có số liệu của tháng này", "There are no figures of this month")
        with self._lock:
            kept = self._kept.get(period.first)
            if kept is None or not timedelta() <= now - kept[0] < KEPT_FOR:
                kept = self._kept[period.first] = now, service.open_data(session, period, today)
        return period, kept[1]

    def table(self, session: Session, asked: str, name: str, now: datetime) -> tuple[Period, Figure]:
        """One of them. Raises Problem as above, and 404 for a figure that is not public."""
        period, figures = self.month(session, asked, now)
        for figure in figures:
            if figure.id == name:
                return period, figure
        raise not_found("Không có số liệu này", "There is no such figure")
