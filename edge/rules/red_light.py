"""Passing the stop line on red.

Accused is only who had his front before the line when the light that rules his lane and his way had been red
for the grace time already, whose visible edge then went over the line, and who went on, the light still red.
The event is his front at the line, as well as that is known; the pictures show before, then, and gone on.
Decree 168/2024 Art. 6.9.b (cars) and 7.7.c (motorbikes); Law 36/2024 Art. 11.4. docs/rules/red_light.md.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from edge.report import Measure, Reason
from edge.rules.acts import RED_LIGHT, is_plated
from edge.rules.red_light_passage import (
    KMH,
    MOVEMENTS,
    SIGMAS,
    Entry,
    Passage,
    front_entry,
    passage,
    possible_lanes,
    possible_movements,
    slope,
)
from edge.rules.red_light_ruling import Heads, Ruling, ruling
from edge.rules.red_light_words import WHY, accusing
from edge.rules.signal_history import Phase
from edge.rules.trajectory import LONGEST_GAP_S, Numbers, Trajectory, broken, trajectory
from edge.rules.types import Verdict, Violation, Withheld
from edge.scene import Scene
from edge.tracking import Track

_STANDING_MPS: Final = 0.5
_STANDING_S: Final = 1.0
_LONGEST_AT_LINE_S: Final = 0.6
_UNSEEN_AT_LINE_S: Final = 0.25
_MISSED_AT_LINE: Final = 2.5
_LONGEST_HIDDEN_S: Final = 2.5
_LONGEST_AMBER_S: Final = 8.0
"""Amber that lasts longer flashes, or is broken: nobody breaks a rule by passing it with care."""


def judge(track: Track, scene: Scene, heads: Heads, *, finished: bool = False) -> Verdict:
    """A violation, a suspicion withheld, or None: not over the line, lawfully over it, or not clear yet."""
    if scene.line_m is None or not is_plated(track.kind):
        return None
    path = trajectory(track, scene)
    found = passage(path, scene, finished=finished)
    if found is None:
        return _unproven(track, scene, path, heads) if finished else None
    told = ruling(
        scene.signals,
        heads,
        found.t_cross_s,
        lanes=possible_lanes(found, track, scene),
        movements=possible_movements(found, scene),
    )
    if _is_lawful(told) or (told.open and not finished):
        return None
    entry = front_entry(found, track, scene)
    light = told.light
    if light is not None and light.state == "amber" and _may_pass_amber(light, entry):
        return None
    measures = _measures(found, entry, light, scene)
    code = told.doubt or _sight_doubt(found, track) or _motion_doubt(found, scene)
    if code is None and light is not None:
        code = _entry_doubt(found, entry, light, scene)
        if code is None and entry is not None:
            by = told.heads if len(scene.signals) > 1 else ()
            return _violation(track, found, entry, light, measures, heads=by)
    return _withheld(track, code or "signal_unknown", found.t_cross_s, measures)


def _is_lawful(told: Ruling) -> bool:
    return told.doubt is None and (told.light is None or told.light.state == "green")


def _may_pass_amber(light: Phase, entry: Entry | None) -> bool:
    """Whether amber is no offence for sure: it flashes, or the front was over before it came.

    Law 36/2024 Art. 11.4.b: who is on the stop line or past it when amber comes may go on.
    """
    if light.last_s - light.first_s > _LONGEST_AMBER_S:
        return True
    return entry is not None and entry.latest_s < light.before_s


def _sight_doubt(found: Passage, track: Track) -> str | None:
    """Whether the vehicle was followed all the way: its foot near the line, and its box all along."""
    path = found.path
    before_s, after_s = float(path.t_s[found.at - 1]), float(path.t_s[found.at])
    if after_s - before_s > _LONGEST_AT_LINE_S:
        return "gap"
    seen_s = np.array([one.t_s for one in track.observations])
    usual_s = float(np.median(np.diff(seen_s)))
    at_line = seen_s[(seen_s >= before_s) & (seen_s <= after_s)]
    if float(np.diff(at_line).max()) > max(_UNSEEN_AT_LINE_S, _MISSED_AT_LINE * usual_s):
        return "gap"
    way_s = seen_s[(seen_s >= before_s) & (seen_s <= float(path.t_s[found.clear]))]
    if float(np.diff(way_s).max()) > LONGEST_GAP_S:
        return "gap"
    over = path.cut(slice(max(found.at - 3, 0), found.clear + 1))
    return broken(over, longest_gap_s=_LONGEST_HIDDEN_S)


def _motion_doubt(found: Passage, scene: Scene) -> str | None:
    over = slice(found.at, found.clear + 1)
    if _stood(found.path.t_s[over], found.gone_m[over]):
        return "stopped_past_line"
    took_s = float(found.path.t_s[found.clear]) - found.t_cross_s
    mean_mps = float(found.gone_m[found.clear]) / max(took_s, 1e-3)
    return "creeping" if mean_mps * KMH < scene.red_light.slowest_kmh else None


def _stood(t_s: Numbers, gone_m: Numbers) -> bool:
    """Whether the vehicle came to a stand for a second between the line and being clear of it."""
    for first in range(len(t_s)):
        later = np.flatnonzero(t_s >= t_s[first] + _STANDING_S)
        if len(later) and gone_m[later[0]] - gone_m[first] < _STANDING_MPS * (t_s[later[0]] - t_s[first]):
            return True
    return False


def _entry_doubt(found: Passage, entry: Entry | None, light: Phase, scene: Scene) -> str | None:
    if light.state != "red":
        return "amber" if light.state == "amber" else "signal_unknown"
    if entry is None:
        return "front_unknown"
    if entry.earliest_s < light.first_s + scene.red_light.grace_s:
        return "too_soon_after_red"
    if float(found.path.t_s[found.clear]) > light.last_s:
        return "light_changing"
    return None


def _unproven(track: Track, scene: Scene, path: Trajectory, heads: Heads) -> Withheld | None:
    """Who is no case but was seen past the line on red: counted, never accused.

    Its rear went over and it did not go on, or its foot was hidden while its box went over.
    """
    short = _stopped_short(track, scene, path, heads)
    if short is not None:
        return short
    bared = tuple(replace(one, contact_clear=True) for one in track.observations)
    hidden = passage(trajectory(replace(track, observations=bared), scene), scene, finished=True)
    if hidden is None or not _may_be_red(scene, heads, hidden.t_cross_s):
        return None
    return _withheld(track, "gap", hidden.t_cross_s, ())


def _may_be_red(scene: Scene, heads: Heads, t_s: float) -> bool:
    """Whether it was red for any lane and way."""
    lanes = frozenset({None, *(lane.name for lane, _ in scene.marks.lanes)})
    told = ruling(scene.signals, heads, t_s, lanes=lanes, movements=MOVEMENTS)
    is_red = told.light is not None and told.light.state == "red"
    return is_red or told.doubt in {"movement_unclear", "lane_unclear"}


def _stopped_short(track: Track, scene: Scene, path: Trajectory, heads: Heads) -> Withheld | None:
    """A vehicle whose rear went over the line on red but that was not seen to go on."""
    if len(path) < 3:  # noqa: PLR2004
        return None
    line = scene.to_line(path.road_m)
    beyond = np.flatnonzero(line.past_m > scene.line_error_m + SIGMAS * path.sigma_m)
    if not len(beyond):
        return None
    over = int(beyond[0])
    on_line = 0 <= float(line.across[over]) <= 1
    if not on_line or not (line.past_m[:over] < -SIGMAS * path.sigma_m[:over]).any():
        return None
    gone_m = np.hypot(*(path.road_m - path.road_m[over]).T)
    if gone_m[over:].max() >= scene.red_light.clear_past_line_m:
        return None
    t_s = float(path.t_s[over])
    if not _may_be_red(scene, heads, t_s):
        return None
    tail = path.t_s >= max(float(path.t_s[-1]) - _STANDING_S, t_s)
    moving = tail.sum() > 1 and slope(path.t_s[tail], gone_m[tail]) > _STANDING_MPS
    return _withheld(track, "lost" if moving else "stopped_past_line", t_s, ())


def _violation(
    track: Track,
    found: Passage,
    entry: Entry,
    light: Phase,
    measures: tuple[Measure, ...],
    *,
    heads: tuple[str, ...],
) -> Violation:
    path = found.path
    on_red = np.flatnonzero((path.t_s >= light.first_s) & (path.t_s <= entry.earliest_s))
    before = int(on_red[-1]) if len(on_red) else 0
    at = max(int(np.argmin(np.abs(path.t_s - entry.t_s))), before + 1)
    return Violation(
        rule="red_light",
        act=RED_LIGHT,
        track=track.id,
        kind=track.kind,
        t_start_s=float(path.t_s[before]),
        t_event_s=max(entry.t_s, float(path.t_s[before])),
        t_end_s=float(path.t_s[found.clear]),
        frame_before=int(path.frame[before]),
        frame_at=int(path.frame[at]),
        frame_after=int(path.frame[found.clear]),
        measures=measures,
        reasons=accusing(
            entry.earliest_s - light.first_s,
            float(found.gone_m[found.clear]),
            found.speed_mps * KMH,
            unstoppable=found.unstoppable,
            heads=heads,
        ),
    )


def _withheld(track: Track, code: str, t_event_s: float, measures: tuple[Measure, ...]) -> Withheld:
    vi, en = WHY[code]
    return Withheld("red_light", code, track.id, track.kind, t_event_s, measures, (Reason(vi=vi, en=en),))


def _measures(found: Passage, entry: Entry | None, light: Phase | None, scene: Scene) -> tuple[Measure, ...]:
    speed_kmh = found.speed_mps * KMH
    past = float(found.gone_m[found.clear])
    speed_error_kmh = speed_kmh * found.edge_error_m / max(past, 1.0)
    error_m = SIGMAS * float(np.hypot(found.path.sigma_m[found.clear], scene.line_error_m))
    made = [
        _measure("past_line", past, "m", past - error_m, past + error_m),
        _measure(
            "speed_at_line",
            speed_kmh,
            "km/h",
            max(speed_kmh - speed_error_kmh, 0),
            speed_kmh + speed_error_kmh,
        ),
    ]
    if entry is not None and light is not None:
        onset_s = (light.before_s + light.first_s) / 2
        made.insert(
            0,
            _measure(
                "red_before_entry",
                entry.t_s - onset_s,
                "s",
                entry.earliest_s - light.first_s,
                entry.latest_s - light.before_s,
                limit=scene.red_light.grace_s,
            ),
        )
    return tuple(made)


def _measure(  # noqa: PLR0917 - one line of a table
    name: str, value: float, unit: str, lower: float, upper: float, limit: float | None = None
) -> Measure:
    return Measure(
        name=name,
        value=round(value, 3),
        unit=unit,
        lower_95=round(lower, 3),
        upper_95=round(upper, 3),
        limit=limit,
    )
