"""A rendered clip with its truth.json as test sets: boxes, plates and the signal, every tenth frame."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from edge.detector.errors import DataError
from edge.detector.evaluation.sets import (
    AnySet,
    BoxSet,
    Picture,
    PlateScene,
    PlateSet,
    PlateTruth,
    Scene,
    SignalScene,
    SignalSet,
    Thing,
)
from edge.detector.types import VEHICLE_CLASSES, Box, Image

EVERY: Final = 10
_WELL_SEEN: Final = 0.35
_PLATE_SEEN: Final = 0.65
_SMALLEST_PLATE_PX: Final = 30.0
_SMALLEST_VEHICLE_PX: Final = 24.0
_SIGNAL_SETTLED_S: Final = 0.2

Truth = dict[str, Any]
Seen = tuple[Truth, Truth]
"""A vehicle and the point of its path at one moment."""


def clip_sets(folder: Path, every: int = EVERY) -> list[AnySet]:
    """The sets of one clip; `every`: use each so manieth frame.

    Vehicles hidden for the most part and those under 24 px high may be found or not. Plates count when they
    are at least 30 px wide and their vehicle is in sight. The signal counts while its state is settled.

    Raises:
        DataError: truth.json is not the renderer's, or the clip is missing.
    """
    truth = _truth(folder / "truth.json")
    video = folder / truth["video"]["file"]
    if not video.is_file():
        raise DataError("the clip that truth.json names is missing", where=str(video), remedy="Restore it.")
    seen = _by_frame(truth)
    kinds = {vehicle["class"] for vehicle in truth["vehicles"]}
    name = folder.resolve().name
    sets: list[AnySet] = [
        BoxSet(
            f"{name}",
            tuple(kind for kind in VEHICLE_CLASSES if kind in kinds),
            lambda: (_scene(picture, seen[number]) for number, picture in _frames(video, every)),
        ),
        PlateSet(
            f"{name} plates",
            lambda: (
                PlateScene(picture, plates)
                for number, picture in _frames(video, every)
                if (plates := _plates(seen[number]))
            ),
        ),
    ]
    if truth.get("signal"):
        sets.append(SignalSet(f"{name} signal", lambda: _signals(video, truth, every)))
    return sets


def _truth(path: Path) -> Truth:
    remedy = "Give the folder of a clip rendered by sample_videos.render."
    try:
        truth: Truth = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read it ({error})", where=str(path), remedy=remedy) from error
    if not isinstance(truth, dict) or not {"video", "vehicles"} <= truth.keys():
        raise DataError("not the truth of a rendered clip", where=str(path), remedy=remedy)
    return truth


def _by_frame(truth: Truth) -> dict[int, list[Seen]]:
    rows: dict[int, list[Seen]] = defaultdict(list)
    for vehicle in truth["vehicles"]:
        for point in vehicle["path"]:
            if point["box_px"]:
                rows[round(point["t_s"] * truth["video"]["fps"])].append((vehicle, point))
    return rows


def _scene(picture: Picture, seen: list[Seen]) -> Scene:
    boxes = [(vehicle["class"], Box(*point["box_px"]), point["visible_fraction"]) for vehicle, point in seen]
    clear = [share >= _WELL_SEEN and box.h >= _SMALLEST_VEHICLE_PX for _, box, share in boxes]
    return Scene(
        picture,
        tuple(Thing(kind, box) for (kind, box, _), good in zip(boxes, clear, strict=True) if good),
        tuple(box for (_, box, _), good in zip(boxes, clear, strict=True) if not good),
    )


def _plates(seen: list[Seen]) -> tuple[PlateTruth, ...]:
    return tuple(
        PlateTruth(vehicle["plate"]["text"], Box(*box))
        for vehicle, point in seen
        if (box := point.get("plate_box_px"))
        and vehicle["plate"]
        and box[2] >= _SMALLEST_PLATE_PX
        and point["visible_fraction"] > _PLATE_SEEN
    )


def _signals(video: Path, truth: Truth, every: int) -> Iterator[SignalScene]:
    head = Box(*truth["signal"]["head_box_px"])
    for number, picture in _frames(video, every):
        t_s = number / truth["video"]["fps"]
        for phase in truth["signal"]["phases"]:
            if phase["t_start_s"] + _SIGNAL_SETTLED_S <= t_s < phase["t_end_s"] - _SIGNAL_SETTLED_S:
                yield SignalScene(picture, phase["state"], head)


def _frames(video: Path, every: int) -> Iterator[tuple[int, Picture]]:
    reader = cv2.VideoCapture(str(video))
    try:
        number = 0
        while reader.grab():
            if number % every == 0:
                image = np.asarray(reader.retrieve()[1], np.uint8)
                yield number, Picture(f"{video} frame {number}", _given(image))
            number += 1
    finally:
        reader.release()


def _given(image: Image) -> Any:
    return lambda: image
