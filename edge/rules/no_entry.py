"""Driving into a road closed to this kind of vehicle, at all times or at certain hours.

It must be seen to come in from outside and go on inside, or to drive through; the kind must be certain over
the whole track, and where the sign has hours the legal time must be known and not near their ends.
Decree 168/2024: Art. 6.5.i (cars, buses, trucks) and 7.6.b (motorbikes); goods vehicles in town outside their
hours Art. 21.6.d.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from edge.detector.types import VehicleClass
from edge.report import Measure, Reason
from edge.rules.acts import is_plated
from edge.rules.binding import LEGAL_ZONE, binds
from edge.rules.context import Context
from edge.rules.footprint import Way, path_of, way_of
from edge.rules.manoeuvres import (
    WHY_BROKEN,
    Drive,
    accusation,
    bridged,
    driven,
    hours_doubt,
    measure,
    share_of,
    stretches,
    unsound,
    withheld,
)
from edge.rules.numbers import vi
from edge.rules.types import Verdict, Violation, Withheld
from edge.scene_file import Zone
from edge.scene_zones import Area
from edge.tracking import Track

ENTERED_M: Final = 5.0
THROUGH_M: Final = 15.0
SUSPECT_M: Final = 2.0
SLOWEST_KMH: Final = 5.0
CERTAIN_KIND: Final = 0.9
PERHAPS_KIND: Final = 0.5
OUTSIDE_M: Final = 0.5


@dataclass(frozen=True, slots=True)
class _Inside:
    """A stretch inside a closed zone, and whether it was seen to come in from outside."""

    zone: Zone
    drive: Drive
    entered: bool

    @property
    def least_m(self) -> float:
        """How far it must have gone inside."""
        return ENTERED_M if self.entered else THROUGH_M


def judge(track: Track, context: Context, *, finished: bool = False) -> Verdict:
    """A violation, a suspicion withheld, or None: not inside, not bound, or not clear yet."""
    scene = context.scene
    zones = [
        (zone, area)
        for zone, area in scene.marks.zones
        if zone.kind == "no_entry" and binds(zone.kinds, track.kind)
    ]
    if not zones or not is_plated(track.kind):
        return None
    road_m = path_of(track, scene).road_m
    if not any(int(area.holds(road_m).sum()) > 1 for _, area in zones):
        return None
    way = way_of(track, scene)
    if way is None:
        return None
    kept: Withheld | None = None
    for zone, area in zones:
        for found in _inside(way, zone, area):
            verdict = _judged(track, context, found)
            if isinstance(verdict, Violation):
                return verdict
            kept = kept or verdict
    return kept if finished else None


def act_of(zone: Zone, kind: VehicleClass) -> str:
    """Goods vehicles in town outside their hours have an article of their own."""
    return "truck_city_ban" if kind == "truck" and zone.hours and set(zone.kinds) == {"truck"} else "no_entry"


def _inside(way: Way, zone: Zone, area: Area) -> list[_Inside]:
    found = []
    outside = np.flatnonzero((area.depth_m(way.centre_m) < -OUTSIDE_M) & ~area.holds(way.rim_m()).any(axis=1))
    for run in stretches(bridged(way.inside(area), way.t_s), way.t_s):
        drive = driven(way.cut(run))
        if drive is None or drive.far_m[0] < SUSPECT_M:
            continue
        before = outside[outside < run.start]
        came_in = way.cut(slice(int(before[-1]), run.start + 1)) if len(before) else None
        found.append(_Inside(zone, drive, came_in is not None and unsound(came_in) is None))
    return found


def _judged(track: Track, context: Context, found: _Inside) -> Verdict:
    way, zone = found.drive.way, found.zone
    start_s, end_s = float(way.t_s[0]), float(way.t_s[-1])
    hours = hours_doubt(zone.hours, context, start_s, end_s)
    bound = 1.0 if not zone.kinds else share_of(track, zone.kinds)
    if hours == "off" or bound < PERHAPS_KIND:
        return None
    measures = (measure("inside_way", found.drive.far_m, "m", limit=found.least_m),)
    code = _doubt(found) or hours or ("kind_unclear" if bound < CERTAIN_KIND else None)
    if code is not None:
        return withheld("no_entry", code, track, (start_s + end_s) / 2, why=_WHY, measures=measures)
    gone_m = np.hypot(*(way.centre_m - way.centre_m[0]).T)
    return accusation(
        "no_entry",
        act_of(zone, track.kind),
        track,
        way,
        at=int(np.argmax(gone_m >= min(found.least_m, gone_m[-1]))),
        measures=measures,
        reasons=_reasons(context, found, measures[0]),
    )


def _doubt(found: _Inside) -> str | None:
    if (why := unsound(found.drive.way)) is not None:
        return why
    if found.drive.far_m[1] < found.least_m:
        return "short_way" if found.entered else "entry_not_seen"
    return "slow" if found.drive.kmh[1] < SLOWEST_KMH else None


def _reasons(context: Context, found: _Inside, inside: Measure) -> tuple[Reason, ...]:
    zone, far_m = found.zone, inside.lower_95
    sign = f" ({zone.sign})" if zone.sign else ""
    how_vi, how_en = (
        ("đi từ ngoài vào", "came in from outside") if found.entered else ("chạy qua", "drove through")
    )
    said = [
        Reason(
            vi=f'Xe {how_vi} đường cấm "{zone.name}"{sign}: cả bề ngang xe ở trong ít nhất {vi(far_m)} m.',
            en=f'It {how_en} the closed road "{zone.name}"{sign}: its whole width inside for at least '
            f"{far_m:.1f} m.",
        )
    ]
    at = context.clock(float(found.drive.way.t_s[0]))
    if zone.hours and at is not None:
        now = at.astimezone(LEGAL_ZONE)
        spans = ", ".join(f"{one.since:%H:%M}-{one.until:%H:%M}" for one in zone.hours)
        said.append(
            Reason(
                vi=f"Lúc {now:%H:%M:%S} (giờ Việt Nam), trong giờ cấm {spans}.",
                en=f"At {now:%H:%M:%S} (Vietnam time), within the closed hours {spans}.",
            )
        )
    return tuple(said)


_WHY: Final[dict[str, tuple[str, str]]] = WHY_BROKEN | {
    "short_way": (
        f"Xe chưa chắc đi vào trong đủ {ENTERED_M:.0f} m.",
        f"It did not go {ENTERED_M:.0f} m inside for certain.",
    ),
    "entry_not_seen": (
        f"Không thấy xe đi vào, và đi bên trong chưa đủ {THROUGH_M:.0f} m.",
        f"It was not seen to come in, and went less than {THROUGH_M:.0f} m inside.",
    ),
    "slow": ("Xe đứng hoặc nhích rất chậm bên trong.", "It stood or crept inside."),
}
