"""Standing on a pedestrian crossing or in a junction.

Law 36/2024 Art. 18 forbids to stop or park there. Who is held there by the vehicle ahead, or gives way before
a turn, is not accused: on a crosswalk counts the time in which nobody stood close ahead, in a junction with a
light only that after its own light had been red for a while. Where the light is not known the time asked for
is that of a stop.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from edge.rules.acts import block_act
from edge.rules.context import Context
from edge.rules.held_up import Excuse, Flags, Moments, goes_our_way, jammed, on_red, queueing
from edge.rules.stand_judging import Ban, judge_stand
from edge.rules.standing import body_length_m
from edge.rules.types import Verdict
from edge.scene_file import ZoneKind
from edge.tracking import Track

_KINDS: Final[tuple[ZoneKind, ...]] = ("crosswalk", "junction")
_ON_IT_M: Final = 1.6
_CLEARING_S: Final = 5.0


def judge(track: Track, context: Context, *, finished: bool = False) -> Verdict:
    """A violation, a suspicion withheld, or None: did not stand there long enough yet, or held up there."""
    scene = context.scene
    settings = scene.file.standing
    after_s = settings.block_after_s if scene.signals else max(settings.block_after_s, settings.stop_after_s)
    least = min(_ON_IT_M / body_length_m(track.kind), 1.0)
    bans = [
        Ban(
            "blocking",
            block_act(track.kind, zone.kind),
            zone,
            area,
            after_s,
            least,
            _on_crosswalk if zone.kind == "crosswalk" else _in_junction,
        )
        for zone, area in scene.marks.zones
        if zone.kind in _KINDS
    ]
    return judge_stand(track, context, bans, finished=finished)


def _on_crosswalk(road: Moments, track: Track, context: Context) -> dict[Excuse, Flags]:
    return _held(road, track, context, clearing_s=0.0)


def _in_junction(road: Moments, track: Track, context: Context) -> dict[Excuse, Flags]:
    return _held(road, track, context, clearing_s=_CLEARING_S)


def _held(road: Moments, track: Track, context: Context, *, clearing_s: float) -> dict[Excuse, Flags]:
    """What may hold it there. With a light, the others stand for it too, so that is no jam."""
    queue = queueing(road, track.kind)
    if not context.scene.signals:
        return {"queue": queue, "jam": jammed(road, context.scene)}
    if not goes_our_way(road.stand, context):
        return {"other_approach": np.ones(len(road.times_s), dtype=bool)}
    return {"queue": queue, "giving_way": ~on_red(road, context, after_s=clearing_s)}
