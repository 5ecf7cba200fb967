"""Driving against the direction of a one-way road or carriageway.

Accused is only who drove a good stretch of it, steadily and faster than anybody walks or reverses, wholly
inside the lanes whose direction is known; not who turned round, backed into a gap or pushed a motorbike.
Decree 168/2024: Art. 6.9.d for cars, buses and trucks, 7.7.a for motorbikes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from edge.detector.types import PLATED
from edge.report import Measure, Reason
from edge.rules.acts import is_plated
from edge.rules.context import Context
from edge.rules.footprint import Way, path_of, way_of
from edge.rules.manoeuvres import (
    WHY_BROKEN,
    Drive,
    Flags,
    Numbers,
    accusation,
    driven,
    measure,
    share_of,
    stretches,
    unsound,
    withheld,
)
from edge.rules.numbers import vi
from edge.rules.trajectory import Trajectory
from edge.rules.types import Verdict, Violation, Withheld
from edge.scene import Scene
from edge.scene_zones import Area
from edge.tracking import Track

LEAST_M: Final = 12.0
LEAST_S: Final = 1.0
SLOWEST_KMH: Final = 8.0
CERTAIN_M: Final = 25.0
SUSPECT_M: Final = 6.0
WIDEST_DEG: Final = 30.0
MOST_BACK_M: Final = 0.8
LEAST_TURN_M: Final = 4.0
LEAST_KIND: Final = 0.8


def judge(track: Track, context: Context, *, finished: bool = False) -> Verdict:
    """A violation, a suspicion withheld, or None: went with the traffic, or not clear yet."""
    scene = context.scene
    if not is_plated(track.kind) or not _suspicious(path_of(track, scene), scene):
        return None
    way = way_of(track, scene)
    if way is None:
        return None
    kept: Withheld | None = None
    for area, direction in _directions(scene):
        for run in _against(way, scene, area, direction):
            over = finished or run.stop < len(way)
            verdict = _judged(track, way, run, direction, over=over)
            if isinstance(verdict, Violation):
                return verdict
            kept = kept or verdict
    return kept if finished else None


def _directions(scene: Scene) -> Iterator[tuple[Area | None, Numbers]]:
    """The lanes whose direction is known; the whole road where it is one-way and no lanes are drawn."""
    for lane, area in scene.marks.lanes:
        if lane.direction_m is not None or (scene.file.road.one_way and not lane.emergency):
            way = np.asarray(lane.direction_m or scene.direction, dtype=np.float64)
            yield area, way / np.hypot(*way)
    if scene.file.road.one_way and not scene.marks.lanes:
        yield None, scene.direction


def _suspicious(path: Trajectory, scene: Scene) -> bool:
    """Whether it came back a good way against any known direction; cheap, for every vehicle asks."""
    if len(path) < 2:  # noqa: PLR2004 - two places make a way
        return False
    for _, direction in _directions(scene):
        place_m = path.road_m @ direction
        if float((np.maximum.accumulate(place_m) - place_m).max()) > SUSPECT_M:
            return True
    return False


def _against(way: Way, scene: Scene, area: Area | None, direction: Numbers) -> list[slice]:
    """Stretches on which it was wholly inside the lane and headed against it."""
    flags: Flags = way.ahead @ direction < -np.cos(np.radians(WIDEST_DEG))
    if area is not None:
        flags &= way.inside(area)
        for other, towards in _directions(scene):
            if other is not None and other is not area and float(towards @ direction) < 0:
                flags &= ~way.inside(other)
    return stretches(flags, way.t_s)


def _judged(track: Track, way: Way, run: slice, direction: Numbers, *, over: bool) -> Verdict:
    drive = driven(way.cut(run), -direction)
    if drive is None or drive.far_m[0] < SUSPECT_M:
        return None
    if not over and drive.far_m[1] < CERTAIN_M:
        return None
    measures = _measures(drive)
    if (code := _doubt(track, way, run, drive, direction)) is not None:
        middle = (run.start + run.stop) // 2
        return withheld("wrong_way", code, track, float(way.t_s[middle]), why=_WHY, measures=measures)
    gone_m = (drive.way.centre_m - drive.way.centre_m[0]) @ -direction
    return accusation(
        "wrong_way",
        "wrong_way",
        track,
        drive.way,
        at=int(np.argmax(gone_m >= min(LEAST_M, gone_m[-1]))),
        measures=measures,
        reasons=_reasons(drive),
    )


def _doubt(track: Track, way: Way, run: slice, drive: Drive, direction: Numbers) -> str | None:
    if (why := unsound(drive.way)) is not None:
        return why
    if drive.far_m[1] < LEAST_M or drive.seconds < LEAST_S:
        return "short_way"
    if drive.kmh[1] < SLOWEST_KMH:
        return "slow"
    gone_m = drive.way.centre_m @ -direction
    back_m = np.maximum.accumulate(gone_m) - gone_m
    if (back_m > MOST_BACK_M + 2 * drive.way.sigma_m(direction)).any():
        return "unsteady"
    if _reversed(way, run, direction):
        return "reversing"
    return "kind_unclear" if share_of(track, PLATED) < LEAST_KIND else None


def _reversed(way: Way, run: slice, direction: Numbers) -> bool:
    """Whether it went the right way just before or after with no room to have turned round: it backed up."""
    right_way = np.flatnonzero(way.ahead @ direction > np.cos(np.radians(WIDEST_DEG)))
    before, after = right_way[right_way < run.start], right_way[right_way >= run.stop]
    turns = [(int(before[-1]), run.start)] if len(before) else []
    turns += [(run.stop - 1, int(after[0]))] if len(after) else []
    side = np.array([-direction[1], direction[0]])
    return any(float(np.ptp(way.centre_m[a : b + 1] @ side)) < LEAST_TURN_M for a, b in turns)


def _measures(drive: Drive) -> tuple[Measure, ...]:
    return (
        measure("against_way", drive.far_m, "m", limit=LEAST_M),
        measure("against_speed", drive.kmh, "km/h"),
    )


def _reasons(drive: Drive) -> tuple[Reason, ...]:
    far_m, kmh = drive.far_m[1], drive.kmh[0]
    return (
        Reason(
            vi=f"Xe đi ngược chiều quy định ít nhất {vi(far_m)} m liên tục trong {vi(drive.seconds)} giây.",
            en=f"Driven against the prescribed direction for at least {far_m:.1f} m without a break, "
            f"in {drive.seconds:.1f} s.",
        ),
        Reason(
            vi=f"Tốc độ khoảng {kmh:.0f} km/h, đi đều: không phải lùi xe, dắt xe hay quay đầu.",
            en=f"At about {kmh:.0f} km/h, steadily: not reversing, not pushed, not turning round.",
        ),
    )


_WHY: Final[dict[str, tuple[str, str]]] = WHY_BROKEN | {
    "short_way": (
        f"Đi ngược chiều chưa đủ {LEAST_M:.0f} m.",
        f"Not {LEAST_M:.0f} m against the direction for certain.",
    ),
    "slow": (
        "Đi ngược chiều rất chậm: có thể đang lùi xe hoặc dắt xe.",
        "Very slow: it may be reversing, or a motorbike being pushed.",
    ),
    "unsteady": (
        "Không đi đều theo chiều ngược lại.",
        "It did not move steadily against the direction.",
    ),
    "reversing": (
        "Vừa đi đúng chiều ngay trước hoặc sau đó mà không vòng lại: có thể đang lùi xe.",
        "It went the right way just before or after without turning round: it may have been reversing.",
    ),
}
