"""Stopping and parking where a sign forbids it.

Law 36/2024 Art. 18 tells a stop (as long as people or goods need, the driver stays) from parking (no limit
of time) by what the driver does, which no camera sees; the camera file says from how many seconds on. Where
both rules are watched, a stand where stopping is forbidden is a stop only: one stand, one accusation, and of
two that are certain the milder.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from edge.report import RuleName
from edge.rules.acts import park_act, stop_act
from edge.rules.binding import binds
from edge.rules.context import Context
from edge.rules.held_up import Excuse, Flags, Moments, jammed, queueing, waiting_at_light
from edge.rules.stand_judging import Ban, judge_stand
from edge.rules.types import Verdict
from edge.scene_file import ZoneKind
from edge.tracking import Track

_MOSTLY: Final = 0.5


def judge_stopping(track: Track, context: Context, *, finished: bool = False) -> Verdict:
    """A violation, a suspicion withheld, or None: did not stand long enough yet, or lawfully."""
    after_s = context.scene.file.standing.stop_after_s
    bans = _bans("stopping", stop_act(track.kind), after_s, track, context)
    return judge_stand(track, context, bans, finished=finished)


def judge_parking(track: Track, context: Context, *, finished: bool = False) -> Verdict:
    """As `judge_stopping`, where parking is forbidden."""
    after_s = context.scene.file.standing.park_after_s
    bans = _bans("parking", park_act(track.kind), after_s, track, context)
    return judge_stand(track, context, bans, finished=finished)


def _bans(rule: RuleName, act: str, after_s: float, track: Track, context: Context) -> list[Ban]:
    zones = context.scene.marks.zones
    kinds, others = _watched(rule, context.scene.file.rules)
    unless = tuple(area for zone, area in zones if zone.kind in others and binds(zone.kinds, track.kind))
    return [
        Ban(rule, act, zone, area, after_s, _MOSTLY, excuses, unless)
        for zone, area in zones
        if zone.kind in kinds
    ]


def _watched(rule: RuleName, rules: Sequence[RuleName]) -> tuple[set[ZoneKind], set[ZoneKind]]:
    """The zones of this rule, and those whose stands are another rule's."""
    others: set[ZoneKind] = {"crosswalk", "junction"} if "blocking" in rules else set()
    if rule == "stopping":
        return {"no_stopping"}, others
    if "stopping" in rules:
        return {"no_parking"}, others | {"no_stopping"}
    return {"no_parking", "no_stopping"}, others


def excuses(road: Moments, track: Track, context: Context) -> dict[Excuse, Flags]:
    """The moments at which it may have stood because it had to."""
    return {
        "signal": waiting_at_light(road, context),
        "queue": queueing(road, track.kind),
        "jam": jammed(road, context.scene),
    }
