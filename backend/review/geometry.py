"""What was measured, as drawings beside the pictures: the way in the picture and from above. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from edge.report import TrackPoint, ViolationReport

PLAN_PX: Final = (240.0, 200.0)
_MARGIN_PX: Final = 16.0
_BARS_M: Final = (1, 2, 5, 10, 20, 50, 100, 200)
_BAR_SHARE: Final = 0.4


@dataclass(frozen=True)
class Plan:
    """The vehicle's way seen from above, in a drawing of PLAN_PX: `way` as SVG points, the event as x, y."""

    way: str
    seconds: tuple[tuple[float, float], ...]
    event: tuple[float, float]
    bar_m: int
    bar_px: float
    length_m: float
    duration_s: float


@dataclass(frozen=True)
class Trail:
    """The same way in the still's own pixels: where the box stood on the road, and the box at the event."""

    way: str
    box: tuple[float, float, float, float]


def trail(report: ViolationReport) -> Trail:
    """The middle of each box's lower edge, and the box of the still (x, y, width, height in px)."""
    feet = (
        (point.box_px[0] + point.box_px[2] / 2, point.box_px[1] + point.box_px[3]) for point in report.track
    )
    return Trail(_points(tuple(feet)), report.vehicle.box_px)


def plan(report: ViolationReport) -> Plan | None:
    """The way in metres, north of nothing: up is away from the camera's own origin. None without a way."""
    track = report.track
    if len(track) < 2:  # noqa: PLR2004 -- one point is no way
        return None
    left, low = min(p.x_m for p in track), min(p.y_m for p in track)
    wide, tall = max(p.x_m for p in track) - left, max(p.y_m for p in track) - low
    room = (PLAN_PX[0] - 2 * _MARGIN_PX, PLAN_PX[1] - 3 * _MARGIN_PX)
    scale = min(room[0] / max(wide, 1.0), room[1] / max(tall, 1.0))
    shift = (PLAN_PX[0] - wide * scale) / 2

    def placed(x_m: float, y_m: float) -> tuple[float, float]:
        return shift + (x_m - left) * scale, _MARGIN_PX + room[1] - (y_m - low) * scale

    bar_m = max(bar for bar in _BARS_M if bar * scale <= max(room[0] * _BAR_SHARE, scale))
    first = track[0].t_s
    whole = range(1, int(track[-1].t_s - first) + 1)
    return Plan(
        way=_points(tuple(placed(p.x_m, p.y_m) for p in track)),
        seconds=tuple(placed(*_at(track, first + second)) for second in whole),
        event=placed(*_at(track, report.times.t_event_s)),
        bar_m=bar_m,
        bar_px=bar_m * scale,
        length_m=sum(_apart_m(one, two) for one, two in pairwise(track)),
        duration_s=track[-1].t_s - first,
    )


def _at(track: Sequence[TrackPoint], t_s: float) -> tuple[float, float]:
    """Where it was at this stream time, between the two looks around it."""
    for before, after in pairwise(track):
        if before.t_s <= t_s <= after.t_s and after.t_s > before.t_s:
            share = (t_s - before.t_s) / (after.t_s - before.t_s)
            return (
                before.x_m + share * (after.x_m - before.x_m),
                before.y_m + share * (after.y_m - before.y_m),
            )
    nearest = min(track, key=lambda point: abs(point.t_s - t_s))
    return nearest.x_m, nearest.y_m


def _apart_m(one: TrackPoint, two: TrackPoint) -> float:
    return float(((one.x_m - two.x_m) ** 2 + (one.y_m - two.y_m) ** 2) ** 0.5)


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
