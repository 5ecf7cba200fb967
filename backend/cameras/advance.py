"""How a roll-out goes on: one first, then the others; back at the first sign of illness. Pure.

Of camera files the things are cameras, of releases of the software they are boxes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from backend.cameras.why import Why

StepState = Literal["waiting", "offered", "taken", "well", "failed", "undone"]
SETTLES_S = 10.0


@dataclass(frozen=True, slots=True)
class Step:
    """One thing. `target`: what it is to run; `healthy_before`: it was well when the roll-out began."""

    subject: str
    wave: int
    target: str
    state: StepState
    healthy_before: bool
    offered_at: datetime | None = None
    taken_at: datetime | None = None
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """What is known of a thing now: what it runs, what it refused and why, what ails it."""

    running: str | None
    refused: str | None = None
    refused_why: Why | None = None
    ill: Why | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take.

    `taken_within_s`: a healthy one that has not taken its target by then has failed. `watch_s`: how long one
    must stay well under its target before the next wave begins.
    """

    taken_within_s: float
    watch_s: float


def advance(
    steps: Sequence[Step],
    sights: Mapping[str, Sight],
    now: datetime,
    limits: Limits,
    *,
    paused: bool = False,
) -> tuple[Step, ...]:
    """The steps as they stand now. Those that failed are `failed`; whoever calls undoes the rest.

    While `paused` nobody new is offered anything; who was is looked at all the same.
    """
    moved = [_look(step, sights.get(step.subject), now, limits) for step in steps]
    if paused or any(step.state == "failed" for step in moved):
        return tuple(moved)
    open_waves = [step.wave for step in moved if step.state != "well"]
    if not open_waves:
        return tuple(moved)
    turn = min(open_waves)
    return tuple(
        replace(step, state="offered", offered_at=now)
        if step.state == "waiting" and step.wave == turn
        else step
        for step in moved
    )


def waves(count: int, share: float) -> list[int]:
    """Whose turn it is, for so many things: one alone, then a share of all, then the rest."""
    second = min(count, 1 + max(1, round(share * count)))
    return [1 if place == 0 else 2 if place < second else 3 for place in range(count)]


def _look(step: Step, sight: Sight | None, now: datetime, limits: Limits) -> Step:
    if step.state == "offered":
        return _offered(step, sight, now, limits)
    if step.state == "taken" and sight is not None:
        return _taken(step, sight, now, limits)
    if step.state == "well" and sight is not None and sight.refused == step.target != sight.running:
        return _refused(step, sight)
    return step


def _refused(step: Step, sight: Sight) -> Step:
    return replace(step, state="failed", why=sight.refused_why or Why(code="refused"))


def _offered(step: Step, sight: Sight | None, now: datetime, limits: Limits) -> Step:
    if sight is not None and sight.running == step.target:
        return replace(step, state="taken", taken_at=now)
    if sight is not None and sight.refused == step.target:
        return _refused(step, sight)
    begun = step.offered_at or now
    if step.healthy_before and now - begun > timedelta(seconds=limits.taken_within_s):
        return replace(step, state="failed", why=Why(code="not_taken", within_s=round(limits.taken_within_s)))
    return step


def _taken(step: Step, sight: Sight, now: datetime, limits: Limits) -> Step:
    since_s = (now - (step.taken_at or now)).total_seconds()
    if step.healthy_before and sight.ill and since_s >= SETTLES_S:
        why = sight.ill.model_copy(update={"after_s": round(since_s)})
        return replace(step, state="failed", why=why)
    if since_s >= limits.watch_s or not step.healthy_before:
        return replace(step, state="well")
    return step
