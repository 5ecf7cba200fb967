"""Legal time: working days, calendar days, months, years and hours, counted in Vietnam.

Rules: LHAV Art. 8 ("ngày" is a calendar day unless "ngày làm việc" is written); Civil Code 2015 Art. 147-148
(the first day is not counted; a period of months ends on the same date; a last day that is a weekend or
holiday moves to the next working day). Holidays, compensations and swapped Saturdays come from
holidays_vn.csv; the deadlines themselves from deadlines.csv. Whether the roll-over also helps with the ten
days to pay is not settled in the texts read, so each deadline carries both dates.
"""

from __future__ import annotations

import calendar as _months
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from typing import Literal, cast, get_args

from penalty.legal_steps import NOT_A_PERIOD, LegalStep, Unit, parse_steps
from penalty.tables import Confidence, Row, TableError, packaged_text, parse_rows, weakest

DayKind = Literal["public_holiday", "compensatory_day_off", "swapped_day_off", "swapped_working_day"]
Bound = Literal["latest", "earliest"]

# Vietnam has kept UTC+7 without summer time since 1975; a fixed offset needs no time-zone files.
VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")

_COUNTED_BACK = {"G8"}  # "at least 5 days before" the dialogue
_EARLIEST = {"F2"}  # "after at least 6 months": not to be done sooner
_SATURDAY = 5
_DAY_COLUMNS = ("date", "weekday", "kind", "vi_name", "en_name", "source", "confidence", "note")
_UNIT_VI: dict[Unit, str] = {
    "working_day": "ngày làm việc",
    "calendar_day": "ngày",
    "month": "tháng",
    "year": "năm",
    "hour": "giờ",
    "immediate": "ngay",
}
_UNIT_EN: dict[Unit, str] = {
    "working_day": "working day",
    "calendar_day": "calendar day",
    "month": "month",
    "year": "year",
    "hour": "hour",
    "immediate": "at once",
}


class DeadlineError(LookupError):
    """The step is unknown or is no period that ends on a date."""


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """One row of holidays_vn.csv: a day off that would be worked, or a Saturday that is worked."""

    day: date
    kind: DayKind
    vi_name: str
    en_name: str
    source: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a step is due, and why.

    `due_on` is the last day after any roll-over, `raw_due_on` the date before it. A day counts to its end:
    see `ends_at`. For hours, `due_at` is the very moment. `otherwise_on` is where a system would arrive that
    counted calendar days for working days or the reverse; None where that cannot happen. `bound` is
    "earliest" where the law says "not before". `valid_from` and `valid_to` are those of the version of the
    law that was used: the one in force on the day the period starts. `confidence` is that of the weakest row
    used, and "unconfirmed" where the holiday table does not reach.
    """

    step_id: str
    start_on: date
    due_on: date
    raw_due_on: date
    due_at: datetime | None
    otherwise_on: date | None
    unit: Unit
    length: int
    bound: Bound
    title_vi: str
    title_en: str
    rule_vi: str
    rule_en: str
    article: str
    article_vi: str
    confidence: Confidence
    valid_from: date
    valid_to: date | None
    calendar_version: str

    @property
    def ends_at(self) -> datetime:
        """The moment the period is over: 24:00 of the last day in Vietnam."""
        return self.due_at or datetime.combine(self.due_on + timedelta(days=1), time(), VIETNAM)

    @property
    def rolled_over(self) -> bool:
        return self.due_on != self.raw_due_on

    def is_over(self, now: datetime) -> bool:
        """Whether the period has run out at this moment (aware)."""
        return now >= self.ends_at


def vietnam_date(moment: date | datetime) -> date:
    """The calendar day in Vietnam. Raises ValueError for a datetime without a time zone."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise ValueError("start: a datetime must carry its time zone")
    return moment.astimezone(VIETNAM).date()


