"""Gathering pictures for the head network: crops of one motorbike with its riders' heads boxed.

The boxes of the field crops are ours: they stand, with what each head wears, in `labels/rider_heads.csv`,
which names the pictures and holds none.
"""

from __future__ import annotations

import csv
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import cv2
import numpy as np

from edge.detector.errors import DetectorError
from edge.detector.heads import HEAD_CLASSES
from edge.detector.images import crop, read_image
from edge.detector.training.manifest import Labelled, Sample, Split, read_yolo
from edge.detector.types import Box, Image

LABELS: Final = Path(__file__).parent / "labels"

Part = Literal["train", "test", "near_test"]

UNSEEN: Final = frozenset({"vn98", "riders_hanoi", "field_cam01"})
"""Cameras of which no picture is trained on; only verdict and people are labelled, no boxes."""

_TEST_ONE_IN: Final = 4
_FRAMES_A_BLOCK: Final = 250
_NEAR_FRAMES: Final = 80
_LARGEST_CROP_PX: Final = 360
_MARGIN: Final = 0.08
_MOSTLY_INSIDE: Final = 0.6
_WINDOWS_A_PICTURE: Final = 3
_CAMERA_NAME: Final = re.compile(r"^(\d{5})_jpg\.rf\.")
_BICYCLE_NAME: Final = re.compile(r"^k?BikesHelmets(\d+)")


class LabelError(DetectorError):
    """The table of head labels cannot be read."""


@dataclass(frozen=True, slots=True)
class RiderCrop:
    """One labelled motorbike: boxes px of `picture`; `people` None where they cannot be counted.

    `heads` holds class numbers of HEAD_CLASSES, `doubtful` the heads that nobody can judge. `verdict` is what
    the crop as a whole says: `helmet` (all wear one), `no_helmet` (somebody does not) or `unknown`.
    """

    source: str
    picture: Path
    group: str
    motorbike: Box
    heads: tuple[Labelled, ...]
    doubtful: tuple[Box, ...]
    people: int | None
    verdict: str

    @property
    def part(self) -> Part:
        """What the crop is for: cameras in UNSEEN are for testing only."""
        return "test" if self.source in UNSEEN else part_of(self.group)


def rider_crops(field: Path, table: Path = LABELS / "rider_heads.csv") -> list[RiderCrop]:
    """The labelled motorbikes whose pictures lie in the field folder.

    Raises:
        LabelError: the table is missing or a row of it does not fit.
    """
    try:
        with table.open(encoding="utf-8", newline="") as file:
            rows = [(number, row) for number, row in enumerate(csv.DictReader(file), 2)]
    except OSError as error:
        raise LabelError(
            f"cannot open the head labels ({error.strerror})", where=str(table), remedy="Restore the file."
        ) from error
    crops = []
    for number, row in rows:
        try:
            crops.append(_rider_crop(field, row))
        except (KeyError, ValueError, TypeError) as error:
            raise LabelError(
                f"cannot read a row ({error})", where=f"{table}:{number}", remedy="Correct or remove the row."
            ) from error
    return [one for one in crops if one.picture.is_file()]


