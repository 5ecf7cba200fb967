"""A camera file tried on what was seen: the verdict is the rule's own, and moves with the lines."""

from __future__ import annotations

from types import SimpleNamespace

from edge.recent import Passed, RecentTracks
from edge.rehearsal import rehearse
from edge.rules import SignalHistory
from edge.tracking import Track
from tests.edge import road_kit as kit

TIMES = kit.frames(30, 12.5)
CYCLE = (("green", 0, 8), ("amber", 8, 11), ("red", 11, 21), ("green", 21, 30))
RUNS_RED, ON_GREEN = kit.cruise(40, 14.0), kit.cruise(45, 5.0)


def passed(*motions, heads: dict[str, SignalHistory] | None = None) -> list[Passed]:
    heads = heads if heads is not None else {"main": kit.light(*CYCLE)}
    return [
        Passed(number, kit.sighted(motion, TIMES, track=number), heads, None)
        for number, motion in enumerate(motions, start=1)
    ]


def test_it_says_what_the_rule_says():
    found = rehearse(kit.road(rules=["red_light"]), passed(ON_GREEN, RUNS_RED))
    assert (found.tracks, found.crossed, found.unheard) == (2, (1, 2), ())
    assert [(one.rule, one.track, one.code) for one in found.findings] == [("red_light", 2, "")]
    assert found.findings[0].vi
    assert found.findings[0].en


def test_a_stop_line_beyond_where_they_stopped_is_not_crossed():
    stops = kit.through((8, 0), (12, 19), (30, 19))
    near = rehearse(kit.road(rules=["red_light"]), passed(stops))
    assert near.crossed == ()
    ends = (kit.ground(-4, 16), kit.ground(4, 16))
    moved = rehearse(kit.road(rules=["red_light"], stop_line={"ends_px": ends}), passed(stops))
    assert moved.crossed == (1,)


def test_what_cannot_be_tried_is_named():
    scene = kit.road(rules=["red_light", "helmet"])
    assert set(rehearse(scene, passed(RUNS_RED)).unheard) == {"helmet"}
    assert set(rehearse(scene, passed(RUNS_RED, heads={"other": SignalHistory()})).unheard) == {
        "red_light",
        "helmet",
    }
    assert rehearse(scene, []).findings == ()


def test_the_recorder_keeps_the_newest_in_order_and_thins_their_paths():
    recent = RecentTracks()
    recent.lights({"main": kit.light(*CYCLE)})
    track = kit.sighted(ON_GREEN, TIMES)
    for _ in range(450):
        recent.track(track, SimpleNamespace())
    kept = recent.latest()
    assert [one.number for one in kept] == list(range(51, 451))
    paths = recent.paths(most=3)
    assert [one.track for one in paths] == [448, 449, 450]
    seen: Track = kept[-1].track
    assert len(paths[-1].points) <= 41
    assert paths[-1].points[0][0] == round(seen.observations[0].t_s, 2)
    assert paths[-1].points[-1][0] == round(seen.last.t_s, 2)


def test_after_an_hour_they_are_forgotten():
    recent = RecentTracks()
    recent.lights({})
    late = [one + 4000 for one in TIMES]
    recent.track(kit.sighted(ON_GREEN, TIMES), SimpleNamespace())
    recent.track(kit.sighted(ON_GREEN, TIMES, stamps_s=late), SimpleNamespace())
    assert [one.number for one in recent.latest()] == [2]