@dataclass(frozen=True, slots=True)
class LegalCalendar:
    """Working days and deadlines of the Vietnamese state. A value: two calendars with one text are equal."""

    steps: dict[str, tuple[LegalStep, ...]] = field(hash=False)
    special_days: dict[date, SpecialDay] = field(hash=False)
    version: str

    @staticmethod
    def load() -> LegalCalendar:
        """The packaged calendar, read and checked once."""
        return _load()

    @staticmethod
    def parse(deadlines_csv: str, holidays_csv: str) -> LegalCalendar:
        """A calendar from the texts of the two tables. Raises TableError naming file, row and column."""
        steps = parse_steps(deadlines_csv)
        days: dict[date, SpecialDay] = {}
        for row in parse_rows(holidays_csv, file="holidays_vn.csv", columns=_DAY_COLUMNS):
            special = _special_day(row)
            if special.day in days:
                raise row.error("date", f"{special.day.isoformat()} is there twice")
            days[special.day] = special
        version = hashlib.sha256((deadlines_csv + "\0" + holidays_csv).encode()).hexdigest()[:12]
        return LegalCalendar(steps=steps, special_days=days, version=version)

    def is_working_day(self, day: date) -> bool:
        """Whether state offices work that day: the table first, then Monday to Friday."""
        special = self.special_days.get(day)
        if special is not None:
            return special.kind == "swapped_working_day"
        return day.weekday() < _SATURDAY

    def next_working_day(self, day: date) -> date:
        """The day itself if it is worked, else the first worked day after it."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def add_working_days(self, start: date, count: int) -> date:
        """The day on which the `count`-th working day after `start` falls; `start` itself is not counted."""
        day = start
        for _ in range(count):
            day = self.next_working_day(day + timedelta(days=1))
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; 0 where `end` is not after `start`."""
        return sum(self.is_working_day(day) for day in _days(start + timedelta(days=1), end))

    def covers(self, start: date, end: date) -> bool:
        """Whether every year of the span is in the holiday table."""
        years = {day.year for day in self.special_days}
        return all(year in years for year in range(start.year, end.year + 1))

    def step(self, step_id: str, on: date) -> LegalStep:
        """The version of a step in force that day. Raises DeadlineError for an unknown id or day."""
        versions = self.steps.get(step_id)
        if versions is None:
            raise DeadlineError(f"step {step_id!r}: not in deadlines.csv ({', '.join(self.steps)})")
        for version in versions:
            if version.in_force(on):
                return version
        raise DeadlineError(
            f"step {step_id}: no version in force on {on.isoformat()}; the first is of "
            f"{versions[0].valid_from.isoformat()}"
        )

    def due(self, step_id: str, start: date | datetime) -> Deadline:
        """When a step that starts now is due.

        `start` is the day (or aware moment) of the event named in the row's `starts_from`; that day is day
        zero. Raises DeadlineError for an unknown step or one that is no period, ValueError for a naive
        datetime, TypeError for an hour-counted step without a time of day.
        """
        start_on = vietnam_date(start)
        return self._due(self.step(step_id, start_on), start_on, start)

    def counted_otherwise(self, step_id: str, unit: Unit, length: int, start: date) -> date | None:
        """Where a system arrives that counts calendar days for working days, or the other way round.

        The two dates to compare when another system says that a case is late. None for other units.
        """
        if step_id in _COUNTED_BACK:
            return None
        if unit == "working_day":
            return start + timedelta(days=length)
        return self.add_working_days(start, length) if unit == "calendar_day" else None

    def due_by_each_version(
        self, step_id: str, start: date | datetime, *, skip_hours: bool = False
    ) -> tuple[Deadline, ...]:
        """The same deadline as each version of the step would have it, oldest version first.

        For comparing with a system that has not taken over a change of the law. `skip_hours` leaves out
        versions that count hours. Raises as `due` does.
        """
        start_on = vietnam_date(start)
        self.step(step_id, start_on)
        return tuple(
            self._due(version, start_on, start)
            for version in self.steps[step_id]
            if not (skip_hours and version.unit == "hour")
        )

    def _due(self, step: LegalStep, start_on: date, start: date | datetime) -> Deadline:
        step_id = step.step_id
        if step.length is None:
            raise DeadlineError(f"step {step_id}: no period ({NOT_A_PERIOD.get(step_id, step.unit)})")
        due_at = _hours_later(step, start) if step.unit == "hour" else None
        raw = vietnam_date(due_at) if due_at else self._raw_due(step, step.length, start_on)
        rolls = step.unit in ("calendar_day", "month", "year") and step_id not in _COUNTED_BACK | _EARLIEST
        due_on = self.next_working_day(raw) if rolls else raw
        return Deadline(
            step_id=step_id,
            start_on=start_on,
            due_on=due_on,
            raw_due_on=raw,
            due_at=due_at,
            otherwise_on=self.counted_otherwise(step_id, step.unit, step.length, start_on),
            unit=step.unit,
            length=step.length,
            bound="earliest" if step_id in _EARLIEST else "latest",
            title_vi=step.vi_name,
            title_en=step.en_name,
            rule_vi=_rule_vi(step, start_on, rolled=due_on != raw),
            rule_en=_rule_en(step, start_on, rolled=due_on != raw),
            article=step.article,
            article_vi=step.article_vi,
            confidence=self._confidence(step, start_on, raw, due_on),
            valid_from=step.valid_from,
            valid_to=step.valid_to,
            calendar_version=self.version,
        )

    def _raw_due(self, step: LegalStep, length: int, start: date) -> date:
        if step.unit == "working_day":
            return self.add_working_days(start, length)
        if step.unit == "calendar_day":
            return start + timedelta(days=-length if step.step_id in _COUNTED_BACK else length)
        if step.unit == "immediate":
            return start
        return _months_later(start, length * (12 if step.unit == "year" else 1))

    def _confidence(self, step: LegalStep, start: date, raw: date, due: date) -> Confidence:
        """The weakest row that could have moved the date."""
        grades: list[Confidence] = [step.confidence]
        if step.unit not in ("hour", "immediate"):
            first = start if step.unit == "working_day" else raw
            grades += [
                self.special_days[day].confidence for day in _days(first, due) if day in self.special_days
            ]
            if not self.covers(first, due):
                grades.append("unconfirmed")
        return weakest(grades)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