def part_of(group: str) -> Part:
    """Train or test, by a hash of the group; `near_test` where the fixed camera may show a rider of the test.

    Groups of the fixed camera are named `camera:` and the frame number: blocks of 250 frames go to one part,
    and frames within 80 of a test block are left out of training. Photos that the bicycle set has too
    (`bikes:`) are for training, because the first stage saw all of that set.
    """
    if group.startswith("bikes:"):
        return "train"
    if not group.startswith("camera:"):
        return "test" if _hash(group) % _TEST_ONE_IN == 0 else "train"
    frame = int(group.removeprefix("camera:"))
    if _is_test_block(frame // _FRAMES_A_BLOCK):
        return "test"
    near = (frame - _NEAR_FRAMES) // _FRAMES_A_BLOCK, (frame + _NEAR_FRAMES) // _FRAMES_A_BLOCK
    return "near_test" if any(_is_test_block(block) for block in near) else "train"


def group_of(name: str) -> str:
    """The group that a file's name tells: frame of the fixed camera, number in the bicycle set, or itself."""
    if camera := _CAMERA_NAME.match(name):
        return f"camera:{camera[1]}"
    bicycle = _BICYCLE_NAME.match(name)
    return f"bikes:{bicycle[1]}" if bicycle else name


def rider_samples(crops: Iterable[RiderCrop], folder: Path) -> Iterator[Sample]:
    """Each crop with boxed heads, stored in `folder`; doubtful heads are masked."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(crops):
        part = one.part
        if part == "near_test" or one.source in UNSEEN:
            continue
        name = folder / f"{one.source}_{number:05d}.png"
        yield _cut(
            name,
            one.source,
            part,
            read_image(one.picture),
            motorbike=one.motorbike,
            heads=one.heads,
            doubtful=one.doubtful,
        )


def bicycle_pictures(field: Path) -> Iterator[Sample]:
    """The bicycle set as it is, whole pictures: what the first stage learns heads from."""
    for image in sorted((field / "helmets" / "heads_bikeshelmets").glob("*.jpg")):
        yield Sample(image, "bikes", "train", read_yolo(image, {0: 0, 1: 1}))


def bicycle_samples(field: Path, folder: Path) -> Iterator[Sample]:
    """Windows around the labelled heads of the bicycle set, as tall as a rider with his machine.

    The set holds several spoiled copies of a photo: one of each is taken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    seen: set[str] = set()
    for image in sorted((field / "helmets" / "heads_bikeshelmets").glob("*.jpg")):
        group = group_of(image.name)
        if group in seen:
            continue
        seen.add(group)
        picture, heads = read_image(image), read_yolo(image, {0: 0, 1: 1})
        height, width = picture.shape[:2]
        for number, head in enumerate(_apart(heads)[:_WINDOWS_A_PICTURE]):
            box = head.box
            window = Box(box.cx - 2.2 * box.w, box.y - 0.7 * box.h, 4.4 * box.w, 6.0 * box.h)
            name = folder / f"bikes_{image.stem}_{number}.png"
            clipped = window.clipped(width, height)
            yield _cut(name, "bikes", "train", picture, motorbike=clipped, heads=heads, doubtful=())


def _rider_crop(field: Path, row: dict[str, str]) -> RiderCrop:
    picture = field / row["picture"]
    heads, doubtful = [], []
    for text in filter(None, row["heads"].split(";")):
        *sides, what = text.split()
        box = Box(*(float(side) for side in sides))
        if what == "unsure":
            doubtful.append(box)
        else:
            heads.append(Labelled(HEAD_CLASSES.index(what), box))
    return RiderCrop(
        source=row["source"],
        picture=picture,
        group=row["group"] or group_of(picture.name),
        motorbike=Box(*(float(side) for side in row["motorbike"].split())),
        heads=tuple(heads),
        doubtful=tuple(doubtful),
        people=int(row["people"]) if row["people"] else None,
        verdict=row["verdict"],
    )


def _is_test_block(block: int) -> bool:
    return _hash(f"camera:{block}") % _TEST_ONE_IN == 0


def _hash(text: str) -> int:
    return zlib.crc32(text.encode())


def _apart(heads: Sequence[Labelled]) -> list[Labelled]:
    """Heads of which none lies in the window of one before it, so that crops do not repeat themselves."""
    kept: list[Labelled] = []
    for head in sorted(heads, key=lambda one: -one.box.area):
        if all(abs(head.box.cx - one.box.cx) > 1.5 * one.box.w for one in kept):
            kept.append(head)
    return kept


def _cut(
    name: Path,
    source: str,
    split: Split,
    picture: Image,
    *,
    motorbike: Box,
    heads: Sequence[Labelled],
    doubtful: Sequence[Box],
) -> Sample:
    """Store the crop (shrunk to what the network can use) and move the boxes into it."""
    piece, covered = crop(picture, motorbike.expanded(_MARGIN))
    scale = min(1.0, _LARGEST_CROP_PX / max(piece.shape[:2]))
    if scale < 1:
        piece = np.asarray(
            cv2.resize(piece, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
        )
    cv2.imwrite(str(name), piece)
    inside = [one for one in heads if _mostly_in(one.box, covered)]
    cut_off = [one.box for one in heads if one not in inside]
    return Sample(
        name,
        source,
        split,
        tuple(Labelled(one.label, _placed(one.box, covered, scale)) for one in inside),
        tuple(_placed(box, covered, scale) for box in [*doubtful, *cut_off] if box.intersection(covered) > 0),
    )


def _mostly_in(box: Box, covered: Box) -> bool:
    return box.intersection(covered) >= _MOSTLY_INSIDE * box.area


def _placed(box: Box, covered: Box, scale: float) -> Box:
    return Box((box.x - covered.x) * scale, (box.y - covered.y) * scale, box.w * scale, box.h * scale)
