"""How a camera does, from what its box said last and how long ago. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from edge.upkeep import CameraState

Condition = Literal[
    "alive",
    "starting",
    "stalled",
    "ended",
    "failed",
    "silent",
    "frozen",
    "moved",
    "covered",
    "dark",
    "clock_stepped",
]
ILL = frozenset({"failed", "stalled", "silent", "frozen", "moved", "covered"})
"""What a new camera file or a release may have caused. Darkness and a set clock it cannot."""


def condition(state: str, heartbeat_at: datetime, now: datetime, *, alive_s: float) -> Condition:
    """A camera is only as well as its last heartbeat is fresh; `silent` beyond that, whatever it said."""
    if (now - heartbeat_at).total_seconds() > alive_s:
        return "ended" if state == "ended" else "silent"
    return _KNOWN.get(state, "failed")


_KNOWN: dict[str, Condition] = {one: one for one in get_args(CameraState)}
