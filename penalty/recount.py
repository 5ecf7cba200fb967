"""Time limits counted anew after the calendar changed: a holiday that was added, a swap that was published.

A pure comparison of what was kept with what the calendar says now. A limit that somebody has to keep, and was
told of, is never moved to an earlier day: the law gives no such rule, it is ours, in the person's favour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from penalty.calendar import Deadline, LegalCalendar
from penalty.dossier import TABLE

OF_THE_PERSON: Final = frozenset({"A2", "C1", "C2", "E1", "G1", "G7"})
_AFTER: Final = {(rule.step_id, rule.after) for edge in TABLE.values() for rule in edge.starts if rule.after}
CHAINED: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {step: frozenset(after for one, after in _AFTER if one == step) for step, _ in sorted(_AFTER)}
)
"""Limits that begin on the day another one ends, and after which."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A time limit as it was counted when it began."""

    step_id: str
    starts_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Recounted:
    """The same limit by the calendar of now. `moved`: its last day is another one."""

    kept: Kept
    deadline: Deadline

    @property
    def moved(self) -> bool:
        return self.deadline.due_on != self.kept.due_on


def recount(calendar: LegalCalendar, kept: Iterable[Kept]) -> tuple[Recounted, ...]:
    """Every limit of one dossier by this calendar, without those of a person that would end earlier.

    One that began where another ended begins where that one ends now.
    """
    limits = sorted(kept, key=lambda one: one.step_id in CHAINED)
    found: dict[str, Recounted] = {}
    for one in limits:
        start = one.starts_on
        for before in (found[after] for after in CHAINED.get(one.step_id, ()) if after in found):
            if before.kept.due_on == one.starts_on:
                start = before.deadline.due_on
        now = Recounted(one, calendar.due(one.step_id, start))
        if one.step_id not in OF_THE_PERSON or now.deadline.due_on >= one.due_on:
            found[one.step_id] = now
    return tuple(found.values())
