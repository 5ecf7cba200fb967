from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penalty.calendar import VIETNAM, DeadlineError, LegalCalendar
from penalty.tables import TableError, packaged_text

CALENDAR = LegalCalendar.load()
DAYS = st.dates(date(2024, 1, 1), date(2027, 6, 30))
PERIODS = [
    versions[-1]
    for versions in CALENDAR.steps.values()
    if versions[-1].length is not None and versions[-1].unit != "hour"
]

# +5, +7 and +10 working days, +10 and +20 calendar days: own arithmetic with the holiday table, by hand.
WORKED: list[tuple[date, tuple[str, ...]]] = [
    (date(2026, 11, 20), ("2026-11-30", "2026-12-02", "2026-12-07", "2026-11-30", "2026-12-10")),
    (date(2026, 11, 23), ("2026-12-01", "2026-12-03", "2026-12-08", "2026-12-03", "2026-12-14")),
    (date(2026, 2, 10), ("2026-02-24", "2026-02-26", "2026-03-03", "2026-02-23", "2026-03-02")),
    (date(2026, 8, 28), ("2026-09-09", "2026-09-11", "2026-09-16", "2026-09-07", "2026-09-17")),
    (date(2025, 12, 29), ("2026-01-07", "2026-01-09", "2026-01-13", "2026-01-08", "2026-01-19")),
]


@pytest.mark.parametrize(("start", "expected"), WORKED)
def test_worked_examples(start: date, expected: tuple[str, ...]) -> None:
    five = CALENDAR.add_working_days(start, 5)
    found = [five, *(CALENDAR.due(step, start).due_on for step in ("D1", "D2", "E1", "A2"))]
    assert [day.isoformat() for day in found] == list(expected)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-11-24", False),  # Vietnam Culture Day, first time
        ("2026-11-23", True),
        ("2026-01-02", False),  # swapped with Saturday 10/01
        ("2026-01-10", True),
        ("2026-01-17", False),  # an ordinary Saturday
        ("2026-08-22", True),
        ("2026-08-31", False),
        ("2026-04-27", False),  # compensation for a Sunday holiday
        ("2025-04-26", True),
        ("2026-02-16", False),
    ],
)
def test_working_days(day: str, worked: bool) -> None:
    assert CALENDAR.is_working_day(date.fromisoformat(day)) is worked


@pytest.mark.parametrize(
    ("step", "start", "raw", "due"),
    [
        ("D3", "2026-10-31", "2026-11-30", "2026-11-30"),  # no 31 November: its last day
        ("D3", "2026-01-31", "2026-02-28", "2026-03-02"),  # Saturday rolls over
        ("D4", "2026-12-31", "2027-02-28", "2027-03-01"),  # two months, into a Sunday
        ("A4", "2026-11-20", "2027-11-20", "2027-11-22"),  # one year, into a Saturday
        ("A4", "2024-02-29", "2025-02-28", "2025-02-28"),  # leap day
        ("A3", "2026-11-22", "2026-11-22", "2026-11-22"),  # at once, even on a Sunday
        ("G8", "2026-12-14", "2026-12-09", "2026-12-09"),  # counted back from the dialogue
        ("G1", "2026-11-23", "2027-02-21", "2027-02-22"),
    ],
)
def test_months_years_and_special_steps(step: str, start: str, raw: str, due: str) -> None:
    found = CALENDAR.due(step, date.fromisoformat(start))
    assert (found.raw_due_on.isoformat(), found.due_on.isoformat()) == (raw, due)
    assert found.rolled_over is (raw != due)


def test_hours_are_exact_and_do_not_roll() -> None:
    found_at = datetime(2026, 11, 20, 17, 30, tzinfo=VIETNAM)  # a Friday evening
    found = CALENDAR.due("H2", found_at)
    assert found.due_at == datetime(2026, 11, 23, 17, 30, tzinfo=VIETNAM)
    assert found.ends_at == found.due_at
    with pytest.raises(TypeError, match="needs a time of day"):
        CALENDAR.due("H2", date(2026, 11, 20))


def test_the_day_is_the_day_in_vietnam() -> None:
    late_utc = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)  # already Monday 01:00 in Vietnam
    assert CALENDAR.due("D1", late_utc).start_on == date(2026, 11, 23)
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.due("D1", datetime(2026, 11, 23, 9, 0))  # noqa: DTZ001


def test_a_day_counts_to_its_end() -> None:
    found = CALENDAR.due("E1", date(2026, 11, 20))
    assert found.due_on == date(2026, 11, 30)
    assert not found.is_over(datetime(2026, 11, 30, 23, 59, 59, tzinfo=VIETNAM))
    assert found.is_over(datetime(2026, 12, 1, 0, 0, tzinfo=VIETNAM))


def test_unknown_steps_and_rows_that_are_no_period_are_refused() -> None:
    with pytest.raises(DeadlineError, match=r"step 'Z9': not in deadlines\.csv"):
        CALENDAR.due("Z9", date(2026, 11, 23))
    with pytest.raises(DeadlineError, match="step E2: no period"):
        CALENDAR.due("E2", date(2026, 11, 23))


def test_the_rule_says_unit_start_article_and_the_roll_over() -> None:
    found = CALENDAR.due("A2", date(2026, 11, 23))
    assert found.rule_vi == (
        "20 ngày kể từ ngày 23/11/2026, tính cả ngày nghỉ; ngày cuối là ngày nghỉ nên chuyển sang ngày làm "
        "việc tiếp theo (Thông tư 73/2024/TT-BCA Điều 24.5)"
    )
    assert found.rule_en.startswith("20 calendar days from 23/11/2026")
    assert "working day" in CALENDAR.due("B1", date(2026, 11, 23)).rule_en
    assert CALENDAR.due("A3", date(2026, 11, 23)).rule_vi.startswith("Thực hiện ngay (Thông tư")


