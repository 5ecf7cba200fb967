"""The files of an evidence folder: originals, masked copies, and the drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

import cv2
import numpy as np

from edge.detector.types import Box, Image
from edge.evidence.case import Case
from edge.evidence.clip import record_clip, verify_clip
from edge.evidence.drawing import Sheet, draw
from edge.evidence.masked_clip import write_pictures
from edge.evidence.masking import masked
from edge.evidence.pictures import STILL_ROLES, Pictures
from edge.evidence.ring import each_image, encode_jpeg, images_of
from edge.evidence.sights import Scenery, Witness
from edge.report import EvidenceFile, FileRole

MASKED_ROLES: Final[tuple[FileRole, FileRole, FileRole]] = ("masked_before", "masked_at", "masked_after")
_COPY_QUALITY: Final = 88
_COPY_WIDE_PX: Final = 1280

MediaType = Literal["image/jpeg", "image/png", "video/mp4"]


class Describe(Protocol):
    """Makes the manifest's entry of a file that has been written."""

    def __call__(self, path: Path, role: FileRole, media_type: MediaType) -> EvidenceFile: ...


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a folder, and in plain words what is not as it should best be with them."""

    files: tuple[EvidenceFile, ...]
    notes: tuple[str, ...]


def write_files(
    folder: Path, case: Case, pictures: Pictures, described: Describe, *, title: tuple[str, str]
) -> Written:
    """Write all files of a case into `folder`. Raises ClipError, OSError."""
    stills = images_of(pictures.stills)
    clip = folder / "clip.mp4"
    encoded_again = record_clip(clip, pictures.clip).encoded_again
    files = [
        *_originals(folder, case, pictures, stills, described),
        described(clip, "clip", "video/mp4"),
        *_copies(folder, case, pictures, stills, described, title=title),
    ]
    return Written(tuple(files), (f"clip encoded again: {encoded_again}",) if encoded_again else ())


def _originals(
    folder: Path, case: Case, pictures: Pictures, stills: Sequence[Image], described: Describe
) -> Iterator[EvidenceFile]:
    for role, frame, image in zip(STILL_ROLES, pictures.stills, stills, strict=True):
        path = folder / f"{role}.jpg"
        path.write_bytes(encode_jpeg(image, frame.jpeg_quality) if frame.place else frame.kept)
        yield described(path, role, "image/jpeg")
    if case.plate_crop is not None:
        path = folder / "plate_crop.png"
        done, data = cv2.imencode(".png", np.ascontiguousarray(case.plate_crop))
        if not done:
            raise ValueError(f"could not encode the plate crop of shape {case.plate_crop.shape}")
        path.write_bytes(data.tobytes())
        yield described(path, "plate_crop", "image/png")


def _copies(
    folder: Path,
    case: Case,
    pictures: Pictures,
    stills: Sequence[Image],
    described: Describe,
    *,
    title: tuple[str, str],
) -> Iterator[EvidenceFile]:
    """What others than officers are shown: masked stills, masked clip, and the drawing made from them."""
    times_s = [frame.t_s for frame in (*pictures.clip, *pictures.stills)]
    witness = case.sights.around(case.vehicle.track, min(times_s), max(times_s)) if case.sights else None
    copies = [
        masked(image, case.view, _scenery(witness, frame.t_s))
        for image, frame in zip(stills, pictures.stills, strict=True)
    ]
    for role, copy in zip(MASKED_ROLES, copies, strict=True):
        path = folder / f"{role}.jpg"
        path.write_bytes(encode_jpeg(copy, _COPY_QUALITY))
        yield described(path, role, "image/jpeg")
    path = folder / "masked_clip.mp4"
    write_pictures(path, _film(case, pictures, witness))
    verify_clip(path, [frame.t_s for frame in pictures.clip])
    yield described(path, "masked_clip", "video/mp4")
    path = folder / "drawing.jpg"
    path.write_bytes(encode_jpeg(draw(_sheet(case, pictures, stills, copies[1], title)), _COPY_QUALITY))
    yield described(path, "drawing", "image/jpeg")


def _film(case: Case, pictures: Pictures, witness: Witness | None) -> Iterator[tuple[float, Image]]:
    for frame, image in each_image(pictures.clip):
        scale = min(_COPY_WIDE_PX / image.shape[1], 1.0)
        size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
        small = image if scale == 1 else cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        yield frame.t_s, masked(np.asarray(small, np.uint8), case.view, _scenery(witness, frame.t_s))


def _scenery(witness: Witness | None, t_s: float) -> Scenery | None:
    return witness.at(t_s) if witness else None


def _sheet(
    case: Case, pictures: Pictures, stills: Sequence[Image], shown: Image, title: tuple[str, str]
) -> Sheet:
    before, at, after = stills
    marks = [(frame.index, frame.t_s) for frame in pictures.stills]
    return Sheet(
        title=title[0],
        subtitle=title[1],
        view=case.view,
        shown=shown,
        stills=(before, at, after),
        marks=(marks[0], marks[1], marks[2]),
        box=Box(*case.vehicle.box_px),
        track=case.track,
        t_event_s=case.t_event_s,
        measures=case.measures,
        reasons=case.reasons,
    )
