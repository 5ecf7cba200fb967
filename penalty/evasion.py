"""Somebody who deliberately evades or obstructs: the limitation counts anew from the end of that. Pure.

Sources: LHAV Art. 6.2 (to issue the penalty, step A4) and Art. 74 (to execute the decision, step E8), as
noted with those steps in deadlines.csv (read-primary). That the evasion must have begun while the limitation
ran, and that two persons find it so, are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from penalty.calendar import Deadline, LegalCalendar
from penalty.dossier import END_STATES, PAYABLE, State

_SAID = {
    "A4": (
        "tính lại từ khi chấm dứt hành vi cố tình trốn tránh, cản trở (Luật XLVPHC Điều 6)",
        "counted anew from the end of deliberate evasion or obstruction (LHAV Art. 6)",
    ),
    "E8": (
        "tính lại từ khi chấm dứt hành vi cố tình trốn tránh, trì hoãn (Luật XLVPHC Điều 74)",
        "counted anew from the end of deliberate evasion or delay (LHAV Art. 74)",
    ),
}


@dataclass(frozen=True, slots=True)
class Evasion:
    """From when to when somebody evaded or obstructed, both days in Vietnam; the last may be today."""

    began_on: date
    ended_on: date


@dataclass(frozen=True, slots=True)
class Restarted:
    """The limitation counted anew, with its rule in both languages."""

    deadline: Deadline
    rule_vi: str
    rule_en: str


class EvasionError(ValueError):
    """The days do not allow it; `field` names which, `vi` and `en` say why."""

    def __init__(self, field: str, vi: str, en: str) -> None:
        super().__init__(f"{field}: {en}")
        self.field = field
        self.vi = vi
        self.en = en


def step_that_restarts(state: State) -> str | None:
    """The limitation that runs here: to issue the penalty, or to execute it; None once neither does."""
    if state in END_STATES or state is State.PAID:
        return None
    return "E8" if state in PAYABLE else "A4"


def restarted(
    calendar: LegalCalendar, step_id: str, evasion: Evasion, *, runs_from: date, runs_until: date, today: date
) -> Restarted:
    """The limitation of `step_id`, which ran from one day to another, counted from the end of the evasion.

    Raises EvasionError where the evasion is not over by today, ends before it begins, or did not begin while
    the limitation ran.
    """
    if evasion.ended_on < evasion.began_on:
        raise EvasionError(
            "ended_on", "Ngày chấm dứt phải sau ngày bắt đầu.", "It must not end before it begins."
        )
    if evasion.ended_on > today:
        raise EvasionError(
            "ended_on",
            "Chưa chấm dứt: ghi đến hôm nay, và ghi lại khi còn tiếp diễn.",
            "Not over yet: give today, and record it again if it goes on.",
        )
    if not runs_from <= evasion.began_on <= runs_until:
        raise EvasionError(
            "began_on",
            f"Phải bắt đầu trong thời hiệu, từ {runs_from:%d/%m/%Y} đến {runs_until:%d/%m/%Y}.",
            f"It must have begun within the limitation, {runs_from:%d/%m/%Y} to {runs_until:%d/%m/%Y}.",
        )
    deadline = calendar.due(step_id, evasion.ended_on)
    vi, en = _SAID[step_id]
    return Restarted(deadline, f"{deadline.rule_vi}; {vi}", f"{deadline.rule_en}; {en}")
