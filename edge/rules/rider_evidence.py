"""What several looks at one motorbike prove about who rides it, and what they leave open.

The network that looks is right nine times in ten on hard pictures, and wrong in the same way again on the
same rider. So a verdict asks for several near looks that all agree and are all sure, of heads that are large
enough; for the number of people, no look may show the trace of a head that was not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from edge.detector.rider_look import Head
from edge.report import Measure, Reason, RuleName
from edge.rules.context import Context
from edge.rules.rider_words import WHY
from edge.rules.types import RiderSighting, Violation, Withheld
from edge.scene import Scene
from edge.tracking import Observation, Track

FEWEST_LOOKS: Final = 4
SMALLEST_HEAD_PX: Final = 24.0
"""Chosen with the next two by `python -m benchmarks.helmet_verdicts`, so that nobody covered is accused."""
BARE_MEDIAN: Final = 0.9
BARE_EACH: Final = 0.7
COUNTED_HEAD_PX: Final = 14.0
"""Smaller heads can be counted than told bare from covered."""
SUSPECT: Final = 0.6
TRACE: Final = 0.08
_SHORTEST_S: Final = 0.35
_AGREEING: Final = 0.8
_RIPE_S: Final = 1.5
_MOST_LOOKS: Final = 16
_LONG_S: Final = 10.0
_LATEST_S: Final = 12.0
_LEVEL_HEADS: Final = 0.4
_SEAT_M: Final = 0.4
_HEAD_HEIGHT_M: Final = 1.5
_UNKNOWN_HEIGHT: Final = 0.7
_SHOWS_HEADS: Final = 0.4
_APART_HEADS: Final = 0.6
_STEP_S: Final = 0.5
_WAY_S: Final = 1.0
_LEAST_WAY_M: Final = 1.0
_Z95: Final = 1.96

Bareness = Literal["bare", "perhaps", "no"]
Pictures: TypeAlias = tuple[Observation, Observation, Observation]
"""Sightings before, at and after an act."""


@dataclass(frozen=True, slots=True)
class RiderCase:
    """The near looks at one motorbike, oldest first. `people`: None where they do not agree."""

    looks: tuple[RiderSighting, ...]
    people: int | None

    @property
    def at_least(self) -> int:
        """How many surely ride: so many were counted in four looks of five."""
        counts = sorted((one.look.people or 1 for one in self.looks), reverse=True)
        return counts[int(np.ceil(_AGREEING * len(counts))) - 1] if counts else 0


def case_of(
    track: Track, context: Context, *, finished: bool, smallest_px: float = SMALLEST_HEAD_PX
) -> RiderCase | None:
    """The looks at a motorbike once there will hardly be better ones; None until then, or with none."""
    if track.kind != "motorbike" or not context.riders:
        return None
    return rider_case(context.riders, smallest_px) if finished or _is_ripe(context) else None


def rider_case(sightings: Sequence[RiderSighting], smallest_px: float = SMALLEST_HEAD_PX) -> RiderCase | None:
    """What these looks say together; None when in none all heads are large enough."""
    looks = tuple(one for one in sightings if _is_near(one, smallest_px))
    return RiderCase(looks, _people(looks)) if looks else None


def is_enough(looks: Sequence[RiderSighting]) -> bool:
    """Whether there are looks enough, over time enough, for a verdict."""
    return len(looks) >= FEWEST_LOOKS and looks[-1].t_s - looks[0].t_s >= _SHORTEST_S


def bareness(chances: Sequence[float]) -> Bareness:
    """What the chances of a bare head in each look say together."""
    middle = float(np.median(chances)) if len(chances) else 0.0
    if middle >= BARE_MEDIAN and min(chances) >= BARE_EACH:
        return "bare"
    return "perhaps" if middle >= SUSPECT else "no"


def all_bare(case: RiderCase) -> list[float]:
    """In each look, the chance that even the best covered head is bare."""
    return [min(head.chance_bare for head in one.look.heads) for one in case.looks]


def any_bare(case: RiderCase) -> list[float]:
    """In each look, the chance that the least covered head is bare."""
    return [max(head.chance_bare for head in one.look.heads) for one in case.looks]


def driver_and_passenger(
    case: RiderCase, track: Track, scene: Scene
) -> tuple[list[float], list[float]] | None:
    """The chances of the driver and of his one passenger in each look; None where they cannot be told apart.

    From behind and from the front one hides the other; only where the machine is seen from the side is the
    foremost head surely the driver's.
    """
    pairs = []
    for one in case.looks:
        now = _seen_at(track, one)
        if now is None or len(one.look.heads) != 2:  # noqa: PLR2004 - a driver and a passenger
            return None
        seat_px = _seat_px(now, track, scene)
        ahead = sorted(one.look.heads, key=lambda head: head.box.cx * np.sign(seat_px[0]))
        apart_px = abs(ahead[1].box.cx - ahead[0].box.cx)
        width_px = max(head.box.w for head in ahead)
        if min(apart_px, abs(seat_px[0])) < _APART_HEADS * width_px:
            return None
        pairs.append(ahead)
    return [pair[1].chance_bare for pair in pairs], [pair[0].chance_bare for pair in pairs]


def could_hide_another(case: RiderCase, track: Track, scene: Scene) -> bool:
    """Whether a driver may sit unseen before the one head that shows: the camera never looked down enough.

    From behind a passenger covers his driver until the camera is so steep above them that a part of the next
    head would show over his.
    """
    for one in case.looks:
        now = _seen_at(track, one)
        if now is not None:
            tall_px = max(head.box.h for head in one.look.heads)
            if float(np.hypot(*_seat_px(now, track, scene))) >= _SHOWS_HEADS * tall_px:
                return False
    return True


def are_level(case: RiderCase, track: Track, scene: Scene) -> bool:
    """Whether all heads are about equally high in most looks: then no small child is among them."""
    level = [_level(one, track, scene) for one in case.looks if len(one.look.heads) > 1]
    return bool(level) and sum(level) >= _AGREEING * len(level)


def best_pictures(case: RiderCase, track: Track, now_s: float) -> Pictures | None:
    """Sightings before, at and after the nearest look; None when there are no three, or it is long ago."""
    seen = {one.frame: index for index, one in enumerate(track.observations)}
    inner = [
        one
        for one in case.looks
        if 0 < seen.get(one.frame, 0) < len(track.observations) - 1 and now_s - one.t_s <= _LATEST_S
    ]
    if not inner:
        return None
    best = max(inner, key=lambda one: max(head.box.area for head in one.look.heads))
    at = seen[best.frame]
    times = np.array([one.t_s for one in track.observations])
    before = min(int(np.argmin(np.abs(times - best.t_s + _STEP_S))), at - 1)
    after = max(int(np.argmin(np.abs(times - best.t_s - _STEP_S))), at + 1)
    return track.observations[before], track.observations[at], track.observations[after]


def accusation(
    rule: RuleName,
    act: str,
    track: Track,
    shown: Pictures,
    *,
    measures: tuple[Measure, ...],
    reasons: tuple[Reason, ...],
) -> Violation:
    """A violation that these pictures show."""
    before, at, after = shown
    return Violation(
        rule=rule,
        act=act,
        track=track.id,
        kind=track.kind,
        t_start_s=before.t_s,
        t_event_s=at.t_s,
        t_end_s=after.t_s,
        frame_before=before.frame,
        frame_at=at.frame,
        frame_after=after.frame,
        measures=measures,
        reasons=reasons,
    )


def withheld(
    rule: RuleName, track: Track, case: RiderCase, code: str, measures: tuple[Measure, ...]
) -> Withheld:
    """A suspicion kept back, with the words for its code."""
    vi, en = WHY[code]
    event_s = case.looks[-1].t_s
    return Withheld(rule, code, track.id, track.kind, event_s, measures, (Reason(vi=vi, en=en),))


def share_measure(name: str, said: int, of: int, limit: float | None = None) -> Measure:
    """A share of looks in percent, with Wilson's 95 % interval."""
    share, z2 = said / of, _Z95**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z95 * np.sqrt(share * (1 - share) / of + z2 / (4 * of**2)) / (1 + z2 / of)
    return Measure(
        name=name,
        value=round(100 * share, 1),
        unit="%",
        lower_95=round(100 * float(max(middle - half, 0)), 1),
        upper_95=round(100 * float(min(middle + half, 1)), 1),
        limit=limit,
    )


