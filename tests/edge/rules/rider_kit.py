"""Motorbikes on the made-up road, and looks at who rides them."""

from __future__ import annotations

from collections.abc import Sequence

from edge.detector.rider_look import Head, RiderLook
from edge.detector.types import Box
from edge.rules import Context, RiderSighting, SignalHistory
from edge.rules.signal_history import SignalHistory as History
from edge.scene import Scene
from edge.tracking import Observation, Track
from tests.edge import road_kit as kit

TIMES = kit.frames(6, 12.5)
SCENE = kit.road()
AWAY = kit.through((0, 12.6), (6, 14.2))


def motorbike(motion: kit.Motion = AWAY, **more: object) -> Track:
    return kit.sighted(motion, TIMES, kind="motorbike", **more)


def heads_on(
    now: Observation,
    chances: Sequence[float],
    *,
    lower: Sequence[float] = (),
    across: Sequence[float] = (),
    head_m: float = 0.28,
) -> tuple[Head, ...]:
    """Heads at the top of a motorbike's box. `lower`, `across`: by how many heads each is moved."""
    side = now.box.h * head_m / kit.SIZES_M["motorbike"][1]
    made = []
    for index, chance in enumerate(chances):
        down = lower[index] if index < len(lower) else 0.0
        right = across[index] if index < len(across) else 0.7 * index
        box = Box(now.box.cx + right * side - side / 2, now.box.y + down * side, side, side)
        made.append(Head(box, "bare" if chance > 0.5 else "helmet", max(chance, 1 - chance), chance))
    return tuple(made)


def look_of(heads: tuple[Head, ...], people: int | None, further: float = 0.0) -> RiderLook:
    bare = any(head.helmet == "bare" for head in heads)
    return RiderLook(people, heads, "some_bare" if bare else "all", "", further)


def looked(
    track: Track,
    chances: Sequence[Sequence[float]],
    *,
    people: Sequence[int | None] | None = None,
    further: float = 0.0,
    every: int = 4,
    **place: object,
) -> tuple[RiderSighting, ...]:
    """One look in every fourth picture; `chances` of each head in each look."""
    made = []
    for index, row in enumerate(chances):
        now = track.observations[2 + every * index]
        count = len(row) if people is None else people[index]
        heads = heads_on(now, row, **place)  # type: ignore[arg-type]
        made.append(RiderSighting(now.frame, now.t_s, look_of(heads, count, further)))
    return tuple(made)


def context_of(
    track: Track, riders: Sequence[RiderSighting], scene: Scene = SCENE, now_s: float = 6
) -> Context:
    lights: History = SignalHistory()
    return Context(scene, lights, None, now_s=now_s, riders=tuple(riders))
