"""The days that figures are about: whole days in Vietnam, both ends included."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from backend.errors import FieldError, Problem
from penalty.calendar import VIETNAM

LONGEST_DAYS = 366
USUAL_DAYS = 30
FIRST_YEAR, LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of `first` to the end of `last`."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, time(), VIETNAM)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), VIETNAM)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def month(text: str) -> Period:
    """`2026-11` as a period. Raises Problem 422."""
    first = _day("month", f"{text}-01")
    return Period(first, first.replace(day=monthrange(first.year, first.month)[1]))


def read_period(first: str, last: str, today: date) -> Period:
    """The period that a reader asked for; without one the last thirty days. Raises Problem 422."""
    until = _day("last", last) if last else today
    since = _day("first", first) if first else until - timedelta(days=USUAL_DAYS - 1)
    if since > until:
        raise _wrong("first", f"{since} > {until}")
    if (until - since).days >= LONGEST_DAYS:
        raise _wrong("first", f"> {LONGEST_DAYS} ngày/days")
    return Period(since, until)


def _day(field: str, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise _wrong(field, f"{text!r}: 2026-11-27") from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise _wrong(field, f"{text!r}: {FIRST_YEAR} – {LAST_YEAR}")
    return found


def _wrong(field: str, why: str) -> Problem:
    return Problem(
        422,
        "period_wrong",
        "Khoảng ngày không đúng",
        "The days asked for are not right",
        f"Ngày viết dạng năm-tháng-ngày, ngày đầu không sau ngày cuối, nhiều nhất {LONGEST_DAYS} ngày. {why}",
        f"Write year-month-day, the first not after the last, {LONGEST_DAYS} days at the most. {why}",
        errors=(FieldError(field, why),),
    )
