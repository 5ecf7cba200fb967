"""The clips that trackers are tried on, made or read, with the detector's answers kept in a work folder."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from benchmarks.spoiled import spoil
from benchmarks.tracking_data import SIZE_PX, Clip, Picture, TrueBox, every, without_people
from benchmarks.traffic import STEP_S, drive
from benchmarks.traffic_view import shaded, view
from edge.capture import open_source
from edge.detector.models import VehicleDetector
from edge.detector.registry import default_models
from edge.detector.types import Box, Detection

RENDERED: Final = Path("sample_videos/pham_ngoc_thach")
DATA: Final = Path(__file__).parent / "data"
FIELD: Final = Path(os.environ.get("PHATNGUOI_FIELD") or Path(__file__).parents[2] / "shared" / "field")
HAND_CHECKED_VIDEO: Final = FIELD / "videos" / "hanoi_giangvo_langha.mp4"
_LEAST_CONFIDENCE: Final = 0.1


def crossing(seconds: float, seed: int, rates: tuple[tuple[str, int], ...]) -> list[Clip]:
    """The made-up crossing; `rates`: (name, look at every how manieth of its 25 pictures a second)."""
    moments = [(index * STEP_S, view(one)) for index, one in enumerate(drive(seconds, seed))]
    whole = _spoiled("crossing", 1 / STEP_S, moments, seed)
    return [every(whole, step, name) for name, step in rates]


def rendered_truth(folder: Path = RENDERED, seed: int = 5) -> Clip:
    """The rendered clip with its true boxes spoiled."""
    truth = json.loads((folder / "truth.json").read_text())
    return _spoiled("rendered, spoiled truth", truth["video"]["fps"], list(_true_moments(truth)), seed)


def rendered_detected(work: Path, folder: Path = RENDERED) -> Clip:
    """The rendered clip as the shipped detector sees it; its answers are kept in `work`."""
    truth = json.loads((folder / "truth.json").read_text())
    found = detected(folder / truth["video"]["file"], work)
    pictures = tuple(
        Picture(t_s, index, tuple(boxes), without_people(one))
        for index, ((t_s, boxes), (_, one)) in enumerate(zip(_true_moments(truth), found, strict=True))
    )
    return Clip("rendered, shipped detector", truth["video"]["fps"], SIZE_PX, pictures)


def hand_checked(video: Path, work: Path) -> Clip:
    """A real clip whose vehicles were followed by eye in every third picture of its first half minute.

    Only some vehicles are in the truth, so of the measures only switches, fragments and misses say something.
    """
    truth: dict[int, list[TrueBox]] = defaultdict(list)
    with (DATA / f"{video.stem}.csv").open() as file:
        for row in csv.DictReader(file):
            box = Box(*(float(row[name]) for name in "xywh"))
            truth[int(row["frame"])].append(TrueBox(int(row["vehicle"]), "motorbike", box, 1.0, box))
    pictures = tuple(
        Picture(t_s, index, tuple(truth.get(index, ())), without_people(found))
        for index, (t_s, found) in enumerate(detected(video, work))
        if index <= max(truth)
    )
    rate = (len(pictures) - 1) / (pictures[-1].t_s - pictures[0].t_s)
    return Clip(f"{video.stem}, hand-checked", rate, _size_px(video), pictures)


def _size_px(video: Path) -> tuple[int, int]:
    height, width = next(iter(open_source(str(video)))).image.shape[:2]
    return width, height


def detected(video: Path, work: Path) -> list[tuple[float, tuple[Detection, ...]]]:
    """Seconds and detections of each picture of `video`, from `work` where they have been made before."""
    model = default_models().vehicles
    mark = hashlib.sha256(video.read_bytes()).hexdigest()[:12]
    kept = work / f"{video.stem}-{mark}-{model.sha256[:12]}.json"
    if not kept.is_file():
        detector = VehicleDetector(model.path, threads=1, confidence=_LEAST_CONFIDENCE)
        rows = [
            (frame.t_s, [_row(one) for one in detector.detect(frame.image)])
            for frame in open_source(str(video))
        ]
        work.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(rows))
    return [(t_s, tuple(map(_detection, rows))) for t_s, rows in json.loads(kept.read_text())]


def _row(one: Detection) -> list[Any]:
    sides = (one.box.x, one.box.y, one.box.w, one.box.h)
    return [*(round(side, 1) for side in sides), one.kind, round(one.confidence, 3)]


def _detection(row: list[Any]) -> Detection:
    return Detection(Box(*row[:4]), row[4], row[5])


def _spoiled(name: str, rate: float, moments: list[tuple[float, list[TrueBox]]], seed: int) -> Clip:
    found = spoil(moments, seed)
    pictures = tuple(
        Picture(t_s, index, tuple(boxes), one)
        for index, ((t_s, boxes), one) in enumerate(zip(moments, found, strict=True))
    )
    return Clip(name, rate, SIZE_PX, pictures)


def _true_moments(truth: dict[str, Any]) -> Iterator[tuple[float, list[TrueBox]]]:
    """Seconds and everybody on stage, nearest first. Houses hide vehicles too: the truth knows how much."""
    fps, frames = truth["video"]["fps"], truth["video"]["frames"]
    paths = [
        (number, one["class"], {round(point["t_s"] * fps): point for point in one["path"]})
        for number, one in enumerate(truth["vehicles"], 1)
    ]
    for frame in range(frames):
        stage = {
            number: (kind, path[frame])
            for number, kind, path in paths
            if frame in path and path[frame]["box_px"]
        }
        order = sorted(stage, key=lambda number: stage[number][1]["rear_m"][1])
        boxes = shaded([(number, stage[number][0], Box(*stage[number][1]["box_px"])) for number in order])
        yield (
            frame / fps,
            [replace(one, visible=min(one.visible, stage[one.id][1]["visible_fraction"])) for one in boxes],
        )
