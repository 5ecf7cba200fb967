"""A figure as a file: CSV that Excel opens with its accents, an Excel workbook, or JSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter

from backend.figures.period import Period
from backend.figures.tables import Cell, Column, Figure, records, word

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_EXCEL = {
    "vnd": "#,##0",
    "count": "#,##0",
    "share": "0.0%",
    "hours": "0.00",
    "day": "yyyy-mm-dd",
    "text": "@",
}
_WIDTH, _TEXT_WIDTH = 14, 36


def as_csv(figure: Figure, lang: str) -> bytes:
    """One header row of column names, then the rows; a byte order mark, as spreadsheets want it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(column.key for column in figure.columns)
    for row in figure.rows:
        writer.writerow(_plain(word(cell, lang)) for cell in row)
    return (_BOM + text.getvalue()).encode()


def as_json(figure: Figure, period: Period, lang: str) -> dict[str, Any]:
    """Title, how it is counted, the days, and the rows by column name."""
    at = 0 if lang == "vi" else 1
    return {
        "id": figure.id,
        "title": figure.title[at],
        "how": figure.how[at],
        "first": period.first,
        "last": period.last,
        "columns": [
            {"key": column.key, "name": column.name[at], "kind": column.kind} for column in figure.columns
        ],
        "rows": records(figure, lang),
    }


def as_excel(figures: Sequence[Figure], period: Period, lang: str) -> bytes:
    """A workbook with a sheet a figure. Text stays text: nothing in a cell is run as a formula."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    at = 0 if lang == "vi" else 1
    for figure in figures:
        _sheet(book, figure, period, lang, at)
    book.close()
    return content.getvalue()


def _sheet(book: Any, figure: Figure, period: Period, lang: str, at: int) -> None:
    sheet = book.add_worksheet(figure.id[:31])
    bold = book.add_format({"bold": True})
    sheet.write_string(0, 0, figure.title[at], bold)
    sheet.write_string(1, 0, f"{period.first:%d/%m/%Y} – {period.last:%d/%m/%Y}")
    sheet.write_string(2, 0, figure.how[at])
    for place, column in enumerate(figure.columns):
        sheet.write_string(4, place, column.name[at], bold)
        sheet.set_column(place, place, _TEXT_WIDTH if column.kind == "text" else _WIDTH)
    formats = [book.add_format({"num_format": _EXCEL[column.kind]}) for column in figure.columns]
    for number, row in enumerate(figure.rows, start=5):
        for place, (column, cell) in enumerate(zip(figure.columns, row, strict=True)):
            _write(sheet, (number, place), column, word(cell, lang), formats[place])
    sheet.freeze_panes(5, 1)


def _write(sheet: Any, at: tuple[int, int], column: Column, cell: Cell, form: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, int | float) and column.kind != "text":
        sheet.write_number(*at, cell, form)
    elif isinstance(cell, date):
        sheet.write_datetime(*at, cell, form)
    else:
        sheet.write_string(*at, str(cell), form)


def _plain(cell: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula is marked as text."""
    if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS):
        return "'" + cell
    return "" if cell is None else cell
