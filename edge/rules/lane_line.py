"""Crossing a continuous line.

Both sides of the vehicle must have been on the one side of the line and then on the other; a wheel on the
line is not enough. Not accused is who had to pass something that stood in his way.
Decree 168/2024: Art. 6.1.a (cars, buses, trucks) and 7.1.a (motorbikes), disobeying a road marking.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from edge.detector.types import PLATED
from edge.report import Reason
from edge.rules.acts import is_plated
from edge.rules.context import Context
from edge.rules.footprint import Way, path_of, way_of
from edge.rules.manoeuvres import (
    WHY_BROKEN,
    Flags,
    Numbers,
    accusation,
    driven,
    measure,
    share_of,
    standing,
    unsound,
    withheld,
    without_queues,
)
from edge.rules.numbers import vi
from edge.rules.trajectory import Trajectory
from edge.rules.types import Verdict, Violation, Withheld
from edge.scene_file import SolidLine
from edge.scene_zones import Chain
from edge.tracking import Track

LONGEST_S: Final = 12.0
ENDS_M: Final = 2.0
SETTLED_S: Final = 0.3
SLOWEST_KMH: Final = 5.0
OBSTACLE_AHEAD_M: Final = 40.0
OBSTACLE_BEHIND_M: Final = 5.0
OBSTACLE_BESIDE_M: Final = 2.5
OBSTACLE_BEFORE_S: Final = 5.0
OBSTACLE_AFTER_S: Final = 2.0
FEWEST_OVER: Final = 3
LEAST_KIND: Final = 0.8


@dataclass(frozen=True, slots=True)
class _Beside:
    """A way beside a line: metres left of it and along it."""

    way: Way
    line: SolidLine
    chain: Chain
    left_m: Numbers
    along_m: Numbers
    clear_m: Numbers
    """How far its side towards the line is from it, 95 % sure; negative where it may be over the line."""

    @property
    def side(self) -> Numbers:
        """1 where it was wholly on the left, -1 wholly on the right, 0 over the line."""
        return np.where(self.clear_m > 0, np.sign(self.left_m), 0.0)

    @property
    def within(self) -> Flags:
        """Where it was beside the line."""
        return np.asarray((self.along_m > 0) & (self.along_m < self.chain.length_m), dtype=np.bool_)

    def at_an_end(self, over: int) -> bool:
        """Whether that sighting was about an end of the line, where dashes begin."""
        return not ENDS_M < self.along_m[over] < self.chain.length_m - ENDS_M

    def forbids(self, side: float) -> bool:
        """Whether the line may not be crossed from that side."""
        return self.line.forbidden_from in {"both", "left" if side > 0 else "right"}


@dataclass(frozen=True, slots=True)
class _Crossing:
    """Sightings at which it was clear of the line before, its centre over it, and clear of it beyond."""

    before: int
    over: int
    after: int
    way: Way
    """From shortly before to shortly after."""
    past_m: tuple[float, float, float]
    """How far its nearer side got past the line, with the 95 % interval."""


def judge(track: Track, context: Context, *, finished: bool = False) -> Verdict:
    """A violation, a suspicion withheld, or None: crossed nothing, or not clear yet."""
    scene = context.scene
    path = path_of(track, scene)
    if not is_plated(track.kind) or not any(_near(path, chain) for _, chain in scene.marks.lines):
        return None
    way = way_of(track, scene)
    if way is None:
        return None
    kept: Withheld | None = None
    for line, chain in scene.marks.lines:
        left_m, along_m, leftward = chain.beside(way.centre_m)
        reach_m = way.reach_m(-np.sign(left_m)[:, None] * leftward)
        beside = _Beside(way, line, chain, left_m, along_m, np.abs(left_m) - reach_m)
        found = _crossing(beside)
        verdict = _straddled(track, beside) if found is None else _verdict(track, context, beside, found)
        if isinstance(verdict, Violation):
            return verdict
        kept = kept or verdict
    return kept if finished else None


def _near(path: Trajectory, chain: Chain) -> bool:
    """Whether its foot was on both sides of the line or close to it; cheap, for every vehicle asks."""
    if not len(path):
        return False
    left_m, along_m, _ = chain.beside(path.road_m)
    left_m = left_m[(along_m > 0) & (along_m < chain.length_m)]
    return bool(len(left_m)) and bool(left_m.min() < 0 < left_m.max())


def _crossing(beside: _Beside) -> _Crossing | None:
    """The first time it went wholly from a forbidden side to the other between the ends of the line."""
    side, within, t_s = beside.side, beside.within, beside.way.t_s
    for a, b in pairwise(np.flatnonzero(side).tolist()):
        if side[a] == side[b] or not beside.forbids(side[a]) or not within[a : b + 1].all():
            continue
        beyond = np.flatnonzero((t_s >= t_s[b]) & (t_s <= t_s[b] + SETTLED_S))
        if t_s[-1] - t_s[b] < SETTLED_S or (side[beyond] != side[b]).any():
            continue
        over = a + int(np.argmax(np.sign(beside.left_m[a : b + 1]) == side[b]))
        if beside.at_an_end(over):
            continue
        begun = int(np.searchsorted(t_s, t_s[a] - SETTLED_S))
        best = int(beyond[np.argmax(beside.clear_m[beyond])])
        lower = float(beside.clear_m[best])
        near = max(float(abs(beside.left_m[best])) - beside.way.half_width_m, lower)
        whole = beside.way.cut(slice(begun, int(beyond[-1]) + 1))
        return _Crossing(a, over, b, whole, (near, lower, 2 * near - lower))
    return None


def _verdict(track: Track, context: Context, beside: _Beside, found: _Crossing) -> Violation | Withheld:
    measures = (measure("over_line", found.past_m, "m", limit=0.0),)
    code = _doubt(track, context, beside, found)
    if code is not None:
        at_s = float(beside.way.t_s[found.over])
        return withheld("lane_line", code, track, at_s, why=_WHY, measures=measures)
    return accusation(
        "lane_line",
        "sign_or_marking",
        track,
        beside.way,
        at=found.over,
        span=(found.before, found.after),
        measures=measures,
        reasons=_reasons(beside, found),
    )


def _doubt(track: Track, context: Context, beside: _Beside, found: _Crossing) -> str | None:
    if (why := unsound(found.way)) is not None:
        return why
    drive = driven(found.way)
    took_s = float(beside.way.t_s[found.after] - beside.way.t_s[found.before])
    if drive is None or drive.kmh[1] < SLOWEST_KMH or took_s > LONGEST_S:
        return "slow"
    if _obstacle(context, beside, found):
        return "obstacle"
    return "kind_unclear" if share_of(track, PLATED) < LEAST_KIND else None


def _obstacle(context: Context, beside: _Beside, found: _Crossing) -> bool:
    """Whether something stood ahead on the side it came from."""
    way = beside.way
    since_s, until_s = float(way.t_s[found.before]), float(way.t_s[found.over])
    ahead = way.ahead[found.before]
    places = standing(context, since_s - OBSTACLE_BEFORE_S, until_s + OBSTACLE_AFTER_S)
    places = without_queues(places, ahead)
    if not len(places):
        return False
    off = places - way.centre_m[found.before]
    along, aside = off @ ahead, np.abs(off[:, 1] * ahead[0] - off[:, 0] * ahead[1])
    same_side = np.sign(beside.chain.beside(places)[0]) == beside.side[found.before]
    near = (along > -OBSTACLE_BEHIND_M) & (along < OBSTACLE_AHEAD_M) & (aside < OBSTACLE_BESIDE_M)
    return bool((near & same_side).any())


def _straddled(track: Track, beside: _Beside) -> Withheld | None:
    """A vehicle that went onto a line and was not seen to get wholly over it: counted, never accused."""
    side = beside.side
    clear = np.flatnonzero(side)
    if not len(clear) or not beside.forbids(side[clear[0]]):
        return None
    first = side[clear[0]]
    over = np.flatnonzero(beside.within & (np.sign(beside.left_m) == -first))
    over = over[over > clear[0]]
    if len(over) < FEWEST_OVER or (side[over] == -first).any():
        return None
    return withheld("lane_line", "straddled", track, float(beside.way.t_s[over[0]]), why=_WHY)


def _reasons(beside: _Beside, found: _Crossing) -> tuple[Reason, ...]:
    line, past_m = beside.line, found.past_m[1]
    seconds = float(beside.way.t_s[found.after] - beside.way.t_s[found.before])
    sign = f" ({line.sign})" if line.sign else ""
    return (
        Reason(
            vi=f'Xe vượt hẳn qua vạch liền "{line.name}"{sign}: trước đó toàn bộ xe ở một bên vạch, '
            f"{vi(seconds)} giây sau toàn bộ xe ở bên kia.",
            en=f'Crossed the continuous line "{line.name}"{sign}: wholly on one side of it before, wholly '
            f"on the other {seconds:.1f} s later.",
        ),
        Reason(
            vi=f"Bánh xe gần vạch nhất cách vạch ít nhất {vi(past_m, 2)} m; không có xe nào đứng chắn.",
            en=f"Its nearer side got at least {past_m:.2f} m past the line; nothing stood in its way.",
        ),
    )


_WHY: Final[dict[str, tuple[str, str]]] = WHY_BROKEN | {
    "slow": (
        "Xe qua vạch quá chậm hoặc gần như đứng.",
        "It went over the line very slowly, or hardly moved.",
    ),
    "obstacle": (
        "Có xe đứng chắn phía trước: có thể phải tránh.",
        "A vehicle stood ahead: it may have had to go round.",
    ),
    "straddled": (
        "Xe đè lên vạch nhưng chưa chắc đã vượt hẳn qua.",
        "It went onto the line, but not for certain wholly over it.",
    ),
}
