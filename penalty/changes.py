"""What is different between the law of two days: acts, deadlines and signing powers, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, Literal, TypeVar

from penalty.acts import ActRow, SigningPower
from penalty.calendar import LegalCalendar
from penalty.catalogue import Catalogue
from penalty.legal_steps import LegalStep

Table = Literal["act", "deadline", "signing_power"]
Kind = Literal["new", "ended", "changed"]
RowT = TypeVar("RowT", ActRow, LegalStep, SigningPower)

_NO_CHANGE: Final = frozenset({"valid_from", "valid_to", "note", "code", "confidence", "source"})
"""Fields in which two versions may differ without the law being another."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `name` says of what; `fields`: (earlier, later) by field, empty unless `changed`."""

    table: Table
    name: str
    title_vi: str
    title_en: str
    kind: Kind
    valid_from: date
    fields: Mapping[str, tuple[Any, Any]]


def changes(catalogue: Catalogue, calendar: LegalCalendar, earlier: date, later: date) -> tuple[Change, ...]:
    """Every difference between the law of two days, acts first, in the order of the tables.

    Raises ValueError when `later` is before `earlier`.
    """
    if later < earlier:
        raise ValueError(f"later: {later.isoformat()} is before {earlier.isoformat()}")
    steps = [version for versions in calendar.steps.values() for version in versions]
    powers = catalogue.signing_powers
    return (
        *_between("act", catalogue.rows, _act_name, earlier, later),
        *_between("deadline", steps, lambda step: step.step_id, earlier, later),
        *_between("signing_power", powers, lambda power: power.signatory, earlier, later),
    )


def _between(
    table: Table, rows: Iterable[RowT], name_of: Any, earlier: date, later: date
) -> Iterable[Change]:
    before = {name_of(row): row for row in rows if _holds(row, earlier)}
    after = {name_of(row): row for row in rows if _holds(row, later)}
    for name in before | after:
        old, new = before.get(name), after.get(name)
        if new is None and old is not None:
            yield _change(table, name, old, "ended", {})
        elif old is None and new is not None:
            yield _change(table, name, new, "new", {})
        elif old is not None and new is not None and (fields := _differing(old, new)):
            yield _change(table, name, new, "changed", fields)


def _holds(row: ActRow | LegalStep | SigningPower, on: date) -> bool:
    return row.valid_from <= on and (row.valid_to is None or on <= row.valid_to)


def _differing(
    old: ActRow | LegalStep | SigningPower, new: ActRow | LegalStep | SigningPower
) -> dict[str, tuple[Any, Any]]:
    was, now = asdict(old), asdict(new)
    return {name: (was[name], now[name]) for name in was if name not in _NO_CHANGE and was[name] != now[name]}


def _change(
    table: Table,
    name: str,
    row: ActRow | LegalStep | SigningPower,
    kind: Kind,
    fields: Mapping[str, tuple[Any, Any]],
) -> Change:
    return Change(table, name, row.vi_name, row.en_name, kind, row.valid_from, fields)


def _act_name(row: ActRow) -> str:
    return f"{row.act}/{row.vehicle_class}/{row.subject}"
