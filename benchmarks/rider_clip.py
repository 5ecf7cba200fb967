"""The rules about riders on a rendered clip, with the networks that ship and the true boxes of the vehicles.

    python -m benchmarks.rider_clip sample_videos/helmets

One line a motorbike: what is true, what each rule says, and what each look saw. Precision and recall below.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from edge.analysis_riders import RIDER_RULES, RiderDesk
from edge.capture import open_source
from edge.detector.errors import DetectorError
from edge.detector.look import open_riders
from edge.detector.registry import default_models
from edge.detector.types import Box, Detection
from edge.report import RuleName
from edge.rules import RULES, Context, RiderSighting, SignalHistory, Violation, Withheld
from edge.scene import Scene, load_scene
from edge.tracking import Track, Tracker

_SEEN: Final = 0.35
_SAME: Final = 0.9


@dataclass(slots=True)
class Ride:
    """One motorbike: the rules it truly breaks, what each rule said of it, and its looks."""

    name: str
    hats: list[str]
    broken: set[str]
    said: dict[RuleName, str] = field(default_factory=dict)
    accused: set[str] = field(default_factory=set)
    looks: tuple[RiderSighting, ...] = ()


class Clip:
    """Plays a clip to the rules about riders."""

    def __init__(self, folder: Path, desk: RiderDesk, scene: Scene) -> None:
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        self._video = folder / truth["video"].get("file", f"{folder.name}.mp4")
        self._desk, self._scene = desk, scene
        self._boxes: dict[int, list[tuple[str, Box]]] = defaultdict(list)
        self.rides: dict[str, Ride] = {}
        self._names: dict[int, str] = {}
        for vehicle in truth["vehicles"]:
            self._add(vehicle, truth)

    def _add(self, vehicle: dict[str, Any], truth: dict[str, Any]) -> None:
        name = vehicle["id"]
        broken = {one["rule"] for one in truth["violations"] if one["vehicle"] == name}
        self.rides[name] = Ride(name, [one["hat"] for one in vehicle["people"]], broken)
        for row in vehicle["path"]:
            if row["box_px"] and row["visible_fraction"] > _SEEN:
                self._boxes[round(row["t_s"] * truth["video"]["fps"])].append((name, Box(*row["box_px"])))

    def play(self) -> None:
        """Look at every picture. Raises SourceError when the clip cannot be read."""
        tracker = Tracker(self._scene.picture_size_px)
        for frame in open_source(str(self._video)):
            here = self._boxes[frame.index]
            found = [Detection(box, "motorbike", 0.9) for _, box in here]
            update = tracker.update(frame.t_s, frame.index, found)
            tracks = [(one, tracker.track(one.id)) for one in update.seen if not one.coasting]
            present = [(one, track.last) for one, track in tracks if track is not None]
            for one, _ in present:
                for name, box in here:
                    if box.iou(one.box) > _SAME:
                        self._names[one.id] = name
            self._desk.look(frame, present, [], at_most=8)
            for track in update.ended:
                self._judge(track, frame.t_s)
        for track in tracker.finish():
            self._judge(track, track.last.t_s)

    def _judge(self, track: Track, now_s: float) -> None:
        ride = self.rides[self._names[track.id]]
        ride.looks = self._desk.sightings(track.id)
        context = Context(self._scene, SignalHistory(), None, now_s=now_s, riders=ride.looks)
        for rule in sorted(RIDER_RULES):
            verdict = RULES[rule](track, context, True)  # noqa: FBT003 - the contract of a rule
            if isinstance(verdict, Violation):
                ride.said[rule] = verdict.act
                ride.accused.add(rule)
            elif isinstance(verdict, Withheld):
                ride.said[rule] = verdict.code


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; the exit status is 1 where there is nothing to measure with."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(arguments).folder
    try:
        eyes = open_riders(default_models(), engine="onnxruntime")
    except DetectorError as error:
        print(error, file=sys.stderr)
        return 1
    if eyes is None:
        print("there is no heads.onnx among the models", file=sys.stderr)
        return 1
    scene = load_scene(folder / "camera.toml")
    clip = Clip(folder, RiderDesk(eyes, scene.picture_size_px), scene)
    clip.play()
    table = Table("motorbike", "wear", "breaks", "said", "looks: people, chance bare of each head")
    for ride in clip.rides.values():
        said = ", ".join(f"{rule}: {word}" for rule, word in ride.said.items())
        looks = "; ".join(_look(one) for one in ride.looks)
        table.add_row(ride.name, ", ".join(ride.hats), ", ".join(sorted(ride.broken)), said, looks)
    console = Console(width=200)
    console.print(table)
    right = sum(len(ride.accused & ride.broken) for ride in clip.rides.values())
    wrong = sum(len(ride.accused - ride.broken) for ride in clip.rides.values())
    console.print(f"found {right} of {sum(len(one.broken) for one in clip.rides.values())}, wrongly {wrong}")
    return 0


def _look(one: RiderSighting) -> str:
    chances = " ".join(f"{head.chance_bare:.2f}" for head in one.look.heads)
    return f"{one.look.people or '?'} ({chances})"


if __name__ == "__main__":
    sys.exit(main())
