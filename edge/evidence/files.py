"""The files of an evidence folder: originals, masked copies, and the drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

import cv2
import numpy as np

from edge.capture.picture import Picture
from edge.detector.types import Box, Image
from edge.evidence.case import Case
from edge.evidence.clip import AHEAD_THREADS, Clip, record_clip, verify_clip
from edge.evidence.drawing import Sheet, draw
from edge.evidence.masked_clip import write_pictures
from edge.evidence.masking import masked
from edge.evidence.pictures import STILL_ROLES, Pictures
from edge.evidence.ring import KeptFrame, each_image, encode_jpeg
from edge.report import EvidenceFile, FileRole

MASKED_ROLES: Final[tuple[FileRole, FileRole, FileRole]] = ("masked_before", "masked_at", "masked_after")
_COPY_QUALITY: Final = 88
_COPY_WIDE_PX: Final = 1280
_COPY_STEP_S: Final = 1 / 16
"""The copy moves smoothly enough for its readers at 15 pictures a second, and costs half at 25 and 30."""
_HALVES: Final = 2
"""Made so much smaller, `Picture.scaled` gives the mean of each two by two pixels, in the least time."""

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
    film = _Film(case, pictures)
    masked_clip = folder / "masked_clip.mp4"
    clip = record_clip(
        folder / "clip.mp4",
        pictures.clip,
        lambda shown: write_pictures(masked_clip, film.masked(shown), threads=AHEAD_THREADS),
    )
    verify_clip(masked_clip, film.masked_s)
    files = [
        *_originals(folder, case, pictures, film.stills, described),
        described(folder / "clip.mp4", "clip", "video/mp4"),
        *_copies(folder, case, pictures, film, described, title=title),
        described(folder / "masked_clip.mp4", "masked_clip", "video/mp4"),
    ]
    return Written(tuple(files), _notes(clip))


def _notes(clip: Clip) -> tuple[str, ...]:
    return (f"clip encoded again: {clip.encoded_again}",) if clip.encoded_again else ()


class _Film:
    """Looks at the clip while it is checked, so that it is decoded once: for masked clip and stills too."""

    def __init__(self, case: Case, pictures: Pictures) -> None:
        times_s = [frame.t_s for frame in (*pictures.clip, *pictures.stills)]
        self._witness = (
            case.sights.around(case.vehicle.track, min(times_s), max(times_s)) if case.sights else None
        )
        self._view, self._pictures = case.view, pictures
        self._kept: dict[int, Image] = {}
        self.masked_s: list[float] = []
        """Stream times of the pictures of the masked clip."""

    def masked(self, shown: Iterator[tuple[KeptFrame, Picture]]) -> Iterator[tuple[float, Image]]:
        """The masked pictures of the clip, made smaller and fewer, each with its stream time."""
        wanted = {frame.index for frame in self._pictures.stills}
        self.masked_s = []
        for frame, picture in shown:
            if frame.index in wanted:
                self._kept[frame.index] = picture.bgr()
            if not self.masked_s or frame.t_s - self.masked_s[-1] > _COPY_STEP_S:
                self.masked_s.append(frame.t_s)
                yield frame.t_s, self.mask(_smaller(picture), frame.t_s)

    @property
    def stills(self) -> tuple[Image, Image, Image]:
        """The originals before, at and after, once the film was played."""
        left_out = [frame for frame in self._pictures.stills if frame.index not in self._kept]
        self._kept |= {frame.index: image for frame, image in each_image(left_out)}
        before, at, after = (self._kept[frame.index] for frame in self._pictures.stills)
        return before, at, after

    def mask(self, image: Image, t_s: float) -> Image:
        """The copy of one picture for others than officers."""
        return masked(image, self._view, self._witness.at(t_s) if self._witness else None)


def _smaller(picture: Picture) -> Image:
    """The picture at most 1280 px wide, shrunk by a whole number, which is the quickest."""
    width, height = picture.size_px
    times = -(-width // _COPY_WIDE_PX)
    if times == 1:
        return picture.bgr()
    size = (width // times, height // times)
    if times == _HALVES:
        return picture.scaled(*size)
    return np.asarray(cv2.resize(picture.bgr(), size, interpolation=cv2.INTER_AREA), np.uint8)


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
    film: _Film,
    described: Describe,
    *,
    title: tuple[str, str],
) -> Iterator[EvidenceFile]:
    """What others than officers are shown: masked stills, and the drawing made from them."""
    copies = [film.mask(image, frame.t_s) for image, frame in zip(film.stills, pictures.stills, strict=True)]
    for role, copy in zip(MASKED_ROLES, copies, strict=True):
        path = folder / f"{role}.jpg"
        path.write_bytes(encode_jpeg(copy, _COPY_QUALITY))
        yield described(path, role, "image/jpeg")
    path = folder / "drawing.jpg"
    sheet = _sheet(case, pictures, film.stills, copies[1], title)
    path.write_bytes(encode_jpeg(draw(sheet), _COPY_QUALITY))
    yield described(path, "drawing", "image/jpeg")


def _sheet(
    case: Case,
    pictures: Pictures,
    stills: tuple[Image, Image, Image],
    shown: Image,
    title: tuple[str, str],
) -> Sheet:
    marks = [(frame.index, frame.t_s) for frame in pictures.stills]
    return Sheet(
        title=title[0],
        subtitle=title[1],
        view=case.view,
        shown=shown,
        stills=stills,
        marks=(marks[0], marks[1], marks[2]),
        box=Box(*case.vehicle.box_px),
        track=case.track,
        t_event_s=case.t_event_s,
        measures=case.measures,
        reasons=case.reasons,
    )
