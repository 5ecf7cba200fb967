"""Measures what the rides of a scene do: when they break which rule, how fast, how long (pure Python).

Nothing here is taken from the plan's words: speeds come from positions, directions from positions, dwell
from positions, people and helmets from who sits there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from sample_videos.render.paths import Ride
from sample_videos.render.plan import Pose
from sample_videos.render.spec import Claim, Scene, Zone

TICK_S = 0.01
STILL_MPS = 0.05
SHARE_SEEN = 0.5

Sample = tuple[float, Pose]


def samples(scene: Scene, ride: Ride) -> list[Sample]:
    """Return the poses of a ride on a 10 ms grid of the clip."""
    count = round(scene.duration_s / TICK_S)
    poses = ((k * TICK_S, ride.pose(k * TICK_S)) for k in range(count))
    return [(t, p) for t, p in poses if p is not None]


def centre(pose: Pose) -> tuple[float, float]:
    """Return the middle of a vehicle, road metres."""
    return (pose.front[0] + pose.rear[0]) / 2, (pose.front[1] + pose.rear[1]) / 2


def _inside(found: list[Sample], zone: Zone, part: Callable[[Pose], tuple[float, float]]) -> list[Sample]:
    return [(t, p) for t, p in found if zone.holds(part(p))]


def _way_m(found: list[Sample]) -> float:
    return sum(math.dist(centre(a), centre(b)) for (_, a), (_, b) in pairwise(found))


def speeding(scene: Scene, ride: Ride, zone: Zone) -> dict[str, Any]:
    """Measure the mean speed of the front through a zone."""
    found = _inside(samples(scene, ride), zone, lambda p: p.front)
    (t0, a), (t1, b) = found[0], found[-1]
    kmh = math.dist(a.front, b.front) / (t1 - t0) * 3.6
    limit = scene.limit_kmh or 0
    return {
        "t_start_s": t0,
        "t_event_s": (t0 + t1) / 2,
        "t_end_s": t1,
        "speed_kmh": round(kmh, 1),
        "limit_kmh": limit,
        "over_kmh": round(kmh - limit, 1),
    }


def wrong_way(scene: Scene, ride: Ride, zone: Zone) -> dict[str, Any]:
    """Measure how far and how fast a ride goes against a carriageway's direction."""
    ux, uy = zone.facts["direction_m"]
    found = _inside(samples(scene, ride), zone, centre)
    against = [(t, p) for t, p in found if (p.front[0] - p.rear[0]) * ux + (p.front[1] - p.rear[1]) * uy < 0]
    (t0, _), (t1, _) = against[0], against[-1]
    way = _way_m(against)
    return {
        "t_start_s": t0,
        "t_event_s": t0 + (t1 - t0) / 2,
        "t_end_s": t1,
        "distance_m": round(way, 1),
        "speed_kmh": round(way / (t1 - t0) * 3.6, 1),
    }


def wrong_lane(scene: Scene, ride: Ride, zone: Zone) -> dict[str, Any]:
    """Measure how long and far a ride is in a lane that others are meant to use."""
    found = _inside(samples(scene, ride), zone, centre)
    (t0, _), (t1, _) = found[0], found[-1]
    return {
        "t_start_s": t0,
        "t_event_s": (t0 + t1) / 2,
        "t_end_s": t1,
        "lane": zone.name,
        "distance_m": round(_way_m(found), 1),
        "time_in_lane_s": round(t1 - t0, 2),
    }


def lane_line(scene: Scene, ride: Ride, zone: Zone) -> dict[str, Any]:
    """Find when wheels first and last stand on a solid line and when the middle is across it."""
    (x, y0), (_, y1) = zone.polygon_m[0], zone.polygon_m[1]
    half = ride.width_m / 2
    over = [
        (t, p) for t, p in samples(scene, ride) if abs(centre(p)[0] - x) < half and y0 < centre(p)[1] < y1
    ]
    t_event = min(over, key=lambda item: abs(centre(item[1])[0] - x))
    return {
        "t_start_s": over[0][0],
        "t_event_s": t_event[0],
        "t_end_s": over[-1][0],
        "line": zone.name,
        "crossed_at_m": [round(v, 2) for v in centre(t_event[1])],
    }


def u_turn(scene: Scene, ride: Ride, zone: Zone) -> dict[str, Any]:
    """Find when a ride has turned by 30, 90 and 150 degrees from how it came."""
    found = samples(scene, ride)
    first = found[0][1].yaw

    def turned(degrees: float) -> float:
        return next(t for t, p in found if abs(p.yaw - first) >= math.radians(degrees))

    return {
        "t_start_s": turned(30),
        "t_event_s": turned(90),
        "t_end_s": turned(150),
        "place": zone.name,
        "turned_deg": round(math.degrees(abs(found[-1][1].yaw - first))),
    }