def _months_later(start: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day."""
    year, month0 = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = _months.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(start.day, last))


def _hours_later(step: LegalStep, start: date | datetime) -> datetime:
    if not isinstance(start, datetime):
        raise TypeError(f"start: step {step.step_id} counts hours and needs a time of day")
    vietnam_date(start)
    return start + timedelta(hours=step.length or 0)


def _rule_vi(step: LegalStep, start: date, *, rolled: bool) -> str:
    if step.unit == "immediate":
        return f"Thực hiện ngay ({step.article_vi})"
    back = "trước" if step.step_id in _COUNTED_BACK else "kể từ"
    rule = f"{step.length} {_UNIT_VI[step.unit]} {back} ngày {start:%d/%m/%Y}"
    if step.unit == "calendar_day":
        rule += ", tính cả ngày nghỉ"
    if rolled:
        rule += "; ngày cuối là ngày nghỉ nên chuyển sang ngày làm việc tiếp theo"
    return f"{rule} ({step.article_vi})"


def _rule_en(step: LegalStep, start: date, *, rolled: bool) -> str:
    if step.unit == "immediate":
        return f"At once ({step.article})"
    plural = "" if step.length == 1 else "s"
    side = "before" if step.step_id in _COUNTED_BACK else "from"
    rule = f"{step.length} {_UNIT_EN[step.unit]}{plural} {side} {start:%d/%m/%Y}"
    if step.unit == "calendar_day":
        rule += ", days off included"
    if rolled:
        rule += "; the last day is a day off, so the next working day counts"
    return f"{rule} ({step.article})"


def _special_day(row: Row) -> SpecialDay:
    day = row.day("date")
    if row.text("weekday") != f"{day:%a}":
        raise row.error("weekday", f"{day.isoformat()} is a {day:%a}, not {row.text('weekday')!r}")
    kind = cast("DayKind", row.one_of("kind", get_args(DayKind)))
    weekend = day.weekday() >= _SATURDAY
    if kind == "swapped_working_day" and not weekend:
        raise row.error("kind", "only a weekend day can become a working day")
    if kind in ("swapped_day_off", "compensatory_day_off") and weekend:
        raise row.error("kind", "a weekend day is off already")
    return SpecialDay(
        day=day,
        kind=kind,
        vi_name=row.text("vi_name"),
        en_name=row.text("en_name"),
        source=row.text("source"),
        confidence=row.confidence(),
    )


@cache
def _load() -> LegalCalendar:
    return LegalCalendar.parse(packaged_text("deadlines.csv"), packaged_text("holidays_vn.csv"))


__all__ = [
    "VIETNAM",
    "Bound",
    "Deadline",
    "DeadlineError",
    "LegalCalendar",
    "LegalStep",
    "SpecialDay",
    "TableError",
    "Unit",
    "vietnam_date",
]
