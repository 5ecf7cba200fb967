"""The steps of a case with who took them, the article each rests on, and the time limits it met and began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from backend.dossiers.schemas import DeadlineLine, EventLine
from penalty.calendar import DeadlineError, LegalCalendar, vietnam_date
from penalty.dossier import TABLE

Pair = tuple[str, str]

_RESTS_ON: Final[Mapping[str, str]] = {
    "opened": "A1",
    "owner_found": "A1",
    "notice_sent": "A1",
    "registration_warned": "A2",
    "record_made": "B1",
    "explanation_received": "C1",
    "decision_issued": "D1",
    "decision_delivered": "D6",
    "decision_deemed_delivered": "D7",
    "overdue": "E1",
    "enforcement_ordered": "E9",
    "relief_granted": "E5",
    "relief_refused": "E5",
    "fine_reduced": "E5",
    "fine_exempted": "E5",
    "fine_paid": "E1",
    "closed": "A3",
    "time_barred": "A4",
    "enforcement_lapsed": "E8",
    "complaint_accepted": "G2",
    "complaint_refused": "G2",
}
"""The row of deadlines.csv that names the article of a step."""
_OPENING: Final = frozenset({"A1", "A4"})


@dataclass(frozen=True)
class TimelineStep:
    """One event; `article` is None where deadlines.csv has no row for it."""

    event: EventLine
    article: Pair | None
    met: tuple[DeadlineLine, ...]
    began: tuple[DeadlineLine, ...]

    @property
    def in_time(self) -> bool:
        """Whether every limit that this step met was kept."""
        return all(line.met_at and vietnam_date(line.met_at) <= line.due_on for line in self.met)


def steps(
    events: Sequence[EventLine], deadlines: Sequence[DeadlineLine], calendar: LegalCalendar
) -> tuple[TimelineStep, ...]:
    """The events in their order, each with its law. Pure."""
    return tuple(
        TimelineStep(
            event,
            _article(event, calendar),
            tuple(line for line in deadlines if line.met_at == event.at),
            tuple(line for line in deadlines if line.step_id in _starts(event)),
        )
        for event in events
    )


def _starts(event: EventLine) -> frozenset[str]:
    if event.kind == "opened":
        return _OPENING
    edges = (edge for (state, _), edge in TABLE.items() if state == event.from_state)
    rules = (rule for edge in edges if edge.event == event.kind for rule in edge.starts)
    return frozenset(rule.step_id for rule in rules)


def _article(event: EventLine, calendar: LegalCalendar) -> Pair | None:
    step_id = _RESTS_ON.get(event.kind)
    if step_id is None:
        return None
    try:
        step = calendar.step(step_id, vietnam_date(event.at))
    except DeadlineError:
        return None
    return step.article_vi, step.article
