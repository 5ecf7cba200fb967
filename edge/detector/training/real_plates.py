"""The photographed plates of the field sets: where they are and which part of the data each belongs to."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from edge.detector.images import crop, read_image
from edge.detector.types import Box, GroundColour, Image, PlateLayout

_MOTORBIKE_UPPER = 4

Part = Literal["train", "calibrate", "test"]


@dataclass(frozen=True, slots=True)
class RealPlate:
    """A photographed plate: the picture, where the plate is in it (None: the whole picture), what it says."""

    image: Path
    box: Box | None
    text: str
    layout: PlateLayout
    source: str
    colour: GroundColour = "unknown"
    vehicle: Box | None = None
    """Where its vehicle is, px, if the picture shows a whole road."""
    upper: int = 0
    """How many of the characters stand on the upper of two lines; 0 where unknown."""


def cut_plate(plate: RealPlate, margin: float) -> Image:
    """The plate's crop, grown by `margin` of its size where the picture allows."""
    picture = read_image(plate.image)
    return picture if plate.box is None else crop(picture, plate.box.expanded(margin))[0]


def part_of(text: str) -> Part:
    """Which part a plate belongs to, by its text, so that no plate is in two: 76, 8 and 16 of a hundred."""
    share = int(hashlib.sha256(text.encode()).hexdigest(), 16) % 100
    return "train" if share < 76 else "calibrate" if share < 84 else "test"  # noqa: PLR2004


def real_plates(field: Path) -> list[RealPlate]:
    """The crops and the car-park scenes of the field sets."""
    plates = field / "plates"
    crops = [
        RealPlate(
            plates / "crops" / row["image"],
            None,
            row["text"],
            _layout(row["lines"]),
            "crops",
            upper=_upper(row),
        )
        for row in _rows(plates / "crops.csv")
    ]
    parked = [
        RealPlate(
            plates / "scenes_parking" / row["image"],
            _only_box(plates / "scenes_parking" / row["image"]),
            row["text"],
            "two_line",
            "scenes_parking",
            "white",
            upper=_MOTORBIKE_UPPER,
        )
        for row in _rows(plates / "scenes_parking.csv")
    ]
    return crops + parked


def roadcam_plates(field: Path) -> list[RealPlate]:
    """The nine crops read by eye; for the test only."""
    folder = field / "plates"
    return [
        RealPlate(
            folder / "crops_roadcam" / row["image"], None, row["text"], _layout(row["lines"]), "crops_roadcam"
        )
        for row in _rows(folder / "crops_roadcam.csv")
    ]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _upper(row: dict[str, str]) -> int:
    if row["lines"] == "1":
        return 0
    return sum(character.isalnum() for character in row["text_as_labelled"].partition("|")[0])


def _layout(lines: str) -> PlateLayout:
    return "one_line" if lines == "1" else "two_line"


def _only_box(image: Path) -> Box:
    height, width = read_image(image).shape[:2]
    _, cx, cy, w, h = (
        float(value) for value in image.with_suffix(".txt").read_text(encoding="utf-8").split()[:5]
    )
    return Box((cx - w / 2) * width, (cy - h / 2) * height, w * width, h * height)
