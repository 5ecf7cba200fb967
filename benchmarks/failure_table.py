"""Failures counted: by class and condition, by size, as Markdown and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from benchmarks.failure_cases import SUBJECTS, Case

CONDITIONS: Final = ("day", "dusk", "night", "rain", "clip")
BEGIN: Final = "<!-- written by python -m benchmarks.failures: begin -->"
END: Final = "<!-- written by python -m benchmarks.failures: end -->"
_HEIGHTS_PX: Final = (24, 32, 48, 96)


def counts(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """A row for each subject, class and condition: how many there are (`n`) and how they failed.

    Claims about nothing and doubles are no true things: they are counted beside `n`, not in it.
    """
    out = []
    for subject in SUBJECTS:
        of_it = [one for one in cases if one.subject == subject]
        for kind in sorted({group(one) for one in of_it}):
            for condition in CONDITIONS:
                mine = [one for one in of_it if group(one) == kind and one.condition == condition]
                if mine:
                    how = Counter(_way(one) for one in mine)
                    row = {"subject": subject, "class": kind, "condition": condition, "n": asked(mine)}
                    out.append(row | {"right": how.pop("right", 0), "failed": dict(sorted(how.items()))})
    return out


def group(case: Case) -> str:
    """What a case is counted under: its class; a plate's text is none, so all plates are one class."""
    return "plate" if case.subject == "plates" else case.kind


def asked(cases: Sequence[Case]) -> int:
    """How many true things the cases tell of."""
    return sum(one.verdict.how not in {"nothing there", "double"} for one in cases)


def right(cases: Sequence[Case]) -> int:
    """How many of them were seen rightly."""
    return sum(not one.failed for one in cases)


def heights(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Vehicles by class and height: from how many px, how many there are, how many are right."""
    things = [one for one in cases if one.subject == "vehicles" and asked([one])]
    out = []
    for kind in sorted({one.kind for one in things}):
        for low, high in zip(_HEIGHTS_PX, (*_HEIGHTS_PX[1:], None), strict=True):
            mine = [one for one in things if one.kind == kind and _is_between(one, low, high)]
            out.append({"class": kind, "from_px": low, "to_px": high, "n": len(mine), "right": right(mine)})
    return out


def details(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Vehicles by model and heads by what is on them, where the renderer tells: how many, how many right."""
    told = [one for one in cases if one.detail and asked([one])]
    out = []
    for subject, kind, detail in sorted({(one.subject, one.kind, one.detail) for one in told}):
        mine = [one for one in told if (one.subject, one.kind, one.detail) == (subject, kind, detail)]
        how = Counter(_said(one) for one in mine if one.failed)
        row = {"subject": subject, "class": kind, "detail": detail, "n": len(mine), "right": right(mine)}
        out.append(row | {"failed": dict(sorted(how.items()))})
    return out


def as_markdown(cases: Sequence[Case], models: Sequence[str]) -> str:
    """The three tables, with the models they were measured with."""
    lines = [f"Measured with {', '.join(models)}. Cells: right / there.", ""]
    lines += _head("", "class", *CONDITIONS, "all", "what failed")
    for subject in SUBJECTS:
        of_it = [one for one in cases if one.subject == subject]
        lines += [_row(subject, kind, of_it) for kind in sorted({group(one) for one in of_it})]
    bins = [f"{low} to {high - 1} px" for low, high in pairwise(_HEIGHTS_PX)]
    lines += ["", *_head("vehicles, height", *bins, f"{_HEIGHTS_PX[-1]} px and more")]
    rows = heights(cases)
    for kind in sorted({row["class"] for row in rows}):
        cells = [_share(row["right"], row["n"]) for row in rows if row["class"] == kind]
        lines.append(_line(kind, *cells))
    lines += ["", *_head("stills only", "model, headgear", "right / there", "what failed")]
    for row in details(cases):
        failed = ", ".join(f"{count} {how}" for how, count in row["failed"].items()) or "-"
        lines.append(_line(row["class"], row["detail"], _share(row["right"], row["n"]), failed))
    return "\n".join(lines)


def with_table(page: str, table: str) -> str:
    """The page with the table between its two markers anew; ValueError says which marker is missing."""
    for marker in (BEGIN, END):
        if page.count(marker) != 1:
            raise ValueError(f"it must have the line {marker} once, to put the table there")
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{rest.split(END)[1]}"


def _row(subject: str, kind: str, of_it: Sequence[Case]) -> str:
    mine = [one for one in of_it if group(one) == kind]
    cells = []
    for condition in (*CONDITIONS, None):
        here = [one for one in mine if condition in {one.condition, None}]
        cells.append(_share(right(here), asked(here)))
    how = Counter(_way(one) for one in mine if one.failed)
    failed = ", ".join(f"{count} {name}" for name, count in sorted(how.items()))
    return _line(subject, kind, *cells, failed or "-")


def _way(case: Case) -> str:
    return f"{case.verdict.how} ({case.note})" if case.note else case.verdict.how


def _said(case: Case) -> str:
    how, _, claim = case.verdict
    return f"said {claim.kind}" if how == "wrong" and claim else _way(case)


def _share(hits: int, of: int) -> str:
    return f"{hits}/{of}" if of else "-"


def _head(*cells: str) -> list[str]:
    return [_line(*cells), _line(*("---" for _ in cells))]


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _is_between(case: Case, low_px: float, high_px: float | None) -> bool:
    height_px = case.boxes[0].h
    return low_px <= height_px and (high_px is None or height_px < high_px)
