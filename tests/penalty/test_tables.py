from __future__ import annotations

import pytest

from penalty import catalogue
from penalty.calendar import LegalCalendar
from penalty.plates import parse_patterns
from penalty.tables import Row, TableError, packaged_text, parse_rows, weakest

FINES = packaged_text("fines.csv")
SIGNING = packaged_text("signing_power.csv")
DEADLINES = packaged_text("deadlines.csv")
HOLIDAYS = packaged_text("holidays_vn.csv")


def with_cell(text: str, line: int, column: str, value: str) -> str:
    """The table with one cell replaced; `line` counts the heading as 1."""
    import csv
    import io

    rows = list(csv.reader(io.StringIO(text)))
    rows[line - 1][rows[0].index(column)] = value
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("min_vnd", "18 triệu", "expected a whole number, got '18 triệu'"),
        ("min_vnd", "-1", "0 or more"),
        ("max_vnd", "17000000", "must not be under min_vnd"),
        ("average_vnd", "18000000", "must be the middle of the band, 19000000"),
        ("points", "13", "each 0 to 12"),
        ("points", "", "must not be empty"),
        ("camera", "maybe", "expected one of yes, partly, no, no plate"),
        ("valid_from", "01/01/2025", "YYYY-MM-DD"),
        ("valid_to", "2024-12-31", "must not be before valid_from"),
        ("confidence", "heard somewhere", "names none of"),
        ("org_min_vnd", "36000000", "go together"),
    ],
)
def test_a_bad_cell_of_fines_is_named(column: str, value: str, expected: str) -> None:
    with pytest.raises(TableError) as caught:
        catalogue.parse(with_cell(FINES, 2, column, value), SIGNING)
    message = str(caught.value)
    assert message.startswith("fines.csv: row 2, column '")
    assert expected in message


def test_two_versions_of_an_act_on_one_day_are_refused() -> None:
    first = FINES.splitlines()[1]
    with pytest.raises(TableError, match=r"overlaps with CAR-6-9-b"):
        catalogue.parse(FINES + first + "\n", SIGNING)


def test_a_version_that_follows_another_is_accepted() -> None:
    closed = with_cell(FINES, 2, "valid_to", "2026-12-31")
    later = with_cell(FINES, 2, "valid_from", "2027-01-01").splitlines()[1]
    law = catalogue.parse(closed + later + "\n", SIGNING)
    assert len([row for row in law.rows if row.code == "CAR-6-9-b"]) == 2


def test_the_version_follows_the_text() -> None:
    assert catalogue.load().version == catalogue.parse(FINES, SIGNING).version
    assert catalogue.load().version != catalogue.parse(with_cell(FINES, 2, "note", "x"), SIGNING).version


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("length", "ten", "whole number"),
        ("unit", "ngày", "expected one of working_day"),
        ("legal_basis_vi", "", "must not be empty"),
        ("step_id", "A2", "A2: the row above must have ended before"),
    ],
)
def test_a_bad_cell_of_deadlines_is_named(column: str, value: str, expected: str) -> None:
    with pytest.raises(TableError, match=r"deadlines\.csv: row [23], column") as caught:
        LegalCalendar.parse(with_cell(DEADLINES, 2, column, value), HOLIDAYS)
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("weekday", "Tue", "2024-01-01 is a Mon, not 'Tue'"),
        ("kind", "swapped_working_day", "only a weekend day"),
        ("kind", "party", "expected one of public_holiday"),
        ("date", "2024-02-08", "is a Thu, not 'Mon'"),
    ],
)
def test_a_bad_cell_of_holidays_is_named(column: str, value: str, expected: str) -> None:
    with pytest.raises(TableError, match=r"holidays_vn\.csv: row 2, column") as caught:
        LegalCalendar.parse(DEADLINES, with_cell(HOLIDAYS, 2, column, value))
    assert expected in str(caught.value)


def test_a_weekend_day_off_in_exchange_is_refused() -> None:
    saturday = with_cell(with_cell(HOLIDAYS, 2, "date", "2024-01-06"), 2, "weekday", "Sat")
    with pytest.raises(TableError, match="is off already"):
        LegalCalendar.parse(DEADLINES, with_cell(saturday, 2, "kind", "swapped_day_off"))


def test_a_broken_plate_pattern_is_named() -> None:
    text = packaged_text("plate_patterns.csv")
    with pytest.raises(TableError, match=r"row 2.*is no regular expression"):
        parse_patterns(with_cell(text, 2, "regex_on_canonical", "("))
    with pytest.raises(TableError, match=r"row 2.*does not fit its own pattern"):
        parse_patterns(with_cell(text, 2, "example_canonical", "13A00001"))


def test_shape_errors_name_the_file_and_row() -> None:
    with pytest.raises(TableError, match=r"t\.csv: row 1: missing column 'b'"):
        parse_rows("a,c\n1,2\n", file="t.csv", columns=("a", "b"))
    with pytest.raises(TableError, match=r"t\.csv: row 3: has not as many cells"):
        parse_rows("a,b\n1,2\n1\n", file="t.csv", columns=("a", "b"))
    with pytest.raises(TableError, match=r"t\.csv: no rows"):
        parse_rows("a,b\n", file="t.csv", columns=("a", "b"))
    with pytest.raises(TableError, match=r"t\.csv: row 2"):
        parse_rows('a,b\n"1"x,2\n', file="t.csv", columns=("a", "b"))
    with pytest.raises(TableError, match=r"t\.csv: row 1: new-line"):
        parse_rows("a\rx,b\n1,2\n", file="t.csv", columns=("a", "b"))


def test_a_cell_that_names_two_grades_counts_as_the_weaker() -> None:
    row = Row("t.csv", 2, {"confidence": "read-primary (list) / layout general-knowledge"})
    assert row.confidence() == "general-knowledge"
    assert weakest(["read-primary", "unconfirmed", "read-secondary"]) == "unconfirmed"
