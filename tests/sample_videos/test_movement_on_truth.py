"""The rules of movement on the boxes of the rendered scenes, exact and shaken: all found, nobody else."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from edge.detector.types import Box, Detection, VehicleClass
from edge.report import RuleName
from edge.rules import RULES, Context, SignalHistory, Violation
from edge.scene import Scene, load_scene
from edge.tracking import Track, Tracker
from tests.edge.road_kit import REPOSITORY, shaken

MOVEMENT: Final[frozenset[RuleName]] = frozenset(
    {"wrong_way", "wrong_lane", "emergency_lane", "lane_line", "no_entry", "illegal_turn", "u_turn"}
)
SCENES = [
    folder
    for folder in sorted((REPOSITORY / "sample_videos").iterdir())
    if (folder / "camera.toml").exists() and MOVEMENT & set(load_scene(folder / "camera.toml").file.rules)
]
SEEN = 0.35
"""Of a vehicle hidden further than that the detector says nothing."""
JUDGE_EVERY_S = 0.2
BEGAN_AT = datetime(2026, 11, 27, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def pictures(
    truth: dict[str, Any], noise_px: float
) -> Iterator[tuple[float, int, list[tuple[str, Detection]]]]:
    """(seconds, frame, who was seen where) in the order of time."""
    rng = np.random.default_rng(7)
    rows: dict[float, list[tuple[str, Detection]]] = defaultdict(list)
    for vehicle in truth["vehicles"]:
        for row in vehicle["path"]:
            if row["box_px"] is not None and row["visible_fraction"] > SEEN:
                box = shaken(Box(*row["box_px"]), rng, noise_px) if noise_px else Box(*row["box_px"])
                rows[row["t_s"]].append((vehicle["id"], Detection(box, vehicle["class"], 0.9)))
    for t_s in sorted(rows):
        yield t_s, round(t_s * truth["video"]["fps"]), rows[t_s]


def accused(scene: Scene, truth: dict[str, Any], noise_px: float) -> dict[tuple[str, RuleName], Violation]:
    """What the rules say of everybody, through the tracker, judged as it goes; by the name in the truth."""
    tracker = Tracker(scene.picture_size_px)
    rules = [name for name in scene.file.rules if name in MOVEMENT]
    found: dict[tuple[str, RuleName], Violation] = {}
    names: dict[tuple[int, Box], str] = {}
    judged_s: dict[int, float] = {}

    def judge(track: Track, now_s: float, living: list[Track], *, finished: bool) -> None:
        others = tuple(one for one in living if one.id != track.id)
        context = Context(scene, SignalHistory(), BEGAN_AT.date(), BEGAN_AT, now_s, others)
        for rule in rules:
            verdict = RULES[rule](track, context, finished)
            if isinstance(verdict, Violation):
                at = next(one for one in track.observations if one.frame == verdict.frame_at)
                found.setdefault((names[at.frame, at.box], rule), verdict)

    for t_s, frame, seen in pictures(truth, noise_px):
        names |= {(frame, one.box): name for name, one in seen}
        update = tracker.update(t_s, frame, [one for _, one in seen])
        living = [track for one in update.seen if (track := tracker.track(one.id)) is not None]
        for track in living:
            if track.last.t_s == t_s and t_s - judged_s.get(track.id, -1) >= JUDGE_EVERY_S:
                judged_s[track.id] = t_s
                judge(track, t_s, living, finished=False)
        for track in update.ended:
            judge(track, track.last.t_s, living, finished=True)
    for track in tracker.finish():
        judge(track, track.last.t_s, [], finished=True)
    return found


@pytest.mark.parametrize("noise_px", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("folder", SCENES, ids=[one.name for one in SCENES])
def test_every_violation_is_found_and_nothing_else(folder: Path, noise_px: float) -> None:
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    scene = load_scene(folder / "camera.toml")
    wanted = {(one["vehicle"], one["rule"]): one for one in truth["violations"] if one["rule"] in MOVEMENT}
    found = accused(scene, truth, noise_px)
    assert set(found) == set(wanted)
    for key, verdict in found.items():
        assert verdict.act == wanted[key]["act"]
        assert wanted[key]["t_start_s"] - 1 <= verdict.t_event_s <= wanted[key]["t_end_s"] + 1, key


def test_the_scenes_hold_what_they_are_for() -> None:
    kinds: set[VehicleClass] = set()
    for folder in SCENES:
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        guilty = {one["vehicle"] for one in truth["violations"] if one["rule"] in MOVEMENT}
        kinds |= {one["class"] for one in truth["vehicles"] if one["id"] in guilty}
        assert any(one["rule"] in MOVEMENT for one in truth["near_misses"]), folder.name
    assert {"car", "motorbike"} <= kinds
