"""Points of a driving licence: what decisions took away, and when all twelve are back. Pure.

Sources: Law 36/2024 Art. 58 (12 points; restored after 12 months without a deduction where some are left; a
test, after 6 months at the earliest, where none is), Decree 168/2024 Art. 50-51 (taken when the decision
takes effect; fewer left than the deduction: to nothing). `deadlines.csv` F1, F2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from penalty.calendar import LegalCalendar

FULL: Final = 12


@dataclass(frozen=True, slots=True)
class Deduction:
    """What one decision in force took away, on the day it took effect."""

    on: date
    points: int


@dataclass(frozen=True, slots=True)
class Balance:
    """Points left on a day.

    `full_on`: when all are back if nothing more is taken. `test_from`: from when the test may be taken that
    gives them back, where none is left. Both None: nothing is missing.
    """

    left: int
    full_on: date | None
    test_from: date | None


def balance(deductions: Iterable[Deduction], today: date, calendar: LegalCalendar) -> Balance:
    """The balance on `today` from these decisions alone; the police database keeps the licence itself."""
    left, last = FULL, None
    for one in sorted(deductions, key=lambda taken: taken.on):
        if one.points <= 0 or one.on > today:
            continue
        if last is not None and left > 0 and calendar.due("F1", last).raw_due_on <= one.on:
            left = FULL
        left, last = max(0, left - one.points), one.on
    if last is None:
        return Balance(FULL, None, None)
    if left == 0:
        return Balance(0, None, calendar.due("F2", last).raw_due_on)
    back = calendar.due("F1", last).raw_due_on
    return Balance(FULL, None, None) if back <= today else Balance(left, back, None)
