"""What the rules of movement ask alike: unbroken stretches, how far and how fast, what stands in the way."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from edge.detector.types import VehicleClass
from edge.report import Measure, Reason, RuleName
from edge.rules.binding import in_force
from edge.rules.context import Context
from edge.rules.footprint import Way, centre_of
from edge.rules.motion_fit import FEWEST, fit_motion
from edge.rules.trajectory import LONGEST_GAP_S, broken, trajectory
from edge.rules.types import Violation, Withheld
from edge.scene_file import Hours
from edge.tracking import Track

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
Words = Mapping[str, tuple[str, str]]

KMH: Final = 3.6
_Z95: Final = 1.96
_MOST_GROWTH: Final = 1.35
_STANDING_M: Final = 0.8
_STANDING_S: Final = 1.0
_BRIDGE_S: Final = 0.5
_HOURS_GUARD_S: Final = 60.0
_QUEUE_LENGTH: Final = 3
_QUEUE_GAP_M: Final = 15.0
_QUEUE_WIDTH_M: Final = 1.8

WHY_BROKEN: Final[dict[str, tuple[str, str]]] = {
    "gap": ("Xe bị khuất quá lâu.", "Out of sight too long."),
    "jump": ("Vị trí xe nhảy bất thường, có thể lẫn hai xe.", "The track jumps; it may be two vehicles."),
    "size_jump": (
        "Kích thước xe đổi bất thường, có thể lẫn hai xe.",
        "The vehicle's size jumps; it may be two vehicles.",
    ),
    "kind_unclear": (
        "Chưa chắc đây là loại xe nào.",
        "What kind of vehicle it is, is not certain.",
    ),
    "clock_unknown": (
        "Không biết giờ thực nên không biết biển có hiệu lực hay không.",
        "The time of day is not known, so neither whether the sign was in force.",
    ),
    "near_hours": (
        "Quá sát giờ bắt đầu hoặc kết thúc hiệu lực của biển.",
        "Too near the hour at which the sign begins or ceases to be in force.",
    ),
}
"""What withholds any rule of movement."""


@dataclass(frozen=True, slots=True)
class Drive:
    """A stretch driven: metres from its first to its last sighting and the speed along that line."""

    way: Way
    far_m: tuple[float, float, float]
    kmh: tuple[float, float, float]

    @property
    def seconds(self) -> float:
        """How long it took."""
        return float(self.way.t_s[-1] - self.way.t_s[0])


def stretches(flags: Flags, t_s: Numbers, *, longest_gap_s: float = LONGEST_GAP_S) -> list[slice]:
    """Runs of sightings for which a flag holds, cut where nothing was seen for longer than that."""
    found: list[slice] = []
    first: int | None = None
    for i, flag in enumerate(flags):
        if first is not None and (not flag or t_s[i] - t_s[i - 1] > longest_gap_s):
            found.append(slice(first, i))
            first = None
        if flag and first is None:
            first = i
    return found if first is None else [*found, slice(first, len(flags))]


def bridged(flags: Flags, t_s: Numbers, *, longest_s: float = _BRIDGE_S) -> Flags:
    """The flags with interruptions filled in that are too short to be anything but a trembling box."""
    filled = flags.copy()
    held = np.flatnonzero(flags)
    for a, b in pairwise(held.tolist()):
        if t_s[b] - t_s[a] <= longest_s:
            filled[a:b] = True
    return filled


def driven(way: Way, direction: Numbers | None = None) -> Drive | None:
    """How far and fast it went in a direction (unit vector), or from first to last.

    Value, lower and upper end of the 95 % interval each; None for too few sightings.
    """
    if len(way) < FEWEST:
        return None
    chord = way.centre_m[-1] - way.centre_m[0]
    ahead = direction if direction is not None else chord / max(float(np.hypot(*chord)), 1e-9)
    place_m, sigma_m = way.centre_m @ ahead, way.sigma_m(ahead)
    far = float(place_m[-1] - place_m[0])
    doubt = _Z95 * float(np.hypot(sigma_m[0], sigma_m[-1]))
    fit = fit_motion(way.t_s, place_m, sigma_m)
    kmh = tuple(KMH * (fit.speed + side * fit.half_width_95) for side in (0, -1, 1))
    return Drive(way, (far, far - doubt, far + doubt), (kmh[0], kmh[1], kmh[2]))


def unsound(way: Way) -> str | None:
    """Why these sightings cannot be one vehicle followed without a break; None when they can.

    Beside what `broken` finds: a box that grows or shrinks against the block it holds has taken in another
    vehicle, or lost a part of its own.
    """
    if (why := broken(way.path)) is not None:
        return why
    tall = way.tallness[np.isfinite(way.tallness)]
    if not len(tall):
        return None
    low, high = np.percentile(tall, [10, 90])
    return "size_jump" if high > _MOST_GROWTH * max(low, 1e-6) else None


def share_of(track: Track, kinds: Collection[VehicleClass]) -> float:
    """Which part of its sightings, weighed by how sure each was, took it for one of these kinds."""
    total = sum(one.confidence for one in track.observations)
    said = sum(one.confidence for one in track.observations if one.kind in kinds)
    return said / total if total > 0 else 0.0


def hours_doubt(
    hours: Sequence[Hours], context: Context, t_start_s: float, t_end_s: float
) -> Literal["off", "clock_unknown", "near_hours"] | None:
    """Whether a sign was in force meanwhile: None, surely; `off`, surely not; else why that is not known.

    A minute before and after counts too: drivers' clocks are not the camera's.
    """
    said = {
        in_force(hours, context.clock(t_s))
        for t_s in (t_start_s - _HOURS_GUARD_S, t_start_s, t_end_s, t_end_s + _HOURS_GUARD_S)
    }
    if None in said:
        return "clock_unknown"
    if len(said) > 1:
        return "near_hours"
    return None if said == {True} else "off"


def standing(context: Context, t_start_s: float, t_end_s: float) -> Numbers:
    """Where other vehicles stood still for a second or more meanwhile, n x 2, m."""
    places = []
    for other in context.others:
        path = trajectory(other, context.scene)
        near = path.cut((path.t_s >= t_start_s) & (path.t_s <= t_end_s))
        for i in range(len(near)):
            later = np.flatnonzero(near.t_s >= near.t_s[i] + _STANDING_S)
            if not len(later):
                break
            moved_m = float(np.hypot(*(near.road_m[later[0]] - near.road_m[i])))
            if moved_m < _STANDING_M:
                until_s = float(near.t_s[later[0]])
                centre = centre_of(other, context.scene, float(near.t_s[i]), until_s)
                places.append(near.road_m[i] if centre is None else centre)
                break
    return np.array(places, dtype=np.float64).reshape(-1, 2)


def without_queues(places_m: Numbers, ahead: Numbers) -> Numbers:
    """The places less those of three or more that stand in a row: a queue is to be waited in, not passed."""
    along = places_m @ ahead
    across = places_m @ np.array([-ahead[1], ahead[0]])
    after = (np.abs(np.subtract.outer(along, along)) < _QUEUE_GAP_M) & (
        np.abs(np.subtract.outer(across, across)) < _QUEUE_WIDTH_M
    )
    linked = after
    for _ in range(len(places_m)):
        linked = linked @ after
    return places_m[linked.sum(axis=1) < _QUEUE_LENGTH] if len(places_m) else places_m


def measure(
    name: str, values: tuple[float, float, float], unit: str, *, limit: float | None = None
) -> Measure:
    """A measured value with the lower and upper end of its 95 % interval, rounded as people read it."""
    value, lower, upper = (round(one, 3) for one in values)
    return Measure(name=name, value=value, unit=unit, lower_95=lower, upper_95=upper, limit=limit)


def withheld(
    rule: RuleName,
    code: str,
    track: Track,
    t_event_s: float,
    *,
    why: Words,
    measures: tuple[Measure, ...] = (),
) -> Withheld:
    """A suspicion kept back, with the words for its code."""
    vi, en = why[code]
    return Withheld(rule, code, track.id, track.kind, t_event_s, measures, (Reason(vi=vi, en=en),))


def accusation(
    rule: RuleName,
    act: str,
    track: Track,
    way: Way,
    *,
    at: int,
    span: tuple[int, int] | None = None,
    measures: tuple[Measure, ...],
    reasons: tuple[Reason, ...],
) -> Violation:
    """A violation over a way: pictures of the first, the `at`th and the last sighting of `span` (or all)."""
    first, last = span or (0, len(way) - 1)
    return Violation(
        rule=rule,
        act=act,
        track=track.id,
        kind=track.kind,
        t_start_s=float(way.t_s[first]),
        t_event_s=float(way.t_s[at]),
        t_end_s=float(way.t_s[last]),
        frame_before=int(way.path.frame[first]),
        frame_at=int(way.path.frame[at]),
        frame_after=int(way.path.frame[last]),
        measures=measures,
        reasons=reasons,
    )
