"""What drawn signal heads show and how the camera sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from edge.detector.signals import LAMPS, Lamp
from edge.detector.training.chance import happens
from edge.detector.types import SignalState

Shape = Literal["disc", "leds", "left", "right", "straight", "u_turn"]
Place = Literal["none", "first", "last", "beside"]
Face = Literal["front", "side", "back", "digits"]
Glass = Literal["dark", "plain", "sunlit"]

HOUSINGS: Final = (
    (0.06, 0.06, 0.06),
    (0.16, 0.17, 0.16),
    (0.12, 0.2, 0.13),
    (0.05, 0.5, 0.75),
    (0.3, 0.32, 0.33),
)
"""Cases, blue green red: black, grey, green, yellow, light grey."""


@dataclass(frozen=True, slots=True)
class HeadPlan:
    """What a drawn head shows.

    `lamps` in their order from the first (upper or left) end; `lit` those that glow; `length_px`
    of the head as the camera sees it; `daylight` 1 on a bright day to 0.02 at night; `gain` of the lamp, over
    about 1.4 it glares white; `blur_px` and `noise` (0 to 1) of the camera.
    """

    lamps: tuple[Lamp, ...] = LAMPS
    lit: tuple[Lamp, ...] = ()
    shape: Shape = "disc"
    sideways: bool = False
    face: Face = "front"
    glass: Glass = "plain"
    countdown: Place = "none"
    digits: int = 27
    length_px: float = 60.0
    daylight: float = 0.8
    gain: float = 1.1
    bloom: float = 0.15
    haze: float = 0.0
    tilt_deg: float = 0.0
    blur_px: float = 0.5
    noise: float = 0.01
    housing: int = 0


def state_of(plan: HeadPlan) -> SignalState:
    """The state that a reader should say of a head drawn so."""
    if (
        plan.face != "front"
        or not set(plan.lit) <= set(plan.lamps)
        or list(plan.lamps) != sorted(plan.lamps, key=LAMPS.index)
    ):
        return "unknown"
    if not plan.lit:
        return "dark" if plan.glass != "sunlit" else "unknown"
    if len(plan.lit) == 1:
        return plan.lit[0]
    return "red" if set(plan.lit) == {"red", "amber"} else "unknown"


def random_plan(random: np.random.Generator, state: SignalState) -> HeadPlan:
    """Any head that shows `state` (`unknown`: one of the many that show none)."""
    view = _random_view(random)
    lamps: tuple[Lamp, ...] = LAMPS if happens(random, 0.85) else ("red", "green")
    if state == "unknown":
        return _unreadable(replace(view, lamps=lamps), random)
    if state == "dark":
        glass: Glass = "dark" if happens(random, 0.5) else "plain"
        return replace(view, lamps=lamps, glass=glass, daylight=float(random.uniform(0.25, 1.1)))
    if state == "amber":
        return replace(view, lamps=LAMPS, lit=("amber",))
    both = state == "red" and lamps == LAMPS and happens(random, 0.05)
    return replace(view, lamps=lamps, lit=("red", "amber") if both else (state,))


def _unreadable(view: HeadPlan, random: np.random.Generator) -> HeadPlan:
    """Seen from the side or behind, digits alone, the wrong way up, lit twice, or dazzled by the sun."""
    one: Lamp = "red" if happens(random, 0.5) else "green"
    amber_too: tuple[Lamp, ...] = ("amber", "green") if view.lamps == LAMPS else ("red", "green")
    return (
        replace(view, face="side"),
        replace(view, face="back"),
        replace(view, face="digits", lit=(one,)),
        replace(view, lamps=view.lamps[::-1], lit=(one,)),
        replace(view, lit=("red", "green") if happens(random, 0.5) else amber_too),
        replace(view, lit=view.lamps),
        replace(view, glass="sunlit", daylight=float(random.uniform(0.7, 1.1))),
    )[int(random.integers(7))]


def _random_view(random: np.random.Generator) -> HeadPlan:
    night, far = happens(random, 0.3), happens(random, 0.5)
    shapes: tuple[Shape, ...] = ("disc", "leds", "left", "right", "straight", "u_turn")
    glasses: tuple[Glass, ...] = ("dark", "plain", "sunlit")
    places: tuple[Place, ...] = ("none", "first", "last", "beside")
    return HeadPlan(
        shape=shapes[_pick(random, (5, 4, 0.5, 0.5, 0.5, 0.3))],
        sideways=happens(random, 0.12),
        glass=glasses[_pick(random, (4, 5, 1))],
        countdown=places[_pick(random, (6, 1, 1, 1))],
        digits=int(random.integers(0, 100)),
        length_px=float(np.exp(random.uniform(np.log(9), np.log(30 if far else 160)))),
        daylight=float(random.uniform(0.01, 0.15) if night else random.uniform(0.3, 1.1)),
        gain=float(random.uniform(0.8, 3.5) if night else random.uniform(0.55, 2.2)),
        bloom=float(random.uniform(0.1, 0.7) if night else random.uniform(0, 0.2)),
        haze=float(random.uniform(0, 0.5)) if happens(random, 0.3) else 0.0,
        tilt_deg=float(random.normal(0, 3)),
        blur_px=float(random.uniform(0.3, 1.1)),
        noise=float(random.uniform(0, 0.05)),
        housing=_pick(random, (9, 4, 2, 3, 2)),
    )


def _pick(random: np.random.Generator, weights: Sequence[float]) -> int:
    return int(random.choice(len(weights), p=np.asarray(weights) / sum(weights)))
