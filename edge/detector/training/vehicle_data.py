"""Gathering the vehicle pictures: field sets, rendered scenes, and video frames labelled by a teacher."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import cv2

from edge.detector.evaluation.yolo import pictures_in
from edge.detector.models import SIGNAL
from edge.detector.training.head_data import group_of, rider_crops
from edge.detector.training.manifest import Sample, Split, read_yolo
from edge.detector.training.teacher import LABELS, Trust, fill_gaps, load_own, load_teachers

_NEAR: Final = "rider_class"
_NEAR_SIZES_PX: Final = (288, 384)
_MOTORBIKE, _CAR, _BUS, _TRUCK, _BICYCLE, _PERSON = range(6)
_SIGNAL: Final = LABELS.index(SIGNAL)
_FIELD_CLASSES: Final = {0: _MOTORBIKE, 1: _CAR, 2: _BUS, 3: _TRUCK}
TRAINED_VIDEOS: Final = (
    "motorway_720.mp4",
    "highway_two_way.mp4",
    "road_two_way_motorbike.mp4",
    "street_toward.mp4",
    "intersection_portrait.mp4",
    "redlight_us_cspr003_day.mp4",
    "redlight_us_cspr003_night.mp4",
    "car-detection.mp4",
)
"""Films of the field folder that are trained on, so that none of them may be measured on."""
_FRAMES_A_VIDEO: Final = 16
_BICYCLES: Final = "bikes"
_EVERY_BICYCLE: Final = 2
_HELD_OUT_SHARE: Final = 5
_CYCLISTS_HELD_OUT: Final = 4

_WORTH_ADDING_PX: Final = 36.0
_FOUR_WHEELS: Final = frozenset({"car", "bus", "truck"})
_ROAD_USERS: Final = frozenset({*_FOUR_WHEELS, "motorbike", "bicycle", "person"})
_NEAR_VEHICLES: Final = Trust(
    frozenset({*_FOUR_WHEELS, "motorbike", SIGNAL}), sure=0.5, unsure=0.25, smallest_px=_WORTH_ADDING_PX
)
_NO_TRUCKS: Final = Trust(frozenset({*_ROAD_USERS, SIGNAL} - {"truck"}))
_ALL: Final = Trust(frozenset({*_ROAD_USERS, SIGNAL}))
_MACHINES: Final = Trust(frozenset({*_FOUR_WHEELS, "motorbike"}), sure=0.45, unsure=0.3)
_ALL_BUT_SIGNALS: Final = Trust(_ROAD_USERS)


def field_samples(field: Path) -> Iterator[tuple[Sample, Trust]]:
    """The labelled field sets, each with what a teacher may add to it.

    Held out: the last fifth of the fixed camera's frames, the whole Hanoi camera, the last fifth of the
    rider set (by its frame numbers). The rider set shows three-wheeled taxis, which COCO calls trucks.
    """
    for image, split in _tail_held_out(pictures_in(field / "vehicles")):
        yield Sample(image, "field_cam01", split, read_yolo(image, _FIELD_CLASSES)), _NEAR_VEHICLES
    for image in pictures_in(field / "helmets" / "riders_hanoi"):
        yield Sample(image, "riders_hanoi", "test", read_yolo(image, {0: _MOTORBIKE})), _ALL
    for image, split in _tail_held_out(pictures_in(field / "helmets" / "riders_cctv")):
        yield Sample(image, "riders_cctv", split, read_yolo(image, {0: _MOTORBIKE})), _NO_TRUCKS
    for image in pictures_in(field / "lights" / "coco_boxes"):
        yield Sample(image, "coco_street", "train", read_yolo(image, {0: _SIGNAL})), _ALL_BUT_SIGNALS
    for image in pictures_in(field / "helmets" / "heads_bikeshelmets")[::_EVERY_BICYCLE]:
        if not is_cyclist_held_out(image):
            yield Sample(image, _BICYCLES, "train", ()), _ALL


def is_cyclist_held_out(picture: Path) -> bool:
    """Whether a picture of cyclists is kept for tests, all its copies with it: a quarter of the photos."""
    return zlib.crc32(group_of(picture.name).encode()) % _CYCLISTS_HELD_OUT == 0


def unlabelled_samples(field: Path, frames: Path) -> Iterator[Sample]:
    """Pictures without vehicle labels: the crossing of the light set, and frames cut from the videos."""
    for image in pictures_in(field / "lights" / "vn98_frames"):
        yield Sample(image, "vn98", "train", ())
    for name in TRAINED_VIDEOS:
        for image in cut_frames(field / "videos" / name, frames, _FRAMES_A_VIDEO):
            yield Sample(image, "videos", "train", ())


def near_riders(field: Path, teachers: Sequence[Path]) -> Iterator[Sample]:
    """Motorbikes that fill the picture, of the photos that the head network trains on too.

    COCO networks know machines so near when they see them small; pictures in which none does are left out.
    """
    networks = [one for size in _NEAR_SIZES_PX for one in load_teachers(teachers, size, confidence=0.3)]
    for image in sorted(
        {one.picture for one in rider_crops(field) if one.source == _NEAR and one.part == "train"}
    ):
        sample = fill_gaps(Sample(image, "riders_near", "train", ()), networks, _MACHINES)
        if any(one.label == _MOTORBIKE for one in sample.objects):
            yield sample


def gather(field: Path, frames: Path, own: Sequence[Path], coco: Sequence[Path]) -> Iterator[Sample]:
    """Every vehicle picture; gaps in the training part filled by networks run at a larger size.

    A teacher that knows only some of the classes fills only those. Pictures nobody labelled (`frames`
    takes what is cut from the videos) are labelled by the teachers alone. Ours have no say about bicycles,
    which they took for motorbikes up to version 1.1.
    """
    public = load_teachers(coco, long_side_px=960, confidence=0.15)
    networks = [*load_own(own, confidence=0.15), *public]
    for sample, trust in field_samples(field):
        teachers = public if sample.source == _BICYCLES else networks
        filled = fill_gaps(sample, teachers, trust) if sample.split == "train" else sample
        if sample.source != _BICYCLES or shows_cyclists(filled):
            yield filled
    for sample in unlabelled_samples(field, frames):
        yield fill_gaps(sample, networks, _ALL)
    yield from near_riders(field, coco)


def shows_cyclists(sample: Sample) -> bool:
    """Whether bicycles are seen and nobody as tall is a person, as teachers say who miss the bicycle."""
    tall_px = [one.box.h for one in sample.objects if one.label == _BICYCLE]
    return bool(tall_px) and all(
        one.box.h < max(tall_px) / 2 for one in sample.objects if one.label == _PERSON
    )


def _tail_held_out(images: list[Path]) -> Iterator[tuple[Path, Split]]:
    first_test = len(images) - len(images) // _HELD_OUT_SHARE
    for index, image in enumerate(images):
        yield image, "test" if index >= first_test else "train"


def cut_frames(video: Path, folder: Path, wanted_frames: int) -> Iterator[Path]:
    """Store `wanted_frames` frames of a video, evenly spread, in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    reader = cv2.VideoCapture(str(video))
    count = int(reader.get(cv2.CAP_PROP_FRAME_COUNT))
    wanted = {count * step // wanted_frames for step in range(wanted_frames)}
    for index in range(count):
        ok, frame = reader.read()
        if not ok:
            return
        if index in wanted:
            path = folder / f"{video.stem}_{index:05d}.jpg"
            cv2.imwrite(str(path), frame)
            yield path
