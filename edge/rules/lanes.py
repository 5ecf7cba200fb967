"""Driving in a lane that is not for this kind of vehicle, or in the emergency lane.

Only a vehicle that was well inside the lane, on the move, over a good stretch counts; whoever passes
something that stands in his own lane, sorts himself in before a junction, or rolls out to stop does not.
Decree 168/2024: wrong lane Art. 6.5.b (cars, buses, trucks) and 7.3.d (motorbikes); emergency lane 6.5.d.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from edge.detector.types import VehicleClass
from edge.report import Measure, Reason
from edge.rules.acts import is_plated
from edge.rules.context import Context
from edge.rules.footprint import Way, path_of, way_of
from edge.rules.manoeuvres import (
    KMH,
    WHY_BROKEN,
    Drive,
    Flags,
    Numbers,
    accusation,
    bridged,
    driven,
    measure,
    share_of,
    standing,
    stretches,
    unsound,
    withheld,
    without_queues,
)
from edge.rules.numbers import vi
from edge.rules.trajectory import Trajectory
from edge.rules.types import Verdict, Violation, Withheld
from edge.scene import Scene
from edge.scene_file import Lane
from edge.scene_zones import Area
from edge.tracking import Track

LEAST_M: Final = 15.0
LEAST_IN_SHORT_M: Final = 5.0
SHORT_SHARE: Final = 0.45
LEAST_S: Final = 0.5
MOST_OUTSIDE: Final = 0.2
TURNING_S: Final = 3.0
PARALLEL_DEG: Final = 12.0
OUTER_SIDE_M: Final = 0.5
SLOWEST_KMH: Final = 6.0
CERTAIN_M: Final = 40.0
SORTING_M: Final = 30.0
PULLING_OVER: Final = 0.4
CERTAIN_KIND: Final = 0.9
PERHAPS_KIND: Final = 0.5
OBSTACLE_AHEAD_M: Final = 25.0
OBSTACLE_BESIDE_M: Final = 6.0
OBSTACLE_BEFORE_S: Final = 5.0

SHOULDER_LEAST_M: Final = 30.0
SHOULDER_SLOWEST_KMH: Final = 15.0
SHOULDER_STEADY: Final = 0.7
_ROLLING_KINDS: Final[frozenset[VehicleClass]] = frozenset({"car", "bus", "truck"})
_PIECE_S: Final = 0.6


def wrong_lane(track: Track, context: Context, *, finished: bool = False) -> Verdict:
    """A violation, a suspicion withheld, or None: in a lane it may use, or not clear yet."""
    scene = context.scene
    lanes = [
        (lane, area)
        for lane, area in scene.marks.lanes
        if lane.kinds and track.kind not in lane.kinds and not lane.emergency
    ]
    if not is_plated(track.kind) or not _touches(path_of(track, scene), lanes):
        return None
    way = way_of(track, scene)
    if way is None:
        return None
    kept: Withheld | None = None
    for lane, area in lanes:
        for run in stretches(bridged(_only_in(way, scene, (lane, area), track.kind), way.t_s), way.t_s):
            stays = run.stop == len(way) and not finished
            verdict = _judge_lane(track, context, (way, run), (lane, area), stays=stays)
            if isinstance(verdict, Violation):
                return verdict
            kept = kept or verdict
    return kept if finished else None


def emergency_lane(track: Track, context: Context, *, finished: bool = False) -> Verdict:
    """A violation, a suspicion withheld, or None.

    Says nothing before the vehicle has left the lane or the stage: it might still roll out to stop.
    """
    scene = context.scene
    lanes = [(lane, area) for lane, area in scene.marks.lanes if lane.emergency]
    if track.kind not in _ROLLING_KINDS or not _touches(path_of(track, scene), lanes):
        return None
    way = way_of(track, scene)
    if way is None:
        return None
    kept: Withheld | None = None
    for lane, area in lanes:
        inside = bridged(way.inside(area), way.t_s)
        for run in stretches(inside, way.t_s):
            if not finished and run.stop == len(way):
                continue
            verdict = _judge_shoulder(track, way.cut(run), lane)
            if isinstance(verdict, Violation):
                return verdict
            kept = kept or verdict
    return kept if finished else None


def _touches(path: Trajectory, lanes: list[tuple[Lane, Area]]) -> bool:
    """Whether its foot was in such a lane at least twice; cheap, for every vehicle asks."""
    return any(int(area.holds(path.road_m).sum()) > 1 for _, area in lanes)


def _allowed(scene: Scene, area: Area, kind: VehicleClass) -> list[Area]:
    """The other lanes that a vehicle of this kind may use."""
    return [
        other
        for lane, other in scene.marks.lanes
        if other is not area and not lane.emergency and (not lane.kinds or kind in lane.kinds)
    ]


def _only_in(way: Way, scene: Scene, where: tuple[Lane, Area], kind: VehicleClass) -> Flags:
    """When it went along in this lane, four fifths of its width surely not in any lane that it may use.

    Where those are drawn, its outer side may reach over the lane's: at the kerb nothing is allowed either.
    """
    lane, area = where
    allowed = _allowed(scene, area, kind)
    direction = np.asarray(lane.direction_m or scene.direction, dtype=np.float64)
    direction = direction / np.hypot(*direction)
    inside: Flags = np.abs(way.ahead @ direction) > np.cos(np.radians(PARALLEL_DEG))
    inside &= area.holds(way.centre_m)
    outside_m = MOST_OUTSIDE * 2 * way.half_width_m
    for side in np.moveaxis(way.flanks_m(), 1, 0):
        inside &= area.depth_m(side) > -(OUTER_SIDE_M if allowed else outside_m)
        for other in allowed:
            inside &= other.depth_m(side) < outside_m
    return inside


def least_m(area: Area, direction: Numbers) -> float:
    """How far it must have driven in a lane: less where only a short piece of the lane is in sight."""
    long_m = float(np.ptp(area.corners_m @ direction))
    return min(LEAST_M, max(LEAST_IN_SHORT_M, SHORT_SHARE * long_m))


def _judge_lane(
    track: Track, context: Context, ridden: tuple[Way, slice], where: tuple[Lane, Area], *, stays: bool
) -> Verdict:
    """`stays`: it is still in the lane, and might yet pull over."""
    lane, area = where
    way = ridden[0].cut(ridden[1])
    drive = driven(way)
    wanted_m = least_m(area, context.scene.direction)
    if drive is None or drive.far_m[0] < wanted_m / 2 or (stays and drive.far_m[1] < CERTAIN_M):
        return None
    sorting = _sorting(way, context.scene)
    counted = driven(way.cut(~sorting)) if sorting.any() else drive
    measures = _lane_measures(counted or drive, wanted_m)
    code = unsound(way) or _short(drive, counted, wanted_m) or _kind_doubt(track, lane)
    if code is None and counted is not None:
        code = "obstacle" if _passes_obstacle(context, track.kind, counted.way, area) else None
        code = code or ("turning_off" if _turns_off(*ridden, context.scene, area, track.kind) else None)
    if code is not None or counted is None:
        if code == "kind_surely_right":
            return None
        middle = float(way.t_s[len(way) // 2])
        return withheld("wrong_lane", code or "near_junction", track, middle, why=_WHY, measures=measures)
    gone_m = np.hypot(*(counted.way.centre_m - counted.way.centre_m[0]).T)
    return accusation(
        "wrong_lane",
        "wrong_lane",
        track,
        counted.way,
        at=int(np.argmax(gone_m >= min(wanted_m, gone_m[-1]))),
        measures=measures,
        reasons=_lane_reasons(counted, lane, track.kind),
    )


def _short(drive: Drive, counted: Drive | None, wanted_m: float) -> str | None:
    for one, code in ((drive, "short_way"), (counted, "near_junction")):
        if one is None or one.far_m[1] < wanted_m or one.seconds < LEAST_S:
            return code
        if one.kmh[1] < SLOWEST_KMH:
            return "standing"
    first, last = _pace(drive.way, first=True), _pace(drive.way, first=False)
    return "pulling_over" if min(first, last) < max(SLOWEST_KMH, PULLING_OVER * max(first, last)) else None


def _kind_doubt(track: Track, lane: Lane) -> str | None:
    """Whether it may after all be of a kind that this lane is for."""
    wrong = 1 - share_of(track, lane.kinds)
    if wrong >= CERTAIN_KIND:
        return None
    return "kind_unclear" if wrong >= PERHAPS_KIND else "kind_surely_right"


def _sorting(way: Way, scene: Scene) -> Flags:
    """When it was so near before a stop line that drivers sort themselves into lanes."""
    if scene.line_m is None:
        return np.zeros(len(way), dtype=bool)
    past_m = scene.to_line(way.centre_m).past_m
    return np.asarray(past_m > -SORTING_M, dtype=np.bool_)


def _turns_off(way: Way, run: slice, scene: Scene, area: Area, kind: VehicleClass) -> bool:
    """Whether just after or before it was beyond the lane, on the side away from those it may use."""
    aside = np.array([-scene.direction[1], scene.direction[0]])
    lane_m = area.corners_m @ aside
    allowed_m = [float((other.corners_m @ aside).mean()) for other in _allowed(scene, area, kind)]
    if not allowed_m:
        return False
    away = float(np.sign(lane_m.mean() - np.mean(allowed_m)))
    near = (way.t_s >= way.t_s[run.start] - TURNING_S) & (way.t_s <= way.t_s[run.stop - 1] + TURNING_S)
    return bool((away * (way.centre_m[near] @ aside) > (away * lane_m).max()).any())


def _passes_obstacle(context: Context, kind: VehicleClass, way: Way, area: Area) -> bool:
    """Whether a vehicle stood beside or ahead where this one should have driven."""
    places = standing(context, float(way.t_s[0]) - OBSTACLE_BEFORE_S, float(way.t_s[-1]) + 1)
    places = places[~area.holds(places)]
    allowed = _allowed(context.scene, area, kind)
    if allowed:
        places = places[np.any([other.holds(places) for other in allowed], axis=0)]
    chord = way.centre_m[-1] - way.centre_m[0]
    length_m = float(np.hypot(*chord))
    ahead = chord / max(length_m, 1e-9)
    places = without_queues(places, ahead)
    off = places - way.centre_m[0]
    along = off @ ahead
    beside = np.abs(off[:, 1] * ahead[0] - off[:, 0] * ahead[1])
    near = (along > -OBSTACLE_BEFORE_S) & (along < length_m + OBSTACLE_AHEAD_M) & (beside < OBSTACLE_BESIDE_M)
    return bool(near.any())


def _judge_shoulder(track: Track, way: Way, lane: Lane) -> Verdict:
    drive = driven(way)
    if drive is None or drive.far_m[0] < SHOULDER_LEAST_M / 2:
        return None
    measures = (
        measure("shoulder_way", drive.far_m, "m", limit=SHOULDER_LEAST_M),
        measure("shoulder_speed", drive.kmh, "km/h"),
    )
    code = unsound(way) or _shoulder_doubt(track, drive)
    if code is not None:
        middle = float(way.t_s[len(way) // 2])
        return withheld("emergency_lane", code, track, middle, why=_WHY, measures=measures)
    gone_m = np.hypot(*(way.centre_m - way.centre_m[0]).T)
    far_m, kmh = drive.far_m[1], drive.kmh[0]
    return accusation(
        "emergency_lane",
        "emergency_lane",
        track,
        way,
        at=int(np.argmax(gone_m >= min(SHOULDER_LEAST_M, gone_m[-1]))),
        measures=measures,
        reasons=(
            Reason(
                vi=f"Xe chạy hẳn trong làn dừng xe khẩn cấp ({lane.name}) ít nhất {vi(far_m)} m, "
                f"khoảng {kmh:.0f} km/h.",
                en=f"Driven wholly in the emergency lane ({lane.name}) for at least {far_m:.1f} m, at about "
                f"{kmh:.0f} km/h.",
            ),
            Reason(
                vi="Xe không giảm tốc để dừng và không vừa khởi hành từ đó: không phải dừng khẩn cấp.",
                en="It neither slowed to stop nor was just moving off: not an emergency stop.",
            ),
        ),
    )


def _shoulder_doubt(track: Track, drive: Drive) -> str | None:
    if drive.far_m[1] < SHOULDER_LEAST_M:
        return "short_way"
    if drive.kmh[1] < SHOULDER_SLOWEST_KMH:
        return "breakdown"
    first, last = _pace(drive.way, first=True), _pace(drive.way, first=False)
    if min(first, last) < SHOULDER_STEADY * max(first, last):
        return "breakdown"
    return "kind_unclear" if share_of(track, _ROLLING_KINDS) < CERTAIN_KIND else None


def _pace(way: Way, *, first: bool) -> float:
    """Speed over the first or last part of a way, km/h."""
    end = way.t_s <= way.t_s[0] + _PIECE_S if first else way.t_s >= way.t_s[-1] - _PIECE_S
    piece = way.cut(end)
    if len(piece) < 2:  # noqa: PLR2004 - two places make a speed
        return 0.0
    far_m = float(np.hypot(*(piece.centre_m[-1] - piece.centre_m[0])))
    return KMH * far_m / max(float(piece.t_s[-1] - piece.t_s[0]), 1e-6)


def _lane_measures(drive: Drive, wanted_m: float) -> tuple[Measure, ...]:
    seconds = drive.seconds
    return (
        measure("wrong_lane_way", drive.far_m, "m", limit=round(wanted_m, 1)),
        measure("wrong_lane_time", (seconds, seconds, seconds), "s", limit=LEAST_S),
    )


def _lane_reasons(drive: Drive, lane: Lane, kind: VehicleClass) -> tuple[Reason, ...]:
    far_m = drive.far_m[1]
    for_vi = ", ".join(_KIND_NAMES[one][0] for one in lane.kinds)
    for_en = ", ".join(_KIND_NAMES[one][1] for one in lane.kinds)
    it_vi, it_en = _KIND_NAMES[kind]
    return (
        Reason(
            vi=f'Làn "{lane.name}" chỉ dành cho: {for_vi}. Xe vi phạm là {it_vi}.',
            en=f'The lane "{lane.name}" is for: {for_en}. This vehicle is a {it_en}.',
        ),
        Reason(
            vi=f"Ít nhất 80 % bề ngang xe ở trong làn này suốt {vi(far_m)} m, {vi(drive.seconds)} giây, "
            "và không có xe nào đứng chắn làn của nó.",
            en=f"At least four fifths of its width were in this lane for at least {far_m:.1f} m, "
            f"{drive.seconds:.1f} s, and nothing stood in the lane it should have used.",
        ),
    )


_KIND_NAMES: Final[dict[VehicleClass, tuple[str, str]]] = {
    "motorbike": ("xe máy", "motorbike"),
    "bicycle": ("xe đạp", "bicycle"),
    "car": ("ô tô con", "car"),
    "bus": ("xe khách, xe buýt", "bus"),
    "truck": ("xe tải", "truck"),
    "person": ("người đi bộ", "pedestrian"),
}

_WHY: Final[dict[str, tuple[str, str]]] = WHY_BROKEN | {
    "short_way": (
        "Chưa chắc xe ở hẳn trong làn này đủ xa và đủ lâu.",
        "It was not for certain well inside this lane, far and long enough.",
    ),
    "standing": ("Xe đứng hoặc nhích rất chậm.", "It stood or crept."),
    "turning_off": (
        "Xe vừa từ lề đường ra hoặc rẽ vào lề đường: phải đi qua làn này.",
        "It came from the kerb side or turned off there: its way led through this lane.",
    ),
    "pulling_over": (
        "Xe đang tấp vào để dừng hoặc vừa rời chỗ dừng.",
        "It was pulling over to stop, or just moving off from the kerb.",
    ),
    "near_junction": (
        f"Trong {SORTING_M:.0f} m trước vạch dừng: có thể đang chuyển làn để rẽ.",
        f"Within {SORTING_M:.0f} m before the stop line: it may have been getting in lane to turn.",
    ),
    "obstacle": (
        "Có xe đứng chắn làn mà xe này phải đi.",
        "A vehicle stood in the lane it should have used.",
    ),
    "breakdown": (
        "Xe đang giảm tốc, đứng hoặc vừa khởi hành: có thể là dừng khẩn cấp.",
        "It slowed, stood or was just moving off: it may have been an emergency stop.",
    ),
}
