"""More people on a motorbike than the law allows.

Decree 168/2024: carrying two (Art. 7.2.g; an emergency patient, a child under 12, a frail or disabled person
and somebody escorted are exempt), carrying three or more (7.3.b, no exception). A camera knows no ages: of
three people it accuses only where all heads are level, and leaves the exemptions to the officer.
"""

from __future__ import annotations

from typing import Final

from edge.report import Measure
from edge.rules.acts import passengers_act
from edge.rules.context import Context
from edge.rules.rider_evidence import (
    COUNTED_HEAD_PX,
    RiderCase,
    accusation,
    are_level,
    best_pictures,
    case_of,
    is_enough,
    share_measure,
    withheld,
)
from edge.rules.rider_words import crowd_words
from edge.rules.types import Verdict
from edge.tracking import Track

_THREE: Final = 3


def judge(track: Track, context: Context, *, finished: bool = False) -> Verdict:
    """A violation, a suspicion withheld, or None: two at most, or not seen enough."""
    case = case_of(track, context, finished=finished, smallest_px=COUNTED_HEAD_PX)
    if case is None or max(one.look.people or 0 for one in case.looks) < _THREE:
        return None
    people = case.at_least
    shown = best_pictures(case, track, context.now_s)
    code = _doubt(case, track, context)
    if code is None and shown is None:
        code = "no_pictures"
    if code is not None or shown is None:
        return withheld("too_many_riders", track, case, code or "no_pictures", _measures(case))
    words = crowd_words(people, len(case.looks))
    act = passengers_act(people)
    return accusation("too_many_riders", act, track, shown, measures=_measures(case), reasons=words)


def _doubt(case: RiderCase, track: Track, context: Context) -> str | None:
    if not is_enough(case.looks):
        return "too_few_looks"
    if case.at_least < _THREE:
        return "people_unclear"
    if case.at_least == _THREE and not are_level(case, track, context.scene):
        return "maybe_child"
    return None


def _measures(case: RiderCase) -> tuple[Measure, ...]:
    counted = [one.look.people or 0 for one in case.looks]
    return (
        Measure(
            name="people",
            value=float(max(set(counted), key=counted.count)),
            unit="",
            lower_95=float(case.at_least),
            upper_95=float(max(*counted, case.at_least)),
            limit=2.0,
        ),
        share_measure("crowded_looks", sum(one >= _THREE for one in counted), len(counted)),
    )
