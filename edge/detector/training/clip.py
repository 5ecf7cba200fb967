"""The sample clip with its truth file as a test set: it is never trained on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2

from edge.detector.training.manifest import Labelled, Sample
from edge.detector.training.real_plates import RealPlate
from edge.detector.types import VEHICLE_CLASSES, Box

SOURCE: Final = "sample_clip"
_WELL_SEEN: Final = 0.35
_SMALLEST_PLATE_PX: Final = 30.0
_SMALLEST_VEHICLE_PX: Final = 24.0
_EVERY: Final = 10


@dataclass(frozen=True, slots=True)
class ClipTruth:
    """Frames of the clip as labelled pictures, and the plates in them that somebody could read."""

    samples: tuple[Sample, ...]
    plates: tuple[RealPlate, ...]


def clip_truth(folder: Path, frames: Path) -> ClipTruth:
    """Cut every tenth frame of the clip in `folder` into `frames` and label it from its truth file."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    images = dict(_cut(folder / truth["video"]["file"], frames))
    seen = [(vehicle, point) for vehicle in truth["vehicles"] for point in vehicle["path"]]
    by_frame: dict[int, list[tuple[dict[str, Any], dict[str, Any]]]] = {number: [] for number in images}
    for vehicle, point in seen:
        by_frame.get(round(point["t_s"] * truth["video"]["fps"]), []).append((vehicle, point))
    return ClipTruth(
        samples=tuple(_sample(images[number], rows) for number, rows in by_frame.items()),
        plates=tuple(plate for number, rows in by_frame.items() for plate in _plates(images[number], rows)),
    )


def _sample(image: Path, rows: list[tuple[dict[str, Any], dict[str, Any]]]) -> Sample:
    objects = tuple(
        Labelled(VEHICLE_CLASSES.index(vehicle["class"]), Box(*point["box_px"]))
        for vehicle, point in rows
        if point["box_px"]
        and point["visible_fraction"] >= _WELL_SEEN
        and point["box_px"][3] >= _SMALLEST_VEHICLE_PX
    )
    return Sample(image, SOURCE, "test", objects)


def _plates(image: Path, rows: list[tuple[dict[str, Any], dict[str, Any]]]) -> Iterator[RealPlate]:
    for vehicle, point in rows:
        box, plate = point.get("plate_box_px"), vehicle["plate"]
        if box and plate and box[2] >= _SMALLEST_PLATE_PX and point["visible_fraction"] > 1 - _WELL_SEEN:
            yield RealPlate(
                image,
                Box(*box),
                plate["text"],
                plate["layout"],
                SOURCE,
                vehicle=Box(*point["box_px"]),
            )


def _cut(video: Path, frames: Path) -> Iterator[tuple[int, Path]]:
    frames.mkdir(parents=True, exist_ok=True)
    reader = cv2.VideoCapture(str(video))
    number = 0
    while True:
        ok, picture = reader.read()
        if not ok:
            return
        if number % _EVERY == 0:
            path = frames / f"clip_{number:05d}.png"
            cv2.imwrite(str(path), picture)
            yield number, path
        number += 1
