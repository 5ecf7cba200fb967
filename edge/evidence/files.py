"""The files of an evidence folder: originals, masked copies, and the drawing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

import cv2
import numpy as np

from edge.evidence.case import Case
from edge.evidence.clip import Clip, record_clip
from edge.evidence.film import Film
from edge.evidence.pictures import STILL_ROLES, Pictures
from edge.evidence.screening import Screening
from edge.report import EvidenceFile, FileRole

MASKED_ROLES: Final[tuple[FileRole, FileRole, FileRole]] = ("masked_before", "masked_at", "masked_after")

MediaType = Literal["image/jpeg", "image/png", "video/mp4"]
_Content = tuple[FileRole, str, MediaType, bytes]
"""Role, name, kind and bytes of a file."""


class Describe(Protocol):
    """Makes the manifest's entry of a file that has been written."""

    def __call__(self, path: Path, role: FileRole, media_type: MediaType) -> EvidenceFile: ...


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a folder, and in plain words what is not as it should best be with them."""

    files: tuple[EvidenceFile, ...]
    notes: tuple[str, ...]


def write_files(
    folder: Path,
    case: Case,
    pictures: Pictures,
    described: Describe,
    *,
    film: Film,
    begun: Screening | None,
) -> Written:
    """Write all files of a case into `folder`. `begun` has shown the `film` its first pictures already.

    Raises ClipError, OSError.
    """
    film.settle()
    clip = record_clip(folder / "clip.mp4", pictures.clip, film, begun)
    film.finish()
    film.write_copy(folder / "masked_clip.mp4")
    contents: list[_Content] = [
        *_jpegs(STILL_ROLES, film.originals),
        *_crop(case),
        *_jpegs((*MASKED_ROLES, "drawing"), (*film.copies, film.drawing)),
    ]
    for _, name, _, content in contents:
        (folder / name).write_bytes(content)
    files = [
        *(described(folder / name, role, media_type) for role, name, media_type, _ in contents),
        described(folder / "clip.mp4", "clip", "video/mp4"),
        described(folder / "masked_clip.mp4", "masked_clip", "video/mp4"),
    ]
    return Written(tuple(files), _notes(clip))


def _notes(clip: Clip) -> tuple[str, ...]:
    return (f"clip encoded again: {clip.encoded_again}",) if clip.encoded_again else ()


def _jpegs(roles: Sequence[FileRole], pictures: Sequence[bytes]) -> Iterator[_Content]:
    for role, jpeg in zip(roles, pictures, strict=True):
        yield role, f"{role}.jpg", "image/jpeg", jpeg


def _crop(case: Case) -> Iterator[_Content]:
    """The picture the plate was read from, without loss."""
    if case.plate_crop is None:
        return
    done, data = cv2.imencode(".png", np.ascontiguousarray(case.plate_crop))
    if not done:
        raise ValueError(f"could not encode the plate crop of shape {case.plate_crop.shape}")
    yield "plate_crop", "plate_crop.png", "image/png", data.tobytes()
