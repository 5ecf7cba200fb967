"""Gathering pictures for the plate finder: car-park scenes, rendered plates, teacher-labelled road crops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import onnxruntime as ort

from edge.detector.images import crop, read_image
from edge.detector.letterbox import fit, to_blob
from edge.detector.models import VehicleDetector
from edge.detector.training.manifest import Labelled, Sample, Split, read_yolo
from edge.detector.training.real_plates import part_of
from edge.detector.training.renders import rendered_pictures
from edge.detector.training.vehicle_data import cut_frames
from edge.detector.types import VEHICLE_CLASSES, Box, Detection, Image

_TEACHER_PX: Final = 640
_SURE: Final = 0.45
_UNSURE: Final = 0.15
_SMALLEST_VEHICLE_PX: Final = 48
_SMALLEST_RENDERED_PX: Final = 40
_MOSTLY_INSIDE: Final = 0.6
_LARGEST_CROP_PX: Final = 480
_MARGIN: Final = 0.06
_CROSSING_HELD_OUT: Final = 12
_HANOI_FRAMES: Final = 40
_ON_FOOT: Final = frozenset({"person", "bicycle"})


@dataclass(frozen=True, slots=True)
class PlateTeacher:
    """A plate detector of an older kind (rows of cx, cy, w, h, objectness, class), used only for labels."""

    session: ort.InferenceSession

    @classmethod
    def load(cls, path: Path) -> PlateTeacher:
        """Open the teacher's ONNX file."""
        return cls(ort.InferenceSession(str(path), providers=["CPUExecutionProvider"]))

    def plates(self, image: Image) -> list[tuple[Box, float]]:
        """Plates in a vehicle crop: box px and score."""
        letterbox = fit(image.shape[1], image.shape[0], _TEACHER_PX, _TEACHER_PX)
        name = self.session.get_inputs()[0].name
        rows = self.session.run(None, {name: to_blob(image, letterbox)})[0][0]
        scores = rows[:, 4] * rows[:, 5]
        rows, scores = rows[scores > _UNSURE], scores[scores > _UNSURE]
        boxes = np.hstack([rows[:, :2] - rows[:, 2:4] / 2, rows[:, 2:4]])
        kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), _UNSURE, 0.4)
        return [
            (letterbox.to_picture(Box(*(float(side) for side in boxes[i]))), float(scores[i]))
            for i in np.asarray(kept, dtype=int).reshape(-1)
        ]


def road_pictures(field: Path, frames: Path) -> Iterator[tuple[Path, str, Split]]:
    """Road pictures whose vehicles are large enough to show plates; the end of the crossing is held out."""
    crossing = sorted((field / "lights" / "vn98_frames").glob("*.jpg"))
    for index, image in enumerate(crossing):
        yield image, "vn98", "test" if index >= len(crossing) - _CROSSING_HELD_OUT else "train"
    for image in sorted((field / "vehicles").glob("*.jpg"))[::2]:
        yield image, "field_cam01", "train"
    for image in cut_frames(field / "videos" / "hanoi_giangvo_langha.mp4", frames, _HANOI_FRAMES):
        yield image, "hanoi", "train"


def parking_samples(field: Path) -> Iterator[Sample]:
    """Whole car-park scenes, split by plate text as for the reader."""
    folder = field / "plates" / "scenes_parking"
    texts = dict(
        line.split(",")[:2] for line in (folder.parent / "scenes_parking.csv").read_text().splitlines()[1:]
    )
    for image in sorted(folder.glob("*.jpg")):
        split: Split = "train" if part_of(texts.get(image.name, image.name)) == "train" else "test"
        yield Sample(image, "scenes_parking", split, read_yolo(image, {0: 0}))


def road_samples(
    images: Iterable[tuple[Path, str, Split]], detector: VehicleDetector, teacher: PlateTeacher, folder: Path
) -> Iterator[Sample]:
    """Vehicle crops of road pictures, with the plates the teacher is sure of; doubtful ones are masked."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, source, split in images:
        picture = read_image(path)
        for number, vehicle in enumerate(_with_plates(detector.detect(picture))):
            piece, _ = crop(picture, vehicle.box.expanded(_MARGIN))
            found = teacher.plates(piece)
            sure = tuple(Labelled(0, box) for box, score in found if score >= _SURE)
            doubtful = tuple(box for box, score in found if score < _SURE)
            if not sure and number % 3:
                continue
            name = folder / f"{source}_{path.stem}_{number}.jpg"
            yield _saved(piece, Sample(name, source, split, sure, doubtful))


def rendered_crops(renders: Path, folder: Path) -> Iterator[Sample]:
    """Vehicle crops of rendered pictures, with the plates as drawn."""
    folder.mkdir(parents=True, exist_ok=True)
    for rendered in rendered_pictures(renders):
        picture = read_image(rendered.image)
        for number, vehicle in enumerate(rendered.objects):
            piece, covered = crop(picture, vehicle.box.expanded(_MARGIN))
            if VEHICLE_CLASSES[vehicle.label] in _ON_FOOT or min(piece.shape[:2]) < _SMALLEST_RENDERED_PX:
                continue
            inside = tuple(
                Labelled(0, Box(plate.box.x - covered.x, plate.box.y - covered.y, plate.box.w, plate.box.h))
                for plate in rendered.plates
                if plate.box.intersection(covered) > _MOSTLY_INSIDE * plate.box.area
            )
            name = folder / f"renders_{rendered.image.stem}_{number}.jpg"
            yield _saved(piece, Sample(name, "renders", "train", inside))


def _with_plates(found: Sequence[Detection]) -> list[Detection]:
    return [
        one for one in found if one.kind not in _ON_FOOT and min(one.box.w, one.box.h) >= _SMALLEST_VEHICLE_PX
    ]


def _saved(piece: Image, sample: Sample) -> Sample:
    """Store a crop under the sample's name, shrunk (boxes too) to what the finder can use."""
    scale = min(1.0, _LARGEST_CROP_PX / max(piece.shape[:2]))
    if scale < 1:
        shrunk = cv2.resize(piece, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        piece = np.asarray(shrunk, np.uint8)
    cv2.imwrite(str(sample.image), piece, [cv2.IMWRITE_JPEG_QUALITY, 94])
    objects = tuple(Labelled(one.label, _times(one.box, scale)) for one in sample.objects)
    return replace(sample, objects=objects, masked=tuple(_times(box, scale) for box in sample.masked))


def _times(box: Box, scale: float) -> Box:
    return Box(box.x * scale, box.y * scale, box.w * scale, box.h * scale)
