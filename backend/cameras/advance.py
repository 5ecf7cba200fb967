"""How a roll-out goes on: one camera first, then the rest; back at the first sign of illness. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

StepState = Literal["waiting", "offered", "taken", "well", "failed", "undone"]
ILL = frozenset({"failed", "stalled", "silent", "frozen", "moved", "covered"})
"""Conditions of a camera that a new file may have caused. Darkness and a set clock it cannot."""
SETTLES_S = 10.0


@dataclass(frozen=True, slots=True)
class Step:
    """One camera. `sha256` is the new file; `healthy_before`: it was well when the roll-out began."""

    camera_id: str
    wave: int
    sha256: str
    state: StepState
    healthy_before: bool
    offered_at: datetime | None = None
    taken_at: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is known of a camera now: the file it runs, the one it refused and why, how it does."""

    sha256: str | None
    refused_sha256: str | None
    refused_why: str
    condition: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take.

    `taken_within_s`: a healthy camera that has not taken its file by then has failed. `watch_s`: how long a
    camera must stay well under its new file before the next wave begins.
    """

    taken_within_s: float
    watch_s: float


def advance(
    steps: Sequence[Step], sights: Mapping[str, Sight], now: datetime, limits: Limits
) -> tuple[Step, ...]:
    """The steps as they stand now. Those that failed are `failed`; whoever calls undoes the rest."""
    moved = [_look(step, sights.get(step.camera_id), now, limits) for step in steps]
    if any(step.state == "failed" for step in moved):
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


def _look(step: Step, sight: Sight | None, now: datetime, limits: Limits) -> Step:
    if step.state == "offered":
        return _offered(step, sight, now, limits)
    if step.state == "taken" and sight is not None:
        return _taken(step, sight, now, limits)
    return step


def _offered(step: Step, sight: Sight | None, now: datetime, limits: Limits) -> Step:
    if sight is not None and sight.sha256 == step.sha256:
        return replace(step, state="taken", taken_at=now)
    if sight is not None and sight.refused_sha256 == step.sha256:
        return replace(step, state="failed", why=sight.refused_why or "refused by the box")
    begun = step.offered_at or now
    if step.healthy_before and now - begun > timedelta(seconds=limits.taken_within_s):
        return replace(step, state="failed", why=f"not taken over within {limits.taken_within_s:.0f} s")
    return step


def _taken(step: Step, sight: Sight, now: datetime, limits: Limits) -> Step:
    since_s = (now - (step.taken_at or now)).total_seconds()
    if step.healthy_before and sight.condition in ILL and since_s >= SETTLES_S:
        return replace(step, state="failed", why=f"{sight.condition} {since_s:.0f} s after taking it over")
    if since_s >= limits.watch_s or not step.healthy_before:
        return replace(step, state="well")
    return step
