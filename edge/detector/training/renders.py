"""Reading rendered road scenes: pictures with the exact place of every road user and plate.

All of them are for training; what was learned is tested on the sample clip (see `clip`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from edge.detector.training.manifest import Labelled, Sample
from edge.detector.training.real_plates import RealPlate
from edge.detector.types import VEHICLE_CLASSES, Box, PlateLayout

SIGNAL_LABEL: Final = len(VEHICLE_CLASSES)
"""The vehicle network's class number of a signal head: after all road users."""

_WELL_SEEN: Final = 0.35
_COVERED: Final = 0.4
_SMALLEST_PLATE_PX: Final = 22.0
_RIDDEN: Final = ("motorbike", "bicycle")


@dataclass(frozen=True, slots=True)
class RenderedPlate:
    """A plate in a rendered picture; `box` px."""

    box: Box
    text: str
    layout: PlateLayout
    colour: str


@dataclass(frozen=True, slots=True)
class RenderedHead:
    """A head in a rendered picture; `box` px, `visible` 0 to 1; the `hat` is one of the renderer's names."""

    box: Box
    helmet: bool
    hat: str
    visible: float


@dataclass(frozen=True, slots=True)
class RenderedRide:
    """A motorbike or bicycle with the heads of its riders; `people` counts those out of sight too."""

    kind: str
    box: Box
    visible: float
    people: int
    heads: tuple[RenderedHead, ...]


@dataclass(frozen=True, slots=True)
class RenderedSignal:
    """A signal head: `face` is round, left, right or straight; `countdown_s` None when blank or absent."""

    box: Box
    state: str
    face: str
    countdown_s: int | None
    visible: float


@dataclass(frozen=True, slots=True)
class Rendered:
    """One rendered picture; `hidden` boxes are of road users mostly covered by others.

    `signals` is None in pictures made before signal heads were labelled, where some may be seen.
    """

    image: Path
    objects: tuple[Labelled, ...]
    hidden: tuple[Box, ...]
    plates: tuple[RenderedPlate, ...]
    rides: tuple[RenderedRide, ...] = ()
    bystanders: tuple[RenderedHead, ...] = ()
    signals: tuple[RenderedSignal, ...] | None = None
    condition: str = "day"


def rendered_pictures(folder: Path) -> Iterator[Rendered]:
    """Every picture of a render folder (images/ and json/ of the same names)."""
    notes = {path.stem: path for path in (folder / "json").glob("*.json")}
    for image in sorted((folder / "images").iterdir()):
        if image.stem in notes:
            yield rendered(image, json.loads(notes[image.stem].read_text(encoding="utf-8")))


def rendered_vehicles(folder: Path) -> Iterator[Sample]:
    """The pictures with their road users; those hardly visible are masked, but never over one well seen."""
    for picture in rendered_pictures(folder):
        masked = tuple(box for box in picture.hidden if not _lies_over(box, picture.objects))
        yield Sample(picture.image, "renders", "train", picture.objects, masked)


def rendered_street(folder: Path) -> Iterator[Sample]:
    """As `rendered_vehicles`, with the signal heads; pictures whose signals nobody labelled are left out."""
    signals = {picture.image: picture.signals for picture in rendered_pictures(folder)}
    for sample in rendered_vehicles(folder):
        heads = signals[sample.image]
        if heads is None:
            continue
        labelled = tuple(Labelled(SIGNAL_LABEL, one.box) for one in heads if one.visible >= _WELL_SEEN)
        objects = (*sample.objects, *labelled)
        hidden = (one.box for one in heads if one.visible < _WELL_SEEN)
        masked = tuple(box for box in hidden if not _lies_over(box, objects))
        yield replace(sample, objects=objects, masked=(*sample.masked, *masked))


def rendered_plates(folder: Path) -> list[RealPlate]:
    """The plates large enough to be read by somebody."""
    return [
        RealPlate(picture.image, plate.box, plate.text, plate.layout, "renders")
        for picture in rendered_pictures(folder)
        for plate in picture.plates
        if plate.box.w >= _SMALLEST_PLATE_PX
    ]


def _lies_over(box: Box, objects: tuple[Labelled, ...]) -> bool:
    return any(box.intersection(one.box) > _COVERED * min(box.area, one.box.area) for one in objects)


def rendered(image: Path, notes: dict[str, Any]) -> Rendered:
    """One picture from what the renderer wrote about it."""
    rows: list[dict[str, Any]] = notes["objects"]
    seen = [row for row in rows if row["visible_fraction"] >= _WELL_SEEN]
    hidden = [row for row in rows if row["visible_fraction"] < _WELL_SEEN]
    return Rendered(
        image=image,
        objects=tuple(Labelled(VEHICLE_CLASSES.index(row["class"]), Box(*row["box_px"])) for row in seen),
        hidden=tuple(Box(*row["box_px"]) for row in hidden),
        plates=tuple(_plate(row["plate"]) for row in seen if row["plate"]),
        rides=tuple(_ride(row) for row in rows if row["class"] in _RIDDEN and "heads" in row),
        bystanders=tuple(head for row in rows if row["class"] == "person" for head in _heads(row)),
        signals=tuple(_signal(row) for row in notes["signals"]) if "signals" in notes else None,
        condition=notes.get("condition", "day"),
    )


def _plate(row: dict[str, Any]) -> RenderedPlate:
    return RenderedPlate(Box(*row["box_px"]), row["text"], row["layout"], row["ground_colour"])


def _ride(row: dict[str, Any]) -> RenderedRide:
    return RenderedRide(
        row["class"], Box(*row["box_px"]), row["visible_fraction"], row["people"], _heads(row)
    )


def _heads(row: dict[str, Any]) -> tuple[RenderedHead, ...]:
    return tuple(
        RenderedHead(Box(*head["box_px"]), head["helmet"], head["hat"], head["visible_fraction"])
        for head in row.get("heads", ())
    )


def _signal(row: dict[str, Any]) -> RenderedSignal:
    countdown = row["countdown"]["seconds"] if row["countdown"] else None
    return RenderedSignal(Box(*row["box_px"]), row["state"], row["face"], countdown, row["visible_fraction"])
