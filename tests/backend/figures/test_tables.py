from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import Problem
from backend.figures import charts, exports, indicators, service
from backend.figures.period import Period, month, read_period
from backend.figures.tables import Column, Figure, share, wilson_95

TODAY = date(2026, 11, 27)
FIGURE = Figure(
    "rules",
    ("Hành vi", "Rules"),
    ("Cách đếm", "How"),
    (
        Column("rule", ("Hành vi", "Rule"), "text"),
        Column("cases", ("Số", "Cases")),
        Column("share", ("Tỷ lệ", "Share"), "share"),
    ),
    ((("Vượt đèn đỏ", "Red light"), 12, 0.75), (("=HYPERLINK(1)", "=1+1"), 4, 0.25), ("tốc độ", 0, None)),
    bar="cases",
)


@pytest.mark.parametrize(
    ("first", "last", "period"),
    [
        ("", "", Period(date(2026, 10, 29), TODAY)),
        ("2026-11-01", "", Period(date(2026, 11, 1), TODAY)),
        ("2026-01-01", "2026-12-31", Period(date(2026, 1, 1), date(2026, 12, 31))),
        ("2026-11-27", "2026-11-27", Period(TODAY, TODAY)),
    ],
)
def test_periods(first, last, period):
    assert read_period(first, last, TODAY) == period


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("", "0001-01-02", "last"),
        ("2026-11-28", "", "first"),
        ("2025-11-01", "", "first"),
        ("27/11/2026", "", "first"),
        ("", "x", "last"),
    ],
)
def test_periods_that_are_none(first, last, field):
    with pytest.raises(Problem) as caught:
        read_period(first, last, TODAY)
    assert caught.value.status == 422
    assert caught.value.errors[0].field == field


def test_a_day_begins_and_ends_in_vietnam():
    day = Period(TODAY, TODAY)
    assert (day.begins.isoformat(), day.ends.isoformat()) == (
        "2026-11-27T00:00:00+07:00",
        "2026-11-28T00:00:00+07:00",
    )


@pytest.mark.parametrize(
    ("text", "last"), [("2026-02", 28), ("2024-02", 29), ("2026-12", 31), ("2100-12", 31)]
)
def test_a_month_has_all_its_days(text, last):
    assert month(text).last.day == last
    assert month(text).days == last


@pytest.mark.parametrize("text", ["2026-13", "2026", "11-2026", "", "9999-12", "1999-12"])
def test_a_month_that_is_none(text):
    with pytest.raises(Problem):
        month(text)


@given(whole=st.integers(1, 10_000), data=st.data())
def test_the_interval_holds_the_share(whole, data):
    part = data.draw(st.integers(0, whole))
    low, high = wilson_95(part, whole)
    assert 0 <= low <= part / whole + 1e-12
    assert part / whole - 1e-12 <= high <= 1


def test_the_interval_is_wilsons():
    """The textbook example: 15 of 20 gives 0.531 to 0.888 (Wilson 1927)."""
    low, high = wilson_95(15, 20)
    assert isclose(low, 0.5313, abs_tol=1e-4)
    assert isclose(high, 0.8881, abs_tol=1e-4)
    assert wilson_95(0, 0) == (None, None)
    assert share(1, 0) is None


def test_a_row_has_a_cell_for_each_column():
    with pytest.raises(ValueError, match="2 cells for 3 columns"):
        Figure("x", ("", ""), ("", ""), FIGURE.columns, ((1, 2),))


def test_csv_has_accents_and_runs_no_formula():
    content = exports.as_csv(FIGURE, "vi")
    assert content.startswith("\N{ZERO WIDTH NO-BREAK SPACE}".encode())
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows == [
        ["rule", "cases", "share"],
        ["Vượt đèn đỏ", "12", "0.75"],
        ["'=HYPERLINK(1)", "4", "0.25"],
        ["tốc độ", "0", ""],
    ]


def test_excel_keeps_numbers_as_numbers_and_formulas_as_text():
    book = zipfile.ZipFile(io.BytesIO(exports.as_excel([FIGURE], Period(TODAY, TODAY), "en")))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>12</v>" in sheet
    assert "<f>" not in sheet
    assert "=1+1" in book.read("xl/sharedStrings.xml").decode()


def test_json_says_how_it_was_counted():
    found = exports.as_json(FIGURE, Period(TODAY, TODAY), "en")
    assert (found["title"], found["how"], found["first"]) == ("Rules", "How", TODAY)
    assert found["rows"][0] == {"rule": "Red light", "cases": 12, "share": 0.75}


def test_bars_are_to_one_scale():
    first, second, third = charts.bars(FIGURE, "en")
    assert (first.name, first.value) == ("Red light", 12)
    assert isclose(second.length * 3, first.length)
    assert third.length == 0
    assert first.behind < charts.WIDTH


@given(st.lists(st.lists(st.integers(0, 500), min_size=24, max_size=24), min_size=7, max_size=7))
def test_the_heat_map_is_darkest_where_most_happened(counts):
    columns = (Column("d", ("", ""), "text"), *(Column(f"h{h}", ("", "")) for h in range(24)))
    rows = tuple(("x", *row) for row in counts)
    squares = charts.squares(Figure("h", ("", ""), ("", ""), columns, rows))
    most = max(square.count for square in squares)
    for square in squares:
        assert (square.shade == 0) == (square.count == 0)
        assert square.shade <= charts.SHADES
        if most and square.count == most:
            assert square.shade == charts.SHADES


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=6))
def test_no_small_count_is_published_nor_to_be_worked_out(pairs):
    columns = (Column("p", ("", ""), "text"), Column("a", ("", "")), Column("b", ("", "")))
    shown = service.guarded(Figure("p", ("", ""), ("", ""), columns, tuple(("nơi", a, b) for a, b in pairs)))
    hidden = [place for place, row in enumerate(shown.rows) if row == ("nơi", None, None)]
    small = [place for place, pair in enumerate(pairs) if any(0 < n < service.FEWEST for n in pair)]
    assert set(small) <= set(hidden)
    assert len(hidden) == len(small) + (len(small) == 1 and len(pairs) > 1)
    for place, pair in enumerate(pairs):
        assert place in hidden or shown.rows[place] == ("nơi", *pair)


@pytest.mark.parametrize(
    ("now", "text"), [("2026-11-27", "2026-10"), ("2026-01-01", "2025-12"), ("2026-12-31", "2026-11")]
)
def test_the_last_whole_month(now, text):
    assert service.last_whole_month(date.fromisoformat(now)) == text


def test_every_indicator_is_counted_or_says_why_not():
    assert len(indicators.known()) == len({one.id for one in indicators.known()})
    for one in indicators.known():
        assert all(one.name)
        assert all(one.formula)
        assert (one.id in indicators._COUNTS) != bool(one.why_not[0])
