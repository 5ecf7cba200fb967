"""Officers' decisions as labels for training: evidence pictures and what was seen in them, into a folder.

The folder's form is described in docs/training.md. Pictures show real people and plates: they leave the
sealed store for the folder the operator names and nowhere else, and the export is logged.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import audit
from backend.evidence.models import EvidenceFile
from backend.evidence.service import evidence_files
from backend.evidence.store import ObjectMissingError, ObjectStore
from backend.intake.models import Violation
from backend.services import Services

SCHEMA: Final = "phatnguoi.labels/1"
KINDS: Final = ("motorbike", "car", "bus", "truck", "bicycle")

NOT_ABOUT_THE_EYES: Final = frozenset(
    {"wrong_vehicle", "evidence_poor", "camera_fault", "duplicate", "other"}
)
"""Reasons after which nothing is exported: what they say of the pictures is unsure, or said elsewhere."""


class LabelsFolderError(Exception):
    """The folder cannot take an export; the message says why and what to do."""


@dataclass
class Exported:
    """How many decisions went into the folder, and why the others did not."""

    written: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    missing_files: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Lesson:
    """What one decision lets be exported."""

    picture: bool
    plate: bool


def export_labels(
    services: Services, session: Session, folder: Path, *, actor: str, since: datetime | None = None
) -> Exported:
    """Write the decisions since `since` that teach something into the new or empty `folder`; logs it.

    Raises LabelsFolderError when `folder` holds something, StoreUnavailableError when the store fails.
    """
    _prepare(folder)
    done = Exported()
    target = _Target(folder, services.store, services.settings.s3_bucket, done)
    with (folder / "labels.jsonl").open("w", encoding="utf-8") as rows:
        for violation in _decided(session, since):
            lesson = _lesson(violation)
            if lesson is None:
                done.left_out[violation.reject_code or violation.state] += 1
                continue
            row = target.write(session, violation, lesson)
            rows.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
            done.written += 1
    (folder / "data.yaml").write_text(_data_yaml(), encoding="utf-8")
    audit.record(
        session,
        actor=actor,
        action="labels.exported",
        subject_type="labels",
        subject_id=uuid.uuid4(),
        data={
            "folder": str(folder.resolve()),
            "decisions": done.written,
            "since": since and since.isoformat(),
        },
    )
    return done


def _prepare(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise LabelsFolderError(f"{folder} is there and not empty. Name a new folder.")
    for part in ("images", "labels", "plates"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def _decided(session: Session, since: datetime | None) -> Iterator[Violation]:
    wanted = select(Violation).where(Violation.state.in_(("confirmed", "rejected")))
    if since is not None:
        wanted = wanted.where(Violation.decided_at >= since)
    yield from session.scalars(wanted.order_by(Violation.decided_at, Violation.id))


def _lesson(violation: Violation) -> _Lesson | None:
    """None: nothing about the eyes. Else which pictures the decision says something of."""
    code = violation.reject_code
    if code in NOT_ABOUT_THE_EYES:
        return None
    if code == "no_vehicle":
        return _Lesson(picture=True, plate=False)
    picture = violation.vehicle_kind_confirmed is not None
    plate = violation.plate_confirmed is not None or code == "plate_unreadable"
    return _Lesson(picture, plate) if picture or plate else None


@dataclass(frozen=True)
class _Target:
    """Where to copy to, and from."""

    folder: Path
    store: ObjectStore
    bucket: str
    done: Exported

    def write(self, session: Session, violation: Violation, lesson: _Lesson) -> dict[str, Any]:
        """Copy the pictures, write the YOLO row, and return the row of labels.jsonl."""
        files = evidence_files(session, violation.id)
        image = self._copy(files.get("still_at"), f"images/{violation.id}") if lesson.picture else None
        crop = self._copy(files.get("plate_crop"), f"plates/{violation.id}") if lesson.plate else None
        row = _row(violation, image, crop)
        if image is not None:
            _write_box(self.folder, violation.id, row)
        return row

    def _copy(self, file: EvidenceFile | None, place: str) -> str | None:
        if file is None:
            return None
        name = f"{place}{Path(file.name).suffix}"
        try:
            (self.folder / name).write_bytes(self.store.read(self.bucket, file.object_key))
        except ObjectMissingError:
            self.done.missing_files.append(file.object_key)
            return None
        return name


def _row(violation: Violation, image: str | None, plate_image: str | None) -> dict[str, Any]:
    vehicle: Mapping[str, Any] = violation.payload["vehicle"]
    plate: Mapping[str, Any] = violation.payload.get("plate") or {}
    return {
        "schema": SCHEMA,
        "id": str(violation.id),
        "decision": violation.state,
        "reason": violation.reject_code,
        "rule": violation.rule,
        "camera": violation.camera_id,
        "machine": {
            "kind": violation.vehicle_kind,
            "plate": violation.plate_read,
            "box_px": vehicle["box_px"],
        },
        "officer": {
            "kind": violation.vehicle_kind_confirmed,
            "plate": violation.plate_confirmed,
            "ground_colour": violation.ground_colour_confirmed,
        },
        "layout": plate.get("layout"),
        "image": image,
        "plate_image": plate_image,
    }


def _write_box(folder: Path, identity: uuid.UUID, row: Mapping[str, Any]) -> None:
    """The YOLO file of the picture: the one vehicle as the officer sees it; empty where there is none."""
    kind = row["officer"]["kind"]
    size = jpeg_size((folder / row["image"]).read_bytes())
    line = ""
    if kind in KINDS and size and row["reason"] != "no_vehicle":
        width, height = size
        x, y, w, h = row["machine"]["box_px"]
        shares = ((x + w / 2) / width, (y + h / 2) / height, w / width, h / height)
        line = f"{KINDS.index(kind)} " + " ".join(f"{min(max(one, 0), 1):.6f}" for one in shares) + "\n"
    (folder / "labels" / f"{identity}.txt").write_text(line, encoding="utf-8")


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height (px) that a JPEG's frame header states; None when there is none."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:  # noqa: PLR2004 -- every segment begins so
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:  # noqa: PLR2004 -- start of frame
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        at += 2 + length
    return None


def _data_yaml() -> str:
    names = "\n".join(f"  {number}: {kind}" for number, kind in enumerate(KINDS))
    return (
        "# Only the vehicle that each report is about has a box. Train through `phatnguoi-edge train ...\n"
        "# --labels THIS_FOLDER`, which has the other road users labelled too.\n"
        f"path: .\ntrain: images\nval: images\nnames:\n{names}\n"
    )
