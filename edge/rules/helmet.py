"""No helmet: the rider's, and that of whom he carries.

Decree 168/2024 Art. 7.2.h (rider) and 7.2.i (carrying somebody without; a child under 6, an emergency patient
and somebody escorted are exempt). Seen from behind or from the front, rider and passenger cannot be told
apart, so what is accused must hold either way: of one alone, or of all; else `who_is_bare`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from edge.report import Measure, RuleName
from edge.rules.acts import NO_HELMET_PASSENGER, NO_HELMET_RIDER
from edge.rules.context import Context
from edge.rules.rider_evidence import (
    RiderCase,
    accusation,
    all_bare,
    any_bare,
    are_level,
    bareness,
    best_pictures,
    case_of,
    could_hide_another,
    driver_and_passenger,
    is_enough,
    share_measure,
    withheld,
)
from edge.rules.rider_words import bare_words
from edge.rules.types import Verdict
from edge.scene import Scene
from edge.tracking import Track

_EVEN: Final = 0.5
_TWO: Final = 2


def judge_rider(track: Track, context: Context, *, finished: bool = False) -> Verdict:
    """A violation by the rider's own bare head, a suspicion withheld, or None: covered, or never near."""
    case = case_of(track, context, finished=finished)
    if case is None or bareness(any_bare(case)) == "no":
        return None
    chances, code = _rider(case, track, context.scene)
    return _verdict("helmet", track, context, case, chances, code)


def judge_passenger(track: Track, context: Context, *, finished: bool = False) -> Verdict:
    """As `judge_rider`, for somebody carried."""
    case = case_of(track, context, finished=finished)
    if case is None or bareness(any_bare(case)) == "no" or case.people == 1:
        return None
    chances, code = _passenger(case, track, context.scene)
    return _verdict("passenger_helmet", track, context, case, chances, code)


def _rider(case: RiderCase, track: Track, scene: Scene) -> tuple[Sequence[float], str | None]:
    """The chances that the rider's head is bare, and what is in doubt however they come out."""
    if case.people is None:
        return all_bare(case), "people_unclear"
    if case.people == 1:
        return all_bare(case), "people_unclear" if could_hide_another(case, track, scene) else None
    if bareness(all_bare(case)) == "bare":
        return all_bare(case), None
    told = driver_and_passenger(case, track, scene) if case.people == _TWO else None
    return (any_bare(case), "who_is_bare") if told is None else (told[0], None)


def _passenger(case: RiderCase, track: Track, scene: Scene) -> tuple[Sequence[float], str | None]:
    if case.people is None:
        return any_bare(case), "people_unclear"
    child = None if are_level(case, track, scene) else "maybe_child"
    if bareness(all_bare(case)) == "bare":
        return all_bare(case), child
    told = driver_and_passenger(case, track, scene) if case.people == _TWO else None
    return (any_bare(case), "who_is_bare") if told is None else (told[1], child)


def _verdict(  # noqa: PLR0917 - what both rules hand over
    rule: RuleName,
    track: Track,
    context: Context,
    case: RiderCase,
    chances: Sequence[float],
    code: str | None,
) -> Verdict:
    said = bareness(chances)
    if said == "no":
        return None
    shown = best_pictures(case, track, context.now_s)
    if not is_enough(case.looks):
        code = "too_few_looks"
    elif said == "perhaps":
        code = "not_sure"
    elif code is None and shown is None:
        code = "no_pictures"
    measures = _measures(chances)
    if code is not None or shown is None:
        return withheld(rule, track, case, code or "no_pictures", measures)
    passenger = rule == "passenger_helmet"
    words = bare_words(
        passenger=passenger,
        looks=len(case.looks),
        chance=float(np.median(chances)),
        head_px=_head_px(case),
    )
    act = NO_HELMET_PASSENGER if passenger else NO_HELMET_RIDER
    return accusation(rule, act, track, shown, measures=measures, reasons=words)


def _measures(chances: Sequence[float]) -> tuple[Measure, ...]:
    percent = [100 * one for one in chances]
    return (
        share_measure("bare_looks", sum(one > _EVEN for one in chances), len(chances)),
        Measure(
            name="bare_chance",
            value=round(float(np.median(percent)), 1),
            unit="%",
            lower_95=round(min(percent), 1),
            upper_95=round(max(percent), 1),
        ),
    )


def _head_px(case: RiderCase) -> float:
    return float(np.median([max(head.box.h for head in one.look.heads) for one in case.looks]))
