"""More people on a motorbike than the law allows.

Decree 168/2024: carrying two (Art. 7.2.g; an emergency patient, a child under 12, a frail or disabled person
and somebody escorted are exempt), carrying three or more (7.3.b, no exception). A camera knows no ages: of
three people it accuses only where all heads are level, and leaves the exemptions to the officer.
"""

from __future__ import annotations

from typing import Final

from edge.report import Measure, Reason
from edge.rules.acts import passengers_act
from edge.rules.context import Context
from edge.rules.rider_evidence import (
    COUNTED_HEAD_PX,
    RiderCase,
    are_level,
    best_pictures,
    case_of,
    is_enough,
    share_measure,
)
from edge.rules.rider_words import WHY, crowd_words
from edge.rules.types import Verdict, Violation, Withheld
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
        return _withheld(track, case, code or "no_pictures")
    before, at, after = shown
    return Violation(
        rule="too_many_riders",
        act=passengers_act(people),
        track=track.id,
        kind=track.kind,
        t_start_s=before.t_s,
        t_event_s=at.t_s,
        t_end_s=after.t_s,
        frame_before=before.frame,
        frame_at=at.frame,
        frame_after=after.frame,
        measures=_measures(case),
        reasons=crowd_words(people, len(case.looks)),
    )


def _doubt(case: RiderCase, track: Track, context: Context) -> str | None:
    if not is_enough(case.looks):
        return "too_few_looks"
    if case.at_least < _THREE:
        return "people_unclear"
    if case.at_least == _THREE and not are_level(case, track, context.scene):
        return "maybe_child"
    return None


def _withheld(track: Track, case: RiderCase, code: str) -> Withheld:
    vi, en = WHY[code]
    event_s = case.looks[-1].t_s
    return Withheld(
        "too_many_riders", code, track.id, track.kind, event_s, _measures(case), (Reason(vi=vi, en=en),)
    )


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
