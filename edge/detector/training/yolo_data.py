"""Data in ordinary YOLO form (a data.yaml with pictures and .txt labels) as training samples of a recipe."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from edge.detector.errors import DataError, DetectorError
from edge.detector.evaluation.data_yaml import read_data_yaml
from edge.detector.evaluation.names import our_name
from edge.detector.evaluation.yolo import data_file_pictures, label_file, read_rows
from edge.detector.images import read_image
from edge.detector.training.manifest import Labelled, Sample
from edge.detector.types import Box

SOURCE: Final = "own"
"""What these samples are called in a recipe's `weights`."""


@dataclass(frozen=True, slots=True)
class YoloData:
    """What a data.yaml gives for one recipe.

    `known`: the recipe's class of each class number used; `ignored`: names that stand for none of its
    classes, whose boxes are left out; `faults`: one line for each picture that cannot be used.
    """

    samples: tuple[Sample, ...]
    known: Mapping[int, str]
    ignored: tuple[str, ...]
    faults: tuple[str, ...]


def read_yolo_data(path: Path, classes: Sequence[str], part: str = "train") -> YoloData:
    """Read one part of a data set, with the names of its classes brought to those in `classes`.

    A name is taken as it is or by its known synonyms (`edge.detector.evaluation.names`). A picture without
    a label file, or with an empty one, shows nothing of the classes.

    Raises:
        DataError: the file cannot be read, names no pictures, or none of its classes is one of `classes`.
    """
    if part not in read_data_yaml(path).parts:
        raise DataError(
            f"it names no pictures for `{part}`", where=str(path), remedy=f"Write `{part}: FOLDER`."
        )
    images, data, _ = data_file_pictures(path, part)
    known = {number: ours for number, name in data.names.items() if (ours := _class_of(name, classes))}
    if not known:
        raise DataError(
            f"none of its names ({', '.join(data.names.values()) or 'it has none'}) is a class of the recipe",
            where=str(path),
            remedy=f"Name them, or a synonym that docs/training.md lists: {', '.join(classes)}.",
        )
    samples, faults = [], []
    for image in images:
        try:
            samples.append(_sample(image, data.names, known, classes))
        except DetectorError as error:
            faults.append(str(error))
    ignored = tuple(name for number, name in data.names.items() if number not in known)
    return YoloData(tuple(samples), known, ignored, tuple(faults))


def fingerprint(samples: Sequence[Sample]) -> str:
    """Sixteen hex digits that tell these pictures and labels from others, wherever the pictures lie."""
    digest = hashlib.sha256()
    for sample in samples:
        row: dict[str, Any] = {**asdict(sample), "image": sample.image.name}
        digest.update(json.dumps(row, sort_keys=True).encode())
        digest.update(sample.image.stat().st_size.to_bytes(8, "big"))
    return digest.hexdigest()[:16]


def _class_of(name: str, classes: Sequence[str]) -> str | None:
    if name in classes:
        return name
    meant = our_name(name)
    return next((one for one in classes if meant is not None and our_name(one) == meant), None)


def _sample(
    image: Path, names: Mapping[int, str], known: Mapping[int, str], classes: Sequence[str]
) -> Sample:
    height, width = read_image(image).shape[:2]
    labels = label_file(image)
    objects = []
    for number, box in read_rows(labels):
        if number not in names:
            raise DataError(
                f"class {number} has no name", where=str(labels), remedy="Name it in the data.yaml."
            )
        if number in known:
            scaled = Box(box.x * width, box.y * height, box.w * width, box.h * height)
            objects.append(Labelled(classes.index(known[number]), scaled))
    return Sample(image, SOURCE, "train", tuple(objects))
