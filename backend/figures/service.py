"""Which figures there are, and the open data made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from sqlalchemy.orm import Session

from backend.errors import not_found
from backend.figures import filled, indicators, money, seen, way
from backend.figures.period import Period
from backend.figures.tables import Cell, Column, Figure

Make = Callable[[Session, Period, date], Figure]
FEWEST = 5
"""Counts below this are not published: a small number at a known place can point at a person."""


def _without_today(make: Callable[[Session, Period], Figure]) -> Make:
    return lambda session, period, _today: make(session, period)


FIGURES: Mapping[str, Make] = MappingProxyType(
    {
        "funnel": _without_today(way.funnel),
        "standing": _without_today(way.where_they_stand),
        "violations_by_rule": _without_today(seen.by_rule),
        "violations_by_place": _without_today(seen.by_place),
        "violations_by_hour": _without_today(seen.by_hour),
        "rejects_by_reason": _without_today(seen.by_reject_reason),
        "registry_differences": _without_today(seen.by_difference),
        "fields_filled": _without_today(filled.fields),
        "deadlines": way.deadlines,
        "statements": way.statements,
        "decisions": _without_today(money.paid_in_time),
        "payments_by_way": _without_today(money.by_way),
        "money": _without_today(money.totals),
        "indicators_766": indicators.indicators,
    }
)
_PUBLIC = (
    "violations_by_rule",
    "violations_by_place",
    "funnel",
    "decisions",
    "payments_by_way",
    "statements",
)


def figure(session: Session, name: str, period: Period, today: date) -> Figure:
    """One figure. Raises Problem 404."""
    make = FIGURES.get(name)
    if make is None:
        raise not_found("Không có số liệu này", "There is no such figure")
    return make(session, period, today)


def every(session: Session, period: Period, today: date) -> list[Figure]:
    """All figures of these days, in one reading of the database."""
    return [make(session, period, today) for make in FIGURES.values()]


def open_data(session: Session, period: Period, today: date) -> list[Figure]:
    """What everybody may have: totals, without counts so small that they could point at somebody."""
    return [guarded(figure(session, name, period, today)) for name in _PUBLIC]


def guarded(shown: Figure) -> Figure:
    """The figure without counts of one to four, nor what would give them away.

    A row with one loses all its numbers; where it is the only such row, the next smallest loses them too,
    lest it be worked out from the total that another table shows.
    """
    hidden = {place for place, row in enumerate(shown.rows) if _small(row, shown.columns)}
    if len(hidden) == 1 and len(shown.rows) > 1:
        others = [place for place in range(len(shown.rows)) if place not in hidden]
        hidden.add(min(others, key=lambda place: max(_counts(shown.rows[place], shown.columns), default=0)))
    rows = (_emptied(row, shown.columns) if place in hidden else row for place, row in enumerate(shown.rows))
    return replace(shown, rows=tuple(rows))


def _counts(row: tuple[Cell, ...], columns: tuple[Column, ...]) -> list[int]:
    pairs = zip(row, columns, strict=True)
    return [cell for cell, column in pairs if column.kind == "count" and isinstance(cell, int)]


def _small(row: tuple[Cell, ...], columns: tuple[Column, ...]) -> bool:
    return any(0 < count < FEWEST for count in _counts(row, columns))


def _emptied(row: tuple[Cell, ...], columns: tuple[Column, ...]) -> tuple[Cell, ...]:
    return tuple(cell if column.kind == "text" else None for cell, column in zip(row, columns, strict=True))


def last_whole_month(now: date) -> str:
    """The month before this one, as `2026-10`: the newest that is complete."""
    year, month = (now.year, now.month - 1) if now.month > 1 else (now.year - 1, 12)
    return f"{year:04d}-{month:02d}"
