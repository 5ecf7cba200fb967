"""Turning left or right, or round, where a sign forbids it.

The vehicle goes in over one gate and out over the other, followed all the way, and by how far it has turned
in between this was the turn the sign means.
Decree 168/2024: turns Art. 6.4.k (cars, buses, trucks) and 7.3.a (motorbikes); U-turns Art. 6.4.k and 7.2.k.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from edge.detector.types import PLATED, VehicleClass
from edge.report import Reason, RuleName
from edge.rules.acts import is_plated
from edge.rules.binding import LEGAL_ZONE, binds
from edge.rules.context import Context
from edge.rules.footprint import Way, path_of, way_of
from edge.rules.manoeuvres import (
    WHY_BROKEN,
    Numbers,
    accusation,
    hours_doubt,
    measure,
    share_of,
    unsound,
    withheld,
)
from edge.rules.numbers import vi
from edge.rules.types import Verdict, Violation, Withheld
from edge.scene_file import ForbiddenTurn
from edge.scene_zones import MarkedTurn
from edge.tracking import Track

LONGEST_S: Final = 25.0
HEADING_S: Final = 0.5
CERTAIN_KIND: Final = 0.9
PERHAPS_KIND: Final = 0.5
LEFT_DEG: Final = {"left": (50.0, 130.0), "right": (-130.0, -50.0), "u_turn": (145.0, 215.0)}
"""How far to the left a vehicle has turned between the gates; U-turns count either way round."""
NEARLY_DEG: Final = 25.0
WIDER_M: Final = 4.0
STEP_M: Final = 2.0
APPROACH_M: Final = 8.0
TURNING_COSINE: Final = float(np.cos(np.radians(20.0)))


@dataclass(frozen=True, slots=True)
class _Turned:
    """A way from just before the first gate to just after the second, and the turn between."""

    turn: ForbiddenTurn
    way: Way
    entered_s: float
    left_s: float
    left_deg: float
    error_deg: float


def illegal_turn(track: Track, context: Context, *, finished: bool = False) -> Verdict:
    """A left or right turn against a sign, a suspicion withheld, or None."""
    turns = [one for one in context.scene.marks.turns if one.turn.kind != "u_turn"]
    return _judge("illegal_turn", turns, track, context, finished=finished)


def u_turn(track: Track, context: Context, *, finished: bool = False) -> Verdict:
    """A U-turn against a sign, a suspicion withheld, or None."""
    turns = [one for one in context.scene.marks.turns if one.turn.kind == "u_turn"]
    return _judge("u_turn", turns, track, context, finished=finished)


def act_of(turn: ForbiddenTurn, kind: VehicleClass) -> str:
    """The act of the catalogue: U-turns of motorbikes have an article of their own."""
    if turn.kind != "u_turn":
        return "turn_sign"
    return "u_turn" if kind == "motorbike" else "u_turn_sign"


def _judge(
    rule: RuleName, turns: list[MarkedTurn], track: Track, context: Context, *, finished: bool
) -> Verdict:
    turns = [one for one in turns if binds(one.turn.kinds, track.kind)]
    if not turns or not is_plated(track.kind):
        return None
    road_m = path_of(track, context.scene).road_m
    turns = [one for one in turns if _may_have_turned(road_m, one)]
    if not turns:
        return None
    way = way_of(track, context.scene)
    if way is None:
        return None
    kept: Withheld | None = None
    for marked in turns:
        found = _turned(way, marked, context.scene.marks.handed)
        verdict = None if found is None else _judged(rule, track, context, found, finished=finished)
        if isinstance(verdict, Violation):
            return verdict
        kept = kept or verdict
    return kept if finished else None


def _may_have_turned(road_m: Numbers, marked: MarkedTurn) -> bool:
    """Whether its foot went over about the first gate, since turned, and came near the second; cheap."""
    entries = marked.enter.wider(WIDER_M).crossing(road_m)
    if not entries or not marked.leave.near(road_m):
        return False
    at = entries[0][0]
    before = np.flatnonzero(np.hypot(*(road_m[: at + 1] - road_m[at]).T) <= APPROACH_M)
    start = -_first_step(road_m[before[0] :])
    end = _first_step(road_m[at:][::-1])
    cosine = float(start @ end) / max(float(np.hypot(*start) * np.hypot(*end)), 1e-9)
    return cosine < TURNING_COSINE


def _first_step(road_m: Numbers) -> Numbers:
    """To the first of the places from the next one far enough for a heading; from the last where none is."""
    far = np.flatnonzero(np.hypot(*(road_m - road_m[0]).T) > STEP_M)
    return np.asarray(road_m[0] - road_m[far[0] if len(far) else -1], dtype=np.float64)


def _turned(way: Way, marked: MarkedTurn, handed: float) -> _Turned | None:
    """The last time it went in before it went out; None when it did not do both in this order."""
    entries = marked.enter.crossing(way.centre_m)
    for out, share in marked.leave.crossing(way.centre_m):
        before = [one for one in entries if one[0] + one[1] < out + share]
        if not before:
            continue
        first, last = before[-1][0], out + 1
        entered_s = _moment(way, *before[-1])
        left_s = _moment(way, out, share)
        start, start_error = _heading(way, entered_s)
        end, end_error = _heading(way, left_s)
        between = slice(first, last + 1)
        rough = _swept(way.cut(between), start, end)
        return _Turned(
            marked.turn,
            way.cut(between),
            entered_s,
            left_s,
            handed * rough,
            float(np.hypot(start_error, end_error)),
        )
    return None


def _moment(way: Way, at: int, share: float) -> float:
    return float(way.t_s[at] + share * (way.t_s[at + 1] - way.t_s[at]))


def _heading(way: Way, t_s: float) -> tuple[float, float]:
    """Where it headed about a moment, degrees counter-clockwise from +x, and the 95 % error."""
    near = np.flatnonzero(np.abs(way.t_s - t_s) <= HEADING_S)
    if len(near) < 2:  # noqa: PLR2004 - two places make a way
        at = int(np.argmin(np.abs(way.t_s - t_s)))
        near = np.array([max(at - 1, 0), min(at + 1, len(way) - 1)])
    step = way.centre_m[near[-1]] - way.centre_m[near[0]]
    far_m = max(float(np.hypot(*step)), 1e-6)
    across = np.array([-step[1], step[0]]) / far_m
    sigma_m = np.hypot(*way.sigma_m(across)[[near[0], near[-1]]])
    error = float(np.degrees(np.arctan2(1.96 * sigma_m, far_m)))
    return float(np.degrees(np.arctan2(step[1], step[0]))), error


def _swept(way: Way, start_deg: float, end_deg: float) -> float:
    """How far it turned counter-clockwise from one heading to the other, by the way it took."""
    angle = np.unwrap(np.arctan2(way.ahead[:, 1], way.ahead[:, 0]))
    rough_deg = float(np.degrees(angle[-1] - angle[0]))
    exact_deg = end_deg - start_deg
    return exact_deg + 360.0 * round((rough_deg - exact_deg) / 360.0)


def _judged(rule: RuleName, track: Track, context: Context, found: _Turned, *, finished: bool) -> Verdict:
    turn, way = found.turn, found.way
    off_deg = _off_deg(turn, found)
    if off_deg > NEARLY_DEG:
        return None
    if way.t_s[-1] + HEADING_S > track.last.t_s and not finished:
        return None
    hours = hours_doubt(turn.hours, context, found.entered_s, found.left_s)
    bound = share_of(track, turn.kinds or PLATED)
    if hours == "off" or bound < PERHAPS_KIND:
        return None
    seconds = found.left_s - found.entered_s
    turned = abs(found.left_deg)
    measures = (
        measure("turned", (turned, max(turned - found.error_deg, 0), turned + found.error_deg), "°"),
        measure("turn_time", (seconds, seconds, seconds), "s"),
    )
    code = (
        unsound(way) or _doubt(found, off_deg) or hours or ("kind_unclear" if bound < CERTAIN_KIND else None)
    )
    if code is not None:
        return withheld(rule, code, track, found.left_s, why=_WHY, measures=measures)
    return accusation(
        rule,
        act_of(turn, track.kind),
        track,
        way,
        at=_half_turned(way),
        measures=measures,
        reasons=_reasons(context, found),
    )


def _half_turned(way: Way) -> int:
    """The sighting at which half of the turn was behind it."""
    angle = np.unwrap(np.arctan2(way.ahead[:, 1], way.ahead[:, 0]))
    return int(np.argmin(np.abs(angle - (angle[0] + angle[-1]) / 2)))


def _off_deg(turn: ForbiddenTurn, found: _Turned) -> float:
    """By how much the turn misses what the sign means; 0 within."""
    low, high = LEFT_DEG[turn.kind]
    turned = abs(found.left_deg) if turn.kind == "u_turn" else found.left_deg
    return max(low - turned, turned - high, 0.0)


def _doubt(found: _Turned, off_deg: float) -> str | None:
    if off_deg > 0 or found.error_deg > NEARLY_DEG:
        return "heading_unclear"
    return "too_long" if found.left_s - found.entered_s > LONGEST_S else None


def _reasons(context: Context, found: _Turned) -> tuple[Reason, ...]:
    turn = found.turn
    name_vi, name_en = _NAMES[turn.kind]
    sign = f" ({turn.sign})" if turn.sign else ""
    seconds, turned = found.left_s - found.entered_s, abs(found.left_deg)
    said = [
        Reason(
            vi=f'Xe {name_vi} tại nơi có biển cấm "{turn.name}"{sign}.',
            en=f'It {name_en} where a sign forbids it: "{turn.name}"{sign}.',
        ),
        Reason(
            vi=f"Xe đi vào qua vạch vào và ra qua vạch ra sau {vi(seconds)} giây, đổi hướng {turned:.0f}°.",
            en=f"It went in over the first gate and out over the second {seconds:.1f} s later, turned by "
            f"{turned:.0f}°.",
        ),
    ]
    at = context.clock(found.entered_s)
    if turn.hours and at is not None:
        now = at.astimezone(LEGAL_ZONE)
        spans = ", ".join(f"{one.since:%H:%M}-{one.until:%H:%M}" for one in turn.hours)
        said.append(
            Reason(
                vi=f"Lúc {now:%H:%M:%S} (giờ Việt Nam), trong giờ cấm {spans}.",
                en=f"At {now:%H:%M:%S} (Vietnam time), within the forbidden hours {spans}.",
            )
        )
    return tuple(said)


_NAMES: Final[dict[str, tuple[str, str]]] = {
    "left": ("rẽ trái", "turned left"),
    "right": ("rẽ phải", "turned right"),
    "u_turn": ("quay đầu", "made a U-turn"),
}

_WHY: Final[dict[str, tuple[str, str]]] = WHY_BROKEN | {
    "heading_unclear": (
        "Hướng xe đổi không khớp rõ ràng với kiểu rẽ bị cấm.",
        "How far it turned does not clearly match the forbidden turn.",
    ),
    "too_long": (
        "Giữa lúc vào và lúc ra quá lâu: có thể là hai lần đi khác nhau.",
        "Too long between going in and out: it may have been two ways, not one turn.",
    ),
}
