"""Bars and the heat map in units of their drawing. Pure functions; every chart stands over its table."""

from __future__ import annotations

from dataclasses import dataclass

from backend.figures.tables import Figure, largest, word

WIDTH = 640
_VALUE = 110
_STEP = 56
_CELL = 22
_LEFT, _TOP = 96, 24
SHADES = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with its name above and its number behind it."""

    name: str
    value: float
    y: int
    length: float

    @property
    def behind(self) -> float:
        return self.length + 8


@dataclass(frozen=True, slots=True)
class Square:
    """One hour of the heat map; `shade` 0 (nothing) to SHADES."""

    x: int
    y: int
    shade: int
    count: int


def bars(figure: Figure, lang: str) -> tuple[Bar, ...]:
    """A bar a row, to one scale, named by the last text column; none where all is nought."""
    values = figure.values(figure.bar) if figure.bar else []
    most = largest(values)
    if not most:
        return ()
    scale = (WIDTH - _VALUE) / most
    texts = [place for place, column in enumerate(figure.columns) if column.kind == "text"]
    return tuple(
        Bar(
            _short(str(word(row[texts[-1]], lang) or word(row[texts[0]], lang))),
            value,
            at * _STEP,
            value * scale,
        )
        for at, (row, value) in enumerate(zip(figure.rows, values, strict=True))
        if isinstance(value, int | float)
    )


def height(count: int) -> int:
    """Of a drawing with so many bars."""
    return count * _STEP + 4


def squares(figure: Figure) -> tuple[Square, ...]:
    """The heat map of hours (columns) by days (rows)."""
    most = max((largest(row[1:]) for row in figure.rows), default=0.0)
    return tuple(
        Square(_LEFT + hour * _CELL, _TOP + day * _CELL, _shade(count, most), count)
        for day, row in enumerate(figure.rows)
        for hour, count in enumerate(row[1:])
        if isinstance(count, int)
    )


def _shade(count: int, most: float) -> int:
    return 0 if not count else max(1, min(SHADES, int(-(-count * SHADES // most))))


def _short(text: str) -> str:
    return text if len(text) <= 46 else text[:45] + "…"  # noqa: PLR2004 -- what fits above the bars on a phone
