"""Vehicles as solid blocks that drive anywhere on the road of `road_kit`: oncoming, aside, turning."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence

import numpy as np

from edge.detector.types import Box, VehicleClass
from edge.tracking import Observation, Track
from tests.edge import road_kit as kit

Place = Callable[[float], tuple[float, float]]
"""Seconds to the centre of the vehicle on the road, m."""


def block_box(x_m: float, y_m: float, heading: float, kind: VehicleClass) -> Box:
    """The exact box of a block whose centre stands at (x, y), pointing `heading` (radians from +x)."""
    width_m, height_m, length_m = kit.SIZES_M[kind]
    cos, sin = math.cos(heading), math.sin(heading)
    sides = [(a * length_m / 2, b * width_m / 2) for a in (-1, 1) for b in (-1, 1)]
    feet = [(x_m + far * cos - aside * sin, y_m + far * sin + aside * cos) for far, aside in sides]
    px = [kit.pixel(x, y, z) for x, y in feet for z in (0.0, height_m)]
    xs, ys = [x for x, _ in px], [y for _, y in px]
    return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def driven(
    place: Place,
    times_s: Sequence[float],
    *,
    kind: VehicleClass = "car",
    noise_px: float = 0.0,
    seed: int = 0,
    track: int = 1,
    heading: float | None = None,
    kinds: Callable[[int], VehicleClass] | None = None,
) -> Track:
    """The track of a vehicle while its foot is in the picture; it points the way it goes unless told."""
    rng = np.random.default_rng(seed)
    seen = []
    now = np.pi / 2 if heading is None else heading
    for index, t_s in enumerate(times_s):
        x_m, y_m = place(t_s)
        if heading is None:
            (x, y), (x2, y2) = place(t_s - 0.02), place(t_s + 0.02)
            now = math.atan2(y2 - y, x2 - x) if math.hypot(x2 - x, y2 - y) > 1e-4 else now
        if y_m < 8:
            continue
        box = kit.shaken(block_box(x_m, y_m, now, kind), rng, noise_px)
        cut = box.clipped(*kit.SIZE_PX)
        if cut.area < 0.3 * box.area or y_m > 90:
            continue
        shown = kinds(index) if kinds else kind
        seen.append(
            Observation(float(t_s), index, cut, shown, 0.9, contact_clear=box.y2 < kit.SIZE_PX[1] - 2)
        )
    votes = [one.kind for one in seen]
    main: VehicleClass = max(set(votes), key=votes.count) if votes else kind
    return Track(track, main, votes.count(main) / max(len(votes), 1), tuple(seen), ended=True)


def straight(x_m: float, from_m: float, kmh: float, *, to_m: float = 200.0) -> Place:
    """Along the road at one speed: away from the camera when `kmh` > 0, towards it below."""
    low, high = min(from_m, to_m), max(from_m, to_m)
    return lambda t: (x_m, float(np.clip(from_m + kmh / 3.6 * t, -200.0 if kmh < 0 else low, high)))


def along(*points: tuple[float, float, float]) -> Place:
    """Through (seconds, x, y) points, smooth in between (monotone in each coordinate)."""
    times = np.array([one[0] for one in points])
    places = np.array([one[1:] for one in points])

    def at(t_s: float) -> tuple[float, float]:
        return (float(np.interp(t_s, times, places[:, 0])), float(np.interp(t_s, times, places[:, 1])))

    return at


def sideways(
    from_x_m: float, to_x_m: float, *, start_s: float, takes_s: float, y_m: float, kmh: float
) -> Place:
    """A lane change: along the road at one speed, gliding aside between `start_s` and `start_s + takes_s`."""

    def at(t_s: float) -> tuple[float, float]:
        share = float(np.clip((t_s - start_s) / takes_s, 0, 1))
        glide = share * share * (3 - 2 * share)
        return from_x_m + (to_x_m - from_x_m) * glide, y_m + kmh / 3.6 * t_s

    return at


def turning(
    start: tuple[float, float], heading_deg: float, legs: Sequence[tuple[float, float]], kmh: float
) -> Place:
    """A way of (metres, degrees to the left) legs at one speed, from `start`, then straight on."""
    marks: list[tuple[float, float]] = []
    x, y, angle = *start, math.radians(heading_deg)
    for length_m, turn_deg in [*legs, (500.0, 0.0)]:
        steps = max(int(length_m / 0.1), 1) if turn_deg else 1
        for _ in range(steps):
            marks.append((x, y))
            x, y = x + length_m / steps * math.cos(angle), y + length_m / steps * math.sin(angle)
            angle += math.radians(turn_deg) / steps
    xs, ys = np.array([*marks, (x, y)]).T.copy()
    far = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(xs), np.diff(ys)))])

    def at(t_s: float) -> tuple[float, float]:
        gone = kmh / 3.6 * t_s
        return float(np.interp(gone, far, xs)), float(np.interp(gone, far, ys))

    return at


def without(track: Track, start_s: float, end_s: float) -> Track:
    """The track of one that was hidden in between."""
    kept = tuple(one for one in track.observations if not start_s < one.t_s < end_s)
    return dataclasses.replace(track, observations=kept)


def joined(first: Track, second: Track, at_s: float) -> Track:
    """A track that went over to another vehicle at that moment."""
    seen = [one for one in first.observations if one.t_s < at_s]
    seen += [one for one in second.observations if one.t_s >= at_s]
    return dataclasses.replace(first, observations=tuple(seen))
