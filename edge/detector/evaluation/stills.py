"""A folder of rendered pictures with one truth.json as test sets: boxes, heads, plates, signals, riders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

from edge.detector.errors import DataError
from edge.detector.evaluation.names import HELMET, NO_HELMET, SIGNAL
from edge.detector.evaluation.sets import (
    AnySet,
    BoxSet,
    Picture,
    PlateScene,
    PlateSet,
    PlateTruth,
    RiderScene,
    RiderSet,
    Scene,
    SignalScene,
    SignalSet,
    Thing,
)
from edge.detector.images import crop, read_image
from edge.detector.training.renders import Rendered, RenderedHead, RenderedRide, rendered
from edge.detector.types import VEHICLE_CLASSES, Box, Image

_SMALLEST_PX: Final = {"vehicle": 24.0, "head": 12.0, "signal": 16.0, "plate": 30.0}
_HEAD_SEEN: Final = 0.6
_HALF: Final = 0.5
_SIGNAL_SEEN: Final = 0.8


def is_stills(folder: Path) -> bool:
    """Whether the folder's truth.json tells of single pictures."""
    try:
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(truth, dict) and "pictures" in truth


def stills_sets(folder: Path) -> list[AnySet]:
    """The sets of a folder of stills.

    What is hidden for the most part or too small to be judged (vehicles under 24 px high, heads and signal
    heads under 12 and 16) may be found or not. Plates count from 30 px of width, signals while well seen,
    riders when all heads of a motorbike can be judged.

    Raises:
        DataError: truth.json is not the renderer's, or a picture that it names is missing.
    """
    pictures = list(_pictures(folder))
    name = folder.resolve().name
    labels = sorted({one.label for picture in pictures for one in picture.objects})
    kinds = (*(VEHICLE_CLASSES[label] for label in labels), SIGNAL)
    return [
        BoxSet(name, kinds, lambda: map(_street, pictures)),
        BoxSet(f"{name} heads", (HELMET, NO_HELMET), lambda: map(_heads, pictures)),
        PlateSet(f"{name} plates", lambda: filter(lambda scene: scene.plates, map(_plates, pictures))),
        SignalSet(f"{name} signals", lambda: (one for picture in pictures for one in _signals(picture))),
        RiderSet(f"{name} riders", lambda: (one for picture in pictures for one in _riders(picture))),
    ]


def _pictures(folder: Path) -> Iterator[Rendered]:
    path = folder / "truth.json"
    remedy = "Give the folder that sample_videos.render.stills wrote."
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["pictures"]
        found = [rendered(folder / row["image"], row) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"cannot read it ({error!r})", where=str(path), remedy=remedy) from error
    for picture in found:
        if not picture.image.is_file():
            raise DataError("a picture is missing", where=str(picture.image), remedy=remedy)
        yield picture


def _street(picture: Rendered) -> Scene:
    boxes: list[tuple[str, Box, float]] = [
        (VEHICLE_CLASSES[one.label], one.box, _SMALLEST_PX["vehicle"]) for one in picture.objects
    ]
    signals = picture.signals or ()
    boxes += [(SIGNAL, one.box, _SMALLEST_PX["signal"]) for one in signals if one.visible >= _HALF]
    hidden = tuple(one.box for one in signals if one.visible < _HALF)
    small = tuple(box for _, box, least_px in boxes if box.h < least_px)
    return Scene(
        Picture.at(picture.image),
        tuple(Thing(kind, box) for kind, box, least_px in boxes if box.h >= least_px),
        (*picture.hidden, *hidden, *small),
    )


def _heads(picture: Rendered) -> Scene:
    """Heads on motorbikes; those of cyclists and people on foot are not asked for."""
    ridden = [head for one in picture.rides if one.kind == "motorbike" for head in one.heads]
    others = [head for one in picture.rides if one.kind != "motorbike" for head in one.heads]
    asked = [head for head in ridden if _clear(head)]
    return Scene(
        Picture.at(picture.image),
        tuple(Thing(_kind(head), head.box) for head in asked),
        tuple(head.box for head in (*others, *picture.bystanders, *ridden) if head not in asked),
    )


def _plates(picture: Rendered) -> PlateScene:
    wide = tuple(one for one in picture.plates if one.box.w >= _SMALLEST_PX["plate"])
    return PlateScene(Picture.at(picture.image), tuple(PlateTruth(one.text, one.box) for one in wide))


def _signals(picture: Rendered) -> Iterator[SignalScene]:
    for one in picture.signals or ():
        if one.visible >= _SIGNAL_SEEN and one.box.h >= _SMALLEST_PX["signal"]:
            yield SignalScene(Picture.at(picture.image), one.state, one.box)


def _riders(picture: Rendered) -> Iterator[RiderScene]:
    for number, ride in enumerate(picture.rides):
        judged = [head for head in ride.heads if _clear(head)]
        if ride.kind == "motorbike" and len(judged) == ride.people:
            kind = HELMET if all(head.helmet for head in judged) else NO_HELMET
            yield RiderScene(Picture(f"{picture.image} rider {number}", partial(_cut, picture, ride)), kind)


def _cut(picture: Rendered, ride: RenderedRide) -> Image:
    return crop(read_image(picture.image), ride.box)[0]


def _kind(head: RenderedHead) -> str:
    return HELMET if head.helmet else NO_HELMET


def _clear(head: RenderedHead) -> bool:
    return head.visible >= _HEAD_SEEN and head.box.h >= _SMALLEST_PX["head"]
