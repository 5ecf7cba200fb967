"""The rules about riders on the true heads of the rendered street: what is certain is found, nobody else.

Eyes that see exactly what the picture shows: a head of which a third shows, and a trace of what shows less.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from edge.analysis_riders import RIDER_RULES, RiderDesk
from edge.capture import Frame
from edge.detector.rider_look import Head, RiderLook
from edge.detector.types import Box, Detection, Image
from edge.report import RuleName
from edge.rules import RULES, Context, SignalHistory, Violation
from edge.scene import load_scene
from edge.tracking import Track, Tracker
from tests.edge.road_kit import REPOSITORY

FOLDER = REPOSITORY / "sample_videos" / "helmets"
SHOWS, TRACE = 0.33, 0.08
NOT_TOLD_APART = {
    (
        "moto9",
        "helmet",
    ): "one of two is bare: whose head, cannot be told so far from behind",
}
"""What perfect eyes must leave open, and why."""


class TrueEyes:
    """Sees the heads that stand in the truth for this picture."""

    def __init__(self) -> None:
        self.rows: list[tuple[Box, dict[str, Any]]] = []

    def look_at_all(self, image: Image, motorbikes: Sequence[Box]) -> list[RiderLook]:
        assert image.size
        return [self._look(box) for box in motorbikes]

    def _look(self, box: Box) -> RiderLook:
        row = max(self.rows, key=lambda one: one[0].iou(box))[1]
        seen, traces = [], [0.0]
        for head in row.get("heads", ()):
            if head["visible_fraction"] >= SHOWS:
                chance = 0.03 if head["helmet"] else 0.97
                word = "helmet" if head["helmet"] else "bare"
                seen.append(Head(Box(*head["box_px"]), word, 0.97, chance))  # type: ignore[arg-type]
            elif head["visible_fraction"] >= TRACE:
                traces.append(head["visible_fraction"])
        return RiderLook(len(seen) or None, tuple(seen), "unknown", "", max(traces))


class Street:
    """The rendered street, played to the rules with true heads."""

    def __init__(self) -> None:
        self.truth = json.loads((FOLDER / "truth.json").read_text(encoding="utf-8"))
        self.scene = load_scene(FOLDER / "camera.toml")
        self.eyes = TrueEyes()
        self.desk = RiderDesk(self.eyes, self.scene.picture_size_px)
        self.names: dict[int, str] = {}
        self.found: dict[tuple[str, RuleName], Violation] = {}
        self.rows: dict[float, list[tuple[str, Box, dict[str, Any]]]] = defaultdict(list)
        for vehicle in self.truth["vehicles"]:
            for row in vehicle["path"]:
                if row["box_px"] is not None:
                    self.rows[row["t_s"]].append((vehicle["id"], Box(*row["box_px"]), row))

    def hear(self, track: Track, now_s: float) -> None:
        context = Context(
            self.scene, SignalHistory(), None, now_s=now_s, riders=self.desk.sightings(track.id)
        )
        for rule in RIDER_RULES:
            verdict = RULES[rule](track, context, True)
            if isinstance(verdict, Violation):
                self.found[self.names[track.id], rule] = verdict

    def play(self) -> dict[tuple[str, RuleName], str]:
        """The acts that the rules accuse of, judged when each has left; by the name in the truth."""
        tracker = Tracker(self.scene.picture_size_px)
        width, height = self.scene.picture_size_px
        blank = np.zeros((height, width, 3), np.uint8)
        for frame, t_s in enumerate(sorted(self.rows)):
            here = self.rows[t_s]
            self.eyes.rows = [(box, row) for _, box, row in here]
            update = tracker.update(t_s, frame, [Detection(box, "motorbike", 0.9) for _, box, _ in here])
            tracks = [(one, tracker.track(one.id)) for one in update.seen if not one.coasting]
            present = [(one, track.last) for one, track in tracks if track is not None]
            for one, _ in present:
                self.names[one.id] = max(here, key=lambda row, one=one: row[1].iou(one.box))[0]
            self.desk.look(Frame(frame, t_s, blank), present, [], at_most=8)
            for track in update.ended:
                self.hear(track, t_s)
        for track in tracker.finish():
            self.hear(track, track.last.t_s)
        return {key: verdict.act for key, verdict in self.found.items()}


def test_what_is_certain_is_found_and_nobody_else() -> None:
    street = Street()
    wanted = {(one["vehicle"], one["rule"]): one["act"] for one in street.truth["violations"]}
    found = street.play()
    assert found.items() <= wanted.items(), "somebody innocent is accused, or of another act"
    assert set(wanted) - set(found) == set(NOT_TOLD_APART)
