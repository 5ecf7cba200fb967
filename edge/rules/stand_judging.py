"""What stopping, parking and blocking have in common: who stood where, how long, and was it excused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.types import PLATED
from edge.report import Measure, Reason, RuleName
from edge.rules.acts import is_plated
from edge.rules.binding import binds, in_force
from edge.rules.context import Context
from edge.rules.held_up import Excuse, Flags, Free, Moments, free_stretch, moments_of
from edge.rules.stand_words import WHY, accusing
from edge.rules.standing import LONGEST_UNSEEN_S, Stand, share_inside, stands
from edge.rules.types import Verdict, Violation, Withheld
from edge.scene import inside
from edge.scene_file import Zone
from edge.scene_zones import Area
from edge.tracking import Track

_ON_S: Final = 1.0
_BEFORE_S: Final = 5.0
_FEWEST_PICTURES: Final = 3
_SAME_PLACE: Final = 0.3
_MOST_DOUBTED: Final = 0.1
_LAWFUL: Final[frozenset[str]] = frozenset({"signal", "out_of_hours"})

Excused = Callable[[Moments, Track, Context], dict[Excuse, Flags]]


@dataclass(frozen=True, slots=True)
class Ban:
    """What one rule asks of a stand in one zone.

    `least_inside`: the share of the vehicle, 0 to 1, that must surely stand in the zone. `after_s`: for how
    long, with nothing to excuse it. `excused`: what may excuse it. `unless`: areas whose stands are another
    rule's.
    """

    rule: RuleName
    act: str
    zone: Zone
    area: Area
    after_s: float
    least_inside: float
    excused: Excused
    unless: tuple[Area, ...] = ()


def judge_stand(track: Track, context: Context, bans: Sequence[Ban], *, finished: bool) -> Verdict:
    """The first ban that a stand of this vehicle surely broke; when it has left, the doubt about one."""
    bans = [one for one in bans if binds(one.zone.kinds, track.kind)]
    if not bans or not is_plated(track.kind) or not _may_have_stood(track, bans, finished=finished):
        return None
    least_s = min(one.after_s for one in bans)
    found = stands(track, context.scene, at_least_s=least_s)
    if not finished:
        found = tuple(one for one in found[-1:] if track.last.t_s - one.until_s <= LONGEST_UNSEEN_S)
    doubts: list[Withheld] = []
    for stand in found:
        for ban in bans:
            said = _judge(stand, track, context, ban, finished=finished)
            if isinstance(said, Violation):
                return said
            doubts += [said] if said else []
    return doubts[0] if doubts and finished else None


def _may_have_stood(track: Track, bans: Sequence[Ban], *, finished: bool) -> bool:
    """A cheap look before the close one: was it there long enough, with its foot in a zone?"""
    least_s = min(one.after_s for one in bans)
    if track.last.t_s - track.observations[0].t_s < least_s:
        return False
    seen = (
        track.observations[:: max(1, len(track.observations) // 50)] if finished else track.observations[-3:]
    )
    feet = np.array([one.box.bottom_centre for one in seen])
    return any(bool(inside(feet, one.zone.polygon_px).any()) for one in bans)


def _judge(stand: Stand, track: Track, context: Context, ban: Ban, *, finished: bool) -> Verdict:
    least, most = share_inside(stand, track.kind, context.scene, ban.area)
    if most < ban.least_inside or stand.until_s - stand.from_s < ban.after_s:
        return None
    if any(
        share_inside(stand, track.kind, context.scene, area)[1] >= ban.least_inside for area in ban.unless
    ):
        return None
    road = moments_of(stand, track, context)
    excused = ban.excused(road, track, context)
    excused["out_of_hours"] = _out_of_hours(road, ban.zone, context)
    free = free_stretch(road, excused)
    measures = _measures(stand, free, ban, (least, most))
    code = _doubt(stand, free, ban, context, least, finished=finished)
    if code is None and _may_be_exempt(stand, track, ban.zone, context):
        code = "kind_unclear"
    if code in _LAWFUL:
        return None
    if code is not None:
        return _withheld(ban, track, stand, code, measures)
    return _violation(ban, track, stand, free, measures)


def _doubt(
    stand: Stand, free: Free, ban: Ban, context: Context, least: float, *, finished: bool
) -> str | None:
    if free.lasted_s < ban.after_s + (0.0 if finished else _ON_S):
        if ban.zone.hours and context.began_at is None:
            return "clock_unknown"
        return free.main_excuse or "too_short"
    if least < ban.least_inside:
        return "zone_edge"
    if len(stand.path) < _FEWEST_PICTURES:
        return "hidden"
    return "already_accused" if _was_accused(stand, context) else None


def _may_be_exempt(stand: Stand, track: Track, zone: Zone, context: Context) -> bool:
    """Whether it may be of a kind that this sign leaves out: sometimes taken for one, or cut by the edge.

    A bus of which the upper half is out of the picture looks like a car.
    """
    if all(binds(zone.kinds, kind) for kind in PLATED):
        return False
    frames = set(stand.path.frame.tolist())
    seen = [one for one in track.observations if one.frame in frames]
    right_px = context.scene.picture_size_px[0] - 1
    cut = sum(one.box.x <= 1 or one.box.y <= 1 or one.box.x2 >= right_px for one in seen)
    other = sum(not binds(zone.kinds, one.kind) for one in seen)
    return max(cut, other) > _MOST_DOUBTED * len(seen)


def _was_accused(stand: Stand, context: Context) -> bool:
    """Whether a vehicle that was accused stands just there: the same one, found again after it was hidden."""
    foot_px = np.median(stand.path.foot_px, axis=0)
    height_px = float(np.median(stand.path.height_px))
    for box in context.accused:
        off_px = float(np.hypot(*(foot_px - box.bottom_centre)))
        if off_px <= _SAME_PLACE * max(height_px, box.h):
            return True
    return False


def _out_of_hours(road: Moments, zone: Zone, context: Context) -> Flags:
    if not zone.hours:
        return np.zeros(len(road.times_s), dtype=bool)
    held = [in_force(zone.hours, context.clock(float(t_s))) is not True for t_s in road.times_s]
    return np.array(held, dtype=np.bool_)


def _violation(ban: Ban, track: Track, stand: Stand, free: Free, measures: tuple[Measure, ...]) -> Violation:
    t_s, frame = stand.path.t_s, stand.path.frame
    event_s = free.from_s + ban.after_s
    at = int(np.clip(np.argmin(np.abs(t_s - event_s)), 1, len(t_s) - 2))
    before = min(_nearest(t_s, event_s - _BEFORE_S), at - 1)
    after = max(_nearest(t_s, event_s + _ON_S), at + 1)
    return Violation(
        rule=ban.rule,
        act=ban.act,
        track=track.id,
        kind=track.kind,
        t_start_s=min(free.from_s, float(t_s[before])),
        t_event_s=event_s,
        t_end_s=max(float(t_s[after]), event_s),
        frame_before=int(frame[before]),
        frame_at=int(frame[at]),
        frame_after=int(frame[after]),
        measures=measures,
        reasons=accusing(ban.rule, ban.zone, free.lasted_s, stand.mps_upper),
    )


def _nearest(t_s: npt.NDArray[np.float64], wanted_s: float) -> int:
    return int(np.argmin(np.abs(t_s - wanted_s)))


def _withheld(ban: Ban, track: Track, stand: Stand, code: str, measures: tuple[Measure, ...]) -> Withheld:
    vi, en = WHY[code]
    event_s = stand.from_s + ban.after_s
    return Withheld(ban.rule, code, track.id, track.kind, event_s, measures, (Reason(vi=vi, en=en),))


def _measures(stand: Stand, free: Free, ban: Ban, share: tuple[float, float]) -> tuple[Measure, ...]:
    stood_s, most_s = stand.until_s - stand.from_s, stand.before_s - stand.after_s
    low, high = (100 * one for one in share)
    return (
        _measure("stood_unexcused", free.lasted_s, "s", free.lasted_s, most_s, limit=ban.after_s),
        _measure("stood", stood_s, "s", stood_s, most_s),
        _measure("speed_standing", 3.6 * stand.mps, "km/h", 0.0, 3.6 * stand.mps_upper),
        _measure("inside_zone", (low + high) / 2, "%", low, high, limit=100 * ban.least_inside),
    )


def _measure(  # noqa: PLR0917 - one line of a table
    name: str, value: float, unit: str, lower: float, upper: float, limit: float | None = None
) -> Measure:
    return Measure(
        name=name,
        value=round(value, 2),
        unit=unit,
        lower_95=round(lower, 2),
        upper_95=round(max(upper, value), 2),
        limit=limit,
    )
