"""Reading rendered road scenes: pictures with the exact place of every road user and plate.

All of them are for training; what was learned is tested on the sample clip (see `clip`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from edge.detector.training.manifest import Labelled, Sample
from edge.detector.training.real_plates import RealPlate
from edge.detector.types import VEHICLE_CLASSES, Box, PlateLayout

_WELL_SEEN: Final = 0.35
_SMALLEST_PLATE_PX: Final = 22.0


@dataclass(frozen=True, slots=True)
class RenderedPlate:
    """A plate in a rendered picture; `box` px."""

    box: Box
    text: str
    layout: PlateLayout
    colour: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """One rendered picture; `hidden` boxes are of road users mostly covered by others."""

    image: Path
    objects: tuple[Labelled, ...]
    hidden: tuple[Box, ...]
    plates: tuple[RenderedPlate, ...]


def rendered_pictures(folder: Path) -> Iterator[Rendered]:
    """Every picture of a render folder (images/ and json/ of the same names)."""
    notes = {path.stem: path for path in (folder / "json").glob("*.json")}
    for image in sorted((folder / "images").iterdir()):
        if image.stem in notes:
            yield _read(image, json.loads(notes[image.stem].read_text(encoding="utf-8")))


def rendered_vehicles(folder: Path) -> Iterator[Sample]:
    """The pictures with their road users; those hardly visible are masked."""
    for picture in rendered_pictures(folder):
        yield Sample(picture.image, "renders", "train", picture.objects, picture.hidden)


def rendered_plates(folder: Path) -> list[RealPlate]:
    """The plates large enough to be read by somebody."""
    return [
        RealPlate(picture.image, plate.box, plate.text, plate.layout, "renders")
        for picture in rendered_pictures(folder)
        for plate in picture.plates
        if plate.box.w >= _SMALLEST_PLATE_PX
    ]


def _read(image: Path, notes: dict[str, Any]) -> Rendered:
    rows: list[dict[str, Any]] = notes["objects"]
    seen = [row for row in rows if row["visible_fraction"] >= _WELL_SEEN]
    hidden = [row for row in rows if row["visible_fraction"] < _WELL_SEEN]
    return Rendered(
        image=image,
        objects=tuple(Labelled(VEHICLE_CLASSES.index(row["class"]), Box(*row["box_px"])) for row in seen),
        hidden=tuple(Box(*row["box_px"]) for row in hidden),
        plates=tuple(_plate(row["plate"]) for row in seen if row["plate"]),
    )


def _plate(row: dict[str, Any]) -> RenderedPlate:
    return RenderedPlate(Box(*row["box_px"]), row["text"], row["layout"], row["ground_colour"])