def stopping(scene: Scene, ride: Ride, zone: Zone) -> dict[str, Any]:
    """Measure how long a ride stands still in a zone; the event is when the time allowed there is over."""
    found = samples(scene, ride)
    still = [
        t
        for (t, a), (u, b) in pairwise(found)
        if math.dist(a.front, b.front) < STILL_MPS * (u - t) and zone.holds(centre(a))
    ]
    t0, t1 = still[0], still[-1] + TICK_S
    return {
        "t_start_s": t0,
        "t_event_s": t0 + zone.facts["allowed_s"],
        "t_end_s": t1,
        "dwell_s": round(t1 - t0, 2),
        "allowed_s": zone.facts["allowed_s"],
        "zone": zone.name,
    }


def riders(scene: Scene, ride: Ride, _zone: Zone | None) -> dict[str, Any]:
    """Count people and helmets; the event is when the rear wheel is nearest and the plate can be read."""
    found = samples(scene, ride)
    seen = [t for t, p in found if scene.camera_sees(p.rear)]
    return {
        "t_start_s": seen[0],
        "t_event_s": seen[0] + min(0.6, (seen[-1] - seen[0]) / 3),
        "t_end_s": seen[-1],
        "people": len(ride.people),
        "helmets": sum(one.helmet for one in ride.people),
        "children": sum(one.child for one in ride.people),
        "rider_helmet": ride.people[0].helmet,
    }


def red_light(scene: Scene, ride: Ride, _zone: Zone | None) -> dict[str, Any]:
    """Find when front and rear pass the near edge of the stop line."""
    assert scene.stop_line is not None
    line = scene.stop_line[0][1]
    found = samples(scene, ride)
    front = next(t for t, p in found if p.front[1] >= line)
    rear = next(t for t, p in found if p.rear[1] >= line)
    red = next(a for state, a, b in scene.phases if state == "red" and a <= front < b)
    return {
        "t_start_s": front,
        "t_event_s": front,
        "t_end_s": next((t for t, p in found if p.rear[1] >= line + 10.0), found[-1][0]),
        "t_rear_cross_s": round(rear, 3),
        "after_red_s": round(front - red, 2),
    }


MEASURES: dict[str, Callable[[Scene, Ride, Any], dict[str, Any]]] = {
    "speeding": speeding,
    "wrong_way": wrong_way,
    "wrong_lane": wrong_lane,
    "lane_line": lane_line,
    "u_turn": u_turn,
    "stopping": stopping,
    "parking": stopping,
    "helmet": riders,
    "passenger_helmet": riders,
    "too_many_riders": riders,
    "red_light": red_light,
}


def violation(scene: Scene, claim: Claim) -> dict[str, Any]:
    """Return one violation with its times and measured values."""
    ride = scene.ride(claim.vid)
    zone = scene.zone(claim.where) if claim.where else None
    measured = MEASURES[claim.rule](scene, ride, zone)
    row: dict[str, Any] = {
        "rule": claim.rule,
        "act": claim.act,
        "vehicle": ride.vid,
        "plate": ride.plate,
        "class": ride.kind,
    }
    row.update({k: round(v, 3) if k.startswith("t_") else v for k, v in measured.items()})
    return row


def violations(scene: Scene) -> list[dict[str, Any]]:
    """Return all violations of a scene in the order of time."""
    return sorted((violation(scene, c) for c in scene.claims), key=lambda row: float(row["t_event_s"]))


def near_misses(scene: Scene) -> list[dict[str, Any]]:
    """Return what looks like a violation and is none."""
    rows: Iterable[dict[str, Any]] = (
        {
            "kind": n.kind,
            "rule": n.rule,
            "vehicle": n.vid,
            "plate": scene.ride(n.vid).plate,
            "t_event_s": _nearest(scene, scene.ride(n.vid)),
            "why_en": n.why_en,
            "why_vi": n.why_vi,
        }
        for n in scene.near_misses
    )
    return sorted(rows, key=lambda row: float(row["t_event_s"]))


def _nearest(scene: Scene, ride: Ride) -> float:
    """Return when a ride is first wholly in view, seconds."""
    seen = [t for t, p in samples(scene, ride) if scene.camera_sees(p.rear) and scene.camera_sees(p.front)]
    return round(seen[0], 3) if seen else 0.0
