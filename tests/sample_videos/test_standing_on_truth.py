"""Stopping on the boxes of the rendered scenes, exact and shaken: who stopped is found, nobody else."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.analysis_stands import STANDING, StandDesk
from edge.detector.types import Box, Detection
from edge.report import RuleName
from edge.rules import RULES, Context, SignalHistory, Violation
from edge.scene import Scene, load_scene
from edge.tracking import Track, Tracker
from tests.edge.road_kit import REPOSITORY, shaken

SCENES = [
    folder
    for folder in sorted((REPOSITORY / "sample_videos").iterdir())
    if (folder / "camera.toml").exists() and STANDING & set(load_scene(folder / "camera.toml").file.rules)
]
SEEN = 0.35
"""Of a vehicle hidden further than that the detector says nothing."""

Seen = list[tuple[str, Detection]]


def pictures(truth: dict[str, Any], noise_px: float) -> Iterator[tuple[float, int, Seen]]:
    """(seconds, frame, who was seen where) in the order of time."""
    rng = np.random.default_rng(7)
    rows: dict[float, Seen] = defaultdict(list)
    for vehicle in truth["vehicles"]:
        for row in vehicle["path"]:
            if row["box_px"] is not None and row["visible_fraction"] > SEEN:
                box = shaken(Box(*row["box_px"]), rng, noise_px) if noise_px else Box(*row["box_px"])
                rows[row["t_s"]].append((vehicle["id"], Detection(box, vehicle["class"], 0.9)))
    for t_s in sorted(rows):
        yield t_s, round(t_s * truth["video"]["fps"]), rows[t_s]


class Court:
    """Judges everybody as the analysis does."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.desk = scene, StandDesk(scene)
        self.names: dict[int, str] = {}
        self.found: dict[tuple[str, RuleName], Violation] = {}

    def hear(self, track: Track, now_s: float, *, finished: bool) -> None:
        context = Context(
            self.scene,
            SignalHistory(),
            None,
            now_s=now_s,
            traffic=self.desk.traffic,
            accused=self.desk.accused(track.id),
        )
        for rule in STANDING & set(self.scene.file.rules):
            if (self.names[track.id], rule) in self.found:
                continue
            verdict = RULES[rule](track, context, finished)
            if isinstance(verdict, Violation):
                self.found[self.names[track.id], rule] = verdict
                self.desk.note(verdict, track, now_s)

    def sit(self, truth: dict[str, Any], noise_px: float) -> dict[tuple[str, RuleName], Violation]:
        tracker = Tracker(self.scene.picture_size_px)
        for t_s, frame, seen in pictures(truth, noise_px):
            update = tracker.update(t_s, frame, [one for _, one in seen])
            self.desk.look(t_s, update.seen)
            for one in update.seen:
                name = next((name for name, found in seen if found.box == one.box), None)
                track = tracker.track(one.id)
                if name is not None and track is not None:
                    self.names.setdefault(one.id, name)
                    if frame % 3 == 0:
                        self.hear(track, t_s, finished=False)
            for track in update.ended:
                self.hear(track, track.last.t_s, finished=True)
        for track in tracker.finish():
            self.hear(track, track.last.t_s, finished=True)
        return self.found


@pytest.mark.parametrize("noise_px", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("folder", SCENES, ids=[one.name for one in SCENES])
def test_every_stop_is_found_and_nothing_else(folder: Path, noise_px: float) -> None:
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    found = Court(load_scene(folder / "camera.toml")).sit(truth, noise_px)
    wanted = {(one["vehicle"], one["rule"]): one for one in truth["violations"] if one["rule"] in STANDING}
    assert set(found) == set(wanted)
    for key, verdict in found.items():
        assert verdict.act == wanted[key]["act"]
        assert wanted[key]["t_event_s"] - 0.3 <= verdict.t_event_s <= wanted[key]["t_event_s"] + 2, key


def test_the_scenes_hold_what_they_are_for() -> None:
    assert SCENES
    for folder in SCENES:
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        assert any(one["rule"] in STANDING for one in truth["violations"]), folder.name
        assert any(one["rule"] in STANDING for one in truth["near_misses"]), folder.name
