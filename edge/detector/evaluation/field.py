"""The held-out parts of the field sets (the folder that $PHATNGUOI_FIELD names), split as for training.

A split is by camera where the set has several, else by blocks of frames or by plate text; what the training
commands learn from is never measured on.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from edge.detector.evaluation.labelled_video import picture_set, video_set
from edge.detector.evaluation.names import HELMET, NO_HELMET
from edge.detector.evaluation.sets import (
    AnySet,
    BoxSet,
    Picture,
    RiderScene,
    RiderSet,
    Scene,
    SignalScene,
    SignalSet,
    Thing,
)
from edge.detector.evaluation.tables import rider_set, table_set
from edge.detector.evaluation.yolo import pictures_in
from edge.detector.images import crop, read_image
from edge.detector.training.head_data import LABELS, RiderCrop, group_of, rider_crops
from edge.detector.training.head_data import part_of as part_of_riders
from edge.detector.training.manifest import Sample
from edge.detector.training.real_plates import part_of as part_of_plate
from edge.detector.training.vehicle_data import field_samples
from edge.detector.types import VEHICLE_CLASSES, Box, Image

PARTS: Final = ("vehicles", "plates", "helmets", "lights")
_CROSSING_HEAD: Final = Box(1499, 82, 46, 130)
_HELD_OUT: Final = "test"
VIDEO_TABLES: Final = ("hanoi_four_wheels", "crossing_wet", "motorway_dull", "motorway_rain")
"""The tables of `LABELS` whose videos no vehicle network of ours was trained on."""


def is_field(folder: Path) -> bool:
    """Whether this is the root of the field sets."""
    return sum((folder / part).is_dir() for part in PARTS) > 1


def field_sets(field: Path) -> list[AnySet]:
    """Every set of the field folder that is there, its held-out part.

    Raises:
        DataError: a list of labels cannot be read.
    """
    sets: list[AnySet | None] = []
    if (field / "vehicles").is_dir() or (field / "helmets").is_dir():
        sets += _vehicles(field)
    if (field / "plates").is_dir():
        sets += _plates(field / "plates")
    if (field / "helmets" / "rider_class").is_dir():
        sets += [_rider_class(field), _rider_crops(field)]
    if (field / "lights").is_dir():
        sets += _signals(field / "lights")
    sets += [video_set(LABELS / f"{name}.csv", field) for name in VIDEO_TABLES]
    sets.append(picture_set(LABELS / "cyclists.csv", field))
    return [one for one in sets if one is not None]


def _vehicles(field: Path) -> Iterator[BoxSet]:
    samples = [sample for sample, _ in field_samples(field) if sample.split == _HELD_OUT]
    for source in dict.fromkeys(sample.source for sample in samples):
        chosen = [sample for sample in samples if sample.source == source]
        labels = sorted({one.label for sample in chosen for one in sample.objects})
        kinds = tuple(VEHICLE_CLASSES[label] for label in labels)
        yield BoxSet(source, kinds, partial(_scenes, chosen))


def _scenes(samples: list[Sample]) -> Iterator[Scene]:
    for sample in samples:
        things = tuple(Thing(VEHICLE_CLASSES[one.label], one.box) for one in sample.objects)
        yield Scene(Picture.at(sample.image), things)


def _plates(folder: Path) -> Iterator[AnySet | None]:
    for name in ("crops", "scenes_parking"):
        if (folder / f"{name}.csv").is_file():
            yield table_set(folder / f"{name}.csv", lambda row: part_of_plate(row["text"]) == _HELD_OUT)
    if (folder / "crops_roadcam.csv").is_file():
        yield table_set(folder / "crops_roadcam.csv")


def _rider_class(field: Path) -> RiderSet:
    """The pictures under their folders' names."""
    groups = {one.picture: one.group for one in rider_crops(field)}
    chosen = [
        (image, kind)
        for kind in (HELMET, NO_HELMET)
        for image in pictures_in(field / "helmets" / "rider_class" / kind)
        if part_of_riders(groups.get(image, group_of(image.name))) == _HELD_OUT
    ]
    return rider_set("rider_class", chosen)


def _rider_crops(field: Path) -> RiderSet:
    """The motorbikes of the fixed camera, cut by their boxes, under what we saw on their heads."""
    chosen = [
        one
        for one in rider_crops(field)
        if one.verdict in (HELMET, NO_HELMET)
        and one.source == "riders_cctv"
        and part_of_riders(one.group) == _HELD_OUT
    ]
    return RiderSet("riders_cctv crops", lambda: (_rider_scene(one) for one in chosen))


def _rider_scene(one: RiderCrop) -> RiderScene:
    return RiderScene(Picture(str(one.picture), partial(_cut, one)), one.verdict)


def _cut(one: RiderCrop) -> Image:
    return crop(read_image(one.picture), one.motorbike)[0]


def _signals(folder: Path) -> Iterator[AnySet | None]:
    """The crossing's main head, found in the whole frame, and given its box as a camera file does."""
    if not (folder / "vn98_light_state.csv").is_file():
        return
    found = table_set(folder / "vn98_light_state.csv")
    yield found
    if isinstance(found, SignalSet):
        yield SignalSet(f"{found.name}, head given", lambda: _with_head(found))


def _with_head(found: SignalSet) -> Iterator[SignalScene]:
    for scene in found.scenes():
        yield SignalScene(scene.picture, scene.state, _CROSSING_HEAD)
