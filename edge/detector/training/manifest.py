"""Lists of labelled pictures: one JSON object a line, so that a list can be read, cut and compared by eye."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2

from edge.detector.images import read_image
from edge.detector.types import Box, Image

Split = Literal["train", "test"]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One object in a picture: class number and box, px."""

    label: int
    box: Box


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled picture; `masked` regions (px) hold objects nobody is sure of, greyed out for training."""

    image: Path
    source: str
    split: Split
    objects: tuple[Labelled, ...]
    masked: tuple[Box, ...] = ()


def write_manifest(samples: Iterable[Sample], path: Path) -> None:
    """Write one line a sample; boxes as [x, y, w, h], px."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(_to_json(sample)) + "\n" for sample in samples), encoding="utf-8")


def read_manifest(path: Path) -> list[Sample]:
    """Read what `write_manifest` wrote."""
    return [_from_json(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def read_yolo(image: Path, classes: dict[int, int]) -> tuple[Labelled, ...]:
    """Boxes of the YOLO text file beside `image`, class numbers translated, others left out; px."""
    height, width = read_image(image).shape[:2]
    rows = (line.split() for line in image.with_suffix(".txt").read_text(encoding="utf-8").splitlines())
    return tuple(
        Labelled(classes[int(row[0])], _from_fractions([float(value) for value in row[1:5]], width, height))
        for row in rows
        if row and int(row[0]) in classes
    )


def load_picture(sample: Sample) -> Image:
    """The sample's picture with its masked regions blurred beyond recognition."""
    picture = read_image(sample.image)
    for box in sample.masked:
        region = picture[max(int(box.y), 0) : int(box.y2) + 1, max(int(box.x), 0) : int(box.x2) + 1]
        if region.size:
            region[:] = cv2.mean(region)[:3]
    return picture


def _from_fractions(values: list[float], width: int, height: int) -> Box:
    cx, cy, w, h = values
    return Box((cx - w / 2) * width, (cy - h / 2) * height, w * width, h * height)


def _to_json(sample: Sample) -> dict[str, object]:
    return {
        "image": str(sample.image),
        "source": sample.source,
        "split": sample.split,
        "objects": [[one.label, *_numbers(one.box)] for one in sample.objects],
        "masked": [_numbers(box) for box in sample.masked],
    }


def _from_json(row: dict[str, list[list[float]]]) -> Sample:
    return Sample(
        image=Path(str(row["image"])),
        source=str(row["source"]),
        split="test" if str(row["split"]) == "test" else "train",
        objects=tuple(Labelled(int(one[0]), Box(*one[1:])) for one in row["objects"]),
        masked=tuple(Box(*box) for box in row["masked"]),
    )


def _numbers(box: Box) -> list[float]:
    return [round(side, 2) for side in (box.x, box.y, box.w, box.h)]