def _is_near(one: RiderSighting, smallest_px: float) -> bool:
    sides = [min(head.box.w, head.box.h) for head in one.look.heads]
    return bool(sides) and min(sides) >= smallest_px


def _is_ripe(context: Context) -> bool:
    first, last = context.riders[0], context.riders[-1]
    waited_s = context.now_s - last.t_s
    return waited_s >= _RIPE_S or (len(context.riders) >= _MOST_LOOKS and last.t_s - first.t_s >= _LONG_S)


def _people(looks: Sequence[RiderSighting]) -> int | None:
    counts = Counter(_counted(one) for one in looks)
    people, votes = counts.most_common(1)[0]
    return people if votes >= _AGREEING * len(looks) else None


def _counted(one: RiderSighting) -> int | None:
    """The people in one look; one alone only where there is no trace of another."""
    people = one.look.people
    return None if people == 1 and one.look.further >= TRACE else people


def _level(one: RiderSighting, track: Track, scene: Scene) -> bool:
    heads: Sequence[Head] = one.look.heads
    now = _seen_at(track, one)
    if now is None:
        return False
    tops = [head.box.y for head in heads]
    tall_px = float(np.mean([head.box.h for head in heads]))
    tilt_px = abs(_seat_px(now, track, scene)[1]) * (len(heads) - 1)
    return max(tops) - min(tops) <= _LEVEL_HEADS * tall_px + tilt_px


def _seen_at(track: Track, one: RiderSighting) -> Observation | None:
    return next((seen for seen in reversed(track.observations) if seen.frame == one.frame), None)


def _seat_px(now: Observation, track: Track, scene: Scene) -> tuple[float, float]:
    """How far in the picture the driver's head is from his passenger's, px across and down."""
    around = [one for one in track.observations if abs(one.t_s - now.t_s) <= _WAY_S]
    feet = np.array([one.box.bottom_centre for one in (around[0], now, around[-1])])
    before, here, after = scene.plane.road(feet)
    length_m = float(np.hypot(*(after - before)))
    moved = np.isfinite(length_m) and length_m > _LEAST_WAY_M
    ahead = (after - before) / length_m if moved else scene.direction
    shown = scene.plane.picture(np.array([here, here + _SEAT_M * ahead]))
    across, down = shown[1] - shown[0]
    height_m = scene.file.calibration.camera_height_m
    # Heads ride nearer to the camera's own height than the road is, so depth between them shows less.
    flatter = _UNKNOWN_HEIGHT if height_m is None else max(1 - _HEAD_HEIGHT_M / height_m, 0.0)
    return float(across), flatter * float(down)
