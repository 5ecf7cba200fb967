"""The rules a camera can watch. A rule is a pure function of a track, the scene and what the light showed.

A new rule: one file with a `judge`, one line in RULES. docs/adding-a-rule.md shows the way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from edge.report import RuleName
from edge.rules import (
    blocking,
    helmet,
    lane_line,
    lanes,
    no_entry,
    passengers,
    red_light,
    speeding,
    stopping,
    turns,
    wrong_way,
)
from edge.rules.context import Context
from edge.rules.signal_history import SignalHistory
from edge.rules.types import RiderSighting, Verdict, Violation, Withheld
from edge.tracking import Track

Rule = Callable[[Track, Context, bool], Verdict]
"""Called with the track, the context and whether the track has ended; None means: nothing to say (yet)."""

RULES: Final[dict[RuleName, Rule]] = {
    "red_light": lambda track, context, finished: red_light.judge(
        track, context.scene, context.heads, finished=finished
    ),
    "speeding": lambda track, context, finished: speeding.judge(
        track, context.scene, on=context.on, finished=finished
    ),
    "wrong_way": lambda track, context, finished: wrong_way.judge(track, context, finished=finished),
    "wrong_lane": lambda track, context, finished: lanes.wrong_lane(track, context, finished=finished),
    "emergency_lane": lambda track, context, finished: lanes.emergency_lane(
        track, context, finished=finished
    ),
    "lane_line": lambda track, context, finished: lane_line.judge(track, context, finished=finished),
    "no_entry": lambda track, context, finished: no_entry.judge(track, context, finished=finished),
    "illegal_turn": lambda track, context, finished: turns.illegal_turn(track, context, finished=finished),
    "u_turn": lambda track, context, finished: turns.u_turn(track, context, finished=finished),
    "stopping": lambda track, context, finished: stopping.judge_stopping(track, context, finished=finished),
    "parking": lambda track, context, finished: stopping.judge_parking(track, context, finished=finished),
    "blocking": lambda track, context, finished: blocking.judge(track, context, finished=finished),
    "helmet": lambda track, context, finished: helmet.judge_rider(track, context, finished=finished),
    "passenger_helmet": lambda track, context, finished: helmet.judge_passenger(
        track, context, finished=finished
    ),
    "too_many_riders": lambda track, context, finished: passengers.judge(track, context, finished=finished),
}

__all__ = [
    "RULES",
    "Context",
    "RiderSighting",
    "Rule",
    "SignalHistory",
    "Verdict",
    "Violation",
    "Withheld",
]
