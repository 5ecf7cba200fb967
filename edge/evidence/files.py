"""The files of an evidence folder: originals, masked copies, and the drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, NamedTuple

import cv2
import numpy as np

from edge.evidence.case import Case
from edge.evidence.clip import Clip, record_clip
from edge.evidence.film import Film
from edge.evidence.pictures import STILL_ROLES, Pictures
from edge.evidence.screening import Screening
from edge.report import FileRole

MASKED_ROLES: Final[tuple[FileRole, FileRole, FileRole]] = ("masked_before", "masked_at", "masked_after")

MediaType = Literal["image/jpeg", "image/png", "video/mp4"]


class Made(NamedTuple):
    """A file that has been written: what it shows, how it is called, and its kind."""

    role: FileRole
    name: str
    media_type: MediaType


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a folder, what is not as it should best be with them, and the pictures they show."""

    files: tuple[Made, ...]
    notes: tuple[str, ...]
    pictures: Pictures


def write_files(
    folder: Path, case: Case, pictures: Pictures, *, film: Film, begun: Screening | None
) -> Written:
    """Write all files of a case into `folder`. `begun` has shown the `film` its first pictures already.

    Raises ClipError, OSError.
    """
    film.settle()
    needed = {one.index for one in pictures.clip if case.rests_on(one.index, one.t_s)}
    clip = record_clip(folder / "clip.mp4", pictures.clip, film, begun, needed=needed)
    film.finish()
    film.write_copy(folder / "masked_clip.mp4")
    contents: list[tuple[Made, bytes]] = [
        *_jpegs(STILL_ROLES, film.originals),
        *_crop(case),
        *_jpegs((*MASKED_ROLES, "drawing"), (*film.copies, film.drawing)),
    ]
    for made, content in contents:
        (folder / made.name).write_bytes(content)
    files = (
        *(made for made, _ in contents),
        Made("clip", "clip.mp4", "video/mp4"),
        Made("masked_clip", "masked_clip.mp4", "video/mp4"),
    )
    return Written(files, tuple(_notes(clip)), replace(pictures, clip=clip.frames))


def _notes(clip: Clip) -> Iterator[str]:
    if clip.encoded_again:
        yield f"clip encoded again: {clip.encoded_again}"
    if clip.damage is not None:
        yield " / ".join(clip.damage.words())


def _jpegs(roles: Sequence[FileRole], pictures: Sequence[bytes]) -> Iterator[tuple[Made, bytes]]:
    for role, jpeg in zip(roles, pictures, strict=True):
        yield Made(role, f"{role}.jpg", "image/jpeg"), jpeg


def _crop(case: Case) -> Iterator[tuple[Made, bytes]]:
    """The picture the plate was read from, without loss."""
    if case.plate_crop is None:
        return
    done, data = cv2.imencode(".png", np.ascontiguousarray(case.plate_crop))
    if not done:
        raise ValueError(f"could not encode the plate crop of shape {case.plate_crop.shape}")
    yield Made("plate_crop", "plate_crop.png", "image/png"), data.tobytes()