def test_confidence_falls_with_the_holiday_table() -> None:
    assert CALENDAR.due("D1", date(2026, 10, 5)).confidence == "read-primary"
    assert CALENDAR.due("D1", date(2026, 11, 23)).confidence == "read-secondary"  # 24/11 is read second-hand
    assert CALENDAR.due("D1", date(2027, 2, 2)).confidence == "unconfirmed"  # Tết 2027 is an estimate
    assert CALENDAR.due("A4", date(2027, 3, 1)).confidence == "unconfirmed"  # 2028 is not in the table
    assert (
        CALENDAR.due("A2", date(2026, 11, 23)).confidence == "read-primary"
    )  # 24/11 does not move this date


def test_no_step_before_six_months_is_not_a_last_day() -> None:
    assert CALENDAR.due("F2", date(2026, 11, 23)).bound == "earliest"


def test_the_version_names_the_tables() -> None:
    assert CALENDAR.due("D1", date(2026, 11, 23)).calendar_version == CALENDAR.version
    assert LegalCalendar.load() == CALENDAR


@given(DAYS, st.integers(1, 40))
def test_counting_working_days_agrees_with_looking_at_each_day(start: date, count: int) -> None:
    end = CALENDAR.add_working_days(start, count)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.working_days_between(start, end) == count
    assert CALENDAR.working_days_between(start, end - timedelta(days=1)) == count - 1


@pytest.mark.parametrize(
    ("step", "start", "length", "unit", "due"),
    [
        ("B1", "2026-02-13", 3, "working_day", "2026-02-25"),  # Decree 135/2021, over Tết
        ("B1", "2026-03-31", 3, "working_day", "2026-04-03"),
        ("B1", "2026-04-01", 5, "working_day", "2026-04-08"),  # Decree 61/2026
        ("G2", "2026-06-30", 10, "calendar_day", "2026-07-10"),
        ("G2", "2026-07-01", 7, "working_day", "2026-07-10"),
    ],
)
def test_the_law_of_the_day_the_period_starts(
    step: str, start: str, length: int, unit: str, due: str
) -> None:
    found = CALENDAR.due(step, date.fromisoformat(start))
    assert (found.length, found.unit, found.due_on.isoformat()) == (length, unit, due)
    assert found.valid_from <= found.start_on
    assert found.valid_to is None or found.start_on <= found.valid_to


def test_what_another_system_would_make_of_it() -> None:
    start = date(2026, 11, 20)
    assert CALENDAR.due("B1", start).otherwise_on == date(2026, 11, 25)  # five calendar days
    assert CALENDAR.due("E1", start).otherwise_on == date(2026, 12, 7)  # ten working days
    assert CALENDAR.due("D3", start).otherwise_on is None
    old, new = CALENDAR.due_by_each_version("B1", start)
    assert (old.due_on, new.due_on) == (date(2026, 11, 26), date(2026, 11, 30))


def test_a_day_before_the_law_is_refused() -> None:
    with pytest.raises(
        DeadlineError, match="A5: no version in force on 2026-03-31; the first is of 2026-04-01"
    ):
        CALENDAR.due("A5", date(2026, 3, 31))


@pytest.mark.parametrize(
    ("ends", "begins", "says"),
    [("", "2026-04-01", "one step, one version"), ("2026-04-01", "2026-04-01", "one step, one version")],
)
def test_two_versions_on_one_day_are_refused(ends: str, begins: str, says: str) -> None:
    head = "step_id,vi_name,step,starts_from,length,unit,who,nature,legal_basis,legal_basis_vi,"
    row = "B1,a,b,c,{},working_day,d,duty,e,f,,{},{},read-primary,"
    text = "\n".join(
        [
            head + "if_missed,valid_from,valid_to,confidence,note",
            row.format(3, "2022-01-01", ends),
            row.format(5, begins, ""),
        ]
    )
    with pytest.raises(TableError, match=rf"row 3, column 'valid_from'.*{says}"):
        LegalCalendar.parse(text, packaged_text("holidays_vn.csv"))


@given(st.dates(date(2026, 7, 1), date(2027, 6, 30)), st.sampled_from(PERIODS))
def test_a_last_day_is_worked_and_never_before_the_raw_day(start: date, step: object) -> None:
    step_id = step.step_id  # type: ignore[attr-defined]
    found = CALENDAR.due(step_id, start)
    assert found.due_on >= found.raw_due_on
    if found.unit != "immediate" and step_id not in ("G8", "F2"):
        assert CALENDAR.is_working_day(found.due_on)
        between = (found.due_on - found.raw_due_on).days
        assert all(
            not CALENDAR.is_working_day(found.raw_due_on + timedelta(days=offset))
            for offset in range(between)
        )


@given(st.dates(date(2026, 7, 1), date(2027, 6, 30)), st.integers(0, 30), st.sampled_from(PERIODS))
def test_a_later_start_never_ends_sooner(start: date, more: int, step: object) -> None:
    step_id = step.step_id  # type: ignore[attr-defined]
    assert CALENDAR.due(step_id, start + timedelta(days=more)).due_on >= CALENDAR.due(step_id, start).due_on
