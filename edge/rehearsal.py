"""A camera file tried on the vehicles of the last hour: the real rules, on tracks only. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from edge.analysis_riders import RIDER_RULES
from edge.analysis_stands import StandDesk
from edge.recent import Passed, renumbered
from edge.report import RuleName
from edge.rules import RULES, Context, SignalHistory, Violation
from edge.scene import Scene
from edge.tracking import Seen, Track
from edge.upkeep import Rehearsal, RehearsedFinding

_LEGAL_ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_LINE_SLACK: Final = 0.05


def rehearse(scene: Scene, passed: Sequence[Passed]) -> Rehearsal:
    """What the rules of this scene say of these vehicles, each judged once, when it had gone.

    Heads keep what was read at their old places, by name. Rules about riders need pictures and stay unheard.
    """
    known = {name for one in passed for name in one.heads}
    blind = {head.name for head in scene.signals} - known if passed else set()
    unheard = tuple(
        rule
        for rule in scene.file.rules
        if rule in RIDER_RULES or rule not in RULES or (rule == "red_light" and blind)
    )
    rules = [rule for rule in scene.file.rules if rule not in unheard]
    findings: list[RehearsedFinding] = []
    for _, stretch in groupby(passed, key=lambda one: id(one.heads)):
        findings += _stretch(scene, list(stretch), rules)
    return Rehearsal(
        tracks=len(passed),
        seconds=round(sum(_seconds(one) for one in passed), 1),
        crossed=tuple(one.number for one in passed if _crosses(scene, one.track)),
        findings=tuple(findings),
        unheard=unheard,
    )


def _stretch(scene: Scene, passed: list[Passed], rules: Sequence[RuleName]) -> list[RehearsedFinding]:
    """Vehicles of one unbroken stream, which may have hindered one another."""
    tracks = [renumbered(one) for one in passed]
    stands = _stands(scene, tracks)
    found = []
    for one, track in zip(passed, tracks, strict=True):
        context = _context(scene, one, track, tracks, stands)
        for rule in rules:
            verdict = RULES[rule](track, context, True)  # noqa: FBT003 - the track has ended
            if verdict is None:
                continue
            said = verdict.reasons[0] if verdict.reasons else None
            found.append(
                RehearsedFinding(
                    rule=rule,
                    track=one.number,
                    kind=track.kind,
                    t_event_s=round(verdict.t_event_s, 2),
                    code="" if isinstance(verdict, Violation) else verdict.code,
                    vi=said.vi if said else "",
                    en=said.en if said else "",
                )
            )
    return found


def _context(scene: Scene, one: Passed, track: Track, tracks: list[Track], stands: StandDesk) -> Context:
    heads = {head.name: one.heads.get(head.name, SignalHistory()) for head in scene.signals}
    began_s, ended_s = track.observations[0].t_s, track.last.t_s
    return Context(
        scene,
        heads[scene.signals[0].name] if scene.signals else SignalHistory(),
        _day(one.began_at, track.last.t_s),
        began_at=one.began_at,
        now_s=ended_s,
        others=tuple(
            other
            for other in tracks
            if other.id != track.id and other.observations[0].t_s <= ended_s and other.last.t_s >= began_s
        ),
        heads=heads,
        traffic=stands.traffic,
    )


def _stands(scene: Scene, tracks: Sequence[Track]) -> StandDesk:
    """Everybody's places, in the order of time, for the rules about standing."""
    desk = StandDesk(scene)
    sightings = sorted(
        ((at.t_s, track, at.box) for track in tracks for at in track.observations), key=lambda one: one[0]
    )
    for t_s, moment in groupby(sightings, key=lambda one: one[0]):
        desk.look(t_s, [Seen(track.id, track.kind, box, coasting=False) for _, track, box in moment])
    return desk


def _crosses(scene: Scene, track: Track) -> bool:
    if scene.line_m is None or len(track.observations) < 2:  # noqa: PLR2004
        return False
    feet = np.array([at.box.bottom_centre for at in track.observations], dtype=np.float64)
    place = scene.to_line(scene.plane.road(feet))
    over = np.flatnonzero((place.past_m[:-1] <= 0) & (place.past_m[1:] > 0))
    return any(-_LINE_SLACK <= place.across[i] <= 1 + _LINE_SLACK for i in over)


def _seconds(one: Passed) -> float:
    return one.track.last.t_s - one.track.observations[0].t_s


def _day(began_at: datetime | None, t_s: float) -> date | None:
    return None if began_at is None else (began_at + timedelta(seconds=t_s)).astimezone(_LEGAL_ZONE).date()
