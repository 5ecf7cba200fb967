"""Vehicles that stand on the made-up road, and what a rule may know of the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from edge.detector.types import Box
from edge.rules import Context, SignalHistory, Verdict, Violation, Withheld
from edge.rules.traffic_history import TrafficHistory
from edge.scene import Scene
from edge.tracking import Track
from tests.edge import road_kit as kit

LEFT_M, RIGHT_M = -2.5, 2.5
BEGAN = datetime(2026, 5, 4, 1, 0, tzinfo=UTC)
"""Eight in the morning by legal time."""


def strip(kind: str, from_m: float, until_m: float, **more: object) -> dict[str, object]:
    """A zone over the right half of the road."""
    corners = [(0.0, from_m), (5.0, from_m), (5.0, until_m), (0.0, until_m)]
    polygon = [kit.ground(*corner) for corner in corners]
    return {"name": "kerb", "kind": kind, "polygon_px": polygon, "sign": "P.130", **more}


def road(*zones: dict[str, object], rules: Sequence[str] = ("stopping",), **changes: object) -> Scene:
    """The road without a light, its zones, and the times in which standing becomes an offence."""
    plain = {
        "signal": None,
        "stop_line": None,
        "standing": {"stop_after_s": 20, "park_after_s": 40, "block_after_s": 8},
    }
    return kit.road(zones=list(zones), rules=list(rules), **{**plain, **changes})


def known(
    scene: Scene,
    judged: Track,
    others: Sequence[Track] = (),
    *,
    lights: SignalHistory | None = None,
    accused: tuple[Box, ...] = (),
    began_at: datetime | None = BEGAN,
) -> Context:
    """What a rule may know when `judged` is done: all vehicles' places, the light."""
    history = TrafficHistory()
    rows: dict[float, list] = {}
    for track in (judged, *others):
        for one in track.observations:
            foot = np.array([one.box.bottom_centre])
            x_m, y_m = scene.plane.road(foot)[0]
            rows.setdefault(one.t_s, []).append((track.id, track.kind, float(x_m), float(y_m)))
    for t_s in sorted(rows):
        history.add(t_s, rows[t_s])
    return Context(
        scene,
        lights or SignalHistory(),
        None,
        began_at=began_at,
        now_s=max(rows),
        others=tuple(others),
        traffic=history,
        accused=accused,
    )


def word(said: Verdict) -> str:
    """The act, the code of what was withheld, or nothing."""
    if isinstance(said, Violation):
        return said.act
    return said.code if isinstance(said, Withheld) else "nothing"
