"""Passing the stop line on red.

A fixed camera sees the lower edge of a vehicle: its rear when traffic moves away, its front when it comes
nearer. Accused is only who had his front before the line when the light had been red for the grace time
already, whose visible edge then went over the line, and who went on clearly past it, the light still red.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge.detector.types import VehicleClass
from edge.report import Measure, Reason
from edge.rules.acts import RED_LIGHT, is_plated
from edge.rules.red_light_words import WHY, accusing
from edge.rules.signal_history import Phase, SignalHistory
from edge.rules.trajectory import LONGEST_GAP_S, Numbers, Trajectory, broken, trajectory
from edge.rules.types import Verdict, Violation, Withheld
from edge.scene import Scene
from edge.tracking import Track

_KMH: Final = 3.6
_SIGMAS: Final = 2.0
_ALONG_COSINE: Final = 0.75
_LOCAL_S: Final = 0.6
_TURNED_DEG: Final = 25.0
_STRAIGHT_PROOF_M: Final = 8.0
_STANDING_MPS: Final = 0.5
_STANDING_S: Final = 1.0
_SLOWER_BEFORE: Final = 0.6
_LINE_ENDS: Final = 0.05
_LONGEST_AT_LINE_S: Final = 0.6
_LONGEST_HIDDEN_S: Final = 2.5

_LENGTHS_M: Final[dict[VehicleClass, tuple[float, float]]] = {
    "motorbike": (1.6, 2.3),
    "bicycle": (1.5, 2.2),
    "car": (3.3, 5.4),
    "bus": (5.5, 12.5),
    "truck": (4.5, 12.5),
    "person": (0.2, 0.8),
}
_KIND_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Passage:
    """How a vehicle went over the line. Times in stream seconds with the span they are certain within."""

    path: Trajectory
    past_m: Numbers
    at: int
    clear: int
    t_cross_s: float
    cross_error_s: float
    speed_mps: float
    edge_error_m: float


@dataclass(frozen=True, slots=True)
class Entry:
    """When the front went over the line: not before `earliest_s`, about `t_s`, not after `latest_s`."""

    earliest_s: float
    t_s: float
    latest_s: float


def judge(track: Track, scene: Scene, signals: SignalHistory, *, finished: bool = False) -> Verdict:
    """A violation, a suspicion withheld, or None: not over the line, lawfully over it, or not clear yet."""
    if scene.line_m is None or not is_plated(track.kind):
        return None
    path = trajectory(track, scene)
    found = passage(path, scene)
    if found is None:
        return _stopped_short(track, scene, path, signals) if finished else None
    if _must_wait(found, scene, finished=finished):
        return None
    light = signals.phase_at(found.t_cross_s)
    if light is not None and light.state == "green":
        return None
    measures = _measures(found, None, light, scene)
    code = _light_doubt(light) or _sight_doubt(found, track) or _motion_doubt(found, scene)
    if code is None and light is not None:
        entry = front_entry(found, track, scene)
        measures = _measures(found, entry, light, scene)
        code = _entry_doubt(found, entry, light, scene)
        if code is None and entry is not None:
            return _violation(track, found, entry, light, measures)
    return _withheld(track, code or "signal_unknown", found.t_cross_s, measures)


def passage(path: Trajectory, scene: Scene) -> Passage | None:
    """The way over the stop line, from clearly before it to clearly past it; None while there is none."""
    if len(path) < 3:  # noqa: PLR2004 - before, over, past
        return None
    line = scene.to_line(path.road_m)
    past_m = line.past_m
    clear = _first(past_m >= scene.red_light.clear_past_line_m)
    if clear is None:
        return None
    before = np.flatnonzero(past_m[:clear] <= -_SIGMAS * path.sigma_m[:clear])
    if not len(before):
        return None
    start = int(before[-1])
    at = start + int(np.flatnonzero(past_m[start : clear + 1] > 0)[0])
    if not _on_line(float(line.across[at])):
        return None
    way = path.road_m[clear] - path.road_m[start]
    if float(way @ scene.direction) < _ALONG_COSINE * float(np.hypot(*way)):
        return None
    t_cross_s = float(np.interp(0.0, past_m[at - 1 : at + 1], path.t_s[at - 1 : at + 1]))
    near = np.abs(path.t_s - t_cross_s) <= max(_LOCAL_S, float(path.t_s[clear]) - t_cross_s)
    near[[at - 1, at]] = True
    speed_mps = max(_slope(path.t_s[near], past_m[near]), 0.1)
    edge_error_m = _SIGMAS * float(np.hypot(path.sigma_m[at], scene.line_error_m))
    return Passage(path, past_m, at, clear, t_cross_s, edge_error_m / speed_mps, speed_mps, edge_error_m)


def front_entry(found: Passage, track: Track, scene: Scene) -> Entry | None:
    """When the front went over the line; None when that cannot be told from what was seen."""
    cross_s, error_s = found.t_cross_s, found.cross_error_s
    if scene.contact == "front":
        return Entry(cross_s - error_s, cross_s, cross_s + error_s)
    shortest_m, longest_m = _lengths(track)
    earliest_s = _time_before_line(found, longest_m + found.edge_error_m, scene)
    middle_s = _time_before_line(found, (shortest_m + longest_m) / 2, scene)
    latest_s = _time_before_line(found, max(shortest_m - found.edge_error_m, 0.0), scene)
    if earliest_s is None or middle_s is None or latest_s is None:
        return None
    return Entry(earliest_s, middle_s, latest_s)


def _time_before_line(found: Passage, distance_m: float, scene: Scene) -> float | None:
    """When the visible edge last was `distance_m` before the line.

    Before the first sighting the vehicle is taken to have been slower than when first seen, which makes the
    answer too early rather than too late; None when it hardly moved then.
    """
    path, past_m = found.path, found.past_m
    behind = np.flatnonzero(past_m[: found.at] <= -distance_m)
    if len(behind):
        last = int(behind[-1])
        span = slice(last, last + 2)
        return float(np.interp(-distance_m, past_m[span], path.t_s[span]))
    near = path.t_s <= path.t_s[0] + _LOCAL_S
    if near.sum() < 2:  # noqa: PLR2004 - two points make a speed
        return None
    first_mps = _slope(path.t_s[near], past_m[near])
    if first_mps * _KMH < scene.red_light.slowest_kmh:
        return None
    missing_m = float(past_m[0]) + distance_m
    return float(path.t_s[0]) - missing_m / (_SLOWER_BEFORE * first_mps)


def _must_wait(found: Passage, scene: Scene, *, finished: bool) -> bool:
    """Where a turn is allowed on red, wait until it is plain which way the vehicle goes."""
    exempt = scene.signal.exempt_movements if scene.signal else ()
    return bool(exempt) and not finished and float(found.past_m[-1]) < _STRAIGHT_PROOF_M


def _light_doubt(light: Phase | None) -> str | None:
    if light is None:
        return "light_changing"
    if light.state == "amber":
        return "amber"
    return None if light.state == "red" else "signal_unknown"


def _sight_doubt(found: Passage, track: Track) -> str | None:
    """Whether the vehicle was followed all the way: its foot at the line itself, and its box beyond."""
    path = found.path
    if path.t_s[found.at] - path.t_s[found.at - 1] > _LONGEST_AT_LINE_S:
        return "gap"
    way = np.array([one.t_s for one in track.observations])
    way = way[(way >= path.t_s[found.at - 1]) & (way <= path.t_s[found.clear])]
    if len(way) > 1 and float(np.diff(way).max()) > LONGEST_GAP_S:
        return "gap"
    over = path.cut(slice(max(found.at - 3, 0), found.clear + 1))
    return broken(over, longest_gap_s=_LONGEST_HIDDEN_S)


def _motion_doubt(found: Passage, scene: Scene) -> str | None:
    over = slice(found.at, found.clear + 1)
    took_s = float(found.path.t_s[found.clear]) - found.t_cross_s
    mean_mps = float(found.past_m[found.clear]) / max(took_s, 1e-3)
    if _stood(found.path.t_s[over], found.past_m[over]):
        return "stopped_past_line"
    if mean_mps * _KMH < scene.red_light.slowest_kmh:
        return "creeping"
    exempt = scene.signal.exempt_movements if scene.signal else ()
    return _turn_doubt(found, scene, exempt) if exempt else None


def _turn_doubt(found: Passage, scene: Scene, exempt: tuple[str, ...]) -> str | None:
    beyond = np.flatnonzero(found.past_m > 0)
    if float(found.past_m[-1]) < _STRAIGHT_PROOF_M or len(beyond) < 3:  # noqa: PLR2004 - a heading needs a few
        return "movement_unclear"
    tail = found.path.road_m[beyond[-min(len(beyond), 6) :]]
    heading = tail[-1] - tail[0]
    right = np.array([scene.direction[1], -scene.direction[0]])
    turned_deg = float(np.degrees(np.arctan2(heading @ right, heading @ scene.direction)))
    side = "right" if turned_deg > _TURNED_DEG else "left" if turned_deg < -_TURNED_DEG else None
    return "exempt_turn" if side in exempt else None


def _stood(t_s: Numbers, past_m: Numbers) -> bool:
    """Whether the vehicle came to a stand for a second between the line and being clear of it."""
    for first in range(len(t_s)):
        later = np.flatnonzero(t_s >= t_s[first] + _STANDING_S)
        if len(later) and past_m[later[0]] - past_m[first] < _STANDING_MPS * (t_s[later[0]] - t_s[first]):
            return True
    return False


def _entry_doubt(found: Passage, entry: Entry | None, light: Phase, scene: Scene) -> str | None:
    if entry is None:
        return "front_unknown"
    if entry.earliest_s < light.first_s + scene.red_light.grace_s:
        return "too_soon_after_red"
    if float(found.path.t_s[found.clear]) > light.last_s:
        return "light_changing"
    return None


def _stopped_short(track: Track, scene: Scene, path: Trajectory, signals: SignalHistory) -> Withheld | None:
    """A vehicle whose rear went over the line on red but not clearly past it: counted, never accused."""
    if len(path) < 3:  # noqa: PLR2004
        return None
    line = scene.to_line(path.road_m)
    past_m = line.past_m
    over = _first(past_m > scene.line_error_m + _SIGMAS * path.sigma_m)
    if over is None or not (past_m[:over] < -_SIGMAS * path.sigma_m[:over]).any():
        return None
    if not _on_line(float(line.across[over])) or past_m.max() >= scene.red_light.clear_past_line_m:
        return None
    light = signals.phase_at(float(path.t_s[over]))
    if light is None or light.state != "red":
        return None
    tail = path.t_s >= path.t_s[-1] - _STANDING_S
    moving = tail.sum() > 1 and _slope(path.t_s[tail], past_m[tail]) > _STANDING_MPS
    return _withheld(track, "lost" if moving else "stopped_past_line", float(path.t_s[over]), ())


def _lengths(track: Track) -> tuple[float, float]:
    """Shortest and longest a vehicle of the kinds this one was taken for may be."""
    seen = [one.kind for one in track.observations]
    kinds = {kind for kind in seen if seen.count(kind) >= _KIND_SHARE * len(seen)} | {track.kind}
    return min(_LENGTHS_M[kind][0] for kind in kinds), max(_LENGTHS_M[kind][1] for kind in kinds)


def _violation(
    track: Track, found: Passage, entry: Entry, light: Phase, measures: tuple[Measure, ...]
) -> Violation:
    path = found.path
    on_red = np.flatnonzero((path.t_s >= light.first_s) & (path.t_s <= entry.earliest_s))
    before = int(on_red[-1]) if len(on_red) else 0
    return Violation(
        rule="red_light",
        act=RED_LIGHT,
        track=track.id,
        kind=track.kind,
        t_start_s=float(path.t_s[before]),
        t_event_s=found.t_cross_s,
        t_end_s=float(path.t_s[found.clear]),
        frame_before=int(path.frame[before]),
        frame_at=int(path.frame[found.at]),
        frame_after=int(path.frame[found.clear]),
        measures=measures,
        reasons=accusing(
            entry.earliest_s - light.first_s, float(found.past_m[found.clear]), found.speed_mps * _KMH
        ),
    )


def _withheld(track: Track, code: str, t_event_s: float, measures: tuple[Measure, ...]) -> Withheld:
    vi, en = WHY[code]
    return Withheld("red_light", code, track.id, track.kind, t_event_s, measures, (Reason(vi=vi, en=en),))


def _measures(found: Passage, entry: Entry | None, light: Phase | None, scene: Scene) -> tuple[Measure, ...]:
    speed_kmh = found.speed_mps * _KMH
    speed_error_kmh = speed_kmh * found.edge_error_m / max(float(found.past_m[found.clear]), 1.0)
    past = float(found.past_m[found.clear])
    error_m = _SIGMAS * float(np.hypot(found.path.sigma_m[found.clear], scene.line_error_m))
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


def _slope(t_s: Numbers, place_m: Numbers) -> float:
    """Metres a second of the straight line through at least two points."""
    off_s = t_s - t_s.mean()
    return float((off_s * (place_m - place_m.mean())).sum() / (off_s**2).sum())


def _on_line(across: float) -> bool:
    return -_LINE_ENDS <= across <= 1 + _LINE_ENDS


def _first(flags: npt.NDArray[np.bool_]) -> int | None:
    found = np.flatnonzero(flags)
    return int(found[0]) if len(found) else None
